using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Files;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The public inputs of statement S: the book under <see cref="StateRoot"/> is solvent with these reserves at these prices. Reserves, insurance fund and buffer are inputs: nothing
/// proves that the venue has them.
/// </summary>
public sealed record SolvencyPublicInputs
{
    /// <summary>Version of the statement: of its canonical bytes and of its relation.</summary>
    public const int Version = 2;

    /// <summary>Who keeps the book.</summary>
    public required string Venue { get; init; }

    /// <summary>How many ledger events the book reflects.</summary>
    public required ulong Height { get; init; }

    /// <summary>The asset that prices and tiers are quoted in.</summary>
    public required string QuoteAsset { get; init; }

    /// <summary>Assets, prices and ladders.</summary>
    public required RiskParameters Parameters { get; init; }

    /// <summary>Per asset what the venue says it holds, in units of its scale.</summary>
    public required ImmutableArray<BigInteger> Reserves { get; init; }

    /// <summary>Where the reserves come from, in words.</summary>
    public required string ReservesSource { get; init; }

    /// <summary>In units of value.</summary>
    public required BigInteger InsuranceFund { get; init; }

    /// <summary>What reserves must exceed claims by, in units of value.</summary>
    public required BigInteger Buffer { get; init; }

    /// <summary>The root of the state tree.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>The depth of the state tree: it has 2^Depth leaf slots.</summary>
    public required int Depth { get; init; }

    /// <summary>Permutations in a row of the hash table.</summary>
    public required int HashSlots { get; init; }

    /// <summary>How the book is cut into segments.</summary>
    public required SolvencySegments Segments { get; init; }

    /// <summary>The totals, when they are revealed.</summary>
    public SolvencyTotals? Revealed { get; init; }

    /// <summary>The digest of the parameters.</summary>
    public Digest ParametersDigest => StatementDigests.Parameters(Parameters);

    /// <summary>The digest of the prices.</summary>
    public Digest PriceSetDigest => StatementDigests.PriceSet(Parameters);

    /// <summary>Leaf slots of the state tree.</summary>
    public long LeafSlots => 1L << Depth;

    /// <summary>Σ reserves · price, in units of value.</summary>
    public BigInteger ReserveValue => BookTotals.ReserveValue(Parameters, Reserves);

    /// <summary>
    /// What is wrong with the inputs before any proof is looked at, or null: numbers out of range, segments that do not lead to the state root, a buffer beyond all reserves, revealed totals that
    /// break solvency or contradict each other.
    /// </summary>
    public StatementRejection? Problem() => Ranges() ?? StatementParts.Root(Segments, Depth, StateRoot) ?? (Revealed is null ? null : Totals(Revealed));

    /// <summary>The commitment to what is left of each bound before a segment: of the first a constant of these inputs, with a salt of zeros; of another the one after its predecessor.</summary>
    /// <param name="segment">0 to the number of segments; the last of these is the boundary after the last segment.</param>
    public Digest BoundaryBefore(int segment) => segment > 0
        ? Segments.Boundaries[segment - 1]
        : SegmentBoundary.Commit(new KoalaBear[Digest.Words], SegmentBoundary.First(SolvencyBounds.Of(this)));

    /// <summary>The byte string that enters the transcript of one segment's proof: <see cref="ToCanonicalBytes()"/>, then the segment's number in four bytes.</summary>
    /// <param name="segment">0 to the number of segments, exclusive.</param>
    public byte[] ToCanonicalBytes(int segment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(segment, Segments.Count);
        CanonicalWriter bytes = Canonical();
        bytes.UInt32((uint)segment);
        return bytes.ToArray();
    }

    /// <summary>The one byte string these inputs have.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Problem"/> with the ranges.</exception>
    public byte[] ToCanonicalBytes() => Canonical().ToArray();

    private CanonicalWriter Canonical()
    {
        if (Ranges() is { } problem) throw new InvalidOperationException(problem.ToString());
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTSLV2"u8);
        bytes.UInt32(Version);
        bytes.Digest(StatementDigests.Rulebook);
        bytes.Digest(ParametersDigest);
        bytes.Digest(PriceSetDigest);
        StatementParts.Place(bytes, StateRoot, Depth, HashSlots, Segments, Height);
        bytes.Text(Venue);
        bytes.Text(QuoteAsset);
        bytes.Text(ReservesSource);
        StatementParts.Amounts(bytes, Reserves, InsuranceFund, Buffer, Revealed);
        return bytes;
    }

    private StatementRejection? Ranges()
    {
        if (!Identifiers.IsValid(QuoteAsset, BookLimits.MaxSymbolLength)) return Out("the quote asset is not a symbol", Identifiers.AllowedCharacters);
        if (StatementParts.Ranges(Venue, ReservesSource, Depth, HashSlots, StateRoot, Segments) is { } shared) return shared;
        if (Reserves.Length != Parameters.Assets.Length) return Out("the number of reserves", $"{Parameters.Assets.Length}, one per asset", $"{Reserves.Length}");
        for (int asset = 0; asset < Reserves.Length; asset++)
            if (Reserves[asset].Sign < 0 || Reserves[asset] >= BookLimits.ReserveEnd)
                return Out($"the reserves of {Parameters.Assets[asset].Symbol}", $"0 to 2^{BookLimits.ReserveBits} - 1 units", $"{Reserves[asset]}");
        if (InsuranceFund.Sign < 0 || InsuranceFund >= BookLimits.MoneyEnd) return Out("the insurance fund", $"0 to 2^{BookLimits.MoneyBits} - 1 units of value", $"{InsuranceFund}");
        if (Buffer.Sign < 0 || Buffer >= BookLimits.MoneyEnd) return Out("the buffer", $"0 to 2^{BookLimits.MoneyBits} - 1 units of value", $"{Buffer}");
        if (Buffer > ReserveValue)
            return new(StatementRejectionCode.BufferExceedsReserves, "the buffer is worth more than all reserves", Expected: $"at most {ReserveValue}", Got: $"{Buffer}");
        return Revealed is null ? null : TotalRanges(Revealed);
    }

    private StatementRejection? TotalRanges(SolvencyTotals totals)
    {
        if (totals.Net.Length != Parameters.Assets.Length) return Out("the number of revealed net claims", $"{Parameters.Assets.Length}, one per asset", $"{totals.Net.Length}");
        foreach (BigInteger net in totals.Net)
            if (BigInteger.Abs(net) >= BookLimits.ReserveEnd) return Out("a revealed net claim", $"a magnitude below 2^{BookLimits.ReserveBits}", $"{net}");
        BigInteger end = BigInteger.One << BookLimits.TotalBits;
        if (totals.Claims.Sign < 0 || totals.Claims >= end) return Out("the revealed claims", $"0 to 2^{BookLimits.TotalBits} - 1", $"{totals.Claims}");
        if (totals.Shortfall.Sign < 0 || totals.Shortfall >= end) return Out("the revealed shortfall", $"0 to 2^{BookLimits.TotalBits} - 1", $"{totals.Shortfall}");
        return totals.Bankrupt < 0 || totals.Liquidatable < 0 || totals.Accounts < 0 ? Out("a revealed count", "at least 0") : null;
    }

    private StatementRejection? Totals(SolvencyTotals totals)
    {
        if (StatementParts.Solvent(totals, Reserves, asset => Parameters.Assets[asset].Symbol, ReserveValue, Buffer, InsuranceFund) is { } broken) return broken;
        if (totals.Bankrupt > totals.Liquidatable || totals.Liquidatable > totals.Accounts || totals.Accounts > LeafSlots)
            return new(StatementRejectionCode.InconsistentTotals, "the revealed counts contradict each other", Expected: "bankrupt <= liquidatable <= accounts <= leaf slots",
                Got: $"{totals.Bankrupt}, {totals.Liquidatable}, {totals.Accounts}, {LeafSlots}");
        return null;
    }

    private static StatementRejection Out(string what, string expected, string? got = null) => StatementParts.Out(what, expected, got);
}
