using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Rulebooks;

/// <summary>
/// The circuit of statement S over a rulebook, for one segment of a book: the rulebook's tables, bound to the hashed leaves, and the totals. It depends on the rulebook and on the number of Poseidon permutations in a row of the hash table.
/// </summary>
public sealed class RulebookCircuit
{
    /// <summary>Circuits that are kept; a verifier of many rulebooks builds one anew after so many others.</summary>
    internal const int MostKept = 16;

    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), RulebookCircuit> Built = new(MostKept);

    internal RulebookCircuit(VenueRulebook rulebook, int hashSlots)
    {
        RequireBounds();
        CoreSolvency rules = rulebook.Solvency ?? throw new CoreException("limit", "the rulebook does not say what is owed", "define claim and price");
        var circuit = new CircuitBuilder($"fermat solvency over rulebooks 1, {rulebook.Name}, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus block = circuit.Bus("block"), digest = circuit.Bus("digest"), total = circuit.Bus("total");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Book = new LoweredBook(circuit, Range, r, gamma, block, total, RulebookBounds.Keys(rules), SolvencyLimits.TotalBytes, rulebook.Rulebook, lineOf: _ => 0);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Math.Max(Book.Lowering.RandomPointDegree, SolvencyLimits.TotalBytes - 1));
        DeclareAddresses(circuit, Book.Lowering);
        Totals = new TotalsTable(circuit, block, total, Range, r);
        Hash = new HashTable(circuit, block, digest, hashSlots);
        Tree = new TreeTable(circuit, digest);
        (Rulebook, HashSlots) = (rulebook, hashSlots);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the hash table.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredBook Book { get; }

    internal TotalsTable Totals { get; }

    internal HashTable Hash { get; }

    internal TreeTable Tree { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    public static RulebookCircuit Of(VenueRulebook rulebook, int hashSlots)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return Built.GetOrAdd((rulebook.Digest, hashSlots), () => new RulebookCircuit(rulebook, hashSlots));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => SolvencyCircuit.KeyOf(Circuit, Range, options);

    /// <summary>Public rows of the tables that are not the rulebook's, for market data and segments of a depth.</summary>
    internal int OwnRows(MarketData market, int segmentDepth, int table) =>
        table == Totals.Table ? RulebookBounds.Count(Rulebook.Solvency!, market) : table == Tree.Table ? segmentDepth + 4 : 0;

    /// <summary>
    /// A group that has numbers among its keys is addressed by their values at r. Two groups' addresses are polynomials that differ, of degree below the number of digits; an item's can meet that of any other row of the two tables, so there are
    /// as many bad r as these have rows, times the degree.
    /// </summary>
    internal static void DeclareAddresses(CircuitBuilder circuit, Lowering lowering)
    {
        int degree = 0;
        foreach (Domain domain in lowering.Domains)
            foreach ((_, object key, _, Bounds bounds) in domain.KeysOfGroup)
            {
                if (key is not NumberValue) continue;
                domain.Table.MaxLogHeight = LoweredBook.MaxLogHeight;
                degree = Math.Max(degree, DigitFormat.Of(bounds).Count - 1);
            }
        if (degree > 0) circuit.RandomPoint("groups' addresses at r", phase: 0, degree << (LoweredBook.MaxLogHeight + 1));
    }

    /// <summary>
    /// A segment's totals: Σ over rows of digits + carry_(l−1) + after_l + shift_l − before_l − 256 · carry_l = 0 has no coefficient beyond p, and honest carries fit 23 bits. A digit is at most 255 in magnitude, and a key has at most
    /// <see cref="LoweredBook.MaxTerms"/> of them from each of 2^<see cref="LoweredBook.MaxLogHeight"/> rows.
    /// </summary>
    private static void RequireBounds()
    {
        long digits = 256L * LoweredBook.MaxTerms << LoweredBook.MaxLogHeight;
        bool holds = digits + LimbBounds.RemainderCoefficient + LimbBounds.Carry + 256 * LimbBounds.Carry < LimbBounds.Modulus
            && LimbBounds.HonestCarry(digits + LimbBounds.RemainderCoefficient) < LimbBounds.Carry
            && RulebookBounds.End < SegmentBoundary.Shift
            && RulebookBounds.FirstKey + 2 * (long)RulebookBounds.KeysEach < LimbBounds.Modulus;
        if (!holds) throw new InvalidOperationException("statement S over rulebooks is built with widths that do not fit");
    }
}
