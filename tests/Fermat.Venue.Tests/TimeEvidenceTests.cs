using System.Collections.Immutable;
using Fermat.Engine;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Options that are valued with more or less time to go than they have at the time of the prices.</summary>
public sealed class TimeEvidenceTests
{
    private static readonly Lazy<TransitionInputs> Batch = new(() =>
    {
        VenueLog log = PortfolioLog.Open();
        log.Deposit("insurance", "1");
        return TransitionProver.InputsOf(log.Cut(PortfolioLog.Listings).Batches[0].Batch, VenueLog.Salts);
    });

    /// <summary>A call and a put of one expiry, with so many seconds more to go than they have; the set is in force for so long.</summary>
    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(0, 0, 2_500, true)]
    [InlineData(-2, -2, 2_500, true)]
    [InlineData(-3, -3, 2_500, false)]
    [InlineData(1, 1, 2_500, false)]
    [InlineData(86_400, 86_400, 2_500, false)]
    [InlineData(-2, -1, 2_500, false)]
    [InlineData(0, null, 2_500, false)]
    [InlineData(null, null, 2_500, false)]
    [InlineData(null, null, null, true)]
    public void Time_to_an_expiry_is_that_of_the_set_in_force(int? call, int? put, int? inForce, bool isTrue)
    {
        long from = PortfolioLog.Expiry - 1000 * Left(Batch.Value, "C");
        TransitionInputs moved = With(With(Batch.Value, "C", call), "D", put);
        Assert.Equal(isTrue, TimeEvidence.Problem(moved, new EngineBinding(), from, from + inForce) is null);
    }

    [Fact]
    public void What_does_not_end_has_no_time_to_go() => Assert.NotNull(TimeEvidence.Problem(With(Batch.Value, "P", 5), new EngineBinding(), PortfolioLog.Expiry - 1000 * Left(Batch.Value, "C"), null));

    [Fact]
    public void An_instrument_that_has_expired_has_nothing_left_and_the_others_do_not_go_on_without_it()
    {
        TransitionInputs expired = With(Batch.Value, "C", null);
        Assert.NotNull(TimeEvidence.Problem(expired, new EngineBinding(), 0, null));
        Assert.Null(TimeEvidence.Problem(With(expired, "D", null), new EngineBinding(), PortfolioLog.Expiry + 7000, PortfolioLog.Expiry + 8000));
    }

    /// <summary>Where no field says when an instrument ends, nothing could compare the time that is left: then it is a parameter, which no price set moves.</summary>
    [Fact]
    public void Time_left_without_an_expiry_is_a_parameter()
    {
        TransitionInputs moved = With(Batch.Value, "C", 86_400);
        Assert.Equal(Set(Batch.Value, new EngineBinding()), Set(moved, new EngineBinding()));
        Assert.Empty(ParameterEvidence.Check([Batch.Value, moved], [], required: true).Changes);

        var binding = new EngineBinding { Expiry = "ends" };
        Assert.Null(TimeEvidence.Problem(moved, binding, PortfolioLog.Expiry, null));
        Assert.NotEqual(Set(Batch.Value, binding), Set(moved, binding));
        Assert.Equal("Instrument C: left", Assert.Single(Assert.Single(ParameterEvidence.Check([Batch.Value, moved], [], binding: binding).Changes).Where));
        Assert.Equal(Statements.StatementRejectionCode.NotProven, ParameterEvidence.Check([Batch.Value, moved], [], required: true, binding).Fault?.Rejection.Code);

        static Hashing.Digest Set(TransitionInputs batch, EngineBinding binding) => ParameterSet.Digest(batch.Rulebook, batch.Market, binding);
    }

    private static long Left(TransitionInputs batch, string symbol)
    {
        (int table, int field, int record) = Find(batch, symbol);
        return (long)batch.Market.Tables[table][record].Fields[field].Integer;
    }

    /// <summary>So many seconds more; null for none at all.</summary>
    private static TransitionInputs With(TransitionInputs batch, string symbol, int? more)
    {
        (int table, int field, int record) = Find(batch, symbol);
        MarketRecord old = batch.Market.Tables[table][record];
        ImmutableArray<MarketRecord> records = batch.Market.Tables[table].SetItem(record, old with { Fields = old.Fields.SetItem(field, new FieldValue(more is null ? 0 : old.Fields[field].Integer + more.Value)) });
        return batch with { Market = batch.Market with { Tables = batch.Market.Tables.SetItem(table, records) } };
    }

    private static (int Table, int Field, int Record) Find(TransitionInputs batch, string symbol)
    {
        int table = batch.Rulebook.Schema.Tables.ToList().FindIndex(t => t.Name == "Instrument");
        return (table, batch.Rulebook.Schema.Tables[table].Fields.ToList().FindIndex(f => f.Name == "left"), batch.Market.Tables[table].ToList().FindIndex(r => r.Symbol == symbol));
    }
}
