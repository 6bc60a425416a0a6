using System.Globalization;
using System.Text;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>
/// Texts of random rulebooks that speak of pairs: reductions within reductions over the same items, other items, groups and their members, with filters that compare both sides, functions of either
/// side, values that both sides read, and correlations. All numbers have scale 0 and no unit, so that any two can be added and compared; those of accounts are small or at their bounds, so that many tie.
/// </summary>
internal sealed class RandomPairs
{
    private const string Head = """
        rulebook pairs
        quantity Number scale 0 bits 12
        quantity Level scale 0 in [1, 9]
        quantity Wide scale 0 bits 127
        quantity Rho scale 1 in [-1, 1]
        enum Kind { spot, coin }
        market Bucket up to 3 { level: Level }
        market Asset up to 4 { index: Level, kind: Kind, bucket: Bucket, even: Flag }
        market Instrument up to 4 { mark: Level, asset: Asset }
        market Scenario up to 3 { shock: Level }
        parameters { rho: correlation Bucket of Rho }
        account {
          cash: Number
          items: { asset: Asset, amount: Number }* up to 4
          positions: { instrument: Instrument, size: Number }* up to 4
        }

        equity = cash
        initial = cash
        maintenance = cash

        """;

    private static readonly string[] Comparisons = ["<", "<=", ">", ">=", "=", "!="];

    private readonly Random _random;
    private int _variables;

    /// <summary>Which functions are there already; they may be called by what is made after them.</summary>
    private int _functions;

    private RandomPairs(Random random) => _random = random;

    /// <summary>A rulebook that compiles, and its text.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="depth">How many reductions stand within each other, at most.</param>
    public static (CoreRulebook Rulebook, string Text) Make(Random random, int depth)
    {
        while (true)
        {
            string text = new RandomPairs(random).Write(depth);
            // what does not compile is a number beyond the limits: draw again
            if (RulebookCompiler.Compile(text, "pairs.risk").Rulebook is { } rulebook) return (rulebook, text);
        }
    }

    /// <summary>A market and some accounts.</summary>
    public static RuleInputs Inputs(CoreRulebook rulebook, Random random, int accounts)
    {
        int buckets = random.Next(1, 4), assets = random.Next(1, 5), instruments = random.Next(1, 5);
        string Few(Func<int, string> each, int count) => string.Join(", ", Enumerable.Range(0, count).Select(each));
        string Some(Func<int, string> each, int count) => string.Join(", ", Enumerable.Range(0, count).Where(_ => random.Next(4) > 0).Select(each));
        string Level() => random.Next(1, random.Next(2) == 0 ? 3 : 10).ToString(CultureInfo.InvariantCulture);
        string Number() => (random.Next(8) switch { 0 => 4095, 1 => -4095, < 5 => random.Next(-2, 3), _ => random.Next(-100, 100) }).ToString(CultureInfo.InvariantCulture);
        string data = $$"""
            {
              "parameters": { "rho": { {{Few(i => $$"""
            "B{{i}}": { {{Few(j => $"\"B{j}\": \"{(random.Next(3) == 0 ? "0.3" : "-0.4")}\"", i)}} }
            """, buckets)}} } },
              "market": {
                "Bucket": [ {{Few(i => $$"""{ "symbol": "B{{i}}", "level": "{{Level()}}" }""", buckets)}} ],
                "Asset": [ {{Few(i => $$"""{ "symbol": "A{{i}}", "index": "{{Level()}}", "kind": "{{(random.Next(2) == 0 ? "spot" : "coin")}}", "bucket": "B{{random.Next(buckets)}}", "even": {{(random.Next(2) == 0 ? "true" : "false")}} }""", assets)}} ],
                "Instrument": [ {{Few(i => $$"""{ "symbol": "I{{i}}", "mark": "{{Level()}}", "asset": "A{{random.Next(assets)}}" }""", instruments)}} ],
                "Scenario": [ {{Few(i => $$"""{ "symbol": "S{{i}}", "shock": "{{Level()}}" }""", random.Next(1, 4))}} ]
              },
              "accounts": [ {{Few(a => $$"""
            { "id": "a{{a}}", "cash": "{{Number()}}",
              "items": [ {{Some(i => $$"""{ "asset": "A{{i}}", "amount": "{{Number()}}" }""", assets)}} ],
              "positions": [ {{Some(i => $$"""{ "instrument": "I{{i}}", "size": "{{Number()}}" }""", instruments)}} ] }
            """, accounts)}} ]
            }
            """;
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("pairs.json", Encoding.UTF8.GetBytes(data)));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return inputs;
    }

    private string Write(int depth)
    {
        var text = new StringBuilder(Head);
        void Define(string definition)
        {
            text.Append(definition).Append('\n');
            _functions++;
        }
        Define($"of_item(a: items) = {Number([new Row("a", "items")], 1)}");
        Define($"of_position(b: positions) = {Number([new Row("b", "positions")], 1)}");
        Define($"of_number(v) = v + {Reduction([new Row("v", "number")], 1)}");
        Define($"of_both(c: items, d: items) = {Number([new Row("c", "items"), new Row("d", "items")], 0)}");
        Define($"shared = {Reduction([], Math.Min(depth, 2))}");
        Define($"x = {Nested([], depth)}");
        if (_random.Next(2) == 0) Define($"y = {Reduction([], depth)}");
        return text.ToString();
    }

    /// <summary>A reduction whose body and filter speak of at most one of the rows around it and of its own.</summary>
    private string Reduction(IReadOnlyList<Row> scope, int depth)
    {
        if (_random.Next(25) > 0) scope = OneOf(scope);
        string name = $"v{_variables++}";
        (string source, Row row) = Source(name, scope);
        Row[] inner = [.. scope, row];
        string filter = _random.Next(2) == 0 ? $" where {Flag(inner, depth - 2)}" : "";
        string over = $"{name} in {source}{filter}";
        return _random.Next(9) switch
        {
            0 or 1 => $"(min {over}: ({Number(inner, depth - 1)}) else ({Number(scope, depth - 2)}))",
            2 or 3 => $"(max {over}: ({Number(inner, depth - 1)}) else ({Number(scope, depth - 2)}))",
            4 => $"(count {over}: ({Flag(inner, depth - 1)}))",
            _ => $"(sum {over}: ({Number(inner, depth - 1)}))",
        };
    }

    /// <summary>Reductions as deep as asked for, most of which speak of the row of the one around them: what is the right row outside is the left row inside.</summary>
    private string Nested(IReadOnlyList<Row> scope, int depth)
    {
        string name = $"v{_variables++}";
        (string source, Row row) = Source(name, scope);
        Row[] inner = [.. scope, row];
        string filter = _random.Next(4) == 0 ? $" where {Flag(inner, -2)}" : "";
        string outer = Leaf(scope.Count > 0 ? scope : inner), body = _random.Next(2) == 0 ? outer : Leaf(inner);
        if (depth > 1)
        {
            string nested = Nested(_random.Next(4) > 0 ? [row] : OneOf(inner), depth - 1);
            body = _random.Next(6) switch
            {
                0 => $"{nested} - {outer}",
                1 => $"{outer} * {nested}",
                2 => $"max({outer}, {nested})",
                3 => $"(if {outer} < {Leaf([row])} then {nested} else {outer})",
                4 => $"{nested} + {outer}",
                _ => nested,
            };
        }
        string over = $"{name} in {source}{filter}: ({body})";
        return _random.Next(5) switch
        {
            0 => $"(min {over} else ({Leaf(scope)}))",
            1 => $"(max {over} else ({Leaf(scope)}))",
            2 => $"(count {name} in {source}{filter}: ({body} {Any(Comparisons)} {Leaf(inner)}))",
            _ => $"(sum {over})",
        };
    }

    /// <summary>What stays visible inside: one row, with the groups that it is in, or nothing.</summary>
    private IReadOnlyList<Row> OneOf(IReadOnlyList<Row> scope)
    {
        if (scope.Count == 0 || _random.Next(8) == 0) return [];
        Row row = scope[_random.Next(scope.Count)];
        return row.Group is { } group && scope.FirstOrDefault(one => one.Name == group) is { } its ? [its, row] : [row];
    }

    private (string Text, Row Row) Source(string name, IReadOnlyList<Row> scope)
    {
        string collection = _random.Next(3) > 0 ? "items" : "positions";
        Row? group = scope.LastOrDefault(row => row.Key is not null);
        if (scope.Count == 0 && _random.Next(12) == 0) return ("Scenario", new Row(name, "Scenario"));
        if (group is not null && _random.Next(2) == 0)
            return group.Collection == "items" && group.Key != "even" && _random.Next(4) == 0 ? ($"{group.Name} by asset.even", new Row(name, "items", Key: "even")) : (group.Name, new Row(name, group.Collection, group.Name));
        if (scope.Count > 0 && scope[^1] is { Collection: "items" or "positions" } other && _random.Next(2) == 0) collection = other.Collection;
        if (_random.Next(3) > 0) return (collection, new Row(name, collection));
        string path = collection == "items"
            ? _random.Next(5) switch { 0 => "asset", 1 => "asset.bucket", 2 => "asset.kind", 3 => "asset.even", _ => "asset.index" }
            : _random.Next(3) switch { 0 => "instrument.asset", 1 => "instrument.asset.bucket", _ => "instrument.mark" };
        return ($"{collection} by {path}", new Row(name, collection, Key: path[(path.LastIndexOf('.') + 1)..]));
    }

    private string Number(IReadOnlyList<Row> scope, int depth)
    {
        if (depth > 0 && _random.Next(3) > 0) return Reduction(scope, depth);
        return _random.Next(depth > -2 ? 13 : 4) switch
        {
            0 or 1 or 2 or 3 => Leaf(scope),
            4 => $"({Number(scope, depth - 1)} + {Number(scope, depth - 1)})",
            5 => $"({Number(scope, depth - 1)} - {Number(scope, depth - 1)})",
            6 => $"{Leaf(scope)} * ({Number(scope, depth - 1)})",
            7 => $"(if {Flag(scope, depth - 1)} then {Number(scope, depth - 1)} else {Number(scope, depth - 1)})",
            8 => $"{(_random.Next(2) == 0 ? "min" : "max")}({Number(scope, depth - 1)}, {Leaf(scope)})",
            9 => $"abs({Number(scope, depth - 1)})",
            10 => $"{(_random.Next(2) == 0 ? "down" : "nearest")}(({Number(scope, depth - 1)}) / (1 + abs({Leaf(scope)})), Wide)",
            11 when Buckets(scope) is { Length: > 0 } buckets => $"down(rho[{Any(buckets)}, {Any(buckets)}] * {Leaf(scope)}, Wide)",
            12 when scope.LastOrDefault(row => row.Key is null && row.Collection is "items" or "positions") is { } item =>
                $"(prorata {item.Name} of w{_variables} in {item.Group ?? item.Collection}: abs(w{_variables++}.{item.Amount}) total abs({Leaf(scope)}) rest {(_random.Next(2) == 0 ? "first" : "last")})",
            _ => Call(scope, depth),
        };
    }

    private string Call(IReadOnlyList<Row> scope, int depth)
    {
        Row[] items = [.. scope.Where(row => row is { Collection: "items", Key: null })], positions = [.. scope.Where(row => row is { Collection: "positions", Key: null })];
        return _random.Next(6) switch
        {
            0 or 1 when items.Length > 0 && _functions > 0 => $"of_item({Any(items).Name})",
            2 when positions.Length > 0 && _functions > 1 => $"of_position({Any(positions).Name})",
            3 when _functions > 2 => $"of_number({Number(scope, Math.Min(depth - 1, 0))})",
            4 when items.Length > 0 && _functions > 3 => $"of_both({Any(items).Name}, {Any(items).Name})",
            5 when _functions > 4 => "shared",
            _ => Leaf(scope),
        };
    }

    private string Flag(IReadOnlyList<Row> scope, int depth)
    {
        if (depth > 0 && _random.Next(4) == 0)
        {
            IReadOnlyList<Row> one = OneOf(scope);
            string name = $"v{_variables++}";
            (string source, Row row) = Source(name, one);
            return $"({(_random.Next(2) == 0 ? "all" : "any")} {name} in {source}: ({Flag([.. one, row], depth - 1)}))";
        }
        switch (_random.Next(depth > -2 ? 10 : 6))
        {
            case 0 or 1 when Buckets(scope) is { Length: > 1 } buckets: return Both(buckets, "=");
            case 2 when Assets(scope) is { Length: > 1 } assets: return Both(assets, _random.Next(2) == 0 ? "=" : "!=");
            case 3 when Kinds(scope) is { Length: > 0 } kinds: return $"{Any(kinds)} = {(_random.Next(2) == 0 ? "coin" : Any(kinds))}";
            case 6: return $"(not ({Flag(scope, depth - 1)}))";
            case 7: return $"({Flag(scope, depth - 1)} {(_random.Next(2) == 0 ? "and" : "or")} {Flag(scope, depth - 1)})";
            case 8: return $"{Number(scope, depth - 1)} {Any(Comparisons)} {Number(scope, depth - 1)}";
            default:
                string left = Leaf(scope), right = Leaf(scope);
                return $"{left} {Any(Comparisons)} {(left == right ? "cash" : right)}";
        }
    }

    /// <summary>A number of one of the rows, or of the account.</summary>
    private string Leaf(IReadOnlyList<Row> scope)
    {
        if (scope.Count == 0 || _random.Next(10) == 0) return _random.Next(3) == 0 ? _random.Next(-3, 4).ToString(CultureInfo.InvariantCulture) : "cash";
        Row row = Any([.. scope]);
        return row switch
        {
            { Collection: "number" } => row.Name,
            { Collection: "Scenario" } => $"{row.Name}.shock",
            { Key: "asset" } => $"{row.Name}.asset.index",
            { Key: "bucket" } => $"{row.Name}.bucket.level",
            { Key: "index" or "mark" } => $"{row.Name}.{row.Key}",
            { Key: not null } => $"(sum w{_variables} in {row.Name}: w{_variables++}.{row.Amount})",
            _ => _random.Next(3) > 0 ? $"{row.Name}.{row.Amount}" : $"{row.Name}.{(row.Collection == "items" ? "asset.index" : "instrument.mark")}",
        };
    }

    private static string[] Assets(IReadOnlyList<Row> scope) =>
    [
        .. scope.Where(row => row.Collection is "items" or "positions").Select(row => row.Key switch
        {
            null => row.Collection == "items" ? $"{row.Name}.asset" : $"{row.Name}.instrument.asset",
            "asset" => $"{row.Name}.asset",
            _ => "",
        }).Where(path => path.Length > 0),
    ];

    private static string[] Buckets(IReadOnlyList<Row> scope) =>
        [.. Assets(scope).Select(path => $"{path}.bucket"), .. scope.Where(row => row.Key == "bucket").Select(row => $"{row.Name}.bucket")];

    private static string[] Kinds(IReadOnlyList<Row> scope) =>
        [.. Assets(scope).Select(path => $"{path}.kind"), .. scope.Where(row => row.Key == "kind").Select(row => $"{row.Name}.kind")];

    /// <summary>Two different ones compared.</summary>
    private string Both(string[] choices, string comparison)
    {
        int first = _random.Next(choices.Length);
        return $"{choices[first]} {comparison} {choices[(first + _random.Next(1, choices.Length)) % choices.Length]}";
    }

    private T Any<T>(T[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>What a variable runs over.</summary>
    /// <param name="Name">The variable.</param>
    /// <param name="Collection">"items", "positions", "Scenario", or "number" for a function's number.</param>
    /// <param name="Group">The group that it is a member of.</param>
    /// <param name="Key">Of groups, the name of the key.</param>
    private sealed record Row(string Name, string Collection, string? Group = null, string? Key = null)
    {
        public string Amount => Collection == "items" ? "amount" : "size";
    }
}
