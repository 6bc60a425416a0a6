using System.Globalization;
using System.Numerics;
using System.Text;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Tests.Rulebooks;
using Fermat.Rules.Updates;

namespace Fermat.Rules.Tests.Updates;

/// <summary>The rules for updates of cross_tiered against the same rules in plain integers, for random brackets and aggregates around every border.</summary>
public sealed class StandardUpdateTests
{
    private const long Scale = 100_000_000;
    private static readonly long[] Notionals = [10_000, 1_000_000, 100_000_000];

    /// <summary>Rates from 0, from 500,000 and from 5,000,000 on, with the offsets that make them continuous.</summary>
    private sealed record Margin(long Low, long Middle, long High)
    {
        private static readonly long[] Starts = [0, 500_000, 5_000_000];

        private long[] Rates => [Low, Middle, High];

        public BigInteger At(long notional)
        {
            BigInteger sum = 0;                                                                  // Σ rate · part, which is rate · notional − offset
            for (int i = 0; i < 3; i++)
                sum += (BigInteger)Rates[i] * Math.Max(0, Math.Min(notional, i == 2 ? long.MaxValue : Starts[i + 1]) - Starts[i]);
            return sum;
        }

        public string Json()
        {
            var knots = new List<string>();
            BigInteger offset = 0;
            for (int i = 0; i < 3; i++)
            {
                if (i > 0) offset += (BigInteger)(Rates[i] - Rates[i - 1]) * Starts[i];
                knots.Add($"[\"{Starts[i]}\", \"{Number(Rates[i])}\", \"{Number(offset)}\"]");
            }
            return $"[{string.Join(", ", knots)}]";
        }

        private static string Number(BigInteger value) => ScaledNumber.Format(value, 8);
    }

    private sealed record Terms(Margin Initial, Margin Maintenance);

    [Fact]
    public void The_rules_are_what_plain_integers_say()
    {
        CoreRulebook rulebook = Standard.Rulebook("cross_tiered");
        var rules = new UpdateRules(rulebook);
        var random = new Random(14);
        var seen = new HashSet<(string, bool)>();
        for (int round = 0; round < 600; round++)
        {
            var before = new SortedDictionary<string, Terms>(StringComparer.Ordinal);
            var after = new SortedDictionary<string, Terms>(StringComparer.Ordinal);
            foreach (string symbol in (string[])["A", "B", "C"])
            {
                Terms old = new(Random(random, 0.01), Random(random, 0.0025));
                if (symbol != "A" || round % 3 != 0) before[symbol] = old;
                after[symbol] = random.Next(4) == 0 ? old : new(Near(random, old.Initial), Near(random, old.Maintenance));
            }
            if (round % 50 == 0) after.Remove("C");
            long elapsed = random.NextInt64(3_598, 3_603), volatility = random.Next(3), earlier = random.Next(3);
            UpdateVerdict verdict = rules.Judge(Data(rulebook, before), Data(rulebook, after), [elapsed, volatility, earlier]);
            Dictionary<string, bool> expected = Expected(before, after, elapsed, volatility, earlier);
            Assert.Equal(expected.OrderBy(pair => pair.Key), verdict.Rules.ToDictionary(rule => rule.Rule, rule => rule.Holds).OrderBy(pair => pair.Key));
            seen.UnionWith(expected.Select(pair => (pair.Key, pair.Value)));
        }
        Assert.Equal(9, seen.Count);                                                             // each rule held and broke; records only ever left
    }

    private static Dictionary<string, bool> Expected(SortedDictionary<string, Terms> before, SortedDictionary<string, Terms> after, long elapsed, long volatility, long earlier)
    {
        var expected = new Dictionary<string, bool> { ["bounded_step"] = true, ["floors"] = true, ["one_an_hour"] = true, ["no_cut_in_stress"] = true };
        if (before.Keys.Except(after.Keys).Any()) expected[UpdateRules.RecordsStay] = false;
        foreach ((string symbol, Terms terms) in after)
        {
            Terms old = before.GetValueOrDefault(symbol) ?? terms;
            foreach (long notional in Notionals)
            {
                (BigInteger initial, BigInteger oldInitial, BigInteger maintenance, BigInteger oldMaintenance) =
                    (terms.Initial.At(notional), old.Initial.At(notional), terms.Maintenance.At(notional), old.Maintenance.At(notional));
                bool changed = initial != oldInitial || maintenance != oldMaintenance, cut = initial < oldInitial || maintenance < oldMaintenance;
                expected["bounded_step"] &= 4 * BigInteger.Abs(initial - oldInitial) <= oldInitial && 4 * BigInteger.Abs(maintenance - oldMaintenance) <= oldMaintenance;
                expected["floors"] &= 400 * maintenance >= (BigInteger)notional * Scale && initial >= maintenance;
                expected["one_an_hour"] &= !changed || elapsed >= 3_600;
                expected["no_cut_in_stress"] &= !cut || volatility <= earlier;
            }
        }
        return expected;
    }

    private static Margin Random(Random random, double least)
    {
        long low = (long)(least * Scale) + random.NextInt64(3) * 1_000 - 1_000;
        long middle = low + random.NextInt64(2) * 100_000, high = middle + random.NextInt64(2) * 500_000;
        return new Margin(low, middle, high);
    }

    /// <summary>The same, a bit more, a quarter more or less, or a unit beyond that.</summary>
    private static Margin Near(Random random, Margin old)
    {
        int kind = random.Next(8);
        long Move(long rate) => kind switch { 0 => rate, 1 => rate + 1, 2 => rate - 1, 3 => rate + rate / 4, 4 => rate - rate / 4, 5 => rate + rate / 4 + 1, 6 => rate - rate / 4 - 1, _ => rate + rate / 10 };
        long low = Move(old.Low), middle = Math.Max(low, Move(old.Middle));
        return new Margin(low, middle, Math.Max(middle, Move(old.High)));
    }

    private static MarketData Data(CoreRulebook rulebook, SortedDictionary<string, Terms> instruments)
    {
        IEnumerable<string> records = instruments.Select(pair => string.Create(CultureInfo.InvariantCulture,
            $"{{\"symbol\":\"{pair.Key}\",\"mark\":\"1\",\"settle\":\"USD\",\"initial\":{pair.Value.Initial.Json()},\"maintenance\":{pair.Value.Maintenance.Json()}}}"));
        string json = $"{{\"market\":{{\"Asset\":[{{\"symbol\":\"USD\",\"index\":\"1\",\"haircut\":[[\"0\",\"1\"]]}}],\"Instrument\":[{string.Join(',', records)}]}}}}";
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("data", Encoding.UTF8.GetBytes(json)));
        Assert.Empty(inputs.Errors);
        return inputs.Market!;
    }
}
