using System.Numerics;

namespace Fermat.Margin;

/// <summary>Everything of a book but its accounts.</summary>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="QuoteAsset">The asset prices and tiers are quoted in.</param>
/// <param name="Assets">At most 512, sorted by symbol (ordinal); the index of an asset is its position.</param>
/// <param name="Reserves">Per asset, what the venue says it holds, in units of the asset's scale. An input: nothing proves it.</param>
/// <param name="ReservesSource">Where the reserves come from, in words.</param>
/// <param name="InsuranceFund">In units of 10^−<see cref="RiskParameters.ValueScale"/> of the quote asset.</param>
/// <param name="Buffer">What reserves must exceed claims by, in the same unit.</param>
public sealed record BookHeader(
    string Venue,
    ulong Height,
    string QuoteAsset,
    IReadOnlyList<Asset> Assets,
    IReadOnlyList<BigInteger> Reserves,
    string ReservesSource,
    BigInteger InsuranceFund,
    BigInteger Buffer)
{
    /// <summary>The index of an asset, or −1.</summary>
    public int IndexOf(ReadOnlySpan<char> symbol)
    {
        int low = 0, high = Assets.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Assets[middle].Symbol.AsSpan().SequenceCompareTo(symbol);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }
}

/// <summary>A venue's accounts at one height: the input of a solvency proof.</summary>
/// <param name="Header">Assets, prices, reserves.</param>
/// <param name="Accounts">The accounts, in the order of their leaves.</param>
public sealed record Book(BookHeader Header, IReadOnlyList<Account> Accounts)
{
    /// <inheritdoc cref="BookHeader.Venue"/>
    public string Venue => Header.Venue;

    /// <inheritdoc cref="BookHeader.Height"/>
    public ulong Height => Header.Height;

    /// <inheritdoc cref="BookHeader.QuoteAsset"/>
    public string QuoteAsset => Header.QuoteAsset;

    /// <inheritdoc cref="BookHeader.Assets"/>
    public IReadOnlyList<Asset> Assets => Header.Assets;

    /// <inheritdoc cref="BookHeader.Reserves"/>
    public IReadOnlyList<BigInteger> Reserves => Header.Reserves;

    /// <inheritdoc cref="BookHeader.ReservesSource"/>
    public string ReservesSource => Header.ReservesSource;

    /// <inheritdoc cref="BookHeader.InsuranceFund"/>
    public BigInteger InsuranceFund => Header.InsuranceFund;

    /// <inheritdoc cref="BookHeader.Buffer"/>
    public BigInteger Buffer => Header.Buffer;
}
