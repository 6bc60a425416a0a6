using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>What an expression stands for while it is turned into the core. Where an error has been reported there is none: null is passed on without another error.</summary>
internal abstract record Value;

/// <summary>A core expression.</summary>
internal sealed record NodeValue(CoreNode Node) : Value;

/// <summary>A variable that a reduction binds: an item, a group or a market record.</summary>
internal sealed record VariableValue(CoreVariable Variable) : Value;

/// <summary>A market record as it was before an update: its fields are those of then.</summary>
/// <param name="Record">The record.</param>
internal sealed record OldRecordValue(CoreNode Record) : Value;

/// <summary>A name of an enumeration that does not say which.</summary>
internal sealed record ChoiceValue(Identifier Name) : Value;

/// <summary>What the surroundings say about an expression.</summary>
/// <param name="Target">What a rounding without a quantity rounds to.</param>
/// <param name="Expected">The enumeration that a name belongs to.</param>
internal readonly record struct Context(Quantity? Target, EnumType? Expected);

/// <summary>A definition being put in a place: its names and the call that leads to it.</summary>
internal sealed record Frame(DefinitionSymbol Definition, Frame? Caller, SourceSpan Call)
{
    public Dictionary<string, Value?> Locals { get; } = new(StringComparer.Ordinal);
}
