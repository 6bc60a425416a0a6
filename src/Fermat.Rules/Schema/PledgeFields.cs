using System.Numerics;

namespace Fermat.Rules.Schema;

/// <summary>
/// The two fields of an account that say what of it is pledged, and to whom. The engine fills in those that its binding names, and statement T moves those of the names below: <see cref="Of(RulebookSchema, string, string)"/> finds and checks both.
/// </summary>
/// <param name="Encumbered">The field that takes how much, a number that is never negative, in what equity is counted in.</param>
/// <param name="Pledgee">The field that takes to whom: the account's number, counted from 1, or 0 where nothing is pledged.</param>
public readonly record struct PledgeFields(int Encumbered, int Pledgee)
{
    /// <summary>What rulebooks call what is pledged, a field of their accounts or a definition.</summary>
    public const string EncumberedName = "encumbered";

    /// <summary>What they call the field that says to whom.</summary>
    public const string PledgeeName = "pledgee";

    /// <summary>Bits of an account's number, at least; one more at most, so that it is one element of a leaf.</summary>
    public const int PledgeeBits = 23;

    /// <summary>Those that statement T moves; null where the accounts of a rulebook do not have both, and then nothing that is pledged can be proven.</summary>
    /// <param name="schema">The rulebook's.</param>
    public static PledgeFields? Of(RulebookSchema schema) => Of(schema, EncumberedName, PledgeeName) is { } fields && fields.Problem(schema) is null ? fields : null;

    /// <summary>Those of two names, whatever they hold; null where the accounts of a rulebook do not have both.</summary>
    /// <param name="schema">The rulebook's.</param>
    /// <param name="encumbered">What it calls the field that takes how much.</param>
    /// <param name="pledgee">What it calls the field that takes to whom.</param>
    public static PledgeFields? Of(RulebookSchema schema, string encumbered, string pledgee)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new PledgeFields(schema.ScalarOf(encumbered), schema.ScalarOf(pledgee)) is { Encumbered: >= 0, Pledgee: >= 0 } fields ? fields : null;
    }

    /// <summary>Why they cannot take what is pledged and to whom, or null.</summary>
    /// <param name="schema">The rulebook's.</param>
    public string? Problem(RulebookSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        (SchemaField encumbered, SchemaField pledgee) = (schema.Scalars[Encumbered], schema.Scalars[Pledgee]);
        if (encumbered.Type is not FieldType.Number { Quantity.Bounds.Min.Sign: 0 }) return $"{encumbered.Name} of the rulebook {schema.Name} is not a number that is not negative";
        bool isNumber = pledgee.Type is FieldType.Number { Quantity: { Scale: 0, Bounds: { Min.Sign: 0, Max: var most } } } && most >= (BigInteger.One << PledgeeBits) - 1 && most < BigInteger.One << (PledgeeBits + 1);
        return isNumber ? null : $"{pledgee.Name} of the rulebook {schema.Name} is not a whole number that is not negative, of {PledgeeBits} or {PledgeeBits + 1} bits";
    }
}
