using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Benchmarks;

/// <summary>The margin engine natively: trades booked and margin-checked, and a whole book valued after a price move, both under rules/cross_perps.risk.</summary>
internal static class EngineBenchmark
{
    private const int Instruments = 64, Traded = 4, Chunk = 1 << 14;

    /// <summary>Trades of venue-held accounts (no signatures): prepared, judged on both sides, committed.</summary>
    public static IEnumerable<Figure> Trades()
    {
        const int Accounts = 10_000, Count = 1_000_000, Warm = 100_000;
        MarginEngine engine = Venue(Accounts, "1000000000");
        var random = new Random(20261126);
        LedgerEvent[] trades = [.. Enumerable.Range(0, Count + Warm).Select(i => Trade(random, Accounts, i))];
        Submit(engine, trades.AsSpan(0, Warm));
        long start = Stopwatch.GetTimestamp();
        int applied = Submit(engine, trades.AsSpan(Warm));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (engine.State.CheckSums().Count > 0) throw new InvalidOperationException("the ledger does not add up");
        yield return new Figure("trades.native", Count / seconds, "trades/s", "≥ 200000", 1, null, MacroBenchmarks.PeakMemoryMiB(),
            string.Create(CultureInfo.InvariantCulture, $"cross_perps, {Accounts} accounts, {Traded} instruments, {applied} of {Count} applied, {Environment.ProcessorCount} cores"));
    }

    /// <summary>1,000,000 accounts with four positions each, classified after a price move.</summary>
    public static IEnumerable<Figure> Revalue()
    {
        const int Accounts = 1_000_000, Runs = 5;
        MarginEngine engine = Venue(Accounts, "1000000");
        var random = new Random(20261126);
        for (int from = 0; from < 2 * Accounts; from += Chunk)
        {
            int first = from;
            Submit(engine, [.. Enumerable.Range(0, Math.Min(Chunk, 2 * Accounts - from)).Select(k => Paired(random, first + k, Accounts))]);
        }
        var seconds = new List<double>();
        HealthLadder ladder = default;
        for (int run = -1; run < Runs; run++)
        {
            engine.Submit(new PricesSet(new EventId($"move{run + 1}"), 10, Prices(100 + run), null));
            long start = Stopwatch.GetTimestamp();
            ladder = engine.Ladder();
            if (run >= 0) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        yield return new Figure("revalue.1m", MacroBenchmarks.Median(seconds), "s", "≤ 1", Runs, null, MacroBenchmarks.PeakMemoryMiB(),
            string.Create(CultureInfo.InvariantCulture, $"cross_perps, {Accounts} accounts × (1 balance + 4 positions), {ladder.Margined} margined, {Environment.ProcessorCount} cores"));
    }

    private static int Submit(MarginEngine engine, ReadOnlySpan<LedgerEvent> events) => engine.SubmitMany(events.ToArray()).Count(result => result.IsApplied);

    private static Trade Trade(Random random, int accounts, int number)
    {
        int buyer = random.Next(accounts), seller = (buyer + 1 + random.Next(accounts - 1)) % accounts;
        return Between(number, random.Next(Traded), buyer, seller, random.Next(1, 1000));
    }

    /// <summary>Four trades an account: each with a neighbour, in an instrument of its own.</summary>
    private static Trade Paired(Random random, int number, int accounts)
    {
        int round = number / (accounts / 2), pair = number % (accounts / 2);
        return Between(number, 16 * round + random.Next(16), 2 * pair, 2 * pair + 1, random.Next(1, 1000));
    }

    private static Trade Between(int number, int instrument, int buyer, int seller, int size) =>
        new(new EventId(string.Create(CultureInfo.InvariantCulture, $"t{number}")), 5, Symbol(instrument), Name(buyer), Name(seller), new Quantity(size, 2), new Quantity(100), default, default, null, null);

    private static AccountId Name(int account) => new(string.Create(CultureInfo.InvariantCulture, $"a{account}"));

    private static string Symbol(int instrument) => string.Create(CultureInfo.InvariantCulture, $"P{instrument:D2}");

    private static Dictionary<string, Quantity> Prices(int mark)
    {
        var prices = new Dictionary<string, Quantity> { ["USD"] = new(1) };
        for (int i = 0; i < Instruments; i++) prices[Symbol(i)] = new Quantity(mark);
        return prices;
    }

    private static MarginEngine Venue(int accounts, string deposit)
    {
        var engine = new MarginEngine(RulebookBooks.Rulebook("cross_perps").Rulebook, new EngineOptions { Automatic = false });
        int events = 0;
        void Apply(Func<EventId, LedgerEvent> make)
        {
            SubmitResult result = engine.Submit(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"e{events++}"))));
            if (!result.IsApplied) throw new InvalidOperationException(result.Rejection!.ToString());
        }
        Apply(id => new VenueOpened(id, 0, "bench", new AccountId("insurance"), new AccountId("fees")));
        Apply(id => new AssetListed(id, 0, "USD", 6));
        var market = new StringBuilder("{\"market\":{\"Asset\":[{\"haircut\":[[\"0\",\"1\"]],\"symbol\":\"USD\"}],\"Instrument\":[");
        for (int i = 0; i < Instruments; i++)
        {
            string symbol = Symbol(i);
            Apply(id => new InstrumentListed(id, 0, new InstrumentTerms(symbol, InstrumentKind.LinearPerpetual, "USD", 4, 4, new Quantity(1))));
            market.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture,
                $"{{\"initial\":[[\"0\",\"0.02\",\"0\"],[\"50000\",\"0.05\",\"1500\"],[\"500000\",\"0.1\",\"26500\"]],\"maintenance\":[[\"0\",\"0.01\",\"0\"],[\"50000\",\"0.025\",\"750\"],[\"500000\",\"0.05\",\"13250\"]],\"symbol\":\"{symbol}\"}}");
        }
        Apply(id => new ParametersUpdated(id, 0, market.Append("]}}").ToString()));
        Apply(id => new PricesSet(id, 0, Prices(100), null));
        Quantity.TryParse(deposit, out Quantity amount);
        for (int i = 0; i < accounts; i++)
        {
            AccountId account = Name(i);
            Apply(id => new AccountOpened(id, 1, account, default, MarginMode.Cross));
            Apply(id => new Deposit(id, 1, account, "USD", amount));
        }
        return engine;
    }
}
