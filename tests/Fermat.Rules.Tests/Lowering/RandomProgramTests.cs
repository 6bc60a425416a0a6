using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Tests.Core;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Random rulebooks on random books that prefer edge values: the circuit says what the interpreter says, or the compiler says that it cannot yet.</summary>
public sealed class RandomProgramTests
{
    [Fact]
    public void Circuits_of_random_rulebooks_say_what_the_interpreter_says()
    {
        (int proven, string reasons) = Try(seeds: 300, definitions: 1);
        Assert.True(proven >= 250, $"only {proven} of 300 programs are provable: {reasons}");
    }

    /// <summary>Programs that once failed: 1519 gave another value, 3584 a table of records that was made after one whose rows are linked to it.</summary>
    [Theory]
    [InlineData(1519)]
    [InlineData(3584)]
    public void Programs_that_once_failed_say_what_the_interpreter_says(int seed) => Assert.Equal(1, Try(seeds: 1, definitions: 2, first: seed).Proven);

    [Fact]
    [Trait("Category", "Slow")]
    public void Many_circuits_of_random_rulebooks_say_what_the_interpreter_says() => Try(seeds: 5000, definitions: 2, first: 1000);

    /// <summary>Roundings of sums that have no digits of their own, with terms beside them, nested, and shared between definitions.</summary>
    [Fact]
    public void Circuits_of_random_roundings_of_sums_say_what_the_interpreter_says()
    {
        (int proven, string reasons) = Try(seeds: 80, definitions: 2, rounded: true);
        Assert.True(proven >= 75, $"only {proven} of 80 programs are provable: {reasons}");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Many_circuits_of_random_roundings_of_sums_say_what_the_interpreter_says() => Try(seeds: 2000, definitions: 2, first: 1000, rounded: true);

    /// <summary>Of small ones every cell matters, and no lie is believed.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Circuits_of_random_roundings_of_sums_leave_nothing_free() => Try(seeds: 20, definitions: 2, first: 5000, rounded: true, forge: true);

    private static (int Proven, string Reasons) Try(int seeds, int definitions, int first = 0, bool rounded = false, bool forge = false)
    {
        int proven = 0;
        var reasons = new Dictionary<string, int>();
        for (int seed = first; seed < first + seeds; seed++)
        {
            var random = new Random(seed);
            CoreRulebook rulebook = rounded ? RandomRulebook.MakeRounded(random, definitions, depth: 1 + seed % 4) : RandomRulebook.Make(random, definitions, depth: 1 + seed % 5);
            MarketData market = RandomRulebook.Market(random);
            AccountData[] accounts = [.. Enumerable.Range(0, 4).Select(i => RandomRulebook.Account(random, market, $"a{i}"))];
            LoweringBench bench;
            try
            {
                bench = new LoweringBench(rulebook);
            }
            catch (CoreException refusal) when (refusal.Message.StartsWith("not provable yet", StringComparison.Ordinal))
            {
                reasons[refusal.Message] = reasons.GetValueOrDefault(refusal.Message) + 1;
                continue;
            }
            try
            {
                bench.Check(market, accounts);
                if (forge && bench.Circuit.Tables.Sum(table => table.Columns.Count) < 300)
                {
                    bench.CheckEveryCell(market, accounts[..2]);
                    bench.CheckEveryLie(market, accounts[..2]);
                }
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}", fault);
            }
            proven++;
        }
        return (proven, string.Join("; ", reasons.OrderByDescending(r => r.Value).Select(r => $"{r.Value} × {r.Key}")));
    }
}
