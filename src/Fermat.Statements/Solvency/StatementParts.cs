using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Files;

namespace Fermat.Statements.Solvency;

/// <summary>What the public inputs of statements about books have in common: their ranges, and their places in the canonical bytes.</summary>
internal static class StatementParts
{
    /// <summary>What is wrong with the texts, the tree and its segments.</summary>
    public static StatementRejection? Ranges(string venue, string reservesSource, int depth, int hashSlots, Digest stateRoot, SolvencySegments segments)
    {
        if (venue.Length > BookLimits.MaxTextLength || reservesSource.Length > BookLimits.MaxTextLength) return Out("a text is too long", $"at most {BookLimits.MaxTextLength} characters");
        if (!PlainText.Is(venue) || !PlainText.Is(reservesSource)) return Out("a text has characters that cannot be seen", "no control or format characters");
        if (depth is < 0 or > SolvencyLimits.MaxDepth) return Out("the depth of the state tree", $"0 to {SolvencyLimits.MaxDepth}", $"{depth}");
        if (hashSlots is < 1 or > SolvencyLimits.MaxHashSlots) return Out("the hash slots", $"1 to {SolvencyLimits.MaxHashSlots}", $"{hashSlots}");
        if (!stateRoot.IsCanonicalFields) return Out("the state root is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");
        return segments.Problem(depth);
    }

    /// <summary>Whether the segments lead to the state root.</summary>
    public static StatementRejection? Root(SolvencySegments segments, int depth, Digest stateRoot)
    {
        Digest root = segments.StateRoot(depth);
        return root == stateRoot
            ? null
            : new(StatementRejectionCode.InconsistentSegments, "the segments' roots do not lead to the state root", Expected: $"{stateRoot}", Got: $"{root}");
    }

    /// <summary>Whether revealed totals keep the bounds that are proven without them.</summary>
    /// <param name="totals">Within their ranges.</param>
    /// <param name="reserves">As many as net claims.</param>
    /// <param name="symbol">An asset's symbol.</param>
    /// <param name="reserveValue">What the reserves are worth.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="insuranceFund">The insurance fund.</param>
    public static StatementRejection? Solvent(SolvencyTotals totals, ImmutableArray<BigInteger> reserves, Func<int, string> symbol, BigInteger reserveValue, BigInteger buffer, BigInteger insuranceFund)
    {
        for (int asset = 0; asset < reserves.Length; asset++)
            if (totals.Net[asset] > reserves[asset])
                return new(StatementRejectionCode.ClaimsExceedReserves, $"the claims in {symbol(asset)} exceed its reserves", Expected: $"at most {reserves[asset]}", Got: $"{totals.Net[asset]}");
        if (totals.Claims + buffer > reserveValue)
            return new(StatementRejectionCode.ReservesWorthTooLittle, "the reserves are worth less than the claims and the buffer", Expected: $"at least {totals.Claims + buffer}", Got: $"{reserveValue}");
        return totals.Shortfall > insuranceFund
            ? new(StatementRejectionCode.ShortfallExceedsInsurance, "the insurance fund does not cover the shortfall", Expected: $"at least {totals.Shortfall}", Got: $"{insuranceFund}")
            : null;
    }

    /// <summary>Writes state root, depths, hash slots, segments and height.</summary>
    public static void Place(CanonicalWriter bytes, Digest stateRoot, int depth, int hashSlots, SolvencySegments segments, ulong height)
    {
        bytes.Digest(stateRoot);
        bytes.UInt32((uint)depth);
        bytes.UInt32((uint)hashSlots);
        bytes.UInt32((uint)segments.Depth);
        bytes.UInt32((uint)segments.Count);
        foreach (Digest root in segments.Roots) bytes.Digest(root);
        foreach (Digest boundary in segments.Boundaries) bytes.Digest(boundary);
        bytes.UInt64(height);
    }

    /// <summary>Writes reserves, insurance fund, buffer, and the totals if they are revealed.</summary>
    public static void Amounts(CanonicalWriter bytes, ImmutableArray<BigInteger> reserves, BigInteger insuranceFund, BigInteger buffer, SolvencyTotals? revealed)
    {
        bytes.UInt32((uint)reserves.Length);
        foreach (BigInteger reserve in reserves) bytes.Magnitude(reserve);
        bytes.Magnitude(insuranceFund);
        bytes.Magnitude(buffer);
        bytes.UInt32(revealed is null ? 0u : 1u);
        if (revealed is not { } totals) return;
        foreach (BigInteger net in totals.Net) bytes.Signed(net);
        bytes.Magnitude(totals.Claims);
        bytes.Magnitude(totals.Shortfall);
        bytes.UInt64((ulong)totals.Accounts);
        bytes.UInt64((ulong)totals.Liquidatable);
        bytes.UInt64((ulong)totals.Bankrupt);
    }

    public static StatementRejection Out(string what, string expected, string? got = null) => new(StatementRejectionCode.OutOfRange, what, Expected: expected, Got: got);
}
