using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Openings and batching, on random columns in the shape of a real proof, against plain evaluation and the verifier's combination.</summary>
public sealed class OpeningTests : IDisposable
{
    private const int BlowupLog2 = 1;

    private readonly RandomPointToy _toy = new(7, 7, 8); // two tables share a height
    private readonly ProofShape _shape;
    private readonly Dictionary<(int Commitment, int Table), (Matrix Coefficients, Matrix Codeword)> _columns = [];
    private readonly Quintic _point = KernelTests.Quintics(31, 1)[0];

    public OpeningTests()
    {
        _shape = new ProofShape(_toy.Circuit, TestOptions.Of(blowupLog2: BlowupLog2), _toy.LogHeights);
        var random = new Random(4);
        for (int c = 0; c < _shape.Commitments.Length; c++)
        {
            foreach (CommittedMatrix committed in _shape.Commitments[c].Matrices)
            {
                var coefficients = new Matrix(1 << (committed.CodewordLog2 - BlowupLog2), committed.Width);
                for (int row = 0; row < coefficients.Rows; row++)
                {
                    foreach (ref KoalaBear cell in coefficients.Row(row)) cell = KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus));
                }

                _columns[(c, committed.Table)] = (coefficients, Lde.EvaluateBitReversed(coefficients, BlowupLog2, TraceDomain.CosetShift));
            }
        }
    }

    [Fact]
    public void OpeningsAreTheColumnsValuesOutOfTheDomain()
    {
        Quintic[] openings = Open();
        foreach (OpeningGroup group in _shape.Openings.Groups)
        {
            Matrix coefficients = _columns[(group.Commitment, group.Table)].Coefficients;
            for (int column = 0; column < group.Columns; column++) Assert.Equal(Value(coefficients, column, _point), openings[group.First + column]);
            Quintic next = _point * _shape.Domain(group.Table).Generator;
            for (int i = 0; i < group.NextColumns.Length; i++)
                Assert.Equal(Value(coefficients, group.NextColumns[i], next), openings[group.FirstNext + i]);
        }

        Assert.Contains(_shape.Openings.Groups, group => !group.NextColumns.IsEmpty);
    }

    /// <summary>The codeword made of n rows and extended is what the verifier computes from any committed row.</summary>
    [Fact]
    public void ExtendedCodewordIsTheVerifiersCombinationOfEveryRow()
    {
        Quintic[] openings = Open();
        Quintic[] coefficients = KernelTests.Quintics(8, openings.Length);
        var combination = new DeepCombination(_shape, _point, openings, coefficients);
        foreach (int logHeight in _shape.LogHeights.Distinct())
        {
            using Matrix codeword = DeepCodeword.Combine(_shape, logHeight, combination, coefficients, _point, MatrixOf, CancellationToken.None);
            Lde.InterpolateBitReversed(codeword, TraceDomain.CosetShift);
            using Matrix extended = Lde.EvaluateBitReversed(codeword, BlowupLog2, TraceDomain.CosetShift);
            for (int row = 0; row < extended.Rows; row++)
            {
                KoalaBear x = TraceDomain.CosetShift * Fri.Point(logHeight + BlowupLog2, row);
                Quintic expected = Quintic.Zero;
                foreach (int table in Enumerable.Range(0, 3).Where(table => _shape.LogHeights[table] == logHeight))
                    expected += combination.Evaluate(table, x, group => MatrixOf(group).Row(row));
                Assert.Equal(expected, Quintic.From(extended.Row(row)));
            }
        }
    }

    public void Dispose()
    {
        foreach ((Matrix coefficients, Matrix codeword) in _columns.Values)
        {
            coefficients.Dispose();
            codeword.Dispose();
        }
    }

    private Quintic[] Open()
    {
        var openings = new Quintic[_shape.Openings.Count];
        OutOfDomainOpener.Open(_shape, _point, MatrixOf, openings, CancellationToken.None);
        return openings;
    }

    private Matrix MatrixOf(OpeningGroup group) => _columns[(group.Commitment, group.Table)].Codeword;

    private static Quintic Value(Matrix coefficients, int column, Quintic point)
    {
        Quintic value = Quintic.Zero;
        for (int row = coefficients.Rows - 1; row >= 0; row--) value = value * point + coefficients[row, column];
        return value;
    }
}
