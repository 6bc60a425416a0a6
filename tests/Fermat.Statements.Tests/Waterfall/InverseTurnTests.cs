using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>
/// The largest position where contracts can be inverse. Carol is long of 90,000 dollars of bitcoin at a mark price of 30,010 and an index of 30,000, so they are worth 89,970.009… dollars; beside them she has linear contracts of bitcoin at 30,000, or inverse ones of ether
/// whose mark price is their index.
/// </summary>
public sealed class InverseTurnTests
{
    private const int Carol = 2, Dave = 3, BtcInverse = 0, BtcLinear = 1, EthInverse = 2, Btc = 0, Eth = 1;
    private const string More = "no position of the failing account is worth more", Highest = "what is deleveraged is worth the highest";

    private static readonly VenueRulebook Rulebook = SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "coin_perps.risk")));
    private static readonly WaterfallCircuit Circuit = WaterfallCircuit.Of(Rulebook, 2);

    private const string Brackets = """ "initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]] """;

    private const string Book = $$$"""
        {"market":{
          "Asset":[{"symbol":"BTC","index":"30000","haircut":[["0","1"]]},{"symbol":"ETH","index":"2000","haircut":[["0","1"]]},{"symbol":"USD","index":"1","haircut":[["0","1"]]}],
          "Instrument":[
           {"symbol":"BTC-INV","mark":"30010","inverse":true,"settle":"BTC",{{{Brackets}}}},
           {"symbol":"BTC-PERP","mark":"30000","settle":"USD",{{{Brackets}}}},
           {"symbol":"ETH-INV","mark":"2000","inverse":true,"settle":"ETH",{{{Brackets}}}}]},
         "accounts":[
          {"id":"a","balances":[],"positions":[]},
          {"id":"b","balances":[{"asset":"USD","amount":"100000"}],"positions":[]},
          {"id":"c","balances":[{"asset":"BTC","amount":"0.1"}],"positions":[{"instrument":"BTC-INV","size":"90000","cost":"-2.9"}]},
          {"id":"d","balances":[{"asset":"BTC","amount":"5"}],"positions":[
           {"instrument":"BTC-INV","size":"-90000","cost":"2.9"},{"instrument":"BTC-PERP","size":"-9","cost":"-270000"},{"instrument":"ETH-INV","size":"-200000","cost":"100"}]}]}
        """;

    [Theory]
    [InlineData(BtcLinear, "2.99900033", false)] // 89,970.0099
    [InlineData(BtcLinear, "2.99900034", true)]
    [InlineData(BtcLinear, "-2.99900033", false)]
    [InlineData(BtcLinear, "-2.99900034", true)]
    [InlineData(EthInverse, "89970.00999666", false)]
    [InlineData(EthInverse, "89970.00999667", true)]
    [InlineData(EthInverse, "-89970.00999667", true)]
    [InlineData(EthInverse, "90000", true)]
    public void The_position_that_is_worth_the_most_comes_first(int other, string size, bool isLarger)
    {
        TransitionBatch batch = Start(other, size, Step(BtcInverse));
        Assert.Equal(isLarger, WaterfallProver.Check(batch)?.Message.Contains("c has a larger position, in " + (other == BtcLinear ? "BTC-PERP" : "ETH-INV"), StringComparison.Ordinal) ?? false);
        CheckReport report = BookScene.Check(Circuit, batch);
        if (isLarger) Breaks(More, report);
        else Assert.True(report.IsSatisfied, report.ToString());
        if (size[0] == '-') return; // Dave is on the same side
        TransitionBatch turned = Start(other, size, Step(other));
        Assert.Equal(isLarger, WaterfallProver.Check(turned) is null);
        if (isLarger) Assert.True(BookScene.Check(Circuit, turned) is { IsSatisfied: true });
        else Breaks(More, BookScene.Check(Circuit, turned));
    }

    /// <summary>The highest worth is no more free where the contract is inverse than where it is linear.</summary>
    [Fact]
    public void What_an_inverse_contract_is_worth_is_not_the_provers_to_say()
    {
        TransitionBatch batch = Start(BtcLinear, "3", Step(BtcInverse));
        Breaks(More, BookScene.Check(Circuit, batch));
        BigInteger larger = WaterfallProver.Named(Start(BtcLinear, "3", Step(BtcLinear)), Circuit).Worth;
        Breaks(Highest, BookScene.Check(Circuit, batch, turn => turn with { Worth = larger }));
        Breaks(Highest, BookScene.Check(Circuit, batch, turn => turn with { Worth = 2 * larger }));
        Domain rows = Circuit.Order.Largest.Domain;
        Breaks("largest position", BookScene.Check(Circuit, batch, turn => turn with { Worth = larger }, traces =>
        {
            int offset = traces[rows.Table.Index].Table.Columns.Single(c => c.Name == "is deleveraged").Offset;
            (traces[rows.Table.Index].Phase(0)[0, offset], traces[rows.Table.Index].Phase(0)[1, offset]) = (KoalaBear.Zero, KoalaBear.One);
        }));
    }

    [Fact]
    public void A_worth_is_whole_and_within_its_bounds()
    {
        PositionWorth worth = PositionWorth.Of(Rulebook.Rulebook.Schema)!;
        MarketData market = Start(null, "", Step(BtcInverse)).Market;
        // ⌊30,000 · 10^8 · 10^16 / (30,010 · 10^8)⌋, and 30,000 · 10^8 · 1 · 10^8
        Assert.Equal(9_996_667_777_407_530, worth.OfUnit(market, BtcInverse));
        Assert.Equal(BigInteger.Parse("300000000000000000000", System.Globalization.CultureInfo.InvariantCulture), worth.OfUnit(market, BtcLinear));
        Assert.Equal(BigInteger.Pow(10, 16), worth.OfUnit(market, EthInverse));
        VersionFields fields = VersionFields.Of(Rulebook.Rulebook.Schema);
        foreach ((BigInteger mark, BigInteger expected) in ((BigInteger, BigInteger)[])[(0, 0), (1, BigInteger.Pow(10, 16) * fields.IndexBounds.Max), (fields.MarkBounds.Max, BigInteger.Divide(BigInteger.Pow(10, 16) * fields.IndexBounds.Max, fields.MarkBounds.Max))])
        {
            MarketData extreme = With(With(market, fields.InstrumentTable, BtcInverse, fields.Mark, mark), fields.AssetTable, Btc, fields.Index, fields.IndexBounds.Max);
            Assert.Equal(expected, worth.OfUnit(extreme, BtcInverse));
            Assert.True(expected <= worth.Most);
        }
        Assert.True(fields.MarkBounds.Max * fields.IndexBounds.Max <= worth.Most);
    }

    /// <summary>Where prices have few decimals both kinds are counted more finely.</summary>
    [Fact]
    public void Coarse_prices_do_not_make_a_worth_coarse()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "coin_perps.risk")).Replace("quantity Mark   scale 8  bits 50", "quantity Mark   scale 2  bits 30", StringComparison.Ordinal);
        VenueRulebook coarse = SolvencyScene.Compile(text);
        RuleInputs inputs = RuleInputs.Read(coarse.Schema, ("book", Encoding.UTF8.GetBytes(Book)));
        Assert.Empty(inputs.Errors);
        PositionWorth worth = PositionWorth.Of(coarse.Rulebook.Schema)!;
        // 6 digits more for mark and index of 2 and 8 decimals: ⌊30,000 · 10^8 · 10^(4 + 6) / (30,010 · 10^2)⌋, and 30,000 · 10^2 · 1 · 10^8 · 10^6
        Assert.Equal(9_996_667_777_407_530, worth.OfUnit(inputs.Market!, BtcInverse));
        Assert.Equal(BigInteger.Parse("300000000000000000000", System.Globalization.CultureInfo.InvariantCulture), worth.OfUnit(inputs.Market!, BtcLinear));
    }

    private static MarketData With(MarketData market, int table, int record, int field, BigInteger value)
    {
        MarketRecord old = market.Tables[table][record];
        return market with { Tables = market.Tables.SetItem(table, market.Tables[table].SetItem(record, old with { Fields = old.Fields.SetItem(field, old.Fields[field] with { Integer = value }) })) };
    }

    /// <summary>Dave is long or short as Carol is not, and takes a thousand dollars of it, or a hundredth of a bitcoin.</summary>
    private static BatchEvent Step(int instrument) => instrument == BtcLinear
        ? new(EventKind.Deleveraging, Carol, Dave, 2, 0, 0, BtcLinear, -Units(0.01m), -Units(300))
        : new(EventKind.Deleveraging, Carol, Dave, instrument == BtcInverse ? Btc : Eth, 0, 0, instrument, -Units(1000), instrument == BtcInverse ? 3_332_223 : Units(0.5m));

    private static TransitionBatch Start(int? other, string size, BatchEvent step)
    {
        JsonNode json = JsonNode.Parse(Book)!;
        if (other is { } instrument)
            json["accounts"]![Carol]!["positions"]!.AsArray().Add(new JsonObject { ["instrument"] = instrument == BtcLinear ? "BTC-PERP" : "ETH-INV", ["size"] = size, ["cost"] = "0" });
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, accounts, 4, Fees, Insurance, [step]);
    }

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
