using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Benchmarks;

/// <summary>Accounts of a rulebook and trades between them at the mark price, or near it.</summary>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Market">Its market data.</param>
/// <param name="Scalars">Fields of each account.</param>
/// <param name="Balances">Balances of each account.</param>
/// <param name="Positions">Positions of the account of a number, from 0.</param>
/// <param name="Prices">Of each instrument that is traded, a whole number.</param>
/// <param name="Settle">The asset that they settle in.</param>
/// <param name="SizeScale">Decimals of sizes; costs have 6.</param>
/// <param name="Words">What accounts have.</param>
internal sealed record TradeScene(
    VenueRulebook Rulebook, MarketData Market, ImmutableArray<BigInteger> Scalars, ImmutableArray<ImmutableArray<BigInteger>> Balances, Func<int, ImmutableArray<ImmutableArray<BigInteger>>> Positions, int[] Prices, int Settle, int SizeScale, string Words)
{
    private const long Fee = 100_000;

    /// <summary>Two balances and up to four positions, under cross_tiered.</summary>
    public static TradeScene CrossTiered()
    {
        VenueRulebook rulebook = RulebookBooks.Rulebook("cross_tiered");
        return new TradeScene(rulebook, RulebookBooks.CrossTieredMarket(rulebook), [], [[0, 10_000_000_00000000], [5, 100_00000000]], _ => [], [.. Enumerable.Range(0, 4).Select(i => 1 + i * 37)], 0, 8, "2 balances and up to 4 positions, cross_tiered");
    }

    /// <summary>
    /// Accounts in portfolio mode under portfolio_margin, of twelve options and perpetuals to begin with, on two underlyings: of each a perpetual and calls and puts of five strikes and two expiries; 21 scenarios, of seven spot moves with three of volatility.
    /// </summary>
    public static TradeScene Portfolio()
    {
        const int strikes = 5, begins = 12, day = 86_400;
        VenueRulebook rulebook = RulebookBooks.Rulebook("portfolio_margin");
        (string Symbol, int Spot)[] underlyings = [("BTC", 64_000), ("ETH", 3_000)];
        var instruments = new List<JsonObject>();
        foreach ((string symbol, int spot) in underlyings)
        {
            instruments.Add(Instrument($"{symbol}-PERP", symbol, spot));
            for (int i = 0; i < 4 * strikes; i++)
            {
                (bool isCall, int expiry, int strike) = (i % 2 == 0, i / 2 % 2, spot * (8 + i / 4) / 10);
                JsonObject option = Instrument($"{symbol}-{expiry}-{strike}-{(isCall ? "C" : "P")}", symbol, Math.Max(isCall ? spot - strike : strike - spot, 0) + spot / 20);
                (option["option"], option["kind"], option["strike"], option["left"], option["vol"]) = (true, isCall ? "call" : "put", strike, (7 + 30 * expiry) * day, "0.6");
                instruments.Add(option);
            }
        }
        instruments.Sort((a, b) => string.CompareOrdinal(a["symbol"]!.GetValue<string>(), b["symbol"]!.GetValue<string>()));
        string[] spotMoves = ["-0.15", "-0.1", "-0.05", "0", "0.05", "0.1", "0.15"], volMoves = ["-0.25", "0", "0.45"];
        var json = new JsonObject
        {
            ["market"] = new JsonObject
            {
                ["Asset"] = new JsonArray([.. underlyings.Select(one => new JsonObject { ["symbol"] = one.Symbol, ["index"] = one.Spot, ["haircut"] = "0.1" }), new JsonObject { ["symbol"] = "USD", ["index"] = 1 }]),
                ["Instrument"] = new JsonArray([.. instruments]),
                ["Scenario"] = new JsonArray([.. from spot in spotMoves from vol in volMoves select new JsonObject { ["symbol"] = $"{spot} {vol}".Replace(' ', ':'), ["spot"] = spot, ["vol"] = vol }]),
            },
        };
        MarketData market = RulebookBooks.Read(rulebook, json.ToJsonString()).Market!;
        int[] prices = [.. instruments.Select(one => one["mark"]!.GetValue<int>())];
        return new TradeScene(rulebook, market, [1], [[2, 10_000_000_00000000]], Held, prices, 2, 6, string.Create(CultureInfo.InvariantCulture, $"{begins} options and perpetuals to begin with on 2 underlyings, {spotMoves.Length * volMoves.Length} scenarios, portfolio_margin"));

        JsonObject Instrument(string symbol, string underlying, int mark) => new() { ["symbol"] = symbol, ["underlying"] = underlying, ["mark"] = mark, ["settle"] = "USD", ["initial"] = "0.1", ["maintenance"] = "0.05" };

        ImmutableArray<ImmutableArray<BigInteger>> Held(int account)
        {
            var random = new Random(account);
            return [.. Enumerable.Range(0, instruments.Count).OrderBy(_ => random.Next()).Take(begins).Order().Select(i => (ImmutableArray<BigInteger>)[i, random.Next(1, 200_000) * (random.Next(2) == 0 ? 1 : -1), 0]).Select(p => p.SetItem(2, p[1] * prices[(int)p[0]]))];
        }
    }

    /// <summary>A trade between two of so many accounts, that of number 0 at leaf 2.</summary>
    public BatchEvent Trade(Random random, int accounts)
    {
        int buyer = 2 + random.Next(accounts), seller = 2 + (buyer - 2 + 1 + random.Next(accounts - 1)) % accounts, instrument = random.Next(Prices.Length);
        BigInteger size = random.NextInt64(1, 10_0000), cost = size * Prices[instrument] * 1_000_000 / BigInteger.Pow(10, SizeScale);
        return new BatchEvent(EventKind.Trade, buyer, seller, Settle, -Fee, -Fee, instrument, size, cost);
    }
}
