using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>The quotient of a table computed the plain way: columns extended fourfold, folded over four cosets, interpolated.</summary>
internal static class Quotient
{
    private const int BlowupLog2 = 2;

    public static Quintic[] Coefficients(TableTrace trace, int phases, Quintic[] challenges, Quintic busSum, Quintic alpha)
    {
        int n = trace.Height, logN = trace.LogHeight, logSize = logN + BlowupLog2;
        KoalaBear shift = KoalaBear.Generator;
        Matrix? preprocessed = Extend(trace.Preprocessed), publics = Extend(trace.Public);
        Matrix?[] committed = [.. Enumerable.Range(0, phases).Select(p => trace.Table.PhaseWidth(p) > 0 ? Extend(trace.Phase(p)) : null)];
        StripProgram program = trace.Table.FoldProgram;
        using StripScratch scratch = program.CreateScratch();
        using var result = new Matrix(n << BlowupLog2, Quintic.Degree);
        Span<KoalaBear> value = stackalloc KoalaBear[Quintic.Degree];
        for (int block = 0; block < 1 << BlowupLog2; block++)
        {
            KoalaBear coset = shift * KoalaBear.RootOfUnity(logSize).Pow(Ntt.ReverseBits((uint)block, BlowupLog2));
            using Matrix selectors = Selectors.OverCoset(logN, trace.TailRows, coset);
            BoundStrip bound = program.Bind(new StripInputs
            {
                Preprocessed = Block(preprocessed),
                Public = Block(publics),
                Phases = [.. committed.Select(Block)],
                Selectors = selectors,
                Challenges = challenges,
                BusSum = busSum,
                FoldChallenge = alpha,
            });
            for (int start = 0; start < n; start += 8)
            {
                int[] rows = [.. Enumerable.Range(start, 8)];
                bound.Run(rows, [.. rows.Select(Next)], scratch);
                for (int i = 0; i < 8; i++)
                {
                    for (int c = 0; c < value.Length; c++)
                        result[(block * n) + start + i, c] = scratch.Output(0, c)[i] * selectors[start + i, Selectors.InverseVanishingColumn];
                }
            }

            StripMatrix? Block(Matrix? matrix) => matrix is null ? (StripMatrix?)null : new StripMatrix(matrix, block * n);
        }
        Lde.InterpolateBitReversed(result, shift);
        var coefficients = new Quintic[n << BlowupLog2];
        for (int i = 0; i < coefficients.Length; i++)
            coefficients[i] = Quintic.From(result.Row(i));
        return coefficients;

        Matrix? Extend(Matrix? matrix) => matrix is null ? null : Lde.Extend(matrix, BlowupLog2, shift);

        int Next(int row) => (int)Ntt.ReverseBits((Ntt.ReverseBits((uint)row, logN) + 1) & (uint)(n - 1), logN);
    }

    public static PointInputs At(TableTrace trace, int phases, Quintic[] challenges, Quintic busSum, Quintic z)
    {
        Quintic next = z * KoalaBear.RootOfUnity(trace.LogHeight);
        return new PointInputs
        {
            Preprocessed = Values(trace.Preprocessed),
            Public = Values(trace.Public),
            Phases = [.. Enumerable.Range(0, phases).Select(p => Values(trace.Table.PhaseWidth(p) > 0 ? trace.Phase(p) : null))],
            Selectors = Selectors.AtPoint(trace.LogHeight, trace.TailRows, z),
            Challenges = challenges,
            BusSum = busSum,
        };

        PointValues? Values(Matrix? matrix) => matrix is null
            ? null
            : new PointValues(Barycentric.EvaluateNatural(matrix, z), Barycentric.EvaluateNatural(matrix, next));
    }
}
