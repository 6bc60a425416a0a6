using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Core;

/// <summary>Market data and accounts for the schema, at random.</summary>
internal sealed partial class RandomRulebook
{
    public static MarketData Market(Random random)
    {
        FieldValue Number(Quantity q) => new(Draw(random, q.Bounds));
        FieldValue Ladder(LadderKind kind)
        {
            var knots = new List<ImmutableArray<BigInteger>>();
            BigInteger from = 0, offset = 0, rate = random.Next(3) * 100;
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                knots.Add(kind == LadderKind.Brackets ? [from, rate, offset] : [from, Draw(random, Rate.Bounds)]);
                BigInteger next = from + 1 + random.Next(1 << random.Next(1, 30)), more = random.Next(300);
                offset += more * next; // continuous at the join
                (from, rate) = (next, rate + more);
                if (rate > 2000) break;
            }
            return new FieldValue(0, LadderData.Create(new FieldType.Ladder(kind, Positive, Rate), [.. knots], out string? problem) ?? throw new InvalidOperationException(problem));
        }
        ImmutableArray<MarketRecord> Records(int count, Func<ImmutableArray<FieldValue>> fields) => [.. Enumerable.Range(0, count).Select(i => new MarketRecord($"R{i}", fields()))];
        int assets = random.Next(1, 5), instruments = random.Next(1, 6);
        return new MarketData(
            [Number(Money), Number(Rate)],
            [
                Records(assets, () => [Number(Price), Ladder(LadderKind.Tiers)]),
                Records(instruments, () => [Number(Price), new FieldValue(random.Next(assets)), new FieldValue(random.Next(2)), Ladder(LadderKind.Brackets), new FieldValue(random.Next(1, 3) * 100)]),
                Records(random.Next(1, 5), () => [Number(Rate), new FieldValue(random.Next(2))]),
            ]);
    }

    public static AccountData Account(Random random, MarketData market, string id)
    {
        ImmutableArray<ImmutableArray<BigInteger>> Items(int table, Func<int, ImmutableArray<BigInteger>> make) =>
            [.. Enumerable.Range(0, market.Tables[table].Length).Where(_ => random.Next(3) > 0).Select(make)];
        return new AccountData(
            id,
            [Draw(random, Money.Bounds)],
            [Items(0, i => [i, Draw(random, Amount.Bounds)]), Items(1, i => [i, Draw(random, Amount.Bounds), Draw(random, Money.Bounds)])]);
    }

    private static BigInteger Draw(Random random, Bounds bounds)
    {
        BigInteger value = random.Next(6) switch
        {
            0 => bounds.Min,
            1 => bounds.Max,
            2 => random.Next(-2, 3),
            _ => random.NextInt64(-1 << 20, 1 << 20) >> random.Next(20),
        };
        return BigInteger.Clamp(value, bounds.Min, bounds.Max);
    }
}
