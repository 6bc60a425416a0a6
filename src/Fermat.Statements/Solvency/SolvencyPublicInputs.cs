using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The public inputs of statement S: the book under <see cref="StateRoot"/> is solvent under the rulebook with these market data and reserves. Reserves, insurance fund and buffer are inputs: nothing proves that
/// the venue has them.
/// </summary>
public sealed record SolvencyPublicInputs
{
    /// <summary>Version of the statement: of its canonical bytes and of its relation.</summary>
    public const int Version = 3;

    /// <summary>The rulebook; it says what is owed (<see cref="VenueRulebook.Solvency"/>).</summary>
    public required VenueRulebook Rulebook { get; init; }

    /// <summary>Parameters and market data.</summary>
    public required MarketData Market { get; init; }

    /// <summary>Who keeps the book.</summary>
    public required string Venue { get; init; }

    /// <summary>How many ledger events the book reflects.</summary>
    public required ulong Height { get; init; }

    /// <summary>By asset (record of the claims' table) what the venue says it holds, in units of the claim.</summary>
    public required ImmutableArray<BigInteger> Reserves { get; init; }

    /// <summary>Where the reserves come from, in words.</summary>
    public required string ReservesSource { get; init; }

    /// <summary>In units of net equity.</summary>
    public required BigInteger InsuranceFund { get; init; }

    /// <summary>What reserves must exceed claims by, in units of net equity.</summary>
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

    /// <summary>The digest of the parameters' values.</summary>
    public Digest ParametersDigest => Rulebook.ParameterValuesDigest(Market);

    /// <summary>The digest of the market data.</summary>
    public Digest MarketDigest => Rulebook.MarketDigest(Market);

    /// <summary>The symbol of an asset.</summary>
    /// <param name="asset">Its record in the claims' table.</param>
    public string AssetSymbol(int asset) => Market.Tables[Rules.Claims!.Table][asset].Symbol;

    /// <summary>Leaf slots of the state tree.</summary>
    public long LeafSlots => 1L << Depth;

    /// <summary>Decimals of net equity, and of everything compared with it.</summary>
    public int ValueScale => Rules.NetEquity.Number.Scale;

    /// <summary>Decimals of reserves.</summary>
    public int ReserveScale => Rules.Claims!.Type.Scale;

    /// <summary>Σ reserves · price in units of net equity, rounded down.</summary>
    public BigInteger ReserveValue => ValueOf(Rulebook, Market, Reserves);

    private CoreSolvency Rules => Rulebook.Solvency ?? throw new InvalidOperationException("the rulebook does not say what is owed");

    /// <summary>Σ amounts · price in units of net equity, rounded down.</summary>
    /// <param name="rulebook">A rulebook that says what is owed.</param>
    /// <param name="market">Its market data.</param>
    /// <param name="amounts">By asset, in units of the claim.</param>
    /// <exception cref="RuleEvaluationException">A price does not exist.</exception>
    public static BigInteger ValueOf(VenueRulebook rulebook, MarketData market, IReadOnlyList<BigInteger> amounts)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(amounts);
        CoreSolvency rules = rulebook.Solvency ?? throw new InvalidOperationException("the rulebook does not say what is owed");
        var interpreter = new Interpreter(rulebook.Rulebook, market);
        BigInteger sum = 0;
        for (int asset = 0; asset < amounts.Count; asset++) sum += amounts[asset] * interpreter.EvaluatePublic(rules.Price!.Value, (rules.Price.Record, asset));
        int finer = rules.Claims!.Type.Scale + rules.Price!.Value.Number.Scale - rules.NetEquity.Number.Scale;
        return finer >= 0 ? sum / BigInteger.Pow(10, finer) : sum * BigInteger.Pow(10, -finer);
    }

    /// <summary>What is wrong with the inputs before any proof is looked at, or null.</summary>
    public StatementRejection? Problem() => Ranges() ?? StatementParts.Root(Segments, Depth, StateRoot) ?? (Revealed is null ? null : Totals(Revealed));

    /// <summary>The commitment to what is left of each bound before a segment.</summary>
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
        bytes.Bytes("FRMTSOLV"u8);
        bytes.UInt32(Version);
        bytes.Digest(Rulebook.Digest);
        bytes.Digest(Rulebook.SchemaDigest);
        bytes.Digest(ParametersDigest);
        bytes.Digest(MarketDigest);
        StatementParts.Place(bytes, StateRoot, Depth, HashSlots, Segments, Height);
        bytes.Text(Venue);
        bytes.Text(ReservesSource);
        StatementParts.Amounts(bytes, Reserves, InsuranceFund, Buffer, Revealed);
        return bytes;
    }

    private StatementRejection? Ranges()
    {
        if (Rulebook.Solvency is not { } rules) return Out("the rulebook does not say what is owed", "definitions of claim and price");
        if (StatementParts.Ranges(Venue, ReservesSource, Depth, HashSlots, StateRoot, Segments) is { } shared) return shared;
        if (Rulebook.Problem(Market) is { } data) return new(StatementRejectionCode.InvalidParameters, data);
        foreach (MarketRecord record in Market.Tables.SelectMany(table => table))
            if (record.Symbol.Length > BookLimits.MaxTextLength || !PlainText.Is(record.Symbol)) return Out("a symbol of a market record", $"at most {BookLimits.MaxTextLength} characters, and no control or format characters");
        int assets = Market.Tables[rules.Claims!.Table].Length;
        if (Reserves.Length != assets) return Out("the number of reserves", $"{assets}, one for each asset", $"{Reserves.Length}");
        foreach (BigInteger reserve in Reserves)
            if (!InRange(reserve)) return Out("a reserve", "0 or more, and below 2^176", $"{reserve}");
        if (!InRange(InsuranceFund) || !InRange(Buffer)) return Out("the insurance fund or the buffer", "0 or more, and below 2^176");
        try
        {
            BigInteger value = ReserveValue;
            if (!InRange(value)) return Out("the reserves' value", "below 2^176 units of net equity", $"{value}");
            return value < Buffer ? new(StatementRejectionCode.BufferExceedsReserves, "the buffer is worth more than all reserves", Expected: $"at most {value} units", Got: $"{Buffer} units") : null;
        }
        catch (RuleEvaluationException fault)
        {
            return new(StatementRejectionCode.InvalidParameters, $"a price does not exist: {fault.Message}");
        }
    }

    private static bool InRange(BigInteger value) => value.Sign >= 0 && value < SolvencyBounds.End;

    private StatementRejection? Totals(SolvencyTotals totals)
    {
        if (totals.Net.Length != Reserves.Length) return Out("the number of revealed claims", $"{Reserves.Length}", $"{totals.Net.Length}");
        foreach (BigInteger number in (BigInteger[])[.. totals.Net.Select(BigInteger.Abs), totals.Claims, totals.Shortfall])
            if (!InRange(number)) return Out("a revealed total", "a magnitude below 2^176", $"{number}");
        if (StatementParts.Solvent(totals, Reserves, AssetSymbol, ReserveValue, Buffer, InsuranceFund) is { } broken) return broken;
        if (totals.Accounts < 0 || totals.Accounts > LeafSlots || totals.Liquidatable < 0 || totals.Liquidatable > totals.Accounts || totals.Bankrupt < 0 || totals.Bankrupt > totals.Accounts)
            return new(StatementRejectionCode.InconsistentTotals, "the numbers of accounts contradict each other or the depth of the tree");
        return null;
    }

    private static StatementRejection Out(string what, string expected, string? got = null) => StatementParts.Out(what, expected, got);
}
