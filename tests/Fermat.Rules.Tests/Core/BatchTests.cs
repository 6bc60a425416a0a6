using System.Numerics;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Tests.Core;

public sealed class BatchTests
{
    /// <summary>The interpreter is the specification; a batch gives the same values, account by account.</summary>
    [Fact]
    public void A_batch_gives_what_the_interpreter_gives()
    {
        int compared = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            CoreRulebook rulebook = RandomRulebook.Make(random, definitions: 4, depth: 3 + seed % 5);
            MarketData market = RandomRulebook.Market(random);
            var interpreter = new Interpreter(rulebook, market);
            AccountData[] accounts = [.. Enumerable.Range(0, 7).Select(i => RandomRulebook.Account(random, market, $"a{i}"))];
            BatchResult result = new BatchEvaluator(interpreter).Evaluate(AccountBatch.Of(RandomRulebook.Schema, accounts));
            for (int a = 0; a < accounts.Length; a++)
            {
                var expected = interpreter.Evaluate(accounts[a]);
                for (int d = 0; d < expected.Length; d++, compared++)
                    Assert.True(expected[d] == result[d, a], $"seed {seed}, definition {d}, account {a}: {result[d, a]} is not {expected[d]}");
            }
        }
        Assert.Equal(400 * 7 * 4, compared);
    }

    [Fact]
    public void Division_by_reciprocals_is_division()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            ulong divisor = Math.Max(1, (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
            UInt128 n = new UInt128((ulong)random.NextInt64() >> random.Next(64), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
            if (i % 7 == 0) n = (n / divisor * divisor) + (UInt128)random.Next(2) * (divisor - 1);
            n &= UInt128.MaxValue >> 1;
            (UInt128 quotient, ulong remainder) = new Reciprocal(divisor).Divide(n);
            Assert.Equal(((BigInteger)n / divisor, (BigInteger)n % divisor), ((BigInteger)quotient, (BigInteger)remainder));
        }
    }
}
