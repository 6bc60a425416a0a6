using Fermat.Air;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>The proven bits of small proofs at rate 1/4 with 12 bits of grinding, computed once more from the theorems, by logarithms and not by the verifier's code.</summary>
public sealed class AccountSoundnessTests
{
    private static readonly double Field = 5 * Math.Log2(2130706433);

    [Theory]
    [InlineData(AccountStatementKind.LiquidationDue)]
    [InlineData(AccountStatementKind.Health)]
    public void Twelve_bits_of_grinding_at_rate_one_quarter_prove_100_bits(AccountStatementKind kind)
    {
        Circuit circuit = CrossTiered.Circuit(kind).Circuit;
        CircuitShape least = CircuitShape.Of(circuit, [.. circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(ProofProfile.Balanced, 100, least, [.. circuit.Tables.Select(_ => 20)], grindingBits: Profiles.SmallGrindingBits);
        Assert.Equal((2, 12), (options.BlowupLog2, options.QueryGrindingBits));
        double here = Bits(shape, options, options.Queries);
        Assert.InRange(here, 100, 101.5);
        Assert.Equal((int)Math.Floor(here), Soundness.Compute(new SoundnessInput(shape, options)).OracleBits);
        // a query less is too few, so none is there for nothing; and work lessens the queries' error alone
        Assert.True(Bits(shape, options, options.Queries - 1) < 100);
        Assert.InRange(here - Bits(shape, options with { QueryGrindingBits = 0 }, options.Queries), 5, 12);
        Assert.InRange(Bits(shape, options with { QueryGrindingBits = 40 }, options.Queries) - here, 0, 20);
    }

    /// <summary>−log2 of the sum of all errors, at the best m.</summary>
    private static double Bits(CircuitShape shape, ProofOptions options, int queries) => Enumerable.Range(3, 400).Max(m => Johnson(shape, options, queries, m));

    private static double Johnson(CircuitShape shape, ProofOptions options, int queries, int m)
    {
        double rate = Math.Pow(2, -options.BlowupLog2), root = Math.Sqrt(rate), list = m / (2 * rate), error = 0;
        // columns that are near what was committed, but not what the circuit says
        double degrees = shape.RandomPoints.Sum(point => (double)point.Degree);
        foreach (TableShape table in shape.Tables)
        {
            double n = Math.Pow(2, table.LogHeight);
            degrees += n * table.MessageWidths.Sum(width => Math.Max(width, 1) + 1) + table.Constraints + Math.Max((table.ConstraintDegree * n) + 1, 4 * n);
        }
        error += list * degrees * Math.Pow(2, -Field);
        // words that are not near columns: a batch for each height, folds by eight (or what is left) down to the last polynomial, roll-ins
        int[] heights = [.. shape.LogHeights.Distinct().OrderDescending()];
        foreach (int height in heights) error += OnLine(height);
        for (int log = heights[0]; log > options.FinalPolynomialLog2;)
        {
            int next = heights.Where(height => height < log).DefaultIfEmpty(options.FinalPolynomialLog2).Max(), step = Math.Min(options.FoldingLog2, log - next);
            error += ((1 << step) - 1) * OnLine(log);
            log -= step;
            if (log == next && heights.Contains(log)) error += OnLine(log);
        }
        error += Math.Pow(root * (1 + (1.0 / m)), queries) * Math.Pow(2, -options.QueryGrindingBits);
        return -Math.Log2(error);

        double OnLine(int logHeight)
        {
            double dimension = Math.Pow(2, logHeight), length = dimension / rate, reduced = (dimension - 1) / length, half = m + 0.5;
            double bad = (((2 * Math.Pow(half, 5)) + (3 * half * rate)) / (3 * Math.Pow(reduced, 1.5)) * length) + (half / Math.Sqrt(reduced));
            return bad * Math.Pow(2, -Field);
        }
    }
}
