using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>What of an account is pledged, and to whom, in the fields of the rulebook's accounts. A rulebook has both fields, or nothing can be pledged under it.</summary>
internal sealed class PledgeBinding
{
    private const int PledgeeBits = 23, MaxPower = 18;
    private readonly RulebookSchema _schema;
    private readonly EngineBinding _names;
    private readonly Int128 _factor, _divisor;
    private readonly Bounds _amounts = new(0, 0), _pledgees = new(0, 0);

    /// <param name="schema">The rulebook's.</param>
    /// <param name="names">Its names.</param>
    /// <exception cref="ArgumentException">The fields are there, and of another type.</exception>
    public PledgeBinding(RulebookSchema schema, EngineBinding names)
    {
        (_schema, _names) = (schema, names);
        (int encumbered, int pledgee) = (Find(names.Encumbered), Find(names.Pledgee));
        if (encumbered < 0 || pledgee < 0) return;
        if (schema.Scalars[encumbered].Type is not FieldType.Number { Quantity: { Bounds.Min.Sign: 0, Scale: <= LedgerLimits.PledgeScale + MaxPower } amounts }) throw Other(names.Encumbered, "a number that is not negative");
        if (schema.Scalars[pledgee].Type is not FieldType.Number { Quantity: { Scale: 0, Bounds: { Min.Sign: 0 } pledgees } } || pledgees.Max < (BigInteger.One << PledgeeBits) - 1 || pledgees.Max >= BigInteger.One << (PledgeeBits + 1)) throw Other(names.Pledgee, $"a whole number that is not negative, of {PledgeeBits} or {PledgeeBits + 1} bits");
        (Encumbered, Pledgee, _amounts, _pledgees) = (encumbered, pledgee, amounts.Bounds, pledgees);
        (_factor, _divisor) = (Power(amounts.Scale - LedgerLimits.PledgeScale), Power(LedgerLimits.PledgeScale - amounts.Scale));
    }

    /// <summary>Whether the rulebook has both fields.</summary>
    public bool Any => Encumbered >= 0;

    /// <summary>The field that takes the amount; −1 where there are not both.</summary>
    public int Encumbered { get; } = -1;

    /// <summary>The field that takes the account; −1 where there are not both.</summary>
    public int Pledgee { get; } = -1;

    /// <summary>Writes what an account has pledged into the columns of its fields.</summary>
    /// <param name="account">The account.</param>
    /// <param name="scalars">The columns of all fields.</param>
    /// <param name="row">The account's place in them.</param>
    /// <returns>What of it the rulebook cannot count, or null.</returns>
    public string? Write(AccountState account, Int128[][] scalars, int row)
    {
        if (!Any) return account.Pledged == 0 ? null : $"collateral of {account.Id} is pledged, and {NotTaken}";
        if (!TryCount(account.Pledged, out Int128 units)) return $"what {account.Id} has pledged does not fit the rulebook's {_names.Encumbered}";
        if (!_pledgees.Contains(account.PledgedTo + 1)) return $"account {account.PledgedTo}, to which {account.Id} is pledged, does not fit the rulebook's {_names.Pledgee}";
        (scalars[Encumbered][row], scalars[Pledgee][row]) = (units, account.PledgedTo + 1);
        return null;
    }

    /// <summary>Why the rulebook cannot count what a pledge or a release would leave, or null. The ledger can do the event.</summary>
    public string? Problem(LedgerState state, LedgerEvent cause)
    {
        (AccountId account, AccountId to, Amount amount, int sign) = cause switch
        {
            CollateralPledged e => (e.Account, e.To, e.Amount, 1),
            PledgeReleased e => (e.Account, e.To, e.Amount, -1),
            _ => default,
        };
        if (sign == 0) return null;
        if (!Any) return NotTaken;
        state.TryFindAccount(account, out int index);
        state.TryFindAccount(to, out int pledgee);
        amount.TryAt(LedgerLimits.PledgeScale, out Int128 units);
        if (units % _divisor != 0) return $"{amount} has more decimals than the rulebook's {_names.Encumbered}";
        if (!TryCount(state.Accounts[index].Pledged + sign * units, out _)) return $"what {account} has pledged would not fit the rulebook's {_names.Encumbered}";
        return _pledgees.Contains(pledgee + 1) ? null : $"{to} is account {pledgee}, which does not fit the rulebook's {_names.Pledgee}";
    }

    /// <summary>That nothing can be pledged under the rulebook, as a part of a sentence.</summary>
    public string NotTaken => $"the accounts of the rulebook {_schema.Name} do not have the fields {_names.Encumbered} and {_names.Pledgee}, which take what is pledged and to whom";

    private bool TryCount(Int128 pledged, out Int128 units)
    {
        units = pledged / _divisor * _factor;
        return pledged % _divisor == 0 && _amounts.Contains(units);
    }

    private int Find(string name)
    {
        ImmutableArray<SchemaField> fields = _schema.Scalars;
        for (int f = 0; f < fields.Length; f++)
            if (fields[f].Name == name) return f;
        return -1;
    }

    private static Int128 Power(int exponent) => (Int128)BigInteger.Pow(10, Math.Max(exponent, 0));

    private ArgumentException Other(string name, string what) => new($"{name} of the rulebook {_schema.Name} is not {what}: the binding must say which field is meant");
}
