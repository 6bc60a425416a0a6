using Fermat.Rules.Binding;

namespace Fermat.Rules.Typing;

/// <summary>The functions by which a rulebook speaks about a whole book: claim(a: Asset), and with it price(a: Asset) and net_size(i: Instrument).</summary>
internal static class SolvencyDefinitions
{
    /// <summary>What is owed of an asset.</summary>
    public const string Claim = "claim";

    /// <summary>What a whole unit of an asset is worth.</summary>
    public const string Price = "price";

    /// <summary>What all accounts hold of an instrument.</summary>
    public const string NetSize = "net_size";

    /// <summary>Whether a definition is one of them. Where nothing is said of claims, price and net_size are functions like others.</summary>
    public static bool IsOne(DefinitionSymbol definition, SymbolTable symbols) => definition.Block is null && definition.IsFunction
        && (definition.FullName == Claim || (definition.FullName is Price or NetSize && symbols.Globals.GetValueOrDefault(Claim) is DefinitionSymbol { IsFunction: true }));

    /// <summary>A definition by its name, where it is one of them.</summary>
    public static DefinitionSymbol? Find(string name, SymbolTable symbols)
        => symbols.Globals.GetValueOrDefault(name) is DefinitionSymbol definition && IsOne(definition, symbols) ? definition : null;
}
