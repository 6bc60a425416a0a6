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
    private const int MaxPower = 18;
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
        if (PledgeFields.Of(schema, names.Encumbered, names.Pledgee) is not { } fields) return;
        if (fields.Problem(schema) is { } problem) throw new ArgumentException($"{problem}: the binding must say which field is meant");
        (FieldType.Number amounts, FieldType.Number pledgees) = ((FieldType.Number)schema.Scalars[fields.Encumbered].Type, (FieldType.Number)schema.Scalars[fields.Pledgee].Type);
        int scale = amounts.Quantity.Scale;
        if (scale > LedgerLimits.PledgeScale + MaxPower) throw new ArgumentException($"{names.Encumbered} of the rulebook {schema.Name} has more than {LedgerLimits.PledgeScale + MaxPower} decimals: the binding must say which field is meant");
        (Fields, _amounts, _pledgees) = (fields, amounts.Quantity.Bounds, pledgees.Quantity.Bounds);
        (_factor, _divisor) = (Power(scale - LedgerLimits.PledgeScale), Power(LedgerLimits.PledgeScale - scale));
    }

    /// <summary>The fields; null where the rulebook does not have both.</summary>
    public PledgeFields? Fields { get; }

    /// <summary>Writes what an account has pledged into the columns of its fields.</summary>
    /// <param name="account">The account.</param>
    /// <param name="scalars">The columns of all fields.</param>
    /// <param name="row">The account's place in them.</param>
    /// <returns>What of it the rulebook cannot count, or null.</returns>
    public string? Write(AccountState account, Int128[][] scalars, int row)
    {
        if (Fields is not { } fields) return account.Pledged == 0 ? null : $"collateral of {account.Id} is pledged, and {NotTaken}";
        if (!TryCount(account.Pledged, out Int128 units)) return $"what {account.Id} has pledged does not fit the rulebook's {_names.Encumbered}";
        if (!_pledgees.Contains(account.PledgedTo + 1)) return $"account {account.PledgedTo}, to which {account.Id} is pledged, does not fit the rulebook's {_names.Pledgee}";
        (scalars[fields.Encumbered][row], scalars[fields.Pledgee][row]) = (units, account.PledgedTo + 1);
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
        if (Fields is null) return NotTaken;
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

    private static Int128 Power(int exponent) => (Int128)BigInteger.Pow(10, Math.Max(exponent, 0));
}
