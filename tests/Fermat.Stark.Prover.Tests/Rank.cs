using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>The exact rank of a matrix over the field, by Gaussian elimination.</summary>
internal static class Rank
{
    public static int Of(IReadOnlyList<KoalaBear[]> vectors)
    {
        List<KoalaBear[]> rest = [.. vectors.Select(vector => (KoalaBear[])[.. vector])];
        int rank = 0;
        for (int column = 0; column < vectors[0].Length; column++)
        {
            int pivot = rest.FindIndex(vector => !vector[column].IsZero);
            if (pivot < 0) continue;
            KoalaBear[] chosen = rest[pivot];
            rest.RemoveAt(pivot);
            KoalaBear inverse = chosen[column].Inverse();
            foreach (KoalaBear[] vector in rest)
            {
                KoalaBear factor = vector[column] * inverse;
                if (factor.IsZero) continue;
                for (int i = column; i < vector.Length; i++) vector[i] -= factor * chosen[i];
            }

            rank++;
        }

        return rank;
    }
}
