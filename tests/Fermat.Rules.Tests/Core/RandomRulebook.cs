using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Core;

/// <summary>Random well-typed core programs over one schema, with random market data and accounts that prefer edge values: 0, ±1, bounds, ties.</summary>
internal sealed partial class RandomRulebook
{
    public static readonly Quantity Money = new("Money", 4, Unit.Of("USD"), new Bounds(-(BigInteger.One << 60), BigInteger.One << 60));
    public static readonly Quantity Wide = new("Wide", 4, Unit.Of("USD"), new Bounds(-(BigInteger.One << 126), BigInteger.One << 126));
    public static readonly Quantity Amount = new("Amount", 3, Unit.Of("coin"), new Bounds(-(1 << 20), 1 << 20));
    public static readonly Quantity Price = new("Price", 2, Unit.Of("USD") / Unit.Of("coin"), new Bounds(1, 1 << 24));
    public static readonly Quantity Rate = new("Rate", 3, Unit.None, new Bounds(0, 2000));
    public static readonly Quantity Positive = new("Positive", 4, Unit.Of("USD"), new Bounds(0, BigInteger.One << 60));
    private static readonly EnumType Kind = new("Kind", ["call", "put"]);

    public static readonly RulebookSchema Schema = new(
        "random",
        [Money, Wide, Amount, Price, Rate, Positive],
        [Kind],
        [
            new MarketTable("Asset", [Field("index", Price), new SchemaField("haircut", new FieldType.Ladder(LadderKind.Tiers, Positive, Rate))], 16),
            new MarketTable(
                "Instrument",
                [
                    Field("mark", Price), new SchemaField("asset", new FieldType.Reference(0)), new SchemaField("kind", new FieldType.Choice(Kind)),
                    new SchemaField("brackets", new FieldType.Ladder(LadderKind.Brackets, Positive, Rate)), Field("strike", Price),
                ],
                16),
            new MarketTable("Scenario", [Field("shock", Rate), new SchemaField("tail", new FieldType.Flag())], 8),
        ],
        [Field("floor", Money), Field("factor", Rate)],
        [Field("cash", Money)],
        [
            new Collection("balances", [new SchemaField("asset", new FieldType.Reference(0)), Field("amount", Amount)], 8),
            new Collection("positions", [new SchemaField("instrument", new FieldType.Reference(1)), Field("size", Amount), Field("cost", Money)], 8),
        ]);

    private static readonly Quantity[] Results = [.. new[] { 0, 1, 4, 6 }.Select(scale => new Quantity($"Result {scale}", scale, Unit.Of("USD"), new Bounds(-(BigInteger.One << 230), BigInteger.One << 230)))];

    /// <summary>The same with so many scenarios that several outcomes share a row.</summary>
    private static readonly RulebookSchema ManyScenarios = Schema with { Tables = Schema.Tables.SetItem(2, Schema.Tables[2] with { MaxRecords = 256 }) };

    private readonly CoreBuilder _builder;
    private readonly List<CoreNode> _shared = [];
    private readonly int[] _seeds;
    private Random _random;

    /// <summary>Draws public factors where outcomes differ in these alone, wherever in an outcome they are.</summary>
    private Random? _publics;

    private RandomRulebook(Random random, int seeds = 0, RulebookSchema? schema = null)
    {
        (_random, _builder) = (random, new CoreBuilder(schema ?? Schema));
        _seeds = [.. Enumerable.Range(0, seeds).Select(_ => random.Next())];
    }

    /// <summary>A program of some definitions: numbers in USD and flags.</summary>
    public static CoreRulebook Make(Random random, int definitions, int depth = 5)
    {
        var maker = new RandomRulebook(random);
        var made = ImmutableArray.CreateBuilder<CoreDefinition>();
        while (made.Count < definitions)
        {
            try
            {
                CoreNode value = random.Next(5) == 0 ? maker.Flag([], depth) : maker.Usd([], depth);
                made.Add(new CoreDefinition($"d{made.Count}", maker._builder.Named($"d{made.Count}", value)));
            }
            catch (CoreException)
            {
                // a product beyond the limits, or the like: draw again
            }
        }
        return new CoreRulebook(Schema, made.ToImmutable());
    }

    /// <summary>
    /// A program of roundings whose numerators are sums with other terms beside them, in each kind of row, which are shared between definitions and rounded again; denominators are odd, even, powers
    /// of two, one, public and private.
    /// </summary>
    public static CoreRulebook MakeRounded(Random random, int definitions, int depth)
    {
        var maker = new RandomRulebook(random, seeds: 3);
        var made = ImmutableArray.CreateBuilder<CoreDefinition>();
        while (made.Count < definitions)
        {
            try
            {
                CoreNode value = maker._builder.Named($"d{made.Count}", maker.Rounded([], depth));
                maker._shared.Add(value);
                made.Add(new CoreDefinition($"d{made.Count}", value));
            }
            catch (CoreException)
            {
                // beyond the limits: draw again
            }
        }
        return new CoreRulebook(Schema, made.ToImmutable());
    }

    /// <summary>The worst of several outcomes of each scenario, which are made alike and differ in public factors, from one place on, or in everything.</summary>
    public static CoreRulebook MakeOutcomes(Random random, int depth)
    {
        var maker = new RandomRulebook(random, schema: ManyScenarios);
        while (true)
        {
            try
            {
                return new CoreRulebook(ManyScenarios, [new CoreDefinition("d0", maker.Outcomes(depth))]);
            }
            catch (CoreException)
            {
                // beyond the limits: draw again
            }
        }
    }

    private static SchemaField Field(string name, Quantity quantity) => new(name, new FieldType.Number(quantity));

    private CoreNode Usd(IReadOnlyList<CoreVariable> scope, int depth)
    {
        if (depth <= 0) return UsdLeaf(scope);
        CoreBuilder b = _builder;
        switch (_random.Next(16))
        {
            case 0: return b.Add(Usd(scope, depth - 1), Usd(scope, depth - 1));
            case 1: return b.Subtract(Usd(scope, depth - 1), Usd(scope, depth - 1));
            case 2: return b.Round(Any<Rounding>(), b.Multiply(Usd(scope, depth - 2), Pure(scope)), Wide);
            case 3: return b.Absolute(Usd(scope, depth - 1));
            case 4: return b.Minimum(Usd(scope, depth - 1), Usd(scope, depth - 1));
            case 5: return b.Maximum(Usd(scope, depth - 1), Usd(scope, depth - 1));
            case 6: return b.If(Flag(scope, depth - 2), Usd(scope, depth - 1), Usd(scope, depth - 1));
            case 7: return b.Divide(Any<Rounding>(), Usd(scope, depth - 2), b.Maximum(Pure(scope), b.Literal(1, 3)), Wide);
            case 8 when Ladder(scope) is { } ladder: return b.Round(Any<Rounding>(), b.Tiered(ladder, b.Minimum(b.Absolute(Round(Usd(scope, depth - 2))), b.Literal(BigInteger.One << 60, 4))), Wide);
            case 9: return b.Named($"n{_random.Next(9)}", Usd(scope, depth - 1));
            case 10: return Round(Usd(scope, depth - 1));
            default: return Reduction(scope, depth);
        }
    }

    /// <summary>A sum and other terms, divided and rounded, or what is made of such.</summary>
    private CoreNode Rounded(IReadOnlyList<CoreVariable> scope, int depth)
    {
        CoreBuilder b = _builder;
        if (scope.Count == 0 && _shared.Count > 0 && _random.Next(4) == 0) return _shared[_random.Next(_shared.Count)];
        if (depth <= 0) return UsdLeaf(scope);
        switch (_random.Next(10))
        {
            case 0: return b.Maximum(Rounded(scope, depth - 1), b.Literal(0, 0));
            case 1: return b.Absolute(Rounded(scope, depth - 1));
            case 2: return b.If(Flag(scope, 2), Rounded(scope, depth - 1), Rounded(scope, depth - 2));
            case 3: return Worst(scope, depth);
            case 4: return SumOfRounded(scope, depth);
        }
        CoreNode numerator = SumOfRounded(scope, depth);
        if (scope.Count == 0 && _random.Next(2) == 0) _shared.Add(numerator);
        for (int terms = _random.Next(3); terms > 0; terms--)
        {
            CoreNode term = _random.Next(6) switch
            {
                0 => SumOfRounded(scope, depth - 1),
                1 => Rounded(scope, depth - 1),
                2 => b.Literal(_random.Next(-500, 500), 4),
                3 => b.Multiply(UsdLeaf(scope), Pure(scope)),
                4 => b.Multiply(b.Multiply(b.AccountField(0), Pure(scope)), Pure(scope)),
                _ => UsdLeaf(scope),
            };
            if (_random.Next(3) == 0) term = b.Negate(term);
            if (_random.Next(3) == 0) term = b.Named($"n{_random.Next(9)}", term);
            numerator = _random.Next(2) == 0 ? b.Add(numerator, term) : b.Add(term, numerator);
        }
        return b.Divide(Any<Rounding>(), numerator, Denominator(scope), Results[_random.Next(Results.Length)]);
    }

    private CoreNode Denominator(IReadOnlyList<CoreVariable> scope)
    {
        CoreBuilder b = _builder;
        BigInteger[] constants = [1, 1, 2, 3, 7, 10, 255, 256, 257, 1000, 65536, 65537, BigInteger.One << 32, 3_000_000_001];
        switch (_random.Next(6))
        {
            case 0: return b.Maximum(Pure(scope), b.Literal(1, 3));
            case 1: return b.Add(b.Literal(1, 0), b.If(b.Compare(Comparison.Less, b.AccountField(0), b.Literal(0, 0)), b.Literal(1, 0), b.Literal(0, 0)));
            default: return b.Literal(constants[_random.Next(constants.Length)], 0);
        }
    }

    private CoreNode Worst(IReadOnlyList<CoreVariable> scope, int depth)
    {
        CoreVariable variable = _builder.Bind($"x{scope.Count}", Source(scope));
        CoreVariable[] inner = [.. scope, variable];
        return _builder.Reduce(_random.Next(2) == 0 ? ReduceKind.Min : ReduceKind.Max, variable, null, Rounded(inner, depth - 1), UsdLeaf(scope));
    }

    /// <summary>A sum; half of them are one of a few that are the same whenever they occur, but for their variables.</summary>
    private CoreNode SumOfRounded(IReadOnlyList<CoreVariable> scope, int depth)
    {
        Random random = _random;
        if (_random.Next(2) == 0) _random = new Random(_seeds[_random.Next(_seeds.Length)]);
        try
        {
            CoreBuilder b = _builder;
            CoreVariable variable = b.Bind($"x{scope.Count}", Source(scope));
            CoreVariable[] inner = [.. scope, variable];
            CoreNode? filter = _random.Next(3) == 0 ? Flag(inner, 2) : null;
            CoreNode body = _random.Next(5) switch
            {
                0 => Rounded(inner, depth - 1),
                1 => b.Maximum(UsdLeaf(inner), b.Literal(0, 0)),
                2 => UsdLeaf(inner),
                3 => b.Multiply(b.AccountField(0), Pure(inner)),
                _ => b.Multiply(UsdLeaf(inner), Pure(inner)),
            };
            return b.Reduce(ReduceKind.Sum, variable, filter, body, null);
        }
        finally
        {
            _random = random;
        }
    }

    private CoreNode Outcomes(int depth)
    {
        CoreBuilder b = _builder;
        Random random = _random;
        CoreVariable scenario = b.Bind("s", new CoreSource.Table(2));
        int[] seeds = [random.Next(), random.Next()];
        bool alike = random.Next(4) > 0, max = random.Next(2) == 0, within = random.Next(2) == 0;
        CoreNode? worst = null;
        for (int outcomes = random.Next(1, 4); outcomes > 0; outcomes--)
        {
            CoreNode sum = b.Literal(0, 4);
            foreach (int seed in seeds)
            {
                CoreNode factor = random.Next(3) == 0 ? Pure([scenario]) : b.Multiply(b.Field(b.Record(scenario), 0), b.Literal(random.Next(1, 5), 0));
                (_random, _publics) = (alike ? new Diverging(seed, random.Next(3) > 0 ? -1 : random.Next(40)) : random, alike && within ? random : null);
                CoreNode term = Usd([scenario], depth);
                (_random, _publics) = (random, null);
                sum = b.Add(sum, b.Multiply(term, factor));
            }
            CoreNode outcome = b.Round(alike ? Rounding.Down : Any<Rounding>(), sum, Results[1]);
            worst = worst is null ? outcome : max ? b.Maximum(worst, outcome) : b.Minimum(worst, outcome);
        }
        return b.Reduce(max ? ReduceKind.Max : ReduceKind.Min, scenario, null, worst!, b.Literal(0, 0));
    }

    private CoreNode Round(CoreNode x) => x.Number.Scale <= Wide.Scale ? x : _builder.Round(Any<Rounding>(), x, Wide);

    private CoreNode Reduction(IReadOnlyList<CoreVariable> scope, int depth)
    {
        CoreVariable variable = _builder.Bind($"x{scope.Count}", Source(scope));
        CoreVariable[] inner = [.. scope, variable];
        CoreNode? filter = _random.Next(3) == 0 ? Flag(inner, depth - 3) : null;
        return _random.Next(4) switch
        {
            0 => _builder.Reduce(ReduceKind.Min, variable, filter, Usd(inner, depth - 1), Usd(scope, depth - 3)),
            1 => _builder.Reduce(ReduceKind.Max, variable, filter, Usd(inner, depth - 1), Usd(scope, depth - 3)),
            _ => _builder.Reduce(ReduceKind.Sum, variable, filter, Usd(inner, depth - 1), null),
        };
    }

    private CoreSource Source(IReadOnlyList<CoreVariable> scope)
    {
        CoreVariable? group = scope.LastOrDefault(v => v.Source is CoreSource.Groups);
        switch (_random.Next(5))
        {
            case 0: return new CoreSource.Items(0);
            case 1: return new CoreSource.Items(1);
            case 2: return new CoreSource.Table(2);
            case 3 when group is not null: return new CoreSource.Members(group);
            default:
                CoreSource of = group is not null ? new CoreSource.Members(group) : new CoreSource.Items(1);
                CoreVariable item = _builder.Bind("item", of);
                if (group is not null && group.Source.Collection != 1) return of;
                CoreNode instrument = _builder.ItemField(item, 0);
                CoreNode key = _random.Next(3) switch
                {
                    0 => _builder.Field(instrument, 1),
                    1 => _builder.Field(instrument, 2),
                    _ => _builder.Field(instrument, 4),
                };
                return new CoreSource.Groups(of, item, [("key", key)]);
        }
    }

    private T Any<T>()
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        return values[_random.Next(values.Length)];
    }

    /// <summary>The numbers of a seed, but for one that is another: what is made with it is alike up to there, and perhaps after it.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="at">Which number is another; −1 for none.</param>
    private sealed class Diverging(int seed, int at) : Random
    {
        private readonly Random _numbers = new(seed);
        private int _drawn;

        public override int Next(int maxValue) => (_numbers.Next(maxValue) + (_drawn++ == at ? 1 : 0)) % maxValue;

        public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);
    }
}
