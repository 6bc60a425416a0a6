using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>
/// Inverse contracts of a dollar that are handed over at the mark price, which is 30,010 with a funding index of 10: n of them cost −n / 30,000 bitcoin, and 20,000 of them 66,666,666 or 66,666,667 units of it. Carol is long of 90,000 and due, Dave and Erin are short of them.
/// </summary>
public sealed class InverseTransitionTests
{
    private const int Insurance = 1, Carol = 2, Dave = 3, Erin = 4, Inverse = 0, Linear = 1, Bitcoin = 0;
    private const string TooCheap = "what is handed over at the mark price is not too cheap", TooDear = "what is handed over at the mark price is not too dear", TooHigh = "no higher penalty is paid than the rulebook's";

    private static readonly VenueRulebook Rulebook = SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "coin_perps.risk")));

    private const string Brackets = """ "initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]] """;

    private const string Book = $$$"""
        {"market":{
          "Asset":[{"symbol":"BTC","index":"30000","haircut":[["0","1"]]},{"symbol":"USD","index":"1","haircut":[["0","1"]]}],
          "Instrument":[{"symbol":"BTC-INV","mark":"30010","funding":"10","inverse":true,"settle":"BTC",{{{Brackets}}}},{"symbol":"BTC-PERP","mark":"30000","funding":"-5","settle":"USD",{{{Brackets}}}}]},
         "accounts":[
          {"id":"a","balances":[],"positions":[]},
          {"id":"b","balances":[{"asset":"BTC","amount":"100"},{"asset":"USD","amount":"100000"}],"positions":[]},
          {"id":"c","balances":[{"asset":"BTC","amount":"0.2"}],"positions":[{"instrument":"BTC-INV","size":"90000","cost":"-2.9"},{"instrument":"BTC-PERP","size":"0.001","cost":"30"}]},
          {"id":"d","balances":[{"asset":"BTC","amount":"5"}],"positions":[{"instrument":"BTC-INV","size":"-90000","cost":"2.9"},{"instrument":"BTC-PERP","size":"-0.001","cost":"-30"}]},
          {"id":"e","balances":[{"asset":"BTC","amount":"5"}],"positions":[{"instrument":"BTC-INV","size":"-20000","cost":"0.6"}]}]}
        """;

    [Theory]
    [InlineData(66_666_665, 1, TooDear)]
    [InlineData(66_666_666, 1, null)]
    [InlineData(66_666_667, 1, null)]
    [InlineData(66_666_668, 1, TooCheap)]
    [InlineData(66_644_452, 1, TooDear)] // at the mark price, without funding
    [InlineData(-66_666_667, 1, TooDear)]
    [InlineData(66_660_000, 10_000, null)] // the ledger counts in ten thousands
    [InlineData(66_670_000, 10_000, null)]
    [InlineData(66_650_000, 10_000, TooDear)]
    [InlineData(66_680_000, 10_000, TooCheap)]
    public void What_is_handed_over_costs_size_over_price(long cost, long unit, string? broken)
    {
        foreach (BatchEvent step in (BatchEvent[])[Liquidate(cost), new(EventKind.Deleveraging, Carol, Dave, Bitcoin, 0, 0, Inverse, -Units(20_000), cost)]) Judges(broken, Start(unit, step));
        // Erin is short of as many, and buys them back
        Judges(broken is null ? null : broken == TooDear ? TooCheap : TooDear, Start(unit, new BatchEvent(EventKind.Settlement, Erin, Insurance, Bitcoin, 0, 0, Inverse, Units(20_000), -cost)));
    }

    [Fact]
    public void What_carols_counterparty_gets_is_what_she_gives()
    {
        TransitionScene scene = TransitionScene.Of(Start(1, new BatchEvent(EventKind.Deleveraging, Carol, Dave, Bitcoin, 0, 0, Inverse, -Units(20_000), 66_666_667)));
        Assert.True(scene.Check() is { IsSatisfied: true });
        int dave = scene.Plan.Versions.ToList().FindLastIndex(v => v.Slot == Dave);
        BigInteger cost = scene.Plan.Versions[dave].Account.Items[Positions][0][2];
        foreach (int by in (int[])[1, -1])
            Breaks("cost is what it was and what was moved", scene.Check([.. scene.Plan.Versions.Select((v, i) => i == dave ? v with { Account = v.Account with { Items = v.Account.Items.SetItem(Positions, [v.Account.Items[Positions][0].SetItem(2, cost + by), v.Account.Items[Positions][1]]) } } : v)], lie: Nobody));
    }

    /// <summary>1% of 20,000 / 30,010 bitcoin is 666,444.5 units; it is rounded up to a unit of the ledger, and the mark price is without funding.</summary>
    [Theory]
    [InlineData(666_445, 1, true)]
    [InlineData(666_446, 1, false)]
    [InlineData(666_667, 1, false)]
    [InlineData(670_000, 10_000, true)]
    [InlineData(680_000, 10_000, false)]
    public void A_penalty_is_of_the_notional_in_the_coin(long penalty, long unit, bool isAllowed) =>
        Judges(isAllowed ? null : TooHigh, Start(unit, Liquidate(unit == 1 ? 66_666_667 : 66_670_000) with { FirstCash = -penalty, SecondCash = penalty }));

    [Fact]
    public void Linear_contracts_beside_them_cost_size_times_price()
    {
        BigInteger worth = Units(30.005m);
        BatchEvent ends = new(EventKind.Settlement, Dave, Insurance, 1, 0, 0, Linear, Units(0.001m), worth);
        Judges(null, Start(1, ends));
        Judges(TooCheap, Start(1, ends with { Cost = worth + 1 }));
        Judges(TooDear, Start(1, ends with { Cost = worth - 1 }));
        // of the one flag for the other: −0.001 / 30,005 is nothing in units of a cost
        Judges(TooDear, Start(1, ends with { Cost = 0 }));
    }

    /// <summary>At a price of nothing an inverse contract has no value, and nobody can say one.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public void At_a_price_that_is_not_positive_nothing_is_handed_over(int funding)
    {
        TransitionBatch batch = Start(1, new BatchEvent(EventKind.Settlement, Dave, Insurance, Bitcoin, 0, 0, Inverse, Units(90_000), 0));
        int table = Rulebook.Schema.Tables.Select((declared, i) => (declared.Name, i)).Single(one => one.Name == "Instrument").i;
        MarketRecord record = batch.Market.Tables[table][Inverse];
        MarketData market = batch.Market with { Tables = batch.Market.Tables.SetItem(table, batch.Market.Tables[table].SetItem(Inverse, record with { Fields = record.Fields.SetItem(0, new FieldValue(Units(10))).SetItem(1, new FieldValue(Units(funding))) })) };
        Judges("what is handed over at the mark price", batch with { Market = market });
    }

    internal static BatchEvent Liquidate(long cost) => new(EventKind.Liquidation, Carol, Insurance, Bitcoin, 0, 0, Inverse, -Units(20_000), cost);

    internal static TransitionBatch Start(long unit, params BatchEvent[] events)
    {
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(Book)));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, Key(i), 0, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, accounts, 4, 0, Insurance, events, 0, new LedgerUnits([unit, 1], [1, 1]));
    }

    private static void Judges(string? broken, TransitionBatch batch) => Forgery.Judges(broken is null, broken ?? "", batch);
}
