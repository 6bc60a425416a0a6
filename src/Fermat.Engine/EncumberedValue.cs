using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Engine;

/// <summary>What of an account backs nothing else: the rulebook's definition <c>encumbered</c>, or the field of that name of its accounts, as <see cref="LoweredAccount.EncumberedOf"/> has it in a circuit.</summary>
/// <param name="Definition">The definition; −1 where it is a field.</param>
/// <param name="Field">The field; −1 where it is a definition.</param>
/// <param name="Scale">Decimals.</param>
/// <param name="Bounds">What it can be, in units of its scale.</param>
internal sealed record EncumberedValue(int Definition, int Field, int Scale, Bounds Bounds)
{
    /// <summary>The rulebook's; null where it has none.</summary>
    public static EncumberedValue? Of(CoreRulebook rulebook)
    {
        for (int d = 0; d < rulebook.Definitions.Length; d++)
            if (rulebook.Definitions[d] is { Name: LoweredAccount.Encumbered, Value: { } value }) return new EncumberedValue(d, -1, value.Number.Scale, value.Bounds);
        int field = rulebook.Schema.ScalarOf(LoweredAccount.Encumbered);
        return field >= 0 && rulebook.Schema.Scalars[field].Type is FieldType.Number { Quantity: var quantity } ? new EncumberedValue(-1, field, quantity.Scale, quantity.Bounds) : null;
    }

    /// <summary>Whether it can be what a field says: it is that field, or a definition, of which the rulebook's author says what it counts.</summary>
    public bool Counts(int field) => Definition >= 0 || Field == field;

    /// <summary>That of an account.</summary>
    /// <param name="values">Of all definitions.</param>
    /// <param name="fields">Its fields.</param>
    public BigInteger In(ImmutableArray<BigInteger> values, ImmutableArray<BigInteger> fields) => Definition >= 0 ? values[Definition] : fields[Field];
}
