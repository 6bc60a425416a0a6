using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Random rulebooks of pairs, and of pairs within pairs: circuit and batch say what the interpreter says, or the compiler says that it cannot yet.</summary>
public sealed class RandomPairTests
{
    /// <summary>Where the right row of outer pairs was taken for the right row of inner ones, seeds 16 and 55 were proven wrongly.</summary>
    [Fact]
    public void Circuits_of_random_pairs_say_what_the_interpreter_says()
    {
        (int proven, int pairs, string reasons) = Try(first: 0, seeds: 60);
        Assert.True(proven >= 40 && pairs >= 30, $"{proven} of 60 are provable, {pairs} with pairs: {reasons}");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Many_circuits_of_random_pairs_say_what_the_interpreter_says() => Try(first: 1000, seeds: 3000);

    /// <summary>Of small ones every cell matters, and no lie is believed.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Circuits_of_random_pairs_leave_nothing_free() => Try(first: 10_000, seeds: 20, forge: 300);

    private static (int Proven, int Pairs, string Reasons) Try(int first, int seeds, int forge = 0)
    {
        (int proven, int pairs) = (0, 0);
        var reasons = new Dictionary<string, int>();
        var wrong = new List<string>();
        for (int seed = first; seed < first + seeds; seed++)
        {
            var random = new Random(seed);
            (CoreRulebook rulebook, string text) = RandomPairs.Make(random, depth: 2 + seed % 3);
            RuleInputs inputs = RandomPairs.Inputs(rulebook, random, accounts: 3);
            try
            {
                CheckBatch(rulebook, inputs);
                var bench = new LoweringBench(rulebook);
                bench.Check(inputs.Market!, inputs.Accounts);
                proven++;
                if (bench.Lowering.Domains.Any(domain => domain.Pair is not null)) pairs++;
                if (bench.Circuit.Tables.Sum(table => table.Columns.Count) >= forge) continue;
                bench.CheckEveryCell(inputs.Market!, [.. inputs.Accounts.Take(2)]);
                bench.CheckEveryLie(inputs.Market!, [.. inputs.Accounts.Take(2)]);
            }
            catch (CoreException refusal) when (refusal.Message.StartsWith("not provable yet", StringComparison.Ordinal))
            {
                string reason = string.Join(' ', refusal.Message.Split(' ').Take(9));
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
            catch (Exception fault)
            {
                wrong.Add($"seed {seed}: {fault.GetType().Name} {fault.Message}\n{fault.StackTrace}\n{text[text.IndexOf("of_item", StringComparison.Ordinal)..]}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {seeds} are wrong:\n{string.Join('\n', wrong.Take(5))}");
        return (proven, pairs, string.Join("; ", reasons.OrderByDescending(r => r.Value).Select(r => $"{r.Value} × {r.Key}")));
    }

    private static void CheckBatch(CoreRulebook rulebook, RuleInputs inputs)
    {
        var interpreter = new Interpreter(rulebook, inputs.Market!);
        BatchResult batch = new BatchEvaluator(interpreter).Evaluate(AccountBatch.Of(rulebook.Schema, inputs.Accounts));
        for (int a = 0; a < inputs.Accounts.Count; a++)
        {
            var expected = interpreter.Evaluate(inputs.Accounts[a]);
            for (int d = 0; d < expected.Length; d++)
                Assert.True(expected[d] == batch[d, a], $"{rulebook.Definitions[d].Name} of {inputs.Accounts[a].Id}: {expected[d]} in the interpreter, {batch[d, a]} in the batch");
        }
    }
}
