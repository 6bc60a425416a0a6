using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>Makes up one account from its number and the seed alone.</summary>
internal sealed class AccountMaker(RiskParameters parameters, BookGeneratorOptions options)
{
    private readonly int items = Math.Min(options.ItemsPerAccount, parameters.Assets.Length);
    private readonly BigInteger cent = ExactDecimal.PowerOfTen(Math.Max(parameters.ValueScale - 2, 0));

    private enum Fate { DebtFree, Healthy, Liquidatable, Bankrupt }

    public Account Make(int index)
    {
        var random = SplitMix.For(options.Seed, (ulong)index);
        Fate fate = DrawFate(ref random);
        BigInteger size = DrawSize(ref random);
        var balances = new Balance[items];
        DrawAssets(ref random, balances);
        DrawHoldings(ref random, balances, size);
        if (fate != Fate.DebtFree) DrawDebts(ref random, balances, fate);
        var id = new AccountId("acct-" + index.ToString("d9", CultureInfo.InvariantCulture));
        return new Account(id, DrawKey(ref random), random.Below(10_000), AccountMode.Cross, balances);
    }

    private Fate DrawFate(ref SplitMix random)
    {
        uint perMillion = random.Below(1_000_000);
        if (perMillion < options.BankruptPerMillion) return Fate.Bankrupt;
        if (perMillion < options.BankruptPerMillion + 1000L * options.LiquidatablePerMille) return Fate.Liquidatable;
        return random.Below(10) < 3 ? Fate.DebtFree : Fate.Healthy;
    }

    /// <summary>1000 to 2000 quote units, doubled again and again with probability 31/64.</summary>
    private BigInteger DrawSize(ref SplitMix random)
    {
        int doublings = 0;
        while (doublings < 28 && random.Below(64) < 31) doublings++;
        return (random.Between(100_000, 199_999) * cent) << doublings;
    }

    /// <summary>Distinct assets in rising order, by sequential sampling.</summary>
    private void DrawAssets(ref SplitMix random, Balance[] balances)
    {
        int taken = 0;
        for (int asset = 0; taken < items; asset++)
            if (random.Below((uint)(parameters.Assets.Length - asset)) < items - taken)
                balances[taken++] = new Balance(asset, 0, 0, 0, 0, 0);
    }

    /// <summary>Splits the size over the items, and up to 90 % of each holding over the kinds of collateral.</summary>
    private void DrawHoldings(ref SplitMix random, Balance[] balances, BigInteger size)
    {
        Span<uint> shares = items <= 64 ? stackalloc uint[items] : new uint[items];
        ulong total = 0;
        foreach (ref uint share in shares) total += share = random.Between(1, 1000) * random.Between(1, 1000);
        for (int i = 0; i < items; i++)
        {
            ulong equity = ToAmount(balances[i].Asset, size * shares[i] / total);
            ulong loan = equity / 100 * random.Below(41), margin = equity / 100 * random.Below(31), portfolio = equity / 100 * random.Below(20);
            balances[i] = balances[i] with { Equity = Math.Max(equity, 1), Loan = loan, Margin = margin, Portfolio = portfolio };
        }
    }

    /// <summary>Spreads a debt that makes the account what it is to be over one or two items.</summary>
    private void DrawDebts(ref SplitMix random, Balance[] balances, Fate fate)
    {
        BigInteger held = 0, counted = 0;
        foreach (Balance item in balances)
        {
            held += item.Equity * parameters.Weight(item.Asset);
            for (int kind = 0; kind < Asset.Kinds; kind++)
                counted += MarginEvaluator.Counted100(parameters, item.Asset, (CollateralKind)kind, item.Collateral((CollateralKind)kind));
        }
        counted /= 100;
        BigInteger debt = fate switch
        {
            Fate.Healthy => counted * random.Below(950) / 1000,
            Fate.Liquidatable => counted + (held - counted) * random.Between(100, 900) / 1000,
            _ => held + held * random.Between(10, 300) / 1000,
        };
        int first = (int)random.Below((uint)items), second = (int)random.Below((uint)items);
        BigInteger part = debt * random.Below(1000) / 1000;
        Owe(balances, second, part, fate);
        Owe(balances, first, debt - part, fate);
    }

    /// <summary>Adds a debt: rounded down, so that no account owes more than meant, but up where an account is to be bankrupt.</summary>
    private void Owe(Balance[] balances, int item, BigInteger value, Fate fate)
    {
        ulong amount = ToAmount(balances[item].Asset, value) + (fate == Fate.Bankrupt ? 1u : 0u);
        balances[item] = balances[item] with { Debt = balances[item].Debt + amount };
    }

    /// <summary>The amount of a value, rounded down, at most 2^61: two of them still fit.</summary>
    private ulong ToAmount(int asset, BigInteger value) => (ulong)BigInteger.Min(value / parameters.Weight(asset), 1UL << 61);

    private static OwnerKey DrawKey(ref SplitMix random)
    {
        Span<byte> bytes = stackalloc byte[OwnerKey.Length];
        for (int i = 0; i < bytes.Length; i += sizeof(ulong)) BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], random.Next());
        return OwnerKey.FromBytes(bytes);
    }
}
