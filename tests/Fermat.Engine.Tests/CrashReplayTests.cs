using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>
/// Minute bars of two perpetuals through a day of about −20%, published leverage brackets, and funding rates (those of another coin, standing in): 500 generated accounts. Margins are
/// computed a second time here, from the brackets alone.
/// </summary>
public sealed class CrashReplayTests
{
    private const int Accounts = 500;
    private static readonly string[] Symbols = ["FIL", "NEAR"];

    [Theory]
    [InlineData(1, "2000000")]
    [InlineData(2, "1000")]
    public void Every_liquidation_is_due_none_is_missed_and_nothing_is_lost(int seed, string insurance)
    {
        Bar[][] bars = [.. Symbols.Select(Bars)];
        Bracket[][] brackets = [.. Symbols.Select(Brackets)];
        Dictionary<long, string> funding = Funding();
        var log = new List<LoggedEvent>();
        var engine = new MarginEngine(Venue.Rulebook("cross_perps"), log: log.Add);
        long time = bars[0][0].Time;
        int events = 0;
        SubmitResult Submit(Func<EventId, LedgerEvent> make) => engine.Submit(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"e{++events}"))));
        void Apply(Func<EventId, LedgerEvent> make) => Assert.Null(Submit(make).Rejection);

        Apply(id => new VenueOpened(id, time, "crash", new AccountId("insurance"), new AccountId("fees")));
        Apply(id => new AssetListed(id, time, "USDT", 6));
        foreach (string symbol in Symbols) Apply(id => new InstrumentListed(id, time, new InstrumentTerms(symbol, InstrumentKind.LinearPerpetual, "USDT", 1, 4, new Quantity(1))));
        Apply(id => new ParametersUpdated(id, time, Parameters(brackets)));
        Apply(id => new PricesSet(id, time, Prices(0), null));
        Apply(id => new Deposit(id, time, new AccountId("insurance"), "USDT", Venue.Number(insurance)));
        var random = new Random(seed);
        for (int i = 0; i < Accounts; i++)
        {
            var account = new AccountId($"trader-{i:D3}");
            Apply(id => new AccountOpened(id, time, account, default, MarginMode.Cross));
            Apply(id => new Deposit(id, time, account, "USDT", new Quantity(random.NextInt64(200, 20_000))));
        }
        int opened = 0;
        for (int i = 0; i < 6 * Accounts; i++)
        {
            (int instrument, int buyer, int seller) = (random.Next(2), random.Next(Accounts), random.Next(Accounts));
            if (buyer == seller) continue;
            if (Submit(id => new Trade(id, time, Symbols[instrument], new AccountId($"trader-{buyer:D3}"), new AccountId($"trader-{seller:D3}"), new Quantity(random.Next(1_000, 400_000), 1), Venue.Number(bars[instrument][0].Close), default, default, null, null)).IsApplied) opened++;
        }
        Assert.True(opened > Accounts);

        // A second ledger follows the log, so that the state before each step is at hand.
        var shadow = new LedgerState();
        int followed = 0, liquidations = 0;
        void FollowAndCheck()
        {
            for (; followed < log.Count; followed++)
            {
                LoggedEvent logged = log[followed];
                if (logged.Generated && Failing(logged.Event) is { } failing)
                {
                    shadow.TryFindAccount(failing, out int index);
                    (BigInteger equity, BigInteger maintenance) = Margin(shadow, shadow.Accounts[index], brackets);
                    Assert.True(equity < maintenance, $"{logged.Event} is early: {equity} against {maintenance}");
                    liquidations++;
                }
                LedgerChange change = shadow.Prepare(logged.Event).Change!;
                if (logged.Rejection is null) shadow.Commit(change);
                else shadow.CommitRejected(change);
            }
            for (int i = 2; i < shadow.Accounts.Count; i++)
            {
                (BigInteger equity, BigInteger maintenance) = Margin(shadow, shadow.Accounts[i], brackets);
                Assert.True(equity >= maintenance, $"{shadow.Accounts[i].Id} was missed: {equity} against {maintenance}");
            }
            Assert.Empty(engine.State.CheckSums());
        }
        FollowAndCheck();
        for (int minute = 1; minute < bars[0].Length; minute++)
        {
            time = bars[0][minute].Time;
            Apply(id => new PricesSet(id, time, Prices(minute), null));
            if (funding.TryGetValue(time, out string? rate))
                foreach (string symbol in Symbols) Apply(id => new FundingTick(id, time, symbol, Venue.Number(rate)));
            FollowAndCheck();
        }
        Assert.True(liquidations > 20, $"{liquidations} steps");
        if (insurance == "1000") Assert.Contains(log, logged => logged.Event is AutoDeleveraged);

        Dictionary<string, Quantity> Prices(int minute) => new() { ["USDT"] = new Quantity(1), ["FIL"] = Venue.Number(bars[0][minute].Close), ["NEAR"] = Venue.Number(bars[1][minute].Close) };
    }

    private static AccountId? Failing(LedgerEvent step) => step switch
    {
        Liquidation e => e.Account,
        AutoDeleveraged e => e.Account,
        InsurancePaid e => e.Account,
        LossSocialized e => e.Account,
        _ => null,
    };

    /// <summary>Equity and maintenance in 10^-6, from the brackets: equity rounded down, requirements up, position by position.</summary>
    private static (BigInteger Equity, BigInteger Maintenance) Margin(LedgerState state, AccountState account, Bracket[][] brackets)
    {
        BigInteger equity = account.Balance(0).Amount, maintenance = 0;
        foreach (Position position in account.Positions)
        {
            InstrumentState instrument = state.Instruments[position.Instrument];
            // sizes have 1 decimal, prices 4: a product has 5
            BigInteger value = position.Size * ((BigInteger)instrument.Mark!.Value - instrument.FundingIndex) * 10 - position.Cost, notional = BigInteger.Abs(position.Size) * instrument.Mark!.Value * 10;
            Bracket bracket = brackets[position.Instrument].Last(bracket => bracket.From <= notional);
            BigInteger scaled = notional * bracket.Rate - bracket.Cum; // 14 decimals
            equity += value;
            maintenance += (scaled + 99_999_999) / 100_000_000;
        }
        return (equity, maintenance);
    }

    private static string Parameters(Bracket[][] brackets)
    {
        var text = new StringBuilder("{\"market\":{\"Asset\":[{\"haircut\":[[\"0\",\"1\"]],\"symbol\":\"USDT\"}],\"Instrument\":[");
        for (int i = 0; i < brackets.Length; i++)
        {
            string Knots(bool initial)
            {
                BigInteger offset = 0, before = 0;
                return string.Join(',', brackets[i].Select(bracket =>
                {
                    BigInteger rate = initial ? (100_000_000 + bracket.Leverage - 1) / bracket.Leverage : bracket.Rate;
                    offset += (rate - before) * bracket.From;
                    before = rate;
                    return $"[\"{ExactDecimal.Format(bracket.From, 6)}\",\"{ExactDecimal.Format(rate, 8)}\",\"{ExactDecimal.Format(initial ? offset : bracket.Cum, 14)}\"]";
                }));
            }
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{{\"initial\":[{Knots(true)}],\"maintenance\":[{Knots(false)}],\"symbol\":\"{Symbols[i]}\"}}");
        }
        return text.Append("]}}").ToString();
    }

    private sealed record Bar(long Time, string Close);

    /// <summary>From in 10^-6, rate in 10^-8, cum in 10^-14.</summary>
    private sealed record Bracket(BigInteger From, BigInteger Rate, BigInteger Cum, int Leverage);

    private static Bar[] Bars(string symbol) =>
        [.. File.ReadLines(SharedData.Path("crash-minutes", $"{symbol}USDT-1m-2023-08-17_18.csv")).Select(line => line.Split(',')).Select(cells => new Bar(long.Parse(cells[0], CultureInfo.InvariantCulture), ExactDecimal.Canonicalize(cells[4])!))];

    private static Bracket[] Brackets(string symbol)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("leverage-brackets", "binance_leverage_tiers.json")));
        BigInteger Number(JsonElement of, string name, int scale)
        {
            ExactDecimal.TryParse(ExactDecimal.Canonicalize(of.GetProperty(name).GetString()!)!, scale, BigInteger.One << 100, out BigInteger value);
            return value;
        }
        return [.. file.RootElement.GetProperty($"{symbol}/USDT:USDT").EnumerateArray().Select(tier => tier.GetProperty("info"))
            .Select(info => new Bracket(Number(info, "notionalFloor", 6), Number(info, "maintMarginRatio", 8), Number(info, "cum", 14), int.Parse(info.GetProperty("initialLeverage").GetString()!, CultureInfo.InvariantCulture)))];
    }

    /// <summary>Bitcoin's funding rates, on the day's three times: no rates of these coins are at hand, and these stand in for them.</summary>
    private static Dictionary<long, string> Funding()
    {
        var rates = new Dictionary<long, string>();
        foreach (string line in File.ReadLines(SharedData.Path("funding", "BTC-USDT_binance_2020-01-01_2024-01-01_funding_history.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            if (!cells[1].StartsWith("2023-08-1", StringComparison.Ordinal)) continue;
            long time = new DateTimeOffset(DateTime.Parse(cells[1], CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds() / 60_000 * 60_000;
            string digits = cells[2].TrimStart('-');
            rates[time] = (cells[2].StartsWith('-') ? "-" : "") + ExactDecimal.Canonicalize(digits);
        }
        return rates;
    }
}
