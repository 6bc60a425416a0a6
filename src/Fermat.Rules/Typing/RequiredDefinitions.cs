using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>What every rulebook defines: equity, initial and maintenance in one unit; and what it may: net_equity, liquidatable, bankrupt.</summary>
internal static class RequiredDefinitions
{
    private static readonly string[] Needed = ["equity", "initial", "maintenance"];

    /// <summary>Before typing: whether they are there and take no arguments.</summary>
    public static void CheckNames(SymbolTable symbols, SourceSpan rulebook, DiagnosticBag bag)
    {
        string[] missing = [.. Needed.Where(name => !symbols.Globals.ContainsKey(name)).Select(name => $"`{name}`")];
        if (missing.Length > 0)
        {
            string names = missing.Length == 1 ? missing[0] : $"{string.Join(", ", missing[..^1])} and {missing[^1]}";
            bag.Error(DiagnosticCodes.Required, rulebook, $"the rulebook does not define {names}", "definitions without arguments, such as `equity = …`");
        }
        foreach (string name in Needed)
        {
            if (symbols.Globals.GetValueOrDefault(name) is DefinitionSymbol definition)
            {
                if (definition.IsFunction)
                    bag.Error(DiagnosticCodes.Required, definition.Declared.Span, $"`{name}` must be defined without arguments", $"`{name} = …`");
            }
            else if (symbols.Globals.GetValueOrDefault(name) is { } other)
            {
                bag.Error(DiagnosticCodes.Required, other.Declared.Span, $"`{name}` is {other.What}, and a rulebook must define it", $"`{name} = …`");
            }
        }
        foreach (string name in (string[])["net_equity", "liquidatable", "bankrupt"])
            if (symbols.Globals.GetValueOrDefault(name) is DefinitionSymbol { IsFunction: true } definition)
                bag.Error(DiagnosticCodes.Required, definition.Declared.Span, $"`{name}` must be defined without arguments", $"`{name} = …`");
    }

    /// <summary>After typing: numbers of one unit, and flags.</summary>
    public static void CheckTypes(CoreRulebook rulebook, SymbolTable symbols, DiagnosticBag bag)
    {
        (Unit? unit, string first) = (null, "");
        foreach (string name in (string[])[.. Needed, "net_equity"])
        {
            if (rulebook.Find(name) is not { } definition) continue;
            SourceSpan span = symbols.Globals[name].Declared.Span;
            if (definition.Value.Type is not CoreType.Number number)
                bag.Error(DiagnosticCodes.Required, span, $"`{name}` must be a number", "an amount of money");
            else if (unit is null)
                (unit, first) = (number.Unit, name);
            else if (number.Unit is not null && !number.Unit.Equals(unit))
                bag.Error(DiagnosticCodes.Required, span, $"`{name}` is in {number.Unit}, and `{first}` is in {unit}", "one unit for all");
        }
        foreach (string name in (string[])["liquidatable", "bankrupt"])
            if (rulebook.Find(name) is { Value.Type: not CoreType.Flag })
                bag.Error(DiagnosticCodes.Required, symbols.Globals[name].Declared.Span, $"`{name}` must be true or false", "a comparison, such as `equity < maintenance`");
    }
}
