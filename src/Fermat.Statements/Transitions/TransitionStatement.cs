using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>What a verifier of statement T knows by itself, beside the rulebook that it brings; null is not checked.</summary>
public sealed record TransitionAnchors
{
    /// <summary>Nothing pinned but the rulebook.</summary>
    public static TransitionAnchors None { get; } = new();

    /// <summary>The root before the batch: that of the batch before it, or of a proven book.</summary>
    public Digest? RootBefore { get; init; }

    /// <summary>The root after it.</summary>
    public Digest? RootAfter { get; init; }

    /// <summary>The digest of the parameters.</summary>
    public Digest? ParametersDigest { get; init; }

    /// <summary>The digest of the market data.</summary>
    public Digest? MarketDigest { get; init; }

    /// <summary>The digest of the list of events.</summary>
    public Digest? EventsDigest { get; init; }

    /// <summary>The leaf of the account that fees go to. Not pinned, a venue can name another one in each batch.</summary>
    public int? FeesSlot { get; init; }

    /// <summary>The leaf of the insurance fund, which penalties go to. Not pinned, a venue can name another one in each batch.</summary>
    public int? InsuranceSlot { get; init; }

    /// <summary>The coarsest rounding of costs, as a power of ten of their units: what is handed over at the mark price is less than this off it. Not pinned, a venue can round to a whole unit of what costs are counted in.</summary>
    public int? CostRounding { get; init; }

    /// <summary>By symbol the coarsest units that the ledger counts an asset in, in units of the rulebook's amounts: a penalty and what is paid for collateral are rounded to them. Not pinned, a venue can name any.</summary>
    public IReadOnlyDictionary<string, long>? AmountUnits { get; init; }

    /// <summary>By symbol the coarsest units that the ledger counts an instrument in, in units of the rulebook's sizes: a step of a liquidation takes less than one more than the rulebook's share. Not pinned, a venue can name any.</summary>
    public IReadOnlyDictionary<string, long>? SizeUnits { get; init; }

    /// <summary>By symbol the open interest of instruments before the batch, in units of the rulebook's sizes: a batch proves by how much it changes, and not what it was.</summary>
    public IReadOnlyDictionary<string, BigInteger>? OpenInterestBefore { get; init; }

    /// <summary>By symbol the insurance fund's balances before the batch, in units of the rulebook's amounts: of a fund that no event touches a batch proves that they stay, and not what they are.</summary>
    public IReadOnlyDictionary<string, BigInteger>? FundBefore { get; init; }

    /// <summary>Whether a batch without aggregates is rejected.</summary>
    public bool RequireAggregates { get; init; }

    internal StatementRejection? Check(TransitionInputs inputs)
    {
        if (RootBefore is { } before && before != inputs.RootBefore)
            return new(StatementRejectionCode.WrongStateRoot, "the state root before the batch is not the pinned one", Expected: $"{before}", Got: $"{inputs.RootBefore}", Hint: "batches follow each other without gap: the root before is the root after the batch before");
        if (RootAfter is { } after && after != inputs.RootAfter)
            return new(StatementRejectionCode.WrongStateRoot, "the state root after the batch is not the pinned one", Expected: $"{after}", Got: $"{inputs.RootAfter}");
        if (ParametersDigest is { } parameters && parameters != inputs.ParametersDigest)
            return new(StatementRejectionCode.WrongParameters, "the parameters are not the pinned ones", Expected: $"{parameters}", Got: $"{inputs.ParametersDigest}");
        if (MarketDigest is { } market && market != inputs.MarketDigest)
            return new(StatementRejectionCode.WrongMarketData, "the market data are not the pinned ones", Expected: $"{market}", Got: $"{inputs.MarketDigest}");
        if (EventsDigest is { } events && events != inputs.EventsDigest)
            return new(StatementRejectionCode.WrongSnapshot, "the events are not the pinned ones", Expected: $"{events}", Got: $"{inputs.EventsDigest}");
        if (FeesSlot is { } fees && fees != inputs.FeesSlot)
            return new(StatementRejectionCode.WrongSnapshot, "the leaf of the fees account is not the pinned one", Expected: $"{fees}", Got: $"{inputs.FeesSlot}");
        if (InsuranceSlot is { } insurance && insurance != inputs.InsuranceSlot)
            return new(StatementRejectionCode.WrongSnapshot, "the leaf of the insurance fund is not the pinned one", Expected: $"{insurance}", Got: $"{inputs.InsuranceSlot}");
        if (CostRounding is { } rounding && inputs.CostRounding > rounding)
            return new(StatementRejectionCode.WrongSnapshot, "costs are rounded more coarsely than the pinned rounding", Expected: $"10^{rounding} units or fewer", Got: $"10^{inputs.CostRounding}");
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = inputs.CountedRecords();
        return Coarser(AmountUnits, assets, inputs.Units.Amounts) ?? Coarser(SizeUnits, instruments, inputs.Units.Sizes) ?? Shown(inputs, assets, instruments);
    }

    private StatementRejection? Shown(TransitionInputs inputs, ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments)
    {
        if (inputs.Aggregates is not { } shown)
            return RequireAggregates || OpenInterestBefore is not null || FundBefore is not null
                ? new(StatementRejectionCode.NotProven, "the batch does not show open interest and insurance fund", Hint: "fermat prove batch --aggregates and fermat run --aggregates show them") : null;
        return Other("the open interest of", OpenInterestBefore, instruments, shown.OpenInterestBefore) ?? Other("the insurance fund's balance of", FundBefore, assets, shown.FundBefore);
    }

    private static StatementRejection? Other(string what, IReadOnlyDictionary<string, BigInteger>? pinned, ImmutableArray<MarketRecord> records, ImmutableArray<BigInteger> values)
    {
        foreach ((string symbol, BigInteger known) in pinned ?? ImmutableDictionary<string, BigInteger>.Empty)
        {
            int record = records.ToList().FindIndex(one => one.Symbol == symbol);
            if (record < 0 || values[record] != known)
                return new(StatementRejectionCode.WrongAggregate, $"{what} {symbol} before the batch is not the pinned one", Expected: $"{known} of the rulebook's units", Got: record < 0 ? $"no record {symbol}" : $"{values[record]}");
        }
        return null;
    }

    private static StatementRejection? Coarser(IReadOnlyDictionary<string, long>? pinned, ImmutableArray<MarketRecord> records, ImmutableArray<long> units)
    {
        for (int i = 0; i < records.Length && pinned is not null; i++)
            if (pinned.TryGetValue(records[i].Symbol, out long most) && units[i] > most)
                return new(StatementRejectionCode.WrongSnapshot, $"{records[i].Symbol} is counted in coarser units than the pinned ones", Expected: $"{most} of the rulebook's units or fewer", Got: $"{units[i]}");
        return null;
    }
}

/// <summary>
/// Statement T: a batch of events leads from one state root to another. Each event with its digest, in order, is one of the kinds of <see cref="EventKind"/>; what its owners instructed counts in their nonces; every account that it touches is
/// judged by the rulebook after it, at the batch's market data; between accounts nothing is made or lost; and what no event touches is the same under both roots.
/// </summary>
/// <remarks>Owners' signatures are not checked here: an event's digest binds the owner keys of those who instructed it and their nonces, and whoever is shown the event checks the signatures (docs/adr/013-transitions.md).</remarks>
public static class TransitionStatement
{
    /// <summary>Whether a rulebook is a clearing house's, so that of the accounts that a trade leaves nothing is asked, and the insurance fund takes positions over.</summary>
    /// <param name="rulebook">The rulebook of a batch.</param>
    public static bool IsClearing(VenueRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return LoweredVersions.IsClearingHouse(rulebook.Rulebook);
    }

    /// <summary>Checks a statement and its proof. The rulebook is the verifier's own, and so are the circuit and its key.</summary>
    /// <param name="inputs">The public inputs; their rulebook is the verifier's.</param>
    /// <param name="proof">Bytes of a proof, of any origin.</param>
    /// <param name="anchors">What the verifier knows by itself.</param>
    /// <param name="policy">What it insists on; null for <see cref="VerifierPolicy.Default"/>.</param>
    /// <returns>Never throws on account of inputs or proof.</returns>
    public static TransitionVerification Verify(TransitionInputs inputs, ReadOnlyMemory<byte> proof, TransitionAnchors anchors, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(anchors);
        policy ??= VerifierPolicy.Default;
        if ((inputs.Problem() ?? anchors.Check(inputs)) is { } problem) return new(problem, null, inputs);
        (StatementRejection? rejection, VerificationResult? result) = StatementProof.Verify(
            () => TransitionCircuit.Of(inputs.Rulebook, inputs.HashSlots, inputs.CostRounding, inputs.Aggregates is not null), "the rulebook cannot be proven", circuit => new TransitionPublicTables(inputs, circuit), proof, policy);
        return new(rejection, result, inputs);
    }
}

/// <summary>The outcome of checking statement T and its proof.</summary>
public sealed record TransitionVerification : StatementVerification
{
    internal TransitionVerification(StatementRejection? rejection, VerificationResult? result, TransitionInputs inputs)
        : base(rejection, result) => Inputs = inputs;

    /// <summary>What was checked.</summary>
    public TransitionInputs Inputs { get; }
}
