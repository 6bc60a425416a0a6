using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>
/// What the insurance fund can spend. It is an account like others: below maintenance its positions are closed against the other side, and what it owes when none is left is socialized. Until then it pays for nobody, and what it pays
/// never makes it bankrupt: so nothing is paid that the fund owes to somebody else.
/// </summary>
/// <remarks>
/// A payment is bounded by net equity, not by what would keep the fund above maintenance: a loss is shared only when the fund has nothing of the asset, and only who is below maintenance is deleveraged. A fund that kept a balance because positions
/// need it would stop both. So it pays, its positions are closed if that leaves it below maintenance, and what they free is paid.
/// </remarks>
public sealed partial class MarginEngine
{
    /// <summary>What the fund can spend of an asset: its balance, and nothing while it is bankrupt, has positions and is below maintenance, or cannot be valued. A clearing house's has positions without a margin, and is called as others are.</summary>
    private long Spendable(int asset)
    {
        AccountState fund = State.Accounts[State.Insurance];
        long has = fund.Balance(asset).Amount;
        if (IsClearing) return Math.Max(has, 0);
        return has > 0 && Judge(fund, out _) is { Class: not AccountClass.Bankrupt } health && (health.Class == AccountClass.Healthy || !HasPosition(fund)) ? has : 0;
    }

    /// <summary>What the fund pays of what a bankrupt account owes: all that it can spend of it, or where that would ruin the fund, as much as its net equity is worth at index prices; null where that is nothing.</summary>
    private InsurancePaid? Pay(AccountState account, AssetState asset, long owed)
    {
        BigInteger most = Math.Min(Spendable(asset.Index), owed);
        if (most.Sign <= 0 || Judge(State.Accounts[State.Insurance], out _) is not { } fund) return null;
        InsurancePaid paid = Of(most);
        if (IsClearing || !Ruins(paid)) return paid;
        most = BigInteger.Min(most, UnitsOf(fund.NetEquity, fund.Scale, asset) ?? 0);
        return most.Sign > 0 && !Ruins(paid = Of(most)) ? paid : null;

        InsurancePaid Of(BigInteger amount) => new(NextId, State.Time, account.Id, asset.Symbol, new Amount((Int128)amount, asset.Scale));

        bool Ruins(InsurancePaid payment) => State.Prepare(payment).Change is { } change && Judge(change.Accounts.First(touched => touched.After.Index == State.Insurance).After, out _) is not { Class: not AccountClass.Bankrupt };
    }

    /// <summary>Whether nothing of an asset can come from the fund: it has none, and no position that is to be closed now could free any.</summary>
    private bool IsSpent(int asset) => State.Accounts[State.Insurance].Balance(asset).Amount <= 0 && NextStep(State.Insurance) is not AutoDeleveraged;

    /// <summary>A value in what equity is counted in, as whole units of an asset at its index price, rounded down; null where the asset is worth nothing.</summary>
    private BigInteger? UnitsOf(BigInteger value, int valueScale, AssetState asset)
    {
        (BigInteger price, int scale) = IndexOf(asset.Index);
        return price.IsZero ? null : RoundedDivision.Divide(value * BigInteger.Pow(10, asset.Scale + scale), price * BigInteger.Pow(10, valueScale), Rounding.Down);
    }

    private static bool HasPosition(AccountState account)
    {
        foreach (ref readonly Position position in account.Positions)
            if (position.Size != 0) return true;
        return false;
    }
}
