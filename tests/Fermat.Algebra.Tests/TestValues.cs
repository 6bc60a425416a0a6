namespace Fermat.Algebra.Tests;

/// <summary>Reproducible random elements and matrices.</summary>
internal static class TestValues
{
    public static KoalaBear Base(Random random) => KoalaBear.FromRaw((uint)random.NextInt64(KoalaBear.Modulus));

    public static Quintic Quintic(Random random) => new(Base(random), Base(random), Base(random), Base(random), Base(random));

    public static Matrix Matrix(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref KoalaBear cell in matrix.Row(row))
                cell = Base(random);
        }

        return matrix;
    }

    public static KoalaBear[] Column(Matrix matrix, int column, int firstRow = 0, int? rows = null) =>
        [.. Enumerable.Range(firstRow, rows ?? (matrix.Rows - firstRow)).Select(row => matrix[row, column])];

    /// <summary>Horner's rule at an extension point.</summary>
    public static Quintic Evaluate(ReadOnlySpan<KoalaBear> coefficients, Quintic at)
    {
        Quintic value = default;
        for (int i = coefficients.Length - 1; i >= 0; i--)
            value = (value * at) + coefficients[i];
        return value;
    }

    public static void AssertPaddingIsZero(Matrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            unsafe
            {
                for (int column = matrix.Columns; column < matrix.Stride; column++)
                    Assert.Equal(0U, matrix.RowPointer(row)[column].Raw);
            }
        }
    }
}
