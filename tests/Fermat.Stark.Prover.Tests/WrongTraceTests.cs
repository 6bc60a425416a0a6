using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>A wrong trace is noticed by the prover; and when the prover lies, by the verifier.</summary>
public class WrongTraceTests
{
    private static readonly ProofOptions Options = TestOptions.Of();

    public static TheoryData<int, int, int, string> Cells() => new()
    {
        // table, row (negative: from the end of the active rows), column, what is wrong
        { 0, 0, 0, "first row of x" },
        { 0, 17, 8, "a limb of z" },
        { 0, -1, 1, "last active row of x" },
        { 1, 0, 0, "first row" },
        { 1, -1, 0, "last active row" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void ConstraintViolationIsNoticed(int table, int row, int column, string what)
    {
        var toy = new RandomPointToy(8, 7, 9);
        void Tamper(TableTrace[] traces) => Change(traces[table], row, column);

        // z is compared with x·y, and rows are counted: both are constraints. x itself is also looked up.
        var failure = Assert.Throws<ProverException>(() => toy.Prove(Options, tamper: Tamper));
        Assert.True(failure.Error is ProverError.ConstraintsViolated or ProverError.BusesUnbalanced, what);

        byte[] proof = toy.Prove(Options, new ProverContext { SkipSelfChecks = true }, Tamper);
        Assert.True(
            toy.Verify(Options, proof).Rejection?.Code is RejectionCode.ConstraintsNotSatisfied or RejectionCode.BusSumsNotZero, what);
    }

    [Fact]
    public void MessageNobodyReceivesIsNoticed()
    {
        var toy = new RangeToy(8, 7);
        void Tamper(TableTrace[] traces) => traces[1].Phase(0)[3, 0] += KoalaBear.One;
        Assert.Equal(ProverError.BusesUnbalanced, Assert.Throws<ProverException>(() => toy.Prove(Options, tamper: Tamper)).Error);

        byte[] proof = toy.Prove(Options, new ProverContext { SkipSelfChecks = true }, Tamper);
        Assert.Equal(RejectionCode.BusSumsNotZero, toy.Verify(Options, proof).Rejection?.Code);
    }

    [Fact]
    public void ValueOutOfRangeIsNoticed()
    {
        var toy = new RangeToy(8, 7);
        void Tamper(TableTrace[] traces) => traces[0].Phase(0)[5, 1] = KoalaBear.From(RangeToy.Bound);
        Assert.Equal(ProverError.BusesUnbalanced, Assert.Throws<ProverException>(() => toy.Prove(Options, tamper: Tamper)).Error);
    }

    [Fact]
    public void TailRowsAreFree()
    {
        var toy = new RangeToy(8, 7);
        void Tamper(TableTrace[] traces)
        {
            for (int row = traces[0].ActiveRows; row < traces[0].Height; row++) traces[0].Phase(0)[row, 0] = KoalaBear.From(row);
        }

        byte[] proof = toy.Prove(TestOptions.Of(zeroKnowledge: false), tamper: Tamper);
        Assert.Null(toy.Verify(TestOptions.Of(zeroKnowledge: false), proof).Rejection);
    }

    [Fact]
    public void TracesThatDoNotFitAreNamed()
    {
        var toy = new RangeToy(8, 7);
        TableTrace[] Traces() => toy.Traces(Options.TailRows);
        AssertError(ProverError.TraceShape, () => Prover.Prove(toy.Circuit, [Traces()[0]], toy, toy, Options));
        AssertError(ProverError.TraceShape, () => Prover.Prove(toy.Circuit, [.. Traces().Reverse()], toy, toy, Options));
        AssertError(ProverError.TraceShape, () => Prover.Prove(toy.Circuit, toy.Traces(Options.TailRows + 8), toy, toy, Options));
        AssertError(ProverError.Options, () => Prover.Prove(toy.Circuit, Traces(), toy, toy, Options with { FinalPolynomialLog2 = 8 }));
        AssertError(ProverError.Memory, () => Prover.Prove(toy.Circuit, Traces(), toy, toy, Options, new ProverContext { MemoryLimit = 1000 }));

        var phased = new RandomPointToy(8, 7, 9);
        AssertError(ProverError.TraceShape, () => Prover.Prove(phased.Circuit, phased.Traces(Options.TailRows), phased, extender: null, Options));
    }

    private static void AssertError(ProverError error, Action prove) => Assert.Equal(error, Assert.Throws<ProverException>(prove).Error);

    private static void Change(TableTrace trace, int row, int column)
    {
        Matrix columns = trace.Phase(0);
        columns[row < 0 ? trace.ActiveRows + row : row, column] += KoalaBear.One;
    }
}
