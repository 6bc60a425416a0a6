using System.Numerics;
using System.Runtime.CompilerServices;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The circuit of statement S, solvency of a book under a rulebook, for one segment of the book: the rulebook's tables, bound to the hashed leaves, and the totals. It depends on the rulebook and on the number of Poseidon permutations in a row of the hash table.
/// </summary>
public sealed class SolvencyCircuit
{
    /// <summary>Circuits that are kept; a verifier of many rulebooks builds one anew after so many others.</summary>
    internal const int MostKept = 16;

    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), SolvencyCircuit> Built = new(MostKept);

    private static readonly ConditionalWeakTable<Circuit, RecentlyUsed<(CommitmentHash Hash, int BlowupLog2, int TailRows), VerifyingKey>> Keys = [];

    internal SolvencyCircuit(VenueRulebook rulebook, int hashSlots)
    {
        LimbBounds.Require();
        CoreSolvency rules = rulebook.Solvency ?? throw new CoreException("limit", "the rulebook does not say what is owed", "define claim and price");
        var circuit = new CircuitBuilder($"fermat solvency 3, {rulebook.Name}, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus block = circuit.Bus("block"), digest = circuit.Bus("digest"), total = circuit.Bus("total");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Book = new LoweredBook(circuit, Range, r, gamma, block, total, SolvencyBounds.Keys(rules), SolvencyLimits.TotalBytes, rulebook.Rulebook, lineOf: _ => 0);
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
    public static SolvencyCircuit Of(VenueRulebook rulebook, int hashSlots)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return Built.GetOrAdd((rulebook.Digest, hashSlots), () => new SolvencyCircuit(rulebook, hashSlots));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => KeyOf(Circuit, Range, options);

    /// <summary>The verifying key of a circuit whose one table of preprocessed columns is a range table of 2^15 rows; it depends on hash, blowup and tail rows alone, and is kept for a while.</summary>
    internal static VerifyingKey KeyOf(Circuit circuit, RangeTable range, ProofOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Keys.GetValue(circuit, _ => new(most: 4)).GetOrAdd((options.Hash, options.BlowupLog2, options.TailRows), () => VerifyingKey.Compile(
            circuit, options, [.. circuit.Tables.Select(table => table.Index == range.Table ? RangeLogHeight : table.MinLogHeight)]));
    }

    /// <summary>The one height of the range table that keys are compiled for, as a logarithm.</summary>
    internal static int RangeLogHeight { get; } = RangeTable.LogHeight(tailRows: 1);

    /// <summary>Public rows of the tables that are not the rulebook's, for market data and segments of a depth.</summary>
    internal int OwnRows(MarketData market, int segmentDepth, int table) =>
        table == Totals.Table ? SolvencyBounds.Count(Rulebook.Solvency!, market) : table == Tree.Table ? segmentDepth + 4 : 0;

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
}
