using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;
using Fermat.Rules.Updates;

namespace Fermat.Rules.Cases;

/// <summary>
/// The cases beside a rulebook (<c>NAME.cases.json</c>): <c>{ "parameters", "market", "tolerance", "cases": [{ "name", "source", "parameters", "market", "account", "expect", "tolerance" }] }</c>.
/// Parameters and market tables of a case are laid over those of the file: a parameter replaces a parameter, a table a table. A case about an update has <c>before</c>
/// (<c>{ "parameters", "market" }</c>, laid over those of the file too) and <c>system</c>, no account, and expects rules: <c>"meta.bounded_step": "true"</c>.
/// </summary>
public static class RulebookCases
{
    private const int MaxCases = 4096;
    private const string RulePrefix = "meta.";
    private static readonly Quantity Any = new("a number", CaseTolerance.Scale, Unit.None, new Bounds(-BigInteger.Pow(10, 160), BigInteger.Pow(10, 160)));
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a file of cases.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="problem">What is wrong with the file, or null.</param>
    /// <returns>The cases; none when there is a problem.</returns>
    public static ImmutableArray<RulebookCase> Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            JsonObject root = JsonNode.Parse(json.Span, documentOptions: Strict) as JsonObject ?? throw new FormatException("an object is expected");
            Known(root, "the file", "rulebook", "parameters", "market", "tolerance", "cases");
            JsonArray list = root["cases"] as JsonArray ?? throw new FormatException("\"cases\" is a list");
            if (list.Count > MaxCases) throw new FormatException($"{list.Count} cases; at most {MaxCases} are read");
            ImmutableArray<RulebookCase> cases = [.. list.Select((item, i) => Case(root, item as JsonObject ?? throw new FormatException($"cases[{i}] is not an object"), i))];
            problem = null;
            return cases;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            problem = fault.Message;
            return [];
        }
    }

    /// <summary>Runs one case.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="case">The case.</param>
    public static CaseResult Run(CoreRulebook rulebook, RulebookCase @case)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("inputs", @case.Inputs));
        if (inputs.Errors.Count > 0 || inputs.Market is null) return Problem(inputs.Errors.Count > 0 ? inputs.Errors[0].ToString() : "there are no inputs");
        if (@case.Update is { } update) return Judge(rulebook, @case, update.Before, update.System, inputs.Market);
        if (@case.Expected.FirstOrDefault(e => rulebook.Find(e.Name) is null) is { } unknown)
            return Problem($"the rulebook has no definition {unknown.Name} without parameters");
        var interpreter = new Interpreter(rulebook, inputs.Market);
        try
        {
            ImmutableArray<BigInteger> values = interpreter.Evaluate(inputs.Accounts[0]);
            return new CaseResult(@case, [.. @case.Expected.Select(expectation => Compare(expectation))], null);

            CaseComparison Compare(CaseExpectation expectation)
            {
                int index = rulebook.Definitions.Index().First(d => d.Item.Name == expectation.Name).Index;
                CoreNode node = rulebook.Definitions[index].Value;
                if (node.Type is not CoreType.Number number)
                {
                    string name = interpreter.Show(node, values[index]);
                    return new CaseComparison(expectation.Name, expectation.Text, name, name == expectation.Text);
                }
                string actual = ScaledNumber.Format(values[index], number.Scale);
                bool passed = ScaledNumber.TryParse(expectation.Text, Any, out BigInteger expected, out _) is null
                    && @case.Tolerance.Allows(values[index] * BigInteger.Pow(10, CaseTolerance.Scale - number.Scale), expected);
                return new CaseComparison(expectation.Name, expectation.Text, actual, passed);
            }
        }
        catch (RuleEvaluationException fault)
        {
            return Problem(fault.Message);
        }

        CaseResult Problem(string sentence) => new(@case, [], sentence);
    }

    private static CaseResult Judge(CoreRulebook rulebook, RulebookCase @case, ReadOnlyMemory<byte> earlier, ReadOnlyMemory<byte> system, MarketData after)
    {
        if (rulebook.Meta is not { } meta) return new CaseResult(@case, [], "the rulebook has no block `meta`, so it judges no update");
        RuleInputs before = RuleInputs.Read(rulebook.Schema, ("before", earlier));
        if (before.Market is null) return new CaseResult(@case, [], before.Errors.Count > 0 ? $"before: {before.Errors[0]}" : "there is nothing before the update");
        ImmutableArray<BigInteger> aggregates = RuleInputs.ReadAggregates(meta.System, "system", system, out IReadOnlyList<InputError> errors);
        if (errors.Count > 0) return new CaseResult(@case, [], errors[0].ToString());
        UpdateVerdict verdict = new UpdateRules(rulebook).Judge(before.Market, after, aggregates);
        var comparisons = ImmutableArray.CreateBuilder<CaseComparison>();
        foreach (CaseExpectation expected in @case.Expected)
        {
            if (verdict.Rules.FirstOrDefault(rule => $"{RulePrefix}{rule.Rule}" == expected.Name) is not { } rule)
                return new CaseResult(@case, [], $"the block `meta` has no rule {expected.Name}");
            comparisons.Add(new CaseComparison(expected.Name, expected.Text, rule.Holds ? "true" : "false", expected.Text == (rule.Holds ? "true" : "false")));
        }
        // what is not named must hold: a case cannot overlook a rule that breaks
        comparisons.AddRange(verdict.Rules.Where(rule => !rule.Holds && !@case.Expected.Any(expected => expected.Name == $"{RulePrefix}{rule.Rule}")).Select(rule => new CaseComparison($"{RulePrefix}{rule.Rule}", "true", "false", false)));
        return new CaseResult(@case, comparisons.ToImmutable(), null);
    }

    private static RulebookCase Case(JsonObject file, JsonObject item, int index)
    {
        string name = Text(item["name"]) ?? throw new FormatException($"cases[{index}] has no name");
        Known(item, name, "name", "source", "parameters", "market", "account", "before", "system", "expect", "tolerance");
        if (item["before"] is null != item["system"] is null || (item["before"] is not null && item["account"] is not null)) throw new FormatException($"the case {name}: a case about an update has `before` and `system`, and no account");
        var account = (JsonObject)((item["account"] as JsonObject)?.DeepClone() ?? new JsonObject());
        account.TryAdd("id", "case");
        var inputs = new JsonObject
        {
            ["parameters"] = Over(file["parameters"], item["parameters"]),
            ["market"] = Over(file["market"], item["market"]),
            ["accounts"] = new JsonArray(account),
        };
        if (file["rulebook"] is { } rulebook) inputs["rulebook"] = rulebook.DeepClone();
        JsonObject expect = item["expect"] as JsonObject ?? throw new FormatException($"the case {name} expects nothing");
        (ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)? update = null;
        if (item["before"] is { } node)
        {
            var before = node as JsonObject ?? throw new FormatException($"the case {name}: `before` is an object");
            Known(before, name, "parameters", "market");
            var earlier = new JsonObject { ["parameters"] = Over(file["parameters"], before["parameters"]), ["market"] = Over(file["market"], before["market"]) };
            update = (Encoding.UTF8.GetBytes(earlier.ToJsonString()), Encoding.UTF8.GetBytes(item["system"]!.ToJsonString()));
        }
        return new RulebookCase(
            name, Text(item["source"]), Encoding.UTF8.GetBytes(inputs.ToJsonString()),
            [.. expect.Select(e => new CaseExpectation(e.Key, Text(e.Value) ?? throw new FormatException($"the case {name}: {e.Key} has no expected value")))],
            Tolerance(name, item["tolerance"] ?? file["tolerance"]))
        { Update = update };
    }

    private static CaseTolerance Tolerance(string name, JsonNode? node)
    {
        if (node is null) return default;
        var tolerance = node as JsonObject ?? throw new FormatException($"the case {name}: a tolerance is {{ \"relative\": …, \"absolute\": … }}");
        Known(tolerance, name, "relative", "absolute");
        return new CaseTolerance(Number("relative"), Number("absolute"));

        BigInteger Number(string member)
        {
            if (Text(tolerance[member]) is not { } text) return 0;
            if (ScaledNumber.TryParse(text, Any, out BigInteger value, out _) is { } problem) throw new FormatException($"the case {name}: {member}: {problem}");
            return value.Sign < 0 ? throw new FormatException($"the case {name}: a tolerance is not negative") : value;
        }
    }

    private static JsonObject Over(JsonNode? below, JsonNode? above)
    {
        var merged = (JsonObject)((below as JsonObject)?.DeepClone() ?? new JsonObject());
        foreach ((string name, JsonNode? value) in above as JsonObject ?? []) merged[name] = value?.DeepClone();
        return merged;
    }

    private static string? Text(JsonNode? node) => node is not JsonValue value ? null : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static void Known(JsonObject node, string where, params string[] names)
    {
        if (node.FirstOrDefault(member => !names.Contains(member.Key)).Key is { } unknown)
            throw new FormatException($"{where}: {unknown} is not known here; known are {string.Join(", ", names)}");
    }
}
