using System.Collections.Concurrent;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Stark;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The circuit of statement S, solvency of a book, for one segment of it: the same circuit for every segment. It depends on nothing but the number of Poseidon permutations in a row of
/// the hash table, which the prover chooses to waste few cells and the statement names.
/// </summary>
public sealed class SolvencyCircuit
{
    private static readonly ConcurrentDictionary<int, SolvencyCircuit> Built = [];

    private SolvencyCircuit(int hashSlots)
    {
        LimbBounds.Require();
        var circuit = new CircuitBuilder($"fermat solvency 2, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, LimbBounds.RandomPointDegree); // digits, products and carries
        Range = new RangeTable(circuit);
        var buses = new SolvencyBuses(circuit);
        Items = MarginTables.Items(circuit, buses, Range, r, gamma);
        Accounts = MarginTables.Accounts(circuit, buses, Range, r, gamma);
        Totals = new TotalsTable(circuit, buses.Block, buses.Total, Range, r);
        Intervals = new IntervalTable(circuit, buses);
        Assets = new AssetTable(circuit, buses);
        Hash = new HashTable(circuit, buses.Block, buses.Digest, hashSlots);
        Tree = new TreeTable(circuit, buses.Digest);
        HashSlots = hashSlots;
        Circuit = circuit.Build();
    }

    /// <summary>Permutations in a row of the hash table: 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    /// <summary>The one height of the range table that keys are compiled for, as a logarithm.</summary>
    internal static int RangeLogHeight { get; } = RangeTable.LogHeight(tailRows: 1);

    internal RangeTable Range { get; }

    internal ItemColumns Items { get; }

    internal AccountColumns Accounts { get; }

    internal TotalsTable Totals { get; }

    internal IntervalTable Intervals { get; }

    internal AssetTable Assets { get; }

    internal HashTable Hash { get; }

    internal TreeTable Tree { get; }

    /// <summary>The circuit with so many hash slots in a row; built once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    public static SolvencyCircuit WithHashSlots(int hashSlots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return Built.GetOrAdd(hashSlots, slots => new SolvencyCircuit(slots));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => KeyOf(Circuit, Range, options);

    /// <summary>The verifying key of a circuit whose one table of preprocessed columns is a range table of 2^15 rows.</summary>
    internal static VerifyingKey KeyOf(Circuit circuit, RangeTable range, ProofOptions options) =>
        VerifyingKey.Compile(circuit, options, [.. circuit.Tables.Select(table => table.Index == range.Table ? RangeLogHeight : table.MinLogHeight)]);
}
