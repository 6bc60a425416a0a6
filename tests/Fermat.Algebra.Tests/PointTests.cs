namespace Fermat.Algebra.Tests;

/// <summary>Evaluation at extension points, point inverses and linear combinations, for every kernel, against their definitions.</summary>
[Collection(KernelCollection.Name)]
public sealed class PointTests
{
    public static TheoryData<KernelKind, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<KernelKind, int, int>();
            foreach (KernelKind kernel in Kernels.Available)
            {
                foreach ((int log, int columns) in new[] { (0, 2), (1, 1), (2, 3), (3, 17), (6, 40), (10, 5), (11, 33) })
                    data.Add(kernel, log, columns);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void BarycentricEvaluationIsHornersRule(KernelKind kernel, int log, int columns) => KernelCollection.With(kernel, () =>
    {
        var random = new Random(log);
        Quintic z = TestValues.Quintic(random);
        KoalaBear shift = KoalaBear.Generator;
        using Matrix trace = TestValues.Matrix(1 << log, columns, log);
        using Matrix extended = Lde.Extend(trace, 1, shift);
        Quintic[] natural = Barycentric.EvaluateNatural(trace, z);
        Quintic[] first = Barycentric.Evaluate(extended, 0, 1 << log, shift, z);
        Quintic[] second = Barycentric.Evaluate(extended, 1 << log, 1 << log, shift * KoalaBear.RootOfUnity(log + 1), z);
        Quintic[] whole = Barycentric.Evaluate(extended, 0, 2 << log, shift, z);
        for (int column = 0; column < columns; column++)
        {
            KoalaBear[] coefficients = TestValues.Column(trace, column);
            Ntt.Inverse(coefficients);
            Quintic expected = TestValues.Evaluate(coefficients, z);
            Assert.Equal(expected, natural[column]);
            Assert.Equal(expected, first[column]);
            Assert.Equal(expected, second[column]);
            Assert.Equal(expected, whole[column]);
        }

        Assert.Throws<ArgumentException>(() => Barycentric.EvaluateNatural(trace, Quintic.One));
        Assert.Throws<ArgumentException>(() => Barycentric.Evaluate(trace, 0, trace.Rows, KoalaBear.Zero, z));
        Assert.Throws<ArgumentException>(() => Barycentric.Evaluate(trace, 1, trace.Rows, shift, z));
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LargestWordsDoNotOverflowTheSums(KernelKind kernel, int log, int columns) => KernelCollection.With(kernel, () =>
    {
        using var matrix = new Matrix(1 << log, columns);
        KoalaBear largest = KoalaBear.FromRaw(KoalaBear.Modulus - 1);
        for (int row = 0; row < matrix.Rows; row++)
            matrix.Row(row).Fill(largest);
        Assert.All(Barycentric.EvaluateNatural(matrix, Quintic.X), value => Assert.Equal(new Quintic(largest), value));
        Quintic[] coefficients = [.. Enumerable.Repeat(new Quintic(largest, largest, largest, largest, largest), columns)];
        var sums = new Quintic[matrix.Rows];
        LinearCombination.Rows(matrix, 0, coefficients, sums);
        Assert.All(sums, sum => Assert.Equal(coefficients[0] * largest * KoalaBear.From(columns), sum));
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PointInversesAreInverses(KernelKind kernel, int log, int columns) => KernelCollection.With(kernel, () =>
    {
        Quintic[] points = [TestValues.Quintic(new Random(columns)), Quintic.From(5), Quintic.X];
        KoalaBear shift = KoalaBear.Generator;
        var inverses = new Quintic[1 << log];
        foreach (Quintic z in points)
        {
            PointInverses.BitReversed(shift, z, inverses);
            for (int i = 0; i < inverses.Length; i++)
            {
                KoalaBear x = shift * KoalaBear.RootOfUnity(log).Pow(Ntt.ReverseBits((uint)i, log));
                Assert.Equal(Quintic.One, (new Quintic(x) - z) * inverses[i]);
            }
        }

        KoalaBear inside = shift * KoalaBear.RootOfUnity(log);
        Assert.Throws<ArgumentException>(() => PointInverses.BitReversed(shift, new Quintic(inside), inverses));
        Assert.Throws<ArgumentException>(() => PointInverses.BitReversed(shift, Quintic.X, new Quintic[3]));
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void QuotientsAreDividedDifferences(KernelKind kernel, int log, int columns) => KernelCollection.With(kernel, () =>
    {
        var random = new Random(columns);
        Quintic z = TestValues.Quintic(random), valueAtPoint = TestValues.Quintic(random);
        Quintic[] values = [.. Enumerable.Range(0, 1 << log).Select(_ => TestValues.Quintic(random))];
        Quintic[] sums = [.. values.Select(_ => TestValues.Quintic(random))];
        var inverses = new Quintic[values.Length];
        PointInverses.BitReversed(KoalaBear.Generator, z, inverses);
        Quintic[] expected = [.. Enumerable.Range(0, values.Length).Select(i => sums[i] + ((values[i] - valueAtPoint) * inverses[i]))];
        PointInverses.AddQuotientsBitReversed(KoalaBear.Generator, z, values, valueAtPoint, sums);
        Assert.Equal(expected, sums);
        Assert.Throws<ArgumentException>(() => PointInverses.AddQuotientsBitReversed(KoalaBear.Generator, z, values, z, new Quintic[8192]));
    });

    [Theory]
    [MemberData(nameof(KernelCollection.All), MemberType = typeof(KernelCollection))]
    public void WideRowsOfLargestWordsDoNotOverflow(KernelKind kernel) => KernelCollection.With(kernel, () =>
    {
        using var matrix = new Matrix(3, 20_000);
        KoalaBear largest = KoalaBear.FromRaw(KoalaBear.Modulus - 1);
        matrix.Row(1).Fill(largest);
        Quintic[] coefficients = [.. Enumerable.Repeat(new Quintic(largest, largest, largest, largest, largest), matrix.Columns)];
        var sums = new Quintic[3];
        LinearCombination.Rows(matrix, 0, coefficients, sums);
        Assert.Equal([Quintic.Zero, coefficients[0] * largest * KoalaBear.From(matrix.Columns), Quintic.Zero], sums);
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LinearCombinationsOfColumnRanges(KernelKind kernel, int log, int columns) => KernelCollection.With(kernel, () =>
    {
        var random = new Random(columns);
        using Matrix matrix = TestValues.Matrix(1 << log, columns, log);
        (int First, int Count)[] ranges =
            [(0, columns), (columns / 2, columns - (columns / 2)), (columns - 1, 1), (columns / 3, 1), (0, 0)];
        foreach ((int first, int count) in ranges)
        {
            Quintic[] coefficients = [.. Enumerable.Range(0, count).Select(_ => TestValues.Quintic(random))];
            Quintic[] sums = [.. Enumerable.Range(0, matrix.Rows).Select(_ => TestValues.Quintic(random))];
            Quintic[] expected = [.. sums];
            LinearCombination.Rows(matrix, first, coefficients, sums);
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int j = 0; j < count; j++)
                    expected[row] += coefficients[j] * matrix[row, first + j];
            }

            Assert.Equal(expected, sums);
        }

        var part = new Quintic[1];
        LinearCombination.Rows(matrix, matrix.Rows - 1, columns - 1, [Quintic.X], part);
        Assert.Equal(Quintic.X * matrix[matrix.Rows - 1, columns - 1], part[0]);
        Assert.Throws<ArgumentException>(() => LinearCombination.Rows(matrix, 1, new Quintic[columns], new Quintic[matrix.Rows]));
        Assert.Throws<ArgumentException>(() => LinearCombination.Rows(matrix, 0, new Quintic[1], new Quintic[matrix.Rows + 1]));
    });
}
