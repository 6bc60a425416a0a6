using System.Collections.Immutable;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>What a name of the whole rulebook stands for.</summary>
internal abstract record Symbol(Identifier Declared)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string What { get; }
}

internal sealed record QuantitySymbol(Identifier Declared, Quantity Quantity) : Symbol(Declared)
{
    public override string What => "a quantity";
}

internal sealed record EnumSymbol(Identifier Declared, EnumType Type) : Symbol(Declared)
{
    public override string What => "an enumeration";
}

internal sealed record TableSymbol(Identifier Declared, int Index) : Symbol(Declared)
{
    public override string What => "a market record";
}

internal sealed record ParameterSymbol(Identifier Declared, int Index) : Symbol(Declared)
{
    public override string What => "a parameter";
}

internal sealed record ScalarSymbol(Identifier Declared, int Index) : Symbol(Declared)
{
    public override string What => "a field of the account";
}

internal sealed record CollectionSymbol(Identifier Declared, int Index) : Symbol(Declared)
{
    public override string What => "a collection";
}

internal sealed record BlockSymbol(Identifier Declared) : Symbol(Declared)
{
    public override string What => "a block";
}

/// <summary>A definition, with or without arguments.</summary>
internal sealed record DefinitionSymbol(DefinitionSyntax Syntax, string? Block) : Symbol(Syntax.Name)
{
    /// <summary>name, or block.name.</summary>
    public string FullName { get; } = Block is null ? Syntax.Name.Text : $"{Block}.{Syntax.Name.Text}";

    public bool IsFunction => Syntax.Parameters is not null;

    /// <summary>Whether it is part of what judges updates of parameters.</summary>
    public bool IsMeta => Block == Keywords.Meta;

    public ImmutableArray<ParameterSyntax> Parameters => Syntax.Parameters ?? [];

    public override string What => IsFunction ? "a function" : "a definition";

    public bool Equals(DefinitionSymbol? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>All names of a rulebook: one name, one meaning.</summary>
internal sealed class SymbolTable
{
    public Dictionary<string, Symbol> Globals { get; } = new(StringComparer.Ordinal);

    /// <summary>Definitions of blocks by <c>block.name</c>.</summary>
    public Dictionary<string, DefinitionSymbol> InBlocks { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of enumerations, with the enumerations that have them.</summary>
    public Dictionary<string, List<(EnumType Type, SourceSpan Span)>> Choices { get; } = new(StringComparer.Ordinal);

    /// <summary>All definitions in the order of the text.</summary>
    public List<DefinitionSymbol> Definitions { get; } = [];

    /// <summary>The word <c>meta</c> where a block judges updates of parameters; else null.</summary>
    public Identifier? Meta { get; set; }

    /// <summary>The aggregates that the block <c>meta</c> declares, in order, with the places of their names.</summary>
    public ImmutableArray<(Identifier Name, SchemaField Field)> System { get; set; } = [];

    public Symbol? Find(string name, string? block)
        => block is not null && InBlocks.TryGetValue($"{block}.{name}", out DefinitionSymbol? inner) ? inner : Globals.GetValueOrDefault(name);

    /// <summary>Names that a value can be called, for suggestions.</summary>
    public IEnumerable<string> ValueNames(string? block) => Globals.Where(pair => pair.Value is not (QuantitySymbol or EnumSymbol or BlockSymbol)).Select(pair => pair.Key)
        .Concat(Choices.Keys).Concat(InBlocks.Keys.Where(name => block is not null && name.StartsWith(block + ".", StringComparison.Ordinal)).Select(name => name[(block!.Length + 1)..]));

    public IEnumerable<string> Names<T>() where T : Symbol => Globals.Where(pair => pair.Value is T).Select(pair => pair.Key);
}
