using System.Collections.Immutable;
using System.Text;
using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;
using Fermat.Rules.Typing;

namespace Fermat.Rules;

/// <summary>
/// Text to a checked rulebook: tokens, tree, names and schema, core. Each step ends with its own errors; the next one begins where what it needs is sound, so that no error is only the
/// shadow of another. The compiler never throws on a text, whatever it holds, and is deterministic.
/// </summary>
public static class RulebookCompiler
{
    /// <summary>Compiles a rulebook.</summary>
    /// <param name="text">The text; at most <see cref="RuleLimits.MaxTextBytes"/> in UTF-8.</param>
    /// <param name="file">What messages call it.</param>
    public static CompilationResult Compile(string text, string file) => Analyse(text, file, null).Result;

    /// <summary>Compiles, and tells what editors want to know on the way: the tree, the names, and what each expression was found to be.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="values">Takes the first value of each expression, by its place; null when nobody asks.</param>
    internal static (CompilationResult Result, RulebookSyntax? Syntax, SymbolTable? Symbols, RulebookSchema? Schema) Analyse(string text, string file, Dictionary<SourceSpan, Value>? values)
    {
        var source = new SourceText(text, file);
        var bag = new DiagnosticBag();
        if (Parse(source, bag) is not var (stream, syntax)) return (Failed(source, bag), null, null, null);
        if (bag.Any && values is null) return (Failed(source, bag), syntax, null, null);

        bool parsed = !bag.Any;
        var names = parsed ? bag : new DiagnosticBag(); // what follows from a syntax error is not shown
        (RulebookSchema schema, SymbolTable symbols) = SchemaBinder.Bind(syntax, names);
        bool sound = !names.Any;
        DefinitionGraph graph = NameResolver.Resolve(symbols, names);
        if (parsed) RequiredDefinitions.CheckNames(symbols, syntax.Name!.Span, bag);
        ImmutableArray<DefinitionSymbol> order = graph.Sort(symbols.Definitions, names);
        DefinitionSymbol[] uncalled = Uncalled(symbols, graph);
        if (!bag.Any) WarnOfUncalled(uncalled, symbols, bag);
        if (!sound) return (Failed(source, bag), syntax, symbols, schema);

        CoreRulebook rulebook = Elaborator.Run(symbols, schema, order, uncalled, graph.Broken, names, values);
        if (parsed) RequiredDefinitions.CheckTypes(rulebook, symbols, bag);
        if (symbols.Meta is not null && (!bag.Any || values is not null))
            rulebook = rulebook with { Meta = Elaborator.RunMeta(symbols, schema, order, graph, bag.Any ? new DiagnosticBag() : bag, values) };
        CompilationResult result = bag.Any ? Failed(source, bag) : new CompilationResult(source, rulebook, bag.ToArray(), NormalForm.Write(stream, syntax));
        return (result, syntax, symbols, schema);
    }

    /// <summary>The tree, or null when the text is too large or has signs without meaning.</summary>
    internal static (TokenStream Stream, RulebookSyntax Syntax)? Parse(SourceText source, DiagnosticBag bag)
    {
        int bytes = Encoding.UTF8.GetByteCount(source.Text);
        if (bytes > RuleLimits.MaxTextBytes)
        {
            bag.Error(DiagnosticCodes.TooLarge, new SourceSpan(0, 0), $"the text has {bytes} bytes", $"at most {RuleLimits.MaxTextBytes}");
            return null;
        }
        TokenStream stream = Lexer.Read(source, bag);
        return stream.IsWhole && !bag.Full ? (stream, Parser.Read(stream, bag)) : null;
    }

    private static CompilationResult Failed(SourceText source, DiagnosticBag bag) => new(source, null, bag.ToArray(), []);

    /// <summary>Functions that no definition without arguments needs.</summary>
    private static DefinitionSymbol[] Uncalled(SymbolTable symbols, DefinitionGraph graph)
    {
        HashSet<DefinitionSymbol> reached = graph.Reachable(symbols.Definitions.Where(definition => !definition.IsFunction || SolvencyDefinitions.IsOne(definition, symbols)));
        return [.. symbols.Definitions.Where(definition => !reached.Contains(definition))];
    }

    private static void WarnOfUncalled(DefinitionSymbol[] uncalled, SymbolTable symbols, DiagnosticBag bag)
    {
        foreach (DefinitionSymbol definition in uncalled)
        {
            if (Elaborator.CanCheckAlone(definition, symbols))
                bag.Warning(DiagnosticCodes.UnusedFunction, definition.Declared.Span, $"nothing calls `{definition.FullName}`", "call it from a definition without arguments, or remove it");
            else
                bag.Warning(DiagnosticCodes.UnusedFunction, definition.Declared.Span, $"nothing calls `{definition.FullName}`, so its types are not checked", "call it from a definition without arguments, or remove it");
        }
    }
}
