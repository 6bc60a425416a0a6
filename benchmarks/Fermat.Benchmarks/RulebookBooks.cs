using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Rules;
using Fermat.Rules.Batches;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;

namespace Fermat.Benchmarks;

/// <summary>Books of standard rulebooks, the same for the same size.</summary>
internal static class RulebookBooks
{
    /// <summary>Assets and instruments of the books of cross_tiered.</summary>
    public const int Assets = 64, Instruments = 64;

    private const int Expiries = 4, Strikes = 10, OptionsOfExpiry = 10, SkewScenarios = 2, Batch = 1 << 12;

    /// <summary>A rulebook of rules/.</summary>
    public static VenueRulebook Rulebook(string name) =>
        VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Root, "rules", name + ".risk")), name)) ?? throw new InvalidOperationException($"{name} does not compile");

    /// <summary>The market of cross_tiered: haircuts in four tiers, brackets in three.</summary>
    public static MarketData CrossTieredMarket(VenueRulebook rulebook)
    {
        var json = new StringBuilder("{\"market\":{\"Asset\":[");
        json.AppendJoin(',', Enumerable.Range(0, Assets).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{{\"symbol\":\"A{i:D3}\",\"index\":\"{1 + i * 37}.25\",\"haircut\":[[\"0\",\"1\"],[\"10000\",\"0.9\"],[\"100000\",\"0.75\"],[\"1000000\",\"0\"]]}}")));
        json.Append("],\"Instrument\":[");
        json.AppendJoin(',', Enumerable.Range(0, Instruments).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"symbol\":\"P{i:D3}\",\"mark\":\"{1 + i * 37}.5\",\"settle\":\"A000\",\"initial\":[[\"0\",\"0.02\",\"0\"],[\"50000\",\"0.05\",\"1500\"],[\"500000\",\"0.1\",\"26500\"]],\"maintenance\":[[\"0\",\"0.01\",\"0\"],[\"50000\",\"0.025\",\"750\"],[\"500000\",\"0.05\",\"13250\"]]}}")));
        json.Append("]}}");
        return Read(rulebook, json.ToString()).Market!;
    }

    /// <summary>Accounts of two balances and two positions; each second one holds the other side of the positions of the one before it. Reserves and insurance fund are enough.</summary>
    /// <param name="accounts">An even number.</param>
    public static SolvencyBook CrossTiered(int accounts)
    {
        VenueRulebook rulebook = Rulebook("cross_tiered");
        MarketData market = CrossTieredMarket(rulebook);
        var random = new Random(20261126);
        var book = new List<AccountData>();
        ImmutableArray<ImmutableArray<BigInteger>> positions = [];
        for (int i = 0; i < accounts; i++)
        {
            positions = i % 2 == 0
                ? [.. Two(Instruments).Select(instrument => (ImmutableArray<BigInteger>)[instrument, random.NextInt64(-50_00000000, 50_00000000), random.NextInt64(-10_000_000000, 10_000_000000)])]
                : [.. positions.Select(p => (ImmutableArray<BigInteger>)[p[0], -p[1], -p[2]])];
            book.Add(new AccountData($"account-{i}", [], [[.. Two(Assets).Select(asset => (ImmutableArray<BigInteger>)[asset, random.NextInt64(1, 50_00000000)])], positions]));
        }
        var sums = new BookSums(rulebook.Solvency!, market);
        var evaluator = new BatchEvaluator(new Interpreter(rulebook.Rulebook, market));
        foreach (AccountData[] batch in book.Chunk(Batch)) evaluator.AddTo(sums, AccountBatch.Of(rulebook.Schema, batch));
        ImmutableArray<BigInteger> reserves = [.. sums.Total(0).Select(claim => BigInteger.Max(claim, 0))];
        reserves = reserves.SetItem(0, reserves[0] + 1000 * sums.Claims);
        return new SolvencyBook(rulebook, market, book, "benchmark", 1, reserves, "generated", sums.Shortfall, 0);

        int[] Two(int records) => [random.Next(records / 2), records / 2 + random.Next(records / 2)];
    }

    /// <summary>Accounts of forty options, ten of each of four expiries, and two collateral assets, under the parameters of the rulebook's first case.</summary>
    /// <param name="accounts">How many.</param>
    /// <param name="scenarios">How many scenarios: spot moves, each with three moves of volatility, and two moves of the skew.</param>
    public static (VenueRulebook Rulebook, MarketData Market, IReadOnlyList<AccountData> Accounts) ScenarioPm(int accounts, int scenarios)
    {
        VenueRulebook rulebook = Rulebook("scenario_pm");
        JsonNode inputs = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "rules", "scenario_pm.cases.json")))!;
        const long now = 1_700_000_000, day = 86_400;
        string[] volMoves = ["flat", "raised", "lowered"];
        int moves = (scenarios - SkewScenarios + volMoves.Length - 1) / volMoves.Length;
        var market = new JsonObject
        {
            ["Expiry"] = new JsonArray([.. Enumerable.Range(0, Expiries).Select(e => new JsonObject { ["symbol"] = $"E{e}", ["time"] = now + (7 + 30 * e) * day, ["forward"] = 2000 + 15 * e, ["rate"] = "0.05" })]),
            ["Option"] = new JsonArray([.. Enumerable.Range(0, Expiries * Strikes * 2).Select(o => new JsonObject
            {
                ["symbol"] = $"O{o:D3}",
                ["expiry"] = $"E{o / (2 * Strikes)}",
                ["strike"] = 1500 + 100 * (o / 2 % Strikes),
                ["kind"] = o % 2 == 0 ? "call" : "put",
                ["vol"] = string.Create(CultureInfo.InvariantCulture, $"0.{55 + o % 7}"),
            })]),
            ["Asset"] = inputs["market"]!["Asset"]!.DeepClone(),
            ["Scenario"] = new JsonArray([.. Enumerable.Range(0, moves).Select(m =>
            {
                var scenario = new JsonObject { ["symbol"] = $"S{m:D3}", ["spot"] = string.Create(CultureInfo.InvariantCulture, $"{0.8m + 0.4m * m / moves:F6}") };
                foreach (string move in volMoves.Take(scenarios - SkewScenarios - m * volMoves.Length)) scenario[move] = 1;
                return scenario;
            })]),
            ["SkewScenario"] = new JsonArray(new JsonObject { ["symbol"] = "skew", ["spot"] = 1, ["linear"] = 1, ["absolute"] = 1 }),
        };
        var json = new JsonObject { ["parameters"] = inputs["parameters"]!.DeepClone(), ["market"] = market };
        MarketData data = Read(rulebook, json.ToJsonString()).Market!;
        var random = new Random(20261126);
        BigInteger lot = BigInteger.Pow(10, 5), amount = BigInteger.Pow(10, 19), cent = BigInteger.Pow(10, 18);
        return (rulebook, data, [.. Enumerable.Range(0, accounts).Select(i => new AccountData(
            $"account-{i}",
            [random.Next(1_000_000, 100_000_000) * cent, random.Next(-100, 100) * lot, random.Next(-100_000, 100_000) * cent, random.Next(-10_000, 10_000) * cent],
            [
                [.. Enumerable.Range(0, Expiries).SelectMany(e => Some(2 * Strikes, OptionsOfExpiry).Select(o => (ImmutableArray<BigInteger>)[e * 2 * Strikes + o, random.Next(-50, 50) * lot]))],
                [[0, random.Next(0, 1000) * amount], [1, random.Next(0, 1_000_000) * amount]],
            ]))]);

        int[] Some(int of, int count) => [.. Enumerable.Range(0, of).OrderBy(_ => random.Next()).Take(count).Order()];
    }

    private static string Root
    {
        get
        {
            string root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Fermat.slnx"))) root = Path.GetDirectoryName(root) ?? throw new FileNotFoundException("run from within the repository");
            return root;
        }
    }

    internal static RuleInputs Read(VenueRulebook rulebook, string json)
    {
        var inputs = RuleInputs.Read(rulebook.Schema, ("market", Encoding.UTF8.GetBytes(json)));
        return inputs.Market is null ? throw new InvalidOperationException(string.Join('\n', inputs.Errors)) : inputs;
    }
}
