using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Arithmetic, rounding, comparisons and sums of accounts and items: the circuit says what the interpreter says, and every cell matters.</summary>
public class ArithmeticTests
{
    private static readonly Quantity Money = new("Money", 6, Unit.Of("USD"), Signed(95));
    private static readonly Quantity Amount = new("Amount", 8, Unit.Of("coin"), Signed(63));
    private static readonly Quantity Price = new("Price", 8, Unit.Of("USD") / Unit.Of("coin"), new Bounds(1, (BigInteger.One << 63) - 1));
    private static readonly Quantity Rate = new("Rate", 4, Unit.None, new Bounds(0, 10000));

    private static readonly RulebookSchema Schema = new(
        "arithmetic",
        [Money, Amount, Price, Rate],
        [new EnumType("Kind", ["Long", "Short", "Flat"])],
        [new MarketTable("Asset", [new("index", new FieldType.Number(Price)), new("rate", new FieldType.Number(Rate)), new("open", new FieldType.Flag())], 64)],
        [new("shock", new FieldType.Number(Rate))],
        [new("cash", new FieldType.Number(Money)), new("price", new FieldType.Number(Price)), new("frozen", new FieldType.Flag()), new("kind", new FieldType.Choice(new EnumType("Kind", ["Long", "Short", "Flat"])))],
        [new Collection("balances", [new("asset", new FieldType.Reference(0)), new("amount", new FieldType.Number(Amount)), new("locked", new FieldType.Flag())], 16)]);

    private static readonly MarketData Market = new(
        [new FieldValue(1250)],
        [[
            new("BTC", [new(6_500_050_000_000), new(9000), new(1)]),
            new("ETH", [new(250_025_000_000), new(8500), new(0)]),
            new("USD", [new(100_000_000), new(10000), new(1)]),
        ]]);

    [Theory]
    [MemberData(nameof(Programs))]
    public void Circuit_says_what_the_interpreter_says(string name)
    {
        CoreRulebook rulebook = Rulebook(name);
        new LoweringBench(rulebook).Check(Market, Accounts());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_cell_matters(string name)
    {
        CoreRulebook rulebook = Rulebook(name);
        new LoweringBench(rulebook).CheckEveryCell(Market, [.. Accounts().Take(2)]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void No_lie_is_believed(string name)
    {
        CoreRulebook rulebook = Rulebook(name);
        new LoweringBench(rulebook).CheckEveryLie(Market, [Accounts()[3]]);
    }

    public static TheoryData<string> Programs => [.. Makers.Keys];

    private static Dictionary<string, Func<CoreBuilder, CoreNode>> Makers { get; } = new()
    {
        ["cash"] = b => b.AccountField(0),
        ["cash plus a constant"] = b => b.Add(b.AccountField(0), b.Literal(-12345, 3)),
        ["absolute"] = b => b.Absolute(b.AccountField(0)),
        ["floor at zero"] = b => b.Maximum(b.AccountField(0), b.Literal(0, 0)),
        ["cap"] = b => b.Minimum(b.AccountField(0), b.Literal(1000, 0)),
        ["product"] = b => b.Multiply(b.AccountField(0), b.Parameter(0)),
        ["cube"] = b => b.Multiply(b.Multiply(b.AccountField(1), b.AccountField(1)), b.AccountField(0)),
        ["down"] = b => Rounded(b, Rounding.Down),
        ["up"] = b => Rounded(b, Rounding.Up),
        ["nearest"] = b => Rounded(b, Rounding.Nearest),
        ["truncate"] = b => Rounded(b, Rounding.Truncate),
        ["divide by a private number"] = b => b.Divide(Rounding.Nearest, b.AccountField(0), b.AccountField(1), new Quantity("Q", 2, Unit.Of("coin"), Signed(127))),
        ["divide by a parameter"] = b => b.Divide(Rounding.Up, b.AccountField(0), b.Maximum(b.Parameter(0), b.Literal(1, 4)), new Quantity("Q", 3, Unit.Of("USD"), Signed(127))),
        ["root up"] = b => Rooted(b, Rounding.Up),
        ["root nearest"] = b => Rooted(b, Rounding.Nearest),
        ["root down"] = b => Rooted(b, Rounding.Down),
        ["less"] = b => b.Compare(Comparison.Less, b.AccountField(0), b.Literal(5, 0)),
        ["at most"] = b => b.Compare(Comparison.LessOrEqual, b.AccountField(0), b.Literal(5, 0)),
        ["equal"] = b => b.Compare(Comparison.Equal, b.AccountField(0), b.Literal(5, 0)),
        ["kind"] = b => b.And(b.Compare(Comparison.Equal, b.AccountField(3), b.Choice(Schema.Enums[0], 1)), b.Not(b.AccountField(2))),
        ["choice"] = b => b.If(b.Or(b.AccountField(2), b.Compare(Comparison.Less, b.AccountField(0), b.Literal(0, 0))), b.Negate(b.AccountField(0)), b.Literal(7, 0)),
        ["sum"] = b => Sum(b, v => b.ItemField(v, 1)),
        ["value"] = b => Sum(b, v => Value(b, v)),
        ["filtered"] = b => Sum(b, v => Value(b, v), v => b.Not(b.ItemField(v, 2))),
        ["open"] = b => Sum(b, v => Value(b, v), v => b.Field(b.ItemField(v, 0), 2)),
        ["haircut"] = b => Sum(b, v => b.If(b.Compare(Comparison.Less, b.Literal(0, 0), b.ItemField(v, 1)),
            b.Round(Rounding.Down, b.Multiply(Value(b, v), b.Field(b.ItemField(v, 0), 1)), Money), Value(b, v))),
        ["share of cash"] = b => Sum(b, v => b.Multiply(b.ItemField(v, 1), b.AccountField(1))),
        ["count"] = b => Reduce(b, ReduceKind.Count, v => b.Compare(Comparison.Less, b.ItemField(v, 1), b.Literal(0, 0))),
        ["all"] = b => Reduce(b, ReduceKind.All, v => b.Compare(Comparison.Less, b.ItemField(v, 1), b.Literal(3, 0))),
        ["any"] = b => Reduce(b, ReduceKind.Any, v => b.ItemField(v, 2)),
        ["smallest"] = b => Reduce(b, ReduceKind.Min, v => b.ItemField(v, 1), null, b.Literal(99, 0)),
        ["largest"] = b => Reduce(b, ReduceKind.Max, v => Value(b, v), v => b.Not(b.ItemField(v, 2)), b.Literal(-1, 0)),
    };

    private static CoreRulebook Rulebook(string name)
    {
        var builder = new CoreBuilder(Schema);
        return new CoreRulebook(Schema, [new CoreDefinition(name, Makers[name](builder))]);
    }

    private static CoreNode Rounded(CoreBuilder b, Rounding rounding) => b.Round(rounding, b.AccountField(0), new Quantity("Q", 1, Unit.Of("USD"), Signed(95)));

    private static CoreNode Rooted(CoreBuilder b, Rounding rounding) =>
        b.SquareRoot(rounding, b.Maximum(b.Multiply(b.AccountField(0), b.AccountField(0)), b.Literal(2, 0)), new Quantity("Q", 6, Unit.Of("USD"), Signed(127)));

    private static CoreNode Value(CoreBuilder b, CoreVariable v) => b.Round(Rounding.Down, b.Multiply(b.ItemField(v, 1), b.Field(b.ItemField(v, 0), 0)), new Quantity("Value", 6, Unit.Of("USD"), Signed(127)));

    private static CoreNode Sum(CoreBuilder b, Func<CoreVariable, CoreNode> body, Func<CoreVariable, CoreNode>? filter = null) => Reduce(b, ReduceKind.Sum, body, filter);

    private static CoreNode Reduce(CoreBuilder b, ReduceKind kind, Func<CoreVariable, CoreNode> body, Func<CoreVariable, CoreNode>? filter = null, CoreNode? empty = null)
    {
        CoreVariable v = b.Bind("b", new CoreSource.Items(0));
        return b.Reduce(kind, v, filter?.Invoke(v), body(v), empty);
    }

    private static AccountData[] Accounts()
    {
        BigInteger most = (BigInteger.One << 63) - 1, much = (BigInteger.One << 95) - 1;
        return
        [
            Account("several", 5_000_000, 300, 0, 1, [0, 150_000_000, 0], [1, -2_500_000_001, 1], [2, 7, 0]),
            Account("negative", -5_049_999, 1, 1, 0, [1, -1, 0]),
            Account("nothing", 0, most, 0, 2),
            Account("ties", -50_000, 2, 0, 1, [0, 0, 0], [2, 300_000_000, 1]),
            Account("tie above", 50_000, 7, 0, 1, [2, 200_000_000, 1]),
            Account("tie of one and a half", -150_000, 7, 1, 1, [2, -200_000_000, 1]),
            Account("much", much, most, 0, 1, [0, most, 0], [1, most, 0], [2, most, 0]),
            Account("little", -much, 1, 1, 2, [0, -most, 1], [1, -most, 0], [2, -most, 1]),
            Account("edges", -1, 255, 0, 0, [0, -256, 0], [1, 255, 0], [2, 256, 1]),
        ];
    }

    private static AccountData Account(string id, BigInteger cash, BigInteger price, int frozen, int kind, params BigInteger[][] balances) =>
        new(id, [cash, price, frozen, kind], [[.. balances.Select(b => b.ToImmutableArray())]]);

    private static Bounds Signed(int bits) => new(1 - (BigInteger.One << bits), (BigInteger.One << bits) - 1);
}
