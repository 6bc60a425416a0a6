namespace Fermat.Algebra.Tests;

/// <summary>Matrix transforms against the scalar transform, for every kernel, in one pass and in three.</summary>
[Collection(KernelCollection.Name)]
public sealed class LdeTests
{
    public static TheoryData<KernelKind, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<KernelKind, int, int, int>();
            foreach (KernelKind kernel in Kernels.Available)
            {
                foreach ((int log, int columns, int blowup) in new[]
                {
                    (0, 3, 2), (1, 1, 1), (2, 20, 0), (3, 16, 1), (4, 5, 3), (7, 33, 1), (8, 7, 1), (9, 3, 2), (10, 17, 1), (11, 2, 1),
                })
                    data.Add(kernel, log, columns, blowup);
                data.Add(kernel, 12, 3, 1);
                if (kernel == KernelKind.Scalar)
                    continue;
                data.Add(kernel, 12, 70, 1);
                data.Add(kernel, 13, 20, 2);
                data.Add(kernel, 14, 3, 1);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ExtendAgreesWithScalars(KernelKind kernel, int log, int columns, int blowup) => KernelCollection.With(kernel, () =>
    {
        KoalaBear shift = KoalaBear.Generator;
        using Matrix trace = TestValues.Matrix(1 << log, columns, log);
        using Matrix extended = Lde.Extend(trace, blowup, shift);
        Assert.Equal((trace.Rows << blowup, columns), (extended.Rows, extended.Columns));
        TestValues.AssertPaddingIsZero(extended);
        foreach (int column in new[] { 0, columns / 2, columns - 1 })
        {
            KoalaBear[] coefficients = TestValues.Column(trace, column);
            Ntt.Inverse(coefficients);
            Assert.Equal(Reference(coefficients, log + blowup, shift), TestValues.Column(extended, column));
        }
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EvaluateAndInterpolateAgreeWithTheScalarTransform(KernelKind kernel, int log, int columns, int blowup) =>
        KernelCollection.With(kernel, () =>
        {
            var shift = KoalaBear.From(11);
            using Matrix coefficients = TestValues.Matrix(1 << log, columns, log);
            using Matrix values = Lde.EvaluateBitReversed(coefficients, blowup, shift);
            foreach (int column in new[] { 0, columns - 1 })
                Assert.Equal(Reference(TestValues.Column(coefficients, column), log + blowup, shift), TestValues.Column(values, column));
            Lde.InterpolateBitReversed(values, shift);
            for (int row = 0; row < values.Rows; row++)
                Assert.Equal(row < coefficients.Rows ? coefficients.Row(row).ToArray() : new KoalaBear[columns], values.Row(row).ToArray());
        });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RecosetAgreesWithTheExtension(KernelKind kernel, int log, int columns, int blowup) => KernelCollection.With(kernel, () =>
    {
        KoalaBear shift = KoalaBear.Generator, to = KoalaBear.From(12345);
        using Matrix trace = TestValues.Matrix(1 << log, columns, log + 1);
        using Matrix extended = Lde.Extend(trace, blowup, shift);
        using Matrix expected = Lde.Extend(trace, 0, to);
        int block = (1 << blowup) - 1;
        KoalaBear from = shift * KoalaBear.RootOfUnity(log + blowup).Pow(Ntt.ReverseBits((uint)block, blowup));
        using Matrix moved = Lde.Recoset(extended, block << log, 1 << log, from, to);
        for (int row = 0; row < moved.Rows; row++)
            Assert.Equal(expected.Row(row).ToArray(), moved.Row(row).ToArray());
    });

    [Fact]
    public void ResultsDoNotDependOnTheDegree()
    {
        using Matrix trace = TestValues.Matrix(1 << 13, 40, 5);
        Matrix? first = null;
        foreach (int degree in new[] { 1, 2, 5 })
        {
            KernelCollection.WithDegree(degree, () =>
            {
                Matrix extended = Lde.Extend(trace, 1, KoalaBear.Generator);
                if (first is null)
                {
                    first = extended;
                    return;
                }

                for (int row = 0; row < first.Rows; row++)
                    Assert.True(first.Row(row).SequenceEqual(extended.Row(row)));
                extended.Dispose();
            });
        }

        first?.Dispose();
    }

    [Fact]
    public void WrongArgumentsAreRefusedAndNothingLeaks()
    {
        long before = Matrix.LiveBytes;
        using (var matrix = new Matrix(3, 1))
        {
            Assert.Throws<ArgumentException>(() => Lde.Extend(matrix, 1, KoalaBear.One));
            Assert.Throws<ArgumentException>(() => Lde.Recoset(matrix, 2, 2, KoalaBear.One, KoalaBear.One));
            Assert.Throws<ArgumentException>(() => Lde.Recoset(matrix, -1, 2, KoalaBear.One, KoalaBear.One));
            Assert.Throws<ArgumentException>(() => Lde.Recoset(matrix, 0, 2, KoalaBear.One, KoalaBear.Zero));
        }

        using (var matrix = new Matrix(4, 1))
        {
            Assert.Throws<ArgumentException>(() => Lde.Extend(matrix, 23, KoalaBear.One));
            Assert.Throws<ArgumentException>(() => Lde.Extend(matrix, -1, KoalaBear.One));
            Assert.Throws<ArgumentException>(() => Lde.Extend(matrix, 1, KoalaBear.Zero));
            Assert.Throws<OperationCanceledException>(() => Lde.Extend(matrix, 1, KoalaBear.One, new CancellationToken(canceled: true)));
        }

        Assert.Equal(before, Matrix.LiveBytes);
    }

    /// <summary>Values on shift·⟨ω⟩ in bit-reversed order, by the scalar transform.</summary>
    private static KoalaBear[] Reference(KoalaBear[] coefficients, int log, KoalaBear shift)
    {
        var values = new KoalaBear[1 << log];
        KoalaBear power = KoalaBear.One;
        for (int i = 0; i < coefficients.Length; i++, power *= shift)
            values[i] = coefficients[i] * power;
        Ntt.Forward(values);
        Ntt.BitReverse<KoalaBear>(values);
        return values;
    }
}
