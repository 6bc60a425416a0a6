using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Rules.Core;
using Fermat.Rules.Syntax;
using Fermat.Rules.Tests.Rulebooks;

namespace Fermat.Rules.Tests.Typing;

/// <summary>What texts mean: the whole front end against values known otherwise.</summary>
public sealed class MeaningTests
{
    private const string Head = """
        rulebook meaning
        quantity Whole scale 0 bits 40
        quantity Cents scale 2 bits 60
        quantity Rate scale 6 in [-100, 100]
        enum Kind { call, put }
        enum Size { small, large }
        market Asset { price: Whole, kind: Kind, group: Whole, step: tiers Whole to Rate, line: curve Whole to Rate }
        parameters { corr: correlation Asset of Rate }
        account {
          cash: Whole
          flag: Flag
          kind: Kind
          items: { asset: Asset, amount: Whole }*
        }
        equity = cash
        initial = cash
        maintenance = cash

        """;

    private static readonly JsonObject Inputs = JsonNode.Parse("""
        {
          "parameters": { "corr": { "A": { "B": "0.5" } } },
          "market": { "Asset": [
            { "symbol": "A", "price": 10, "kind": "call", "group": 1, "step": [["0", "0.1"], ["100", "0.5"]], "line": [["0", "0"], ["10", "1"]] },
            { "symbol": "B", "price": 20, "kind": "put", "group": 1, "step": [["0", "0"]], "line": [["0", "1"]] },
            { "symbol": "C", "price": 30, "kind": "put", "group": 2, "step": [["0", "0"]], "line": [["0", "1"]] }
          ] },
          "accounts": [ { "id": "one", "cash": 7, "flag": true, "kind": "put", "items": [ { "asset": "A", "amount": 3 }, { "asset": "B", "amount": -4 }, { "asset": "C", "amount": 5 } ] } ]
        }
        """)!.AsObject();

    private static string Value(string definitions)
    {
        CoreRulebook rulebook = CompilerTests.Compiled(Head + definitions + "\n");
        (BigInteger value, int scale) = Standard.Evaluate(rulebook, Inputs)[0]["x"];
        (value, scale) = Numeral.Shortest(value, scale);
        return Numeral.Write(value, scale);
    }

    [Theory]
    [InlineData("1 - 2 - 3", "-4")]
    [InlineData("1 - (2 - 3)", "2")]
    [InlineData("2 + 3 * 4", "14")]
    [InlineData("(2 + 3) * 4", "20")]
    [InlineData("-2 * 3 - -4", "-2")]
    [InlineData("- -5", "5")]
    [InlineData("25% * 4", "1")]
    [InlineData("1_000 * 1e-3", "1")]
    [InlineData("2.50 + 1.5e1", "17.5")]
    [InlineData("if 1 < 2 then 3 else 4", "3")]
    [InlineData("if 1 > 2 then 3 else if 2 >= 2 then 5 else 6", "5")]
    [InlineData("if 2 <= 1 or 3 = 3 and 2 != 2 then 1 else 0", "0")]
    [InlineData("if (2 <= 1 or 3 = 3) and not 2 != 2 then 1 else 0", "1")]
    [InlineData("if not 1 = 2 and 2 = 2 then 1 else 0", "1")]
    [InlineData("min(3, 1, 2) + max(3, 5, 4)", "6")]
    [InlineData("abs(-3) + clamp(9, 0, 4) + clamp(-9, 0, 4)", "7")]
    [InlineData("down(7 / 2, Whole)", "3")]
    [InlineData("down(-7 / 2, Whole)", "-4")]
    [InlineData("up(7 / 2, Whole)", "4")]
    [InlineData("nearest(5 / 2, Whole)", "3")]
    [InlineData("nearest(-5 / 2, Whole)", "-3")]
    [InlineData("truncate(-7 / 2, Whole)", "-3")]
    [InlineData("down(7 * 3 / 2, Cents)", "10.5")]
    [InlineData("down((7 / 2), Cents)", "3.5")]
    [InlineData("down(sqrt(2), Rate)", "1.414213")]
    [InlineData("up(sqrt(2), Rate)", "1.414214")]
    [InlineData("nearest(exp(1), Rate)", "2.718282")]
    [InlineData("nearest(pow(2, 10), Whole)", "1024")]
    [InlineData("down(1.999, Cents)", "1.99")]
    [InlineData("cash", "7")]
    [InlineData("if flag then cash else 0", "7")]
    [InlineData("if kind = put then 1 else 2", "1")]
    [InlineData("if call = kind then 1 else 2", "2")]
    [InlineData("if kind != call then 1 else 2", "1")]
    [InlineData("sum i in items: i.amount * i.asset.price", "100")]
    [InlineData("sum i in items: i.amount + sum i in items: i.amount", "8")]
    [InlineData("sum i in items: (i.amount + sum k in items: k.amount)", "16")]
    [InlineData("2 * sum i in items: i.amount * 2", "16")]
    [InlineData("sum i in items where i.amount > 0 and i.asset.kind = put: i.amount", "5")]
    [InlineData("count i in items: (i.amount > 0)", "2")]
    [InlineData("count i in items where i.asset.kind = put: true", "2")]
    [InlineData("min i in items: i.amount else 0", "-4")]
    [InlineData("max i in items where i.amount > 9: i.amount else 42", "42")]
    [InlineData("max a in Asset: a.price", "30")]
    [InlineData("if all i in items: i.amount > -5 and flag then 1 else 0", "1")]
    [InlineData("if any i in items: i.amount > 5 or false then 1 else 0", "0")]
    [InlineData("count g in items by asset.kind: true", "2")]
    [InlineData("sum g in items by asset.group: abs(sum i in g: i.amount)", "6")]
    [InlineData("sum g in items by asset.group: g.group * count i in g: true", "4")]
    [InlineData("max g in items by asset.group: (count k in g by asset.kind: (k.kind = put)) else 0", "1")]
    [InlineData("count g in items by (asset.group, asset.kind): (g.kind = put and g.group = 1)", "1")]
    [InlineData("sum i in items: tiered(i.asset.step, abs(i.amount) * 50)", "35")]
    [InlineData("sum i in items where i.asset.kind = call: down(interpolate(i.asset.line, i.amount), Rate)", "0.3")]
    [InlineData("sum i in items: (sum k in items: corr[i.asset, k.asset])", "4")]
    [InlineData("sum i in items where i.amount = 5: prorata i of k in items: abs(k.amount) total 100 rest last", "42")]
    [InlineData("sum i in items where i.amount = 3: prorata i of k in items: abs(k.amount) total 100 rest first", "26")]
    public void Expressions(string text, string expected) => Assert.Equal(expected, Value("x = " + text));

    [Theory]
    [InlineData("x: Cents = down(7 / 3)", "2.33")]
    [InlineData("x: Cents =\n let a: Whole = up(7 / 3)\n let b = up(7 / 3)\n a * b", "7.02")]
    [InlineData("x =\n let a: Whole = up(7 / 3)\n let b: Cents = up(7 / 3)\n a * b", "7.02")]
    [InlineData("f(a): Whole = down(a / 2)\nx: Cents = down(f(7) / 2)", "1.5")]
    [InlineData("f(a: Whole, b: Kind, c: Flag) = if c and b = put then a else 0\nx = f(3, put, true) + f(3, call, true) + f(9, kind, flag)", "12")]
    [InlineData("v(i: items) = i.amount * i.asset.price\nx = sum i in items: v(i)", "100")]
    [InlineData("v(a: Asset) = a.price\nx = sum i in items: v(i.asset) + max a in Asset: v(a)", "90")]
    [InlineData("total(g) = sum i in g: i.amount\nx = max g in items by asset.group: total(g) else 0", "5")]
    [InlineData("f(a) = g(a) + g(a)\ng(b) = b * 2\nx = f(f(1))", "16")]
    [InlineData("x = b.y + b.z(1)\nb { y = 2\n z(a) = a + y }", "5")]
    [InlineData("y: Kind = if flag then put else call\nx = if y = put then 1 else 0", "1")]
    [InlineData("y: Flag = flag\nx = if y then 1 else 0", "1")]
    [InlineData("y: Size = large\nx = if y = small then 1 else 0", "0")]
    [InlineData("x = y + 1\ny = z + 1\nz = cash", "9")]
    public void Definitions(string text, string expected) => Assert.Equal(expected, Value(text));

    /// <summary>Random expressions with no more parentheses than the grammar needs, or with more; their values are computed while they are written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_expressions_have_the_value_of_their_tree(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(Head);
        var expected = new List<BigInteger>();
        for (int i = 0; i < 150; i++)
        {
            (string expression, _, BigInteger value) = Number(random, random.Next(1, 6));
            text.Append(CultureInfo.InvariantCulture, $"x{i} = {expression}\n");
            expected.Add(value);
        }
        Standard.Evaluated account = Standard.Evaluate(CompilerTests.Compiled(text.ToString()), Inputs)[0];
        for (int i = 0; i < expected.Count; i++)
            Assert.Equal((expected[i], 0), account[$"x{i}"]);
        string formatted = RulebookFormatter.Format(text.ToString(), "test.risk").Text!;
        Assert.Equal(CoreListing.Write(CompilerTests.Compiled(text.ToString())), CoreListing.Write(CompilerTests.Compiled(formatted)));
    }

    /// <summary>An expression, how strongly its outermost sign binds (0 if, 1 or, 2 and, 3 not, 4 comparison, 5 sum, 6 product, 7 unary, 8 primary), and its value.</summary>
    private static (string Text, int Level, BigInteger Value) Number(Random random, int depth)
    {
        if (depth == 0)
        {
            int small = random.Next(20);
            return random.Next(3) switch { 0 => ("cash", 8, 7), 1 => ("(-3)", 8, -3), _ => (small.ToString(CultureInfo.InvariantCulture), 8, small) };
        }
        var (a, b) = (Number(random, depth - 1), Number(random, random.Next(depth)));
        switch (random.Next(9))
        {
            case 0:
                return ($"{At(random, a, 5)} + {At(random, b, 6)}", 5, a.Value + b.Value);
            case 1:
            case 2:
                return ($"{At(random, a, 5)} - {At(random, b, 6)}", 5, a.Value - b.Value);
            case 3 when depth < 4:
                return ($"{At(random, a, 6)} * {At(random, b, 7)}", 6, a.Value * b.Value);
            case 4:
                return ($"-{At(random, a, 7)}", 7, -a.Value);
            case 5:
                return ($"max({At(random, a, 0)}, {At(random, b, 0)})", 8, BigInteger.Max(a.Value, b.Value));
            case 6:
                return ($"abs({At(random, a, 0)})", 8, BigInteger.Abs(a.Value));
            case 7:
                return ($"(sum i{depth} in items where i{depth}.amount > 0: {At(random, a, 6)})", 8, 2 * a.Value);
            default:
                (string condition, _, bool holds) = Flag(random, depth - 1);
                return ($"if {condition} then {At(random, a, 0)} else {At(random, b, 0)}", 0, holds ? a.Value : b.Value);
        }
    }

    private static (string Text, int Level, bool Value) Flag(Random random, int depth)
    {
        if (depth <= 0) return random.Next(2) == 0 ? ("flag", 8, true) : ("false", 8, false);
        var (a, b) = (Flag(random, depth - 1), Flag(random, depth - 1));
        var (x, y) = (Number(random, depth - 1), Number(random, depth - 1));
        string X = At(random, x, 5), Y = At(random, y, 5);
        return random.Next(9) switch
        {
            0 => ($"{At(random, a, 1)} or {At(random, b, 2)}", 1, a.Value || b.Value),
            1 => ($"{At(random, a, 2)} and {At(random, b, 3)}", 2, a.Value && b.Value),
            2 => ($"not {At(random, a, 3)}", 3, !a.Value),
            3 => ($"{X} < {Y}", 4, x.Value < y.Value),
            4 => ($"{X} <= {Y}", 4, x.Value <= y.Value),
            5 => ($"{X} > {Y}", 4, x.Value > y.Value),
            6 => ($"{X} >= {Y}", 4, x.Value >= y.Value),
            7 => ($"{X} = {Y}", 4, x.Value == y.Value),
            _ => ($"{X} != {Y}", 4, x.Value != y.Value),
        };
    }

    /// <summary>A part of an expression, in parentheses where it binds less strongly than its place needs, and sometimes elsewhere.</summary>
    private static string At<T>(Random random, (string Text, int Level, T Value) part, int needed)
        => part.Level < needed || random.Next(8) == 0 ? $"({part.Text})" : part.Text;
}
