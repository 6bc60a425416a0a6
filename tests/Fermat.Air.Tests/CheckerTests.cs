using Fermat.Algebra;

namespace Fermat.Air.Tests;

public sealed class CheckerTests
{
    private readonly SampleCircuit _sample = new();
    private readonly TestValues _values = new(11);
    private readonly Quintic[] _challenges;
    private readonly TableTrace[] _traces;

    public CheckerTests()
    {
        _challenges = _values.Extensions(_sample.Circuit.Challenges.Count);
        _traces = _sample.Fill(_values, _challenges);
    }

    [Fact]
    public void AnHonestTraceSatisfies()
    {
        Assert.Equal("satisfied", ConstraintChecker.Check(_sample.Circuit, _traces, _challenges).ToString());
        Quintic[] sums = _sample.FillLogUp(_traces, _challenges);
        Assert.Equal(Quintic.Zero, sums[0] + sums[1]);
        Assert.Equal("satisfied", ConstraintChecker.Check(_sample.Circuit, _traces, _challenges, sums).ToString());
    }

    [Fact]
    public void TheSumsAreMasked()
    {
        Quintic[] sums = _sample.FillLogUp(_traces, _challenges);
        Blinding.Fill(_sample.Circuit, _traces, _values.Base);
        Quintic[] others = _sample.FillLogUp(_traces, _challenges);
        Assert.NotEqual(sums[0], others[0]);
        Assert.Equal(Quintic.Zero, others[0] + others[1]);
    }

    [Theory]
    [InlineData(0, "a starts at one")]
    [InlineData(5, "a moves to b")]
    [InlineData(5, "digit of a·b")]
    [InlineData(20, "sum is weighted")]
    public void ViolationsAreNamedWithTheirRow(int row, string constraint)
    {
        _traces[0].Phase(0)[row, _sample.A.Offset] += KoalaBear.One;
        CheckReport report = ConstraintChecker.Check(_sample.Circuit, _traces, _challenges);
        Assert.Contains(report.Violations, v => v.Constraint == constraint && v.Table == "main" && v.Row == (constraint == "a moves to b" ? row - 1 : row));
    }

    [Fact]
    public void TheLastActiveRowHasNoTransition()
    {
        // On the last active row b may be what a·b allows; nothing looks at the next row.
        _traces[0].Phase(0)[SampleCircuit.Active, _sample.A.Offset] += KoalaBear.One;
        Assert.True(ConstraintChecker.Check(_sample.Circuit, _traces, _challenges).IsSatisfied);
        _traces[0].Public![SampleCircuit.Active - 1, _sample.Weight.Offset] += KoalaBear.One;
        Assert.Contains(
            ConstraintChecker.Check(_sample.Circuit, _traces, _challenges).Violations,
            v => v.Constraint == "last weight" && v.Row == SampleCircuit.Active - 1);
    }

    [Fact]
    public void UnbalancedMessagesAreNamed()
    {
        _traces[1].Phase(0)[3, _sample.Count.Offset] += KoalaBear.From(2);
        CheckReport report = ConstraintChecker.Check(_sample.Circuit, _traces, _challenges);
        BusImbalance imbalance = Assert.Single(report.Imbalances);
        Assert.Equal("digits", imbalance.Bus);
        Assert.Equal(Quintic.From(-2), imbalance.Net);
        Assert.Equal([Quintic.From(3)], imbalance.Message);
        Assert.Contains(imbalance.Uses, u => u.Table == "digits" && u.Row == 3 && u.Interaction == "digit");
        Assert.Contains("bus digits: (3) nets -2", report.ToString());
    }

    [Fact]
    public void AnImbalanceShowsInTheBusSums()
    {
        _traces[1].Phase(0)[3, _sample.Count.Offset] += KoalaBear.From(2);
        Quintic[] sums = _sample.FillLogUp(_traces, _challenges);
        Assert.NotEqual(Quintic.Zero, sums[0] + sums[1]);
    }

    /// <summary>A prover that chooses helpers and running sums freely meets a named constraint whatever it changes.</summary>
    [Theory]
    [InlineData(0, false, "lookup.helper[0]", 0)]
    [InlineData(SampleCircuit.Active - 1, false, "lookup.helper[0]", SampleCircuit.Active - 1)]
    [InlineData(0, true, "lookup.sum starts at zero", 0)]
    [InlineData(7, true, "lookup.sum adds the row", 6)]
    [InlineData(SampleCircuit.Active - 1, true, "lookup.sum ends at the bus sum", SampleCircuit.Active - 1)]
    public void ALyingHelperIsCaught(int row, bool runningSum, string constraint, int at)
    {
        Quintic[] sums = _sample.FillLogUp(_traces, _challenges);
        Table table = _traces[0].Table;
        int offset = runningSum ? table.RunningSum!.Offset : table.Groups[0].Helper.Offset;
        _traces[0].Phase(2)[row, offset + 2] += KoalaBear.One;
        CheckReport report = ConstraintChecker.Check(_sample.Circuit, _traces, _challenges, sums);
        Assert.Contains(report.Violations, v => v.Constraint == constraint && v.Row == at);
    }

    [Fact]
    public void AFalseBusSumIsCaught()
    {
        Quintic[] sums = _sample.FillLogUp(_traces, _challenges);
        sums[1] += Quintic.X;
        CheckReport report = ConstraintChecker.Check(_sample.Circuit, _traces, _challenges, sums);
        ConstraintViolation violation = Assert.Single(report.Violations);
        Assert.Equal(("digits", "lookup.sum ends at the bus sum"), (violation.Table, violation.Constraint));
    }

    [Fact]
    public void ListsAreLimitedAndCountsAreNot()
    {
        for (int row = 0; row < SampleCircuit.Active; row++)
            _traces[0].Phase(0)[row, _sample.Carry.Offset] += KoalaBear.One;
        CheckReport report = ConstraintChecker.Check(_sample.Circuit, _traces, _challenges, limit: 3);
        Assert.Equal(3, report.Violations.Count);
        Assert.Equal(SampleCircuit.Active, report.ViolationCount);
    }
}
