using System.Collections.Immutable;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>
/// The public inputs of statement T: the events with these digests, in this order, lead from the state under one root to the state under the other, each valid under the rulebook at these market data, which are those of the whole batch.
/// </summary>
public sealed record TransitionInputs
{
    /// <summary>Version of the statement: of its canonical bytes and of its relation.</summary>
    public const int Version = 8;

    /// <summary>The deepest state tree.</summary>
    public const int MaxDepth = 22;

    /// <summary>Most rows in a batch.</summary>
    public const int MaxEvents = 1 << 20;

    /// <summary>The coarsest rounding of costs under any rulebook: 10^this of their units. <see cref="CoarsestCost"/> is that of one.</summary>
    public const int MaxCostRounding = 18;

    /// <summary>The rulebook.</summary>
    public required VenueRulebook Rulebook { get; init; }

    /// <summary>Parameters and market data.</summary>
    public required MarketData Market { get; init; }

    /// <summary>
    /// The digest of the set of signed reports (<c>PriceSet.Digest</c>) that was the last to be logged before the batch; zeros where there was none, since the venue states prices itself. Prices that the venue states beside it, or derives from it, do not replace it.
    /// What the venue says; whoever has the set compares it with the market data, which are bound by their own digest.
    /// </summary>
    public Digest PriceSet { get; init; }

    /// <summary>Open interest and insurance fund before and after the batch; null where the venue does not show them. It fixes the circuit.</summary>
    public TransitionAggregates? Aggregates { get; init; }

    /// <summary>Who keeps the ledger.</summary>
    public required string Venue { get; init; }

    /// <summary>Ledger events before the batch; the batch ends at this and <see cref="LogEvents"/>.</summary>
    public required ulong Height { get; init; }

    /// <summary>How many events of the log the rows are: a spot trade is two rows, a socialized loss one for each share, so 1 to the number of rows. No leaf holds a height: this is what the venue says, like <see cref="Height"/>.</summary>
    public required int LogEvents { get; init; }

    /// <summary>The ledger rounds costs down to multiples of 10^this of the rulebook's units, 0 to <see cref="CoarsestCost"/>: what is handed over at the mark price costs its worth up to less than that. What the venue says; pin it (<see cref="TransitionAnchors.CostRounding"/>).</summary>
    public required int CostRounding { get; init; }

    /// <summary>
    /// What the ledger counts in: a step of a liquidation takes the rulebook's share rounded up to a unit of size, a penalty is rounded up to a unit of the asset, and what is paid for collateral down to one, by less than a unit of either asset.
    /// What the venue says; pin it (<see cref="TransitionAnchors.AmountUnits"/>, <see cref="TransitionAnchors.SizeUnits"/>).
    /// </summary>
    public required LedgerUnits Units { get; init; }

    /// <summary>The root of the state tree before the batch.</summary>
    public required Digest RootBefore { get; init; }

    /// <summary>The root after it.</summary>
    public required Digest RootAfter { get; init; }

    /// <summary>The depth of the state trees.</summary>
    public required int Depth { get; init; }

    /// <summary>The leaf of the account that fees go to.</summary>
    public required int FeesSlot { get; init; }

    /// <summary>The leaf of the insurance fund, which penalties go to.</summary>
    public required int InsuranceSlot { get; init; }

    /// <summary>The digests of the rows, in order: LeafSponge over each event's blocks, of which the first is a salt.</summary>
    public required ImmutableArray<Digest> Events { get; init; }

    /// <summary>What everybody sees of each row.</summary>
    public required ImmutableArray<EventClass> Classes { get; init; }

    /// <summary>Ledger events after the batch.</summary>
    public ulong EndHeight => Height + (ulong)LogEvents;

    /// <summary>Permutations in a row of the hash tables.</summary>
    public required int HashSlots { get; init; }

    /// <summary>The digest of the parameters.</summary>
    public Digest ParametersDigest => Rulebook.ParameterValuesDigest(Market);

    /// <summary>The digest of the market data.</summary>
    public Digest MarketDigest => Rulebook.MarketDigest(Market);

    /// <summary>The digest of the list of rows: BLAKE3 derive-key, context "fermat event list v2", over the digest and the class (one byte) of each.</summary>
    public Digest EventsDigest
    {
        get
        {
            const int length = Digest.Length + 1;
            byte[] bytes = new byte[length * Events.Length];
            for (int i = 0; i < Events.Length; i++)
            {
                Events[i].CopyTo(bytes.AsSpan(length * i));
                bytes[length * i + Digest.Length] = (byte)Classes[i];
            }
            return Blake3.DeriveKey("fermat event list v2", bytes);
        }
    }

    /// <summary>The digest of what the ledger counts in: BLAKE3 derive-key, context "fermat ledger units v1", over assets and then instruments, each their number (4 bytes, little-endian) and their units (8 each).</summary>
    public Digest UnitsDigest
    {
        get
        {
            var bytes = new CanonicalWriter();
            Write(Units, bytes);
            return Blake3.DeriveKey("fermat ledger units v1", bytes.ToArray());
        }
    }

    /// <summary>The coarsest rounding of costs under a rulebook: the decimals of its positions' <c>cost</c>, so that less than a whole unit of what costs are counted in is rounded off; 0 where it has none.</summary>
    /// <param name="rulebook">The rulebook.</param>
    public static int CoarsestCost(VenueRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        FieldType? cost = rulebook.Schema.Collections.FirstOrDefault(collection => collection.Name == "positions")?.Fields.FirstOrDefault(field => field.Name == "cost")?.Type;
        return cost is FieldType.Number { Quantity.Scale: var decimals } ? Math.Clamp(decimals, 0, MaxCostRounding) : 0;
    }

    /// <summary>How many rows are of a class.</summary>
    public int Count(EventClass kind) => Classes.Count(one => one == kind);

    /// <summary>Whether something in the batch was rejected for borrowing, so that nobody who pays as instructed is left owing what was paid.</summary>
    public bool RefusesBorrowing => Classes.Contains(EventClass.RejectedBorrowing);

    /// <summary>What is wrong with the inputs before any proof is looked at, or null.</summary>
    public StatementRejection? Problem()
    {
        if (Venue.Length > BookLimits.MaxTextLength || !PlainText.Is(Venue)) return Out("the venue's name", $"at most {BookLimits.MaxTextLength} characters, none of them control or format characters");
        if (Rulebook.Problem(Market) is { } data) return new(StatementRejectionCode.InvalidParameters, data);
        foreach (MarketRecord record in Market.Tables.SelectMany(table => table))
            if (record.Symbol.Length > BookLimits.MaxTextLength || !PlainText.Is(record.Symbol)) return Out("a symbol of a market record", $"at most {BookLimits.MaxTextLength} characters, none of them control or format characters");
        if (Depth is < 0 or > MaxDepth) return Out("the depth of the state tree", $"0 to {MaxDepth}", $"{Depth}");
        if (HashSlots is < 1 or > SolvencyLimits.MaxHashSlots) return Out("the hash slots", $"1 to {SolvencyLimits.MaxHashSlots}", $"{HashSlots}");
        if (!RootBefore.IsCanonicalFields || !RootAfter.IsCanonicalFields) return Out("a state root is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");
        if (FeesSlot < 0 || FeesSlot >= 1 << Depth || InsuranceSlot < 0 || InsuranceSlot >= 1 << Depth) return Out("the leaf of the fees account or of the insurance fund", $"0 to {(1 << Depth) - 1}", $"{FeesSlot}, {InsuranceSlot}");
        if (Events.IsDefault || Events.Length is 0 or > MaxEvents) return Out("the number of events", $"1 to {MaxEvents}", Events.IsDefault ? "none" : $"{Events.Length}");
        if (Classes.IsDefault || Classes.Length != Events.Length || Classes.Any(kind => !Enum.IsDefined(kind))) return Out("the classes of the events", $"{Events.Length}, each one that there is", Classes.IsDefault ? "none" : $"{Classes.Length}");
        if (LogEvents < 1 || LogEvents > Events.Length) return Out("the number of events of the log", $"1 to {Events.Length}, the number of rows", $"{LogEvents}");
        if (CostRounding < 0 || CostRounding > CoarsestCost(Rulebook)) return Out("the rounding of costs", $"10^0 to 10^{CoarsestCost(Rulebook)} units", $"10^{CostRounding}");
        if (ProblemOf(Units) is { } units) return units;
        if (Height > ulong.MaxValue - MaxEvents) return Out("the height", $"at most 2^64 - {MaxEvents}", $"{Height}");
        foreach (Digest digest in Events)
            if (!digest.IsCanonicalFields) return Out("a digest of an event is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");
        return Aggregates?.Problem(this);
    }

    /// <summary>The one byte string these inputs have; it enters the transcript before anything is drawn.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Problem"/>.</exception>
    public byte[] ToCanonicalBytes()
    {
        if (Problem() is { } problem) throw new InvalidOperationException(problem.ToString());
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTTRN8"u8);
        bytes.UInt32(Version);
        bytes.Digest(Rulebook.Digest);
        bytes.Digest(Rulebook.SchemaDigest);
        bytes.Digest(ParametersDigest);
        bytes.Digest(MarketDigest);
        bytes.Digest(PriceSet);
        bytes.Digest(RootBefore);
        bytes.Digest(RootAfter);
        bytes.UInt32((uint)Depth);
        bytes.UInt32((uint)HashSlots);
        bytes.UInt32((uint)FeesSlot);
        bytes.UInt32((uint)InsuranceSlot);
        bytes.UInt32((uint)CostRounding);
        Write(Units, bytes);
        bytes.UInt64(Height);
        bytes.UInt32((uint)LogEvents);
        bytes.Text(Venue);
        bytes.UInt32((uint)Events.Length);
        bytes.Digest(EventsDigest);
        TransitionAggregates.Write(Aggregates, bytes);
        return bytes.ToArray();
    }

    private static void Write(LedgerUnits units, CanonicalWriter bytes)
    {
        foreach (ImmutableArray<long> counted in (ImmutableArray<long>[])[units.Amounts, units.Sizes])
        {
            bytes.UInt32((uint)counted.Length);
            foreach (long unit in counted) bytes.UInt64((ulong)unit);
        }
    }

    /// <summary>The records of what the ledger counts: assets, and instruments where accounts have positions.</summary>
    public (ImmutableArray<MarketRecord> Assets, ImmutableArray<MarketRecord> Instruments) CountedRecords() => CountedRecords(Rulebook, Market);

    /// <summary>The same of any market data.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="market">Market data of its schema.</param>
    public static (ImmutableArray<MarketRecord> Assets, ImmutableArray<MarketRecord> Instruments) CountedRecords(VenueRulebook rulebook, MarketData market)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(market);
        return (Records("balances"), Records("positions"));

        ImmutableArray<MarketRecord> Records(string collection) =>
            rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.Select(field => field.Type).OfType<FieldType.Reference>().FirstOrDefault() is { } reference ? market.Tables[reference.Table] : [];
    }

    private StatementRejection? ProblemOf(LedgerUnits units)
    {
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = CountedRecords();
        foreach ((ImmutableArray<long> counted, int records, string what) in ((ImmutableArray<long>, int, string)[])[(units.Amounts, assets.Length, "assets"), (units.Sizes, instruments.Length, "instruments")])
        {
            if (counted.IsDefault || counted.Length != records) return Out($"what the ledger counts {what} in", $"{records} units, one for each record", counted.IsDefault ? "none" : $"{counted.Length}");
            foreach (long unit in counted)
                if (unit is < 1 or > LedgerUnits.Max) return Out($"what the ledger counts {what} in", $"1 to {LedgerUnits.Max} of the rulebook's units", $"{unit}");
        }
        return null;
    }

    private static StatementRejection Out(string what, string expected, string? got = null) => new(StatementRejectionCode.OutOfRange, what, Expected: expected, Got: got);
}
