using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Waterfall;

/// <summary>The circuit of statement D for a rulebook: the whole book under one root, how a loss is shared by it, and the shares as rows of a batch.</summary>
public sealed class SharesCircuit : IStatementCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), SharesCircuit> Built = new(SolvencyCircuit.MostKept);

    internal SharesCircuit(VenueRulebook rulebook, int hashSlots)
    {
        var circuit = new CircuitBuilder($"fermat shares of a loss 3, {rulebook.Name}, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus block = circuit.Bus("block"), digest = circuit.Bus("digest"), payers = circuit.Bus("payers");
        Bus blockOfShare = circuit.Bus("block of a share"), identityOfShare = circuit.Bus("identity of a share"), digestOfShare = circuit.Bus("digest of a share");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Book = new LoweredShares(circuit, Range, r, gamma, block, payers, rulebook.Rulebook, lineOf: _ => 0);
        Shares = new ShareTable(circuit, Range, r, Book, identityOfShare, blockOfShare, digestOfShare, payers);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Math.Max(Book.Lowering.RandomPointDegree, Math.Max(Book.Loss.Domain.MaxDegree, Shares.Domain.MaxDegree)));
        SolvencyCircuit.DeclareAddresses(circuit, Book.Lowering);
        HashesOfShares = new HashTable(circuit, blockOfShare, digestOfShare, hashSlots, "hashes of the shares", identityOfShare);
        Hash = new HashTable(circuit, block, digest, hashSlots);
        Tree = new TreeTable(circuit, digest);
        (Rulebook, HashSlots) = (rulebook, hashSlots);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the hash tables.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredShares Book { get; }

    internal ShareTable Shares { get; }

    internal HashTable HashesOfShares { get; }

    internal HashTable Hash { get; }

    internal TreeTable Tree { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <param name="rulebook">The rulebook; it says who is bankrupt.</param>
    /// <param name="hashSlots">Permutations in a row of the hash tables.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or does not say who is bankrupt.</exception>
    public static SharesCircuit Of(VenueRulebook rulebook, int hashSlots)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return Built.GetOrAdd((rulebook.Digest, hashSlots), () => new SharesCircuit(rulebook, hashSlots));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => SolvencyCircuit.KeyOf(Circuit, Range, options);

    /// <summary>Evaluates public values, and the net equity of accounts.</summary>
    internal Interpreter Interpreter(MarketData market) => new(Book.Lowering.Rulebook with { Definitions = [new CoreDefinition("net equity", Book.Lowering.Rulebook.Solvency!.NetEquity)] }, market);

    /// <summary>Public rows of the tables that are not the rulebook's, for a tree of a depth and so many shares.</summary>
    internal int OwnRows(int depth, int shares, int table) => table == Book.Loss.Table ? 1 : table == Shares.Table ? shares : table == Tree.Table ? depth + 2 : 0;
}
