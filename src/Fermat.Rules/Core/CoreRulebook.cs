using System.Collections.Immutable;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>A definition without parameters.</summary>
/// <param name="Name">As the rulebook calls it; <c>block.name</c> inside a block.</param>
/// <param name="Value">A number, flag or choice without free variables.</param>
public sealed record CoreDefinition(string Name, CoreNode Value);

/// <summary>A checked rulebook.</summary>
/// <param name="Schema">What it speaks about.</param>
/// <param name="Definitions">Its definitions without parameters, in the order of the text.</param>
public sealed record CoreRulebook(RulebookSchema Schema, ImmutableArray<CoreDefinition> Definitions)
{
    /// <summary>What it says about a whole book; null where equity or maintenance is missing.</summary>
    public CoreSolvency? Solvency { get; init; }

    /// <summary>What it says about updates of its parameters; null where it says nothing.</summary>
    public CoreMeta? Meta { get; init; }

    /// <summary>
    /// By definition, function and total that computes something of an account: how native evaluation by columns (<see cref="Batches.BatchEvaluator"/>) does it, in 128-bit words or in numbers
    /// of any size. Read off <see cref="CoreNode.Wide"/>, which the evaluator follows; worked out whenever it is asked for. What is public is computed once for each record, and is not here.
    /// </summary>
    public ImmutableArray<DefinitionWords> Words => DefinitionWords.Of(this);

    /// <summary>A definition by its name, or null.</summary>
    public CoreDefinition? Find(string name) => Definitions.FirstOrDefault(definition => definition.Name == name);
}
