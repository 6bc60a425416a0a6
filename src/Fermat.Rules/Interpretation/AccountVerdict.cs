using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;
using Fermat.Rules.Core;

namespace Fermat.Rules.Interpretation;

/// <summary>
/// What an account's values make it: bankrupt where the definition <c>bankrupt</c> says so (without one: net_equity &lt; 0, or equity &lt; 0 where there is no net_equity), otherwise
/// liquidatable where <c>liquidatable</c> says so (without one: equity &lt; maintenance), otherwise healthy.
/// </summary>
public sealed class AccountVerdict
{
    private readonly int _bankrupt, _liquidatable, _equity, _net, _initial, _maintenance;
    private readonly ImmutableArray<CoreDefinition> _definitions;

    /// <summary>Finds the definitions that matter.</summary>
    /// <param name="rulebook">The rulebook; it defines equity, initial and maintenance.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public AccountVerdict(CoreRulebook rulebook)
    {
        _definitions = rulebook.Definitions;
        (_bankrupt, _liquidatable) = (Find("bankrupt"), Find("liquidatable"));
        (_equity, _initial, _maintenance, _net) = (Find("equity"), Find("initial"), Find("maintenance"), Find("net_equity"));
        if (_equity < 0 || _initial < 0 || _maintenance < 0) throw new ArgumentException("a rulebook defines equity, initial and maintenance", nameof(rulebook));
    }

    /// <summary>The class of an account.</summary>
    /// <param name="values">Of all definitions, in their order.</param>
    public AccountClass Of(ImmutableArray<BigInteger> values)
    {
        bool bankrupt = _bankrupt >= 0 ? values[_bankrupt].IsOne : values[_net >= 0 ? _net : _equity].Sign < 0;
        if (bankrupt) return AccountClass.Bankrupt;
        bool liquidatable = _liquidatable >= 0 ? values[_liquidatable].IsOne : Below(values, _maintenance);
        return liquidatable ? AccountClass.Liquidatable : AccountClass.Healthy;
    }

    /// <summary>Whether an account has less than its initial requirement, so that it may not take on more risk.</summary>
    /// <param name="values">Of all definitions, in their order.</param>
    public bool IsRestricted(ImmutableArray<BigInteger> values) => Below(values, _initial);

    private bool Below(ImmutableArray<BigInteger> values, int requirement)
    {
        int equity = Scale(_equity), required = Scale(requirement), scale = Math.Max(equity, required);
        return values[_equity] * BigInteger.Pow(10, scale - equity) < values[requirement] * BigInteger.Pow(10, scale - required);
    }

    private int Scale(int definition) => _definitions[definition].Value.Number.Scale;

    private int Find(string name)
    {
        for (int i = 0; i < _definitions.Length; i++)
            if (_definitions[i].Name == name) return i;
        return -1;
    }
}
