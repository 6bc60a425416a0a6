using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>
/// What the circuits of statements W and D have in common: the whole book under the root before a batch, without totals, and events of the batch that are opened. They differ in what they ask of the rulebook's tables, and in the tables that
/// name these events.
/// </summary>
public abstract class BookCircuit : IStatementCircuit
{
    private readonly byte[] _magic;
    private readonly int _version;

    /// <summary>Begins a circuit: challenges, range table and buses.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="hashSlots">Permutations in a row of the book's hash table.</param>
    /// <param name="statement">The statement's name; that of the rulebook and the hash slots follow.</param>
    /// <param name="magic">The first bytes of the statement's canonical bytes.</param>
    /// <param name="version">Its version.</param>
    /// <param name="opened">What the events are that are opened, with an article.</param>
    private protected BookCircuit(VenueRulebook rulebook, int hashSlots, string statement, ReadOnlySpan<byte> magic, int version, string opened)
    {
        (Rulebook, HashSlots, _magic, _version) = (rulebook, hashSlots, magic.ToArray(), version);
        Builder = new CircuitBuilder($"{statement}, {rulebook.Name}, {hashSlots} hash slots");
        (R, Gamma) = (Builder.Challenge("r", phase: 0), Builder.Challenge("gamma", phase: 0));
        Range = new RangeTable(Builder);
        (Block, Digest) = (Builder.Bus("block"), Builder.Bus("digest"));
        (BlockOfEvent, IdentityOfEvent, DigestOfEvent) = (Builder.Bus($"block of {opened}"), Builder.Bus($"identity of {opened}"), Builder.Bus($"digest of {opened}"));
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the book's hash table.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; private set; } = null!;

    internal RangeTable Range { get; }

    /// <summary>The rulebook's tables.</summary>
    internal Lowering Lowering { get; private set; } = null!;

    /// <summary>Where an account's row has the elements of its nonce.</summary>
    internal IReadOnlyList<Expr> Nonce { get; private set; } = [];

    /// <summary>The runs of the events that are opened, numbered by their place in the batch, from 1.</summary>
    internal HashTable HashOfEvents { get; private set; } = null!;

    internal HashTable Hash { get; private set; } = null!;

    internal TreeTable Tree { get; private set; } = null!;

    private protected CircuitBuilder Builder { get; }

    private protected Expr R { get; }

    private protected Expr Gamma { get; }

    private protected Bus Block { get; }

    private protected Bus Digest { get; }

    private protected Bus BlockOfEvent { get; }

    private protected Bus IdentityOfEvent { get; }

    private protected Bus DigestOfEvent { get; }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => SolvencyCircuit.KeyOf(Circuit, Range, options);

    /// <summary>Evaluates public values, and what is asked of accounts.</summary>
    internal abstract Interpreter Interpreter(MarketData market);

    /// <summary>How many events of a batch of so many rows are opened.</summary>
    internal abstract int Opened(int rows);

    /// <summary>Public rows of the statement's own tables where so many events are opened.</summary>
    private protected abstract int OwnRows(int opened, int table);

    /// <summary>Writes public columns of the statement's own tables.</summary>
    /// <returns>Whether the table is one of them.</returns>
    internal abstract bool FillOwn(TransitionInputs batch, int table, Matrix publicColumns);

    /// <summary>Public rows of the tables that are not the rulebook's, for a tree of a depth and a batch of so many rows.</summary>
    internal int OwnRows(int depth, int rows, int table) => table == Tree.Table ? depth + 2 : OwnRows(Opened(rows), table);

    /// <summary>The one byte string that the statement about a batch has; it enters the transcript before anything is drawn.</summary>
    /// <exception cref="InvalidOperationException">The batch has a problem.</exception>
    internal byte[] CanonicalBytes(TransitionInputs batch)
    {
        var bytes = new CanonicalWriter();
        bytes.Bytes(_magic);
        bytes.UInt32((uint)_version);
        bytes.Bytes(batch.ToCanonicalBytes());
        return bytes.ToArray();
    }

    /// <summary>Ends a circuit whose other tables are declared: the hash tables, the tree, and what is drawn.</summary>
    /// <param name="lowering">The rulebook's tables.</param>
    /// <param name="nonce">Where an account's row has the elements of its nonce.</param>
    /// <param name="degree">The greatest degree in r of an identity of other tables.</param>
    /// <param name="hashes">The name of the table that hashes the events.</param>
    /// <param name="slots">Permutations in a row of it.</param>
    private protected void Finish(Lowering lowering, IReadOnlyList<Expr> nonce, int degree, string hashes, int slots)
    {
        (Lowering, Nonce) = (lowering, nonce);
        Builder.RandomPoint("sums at (r, gamma)", phase: 0, Math.Max(lowering.RandomPointDegree, degree));
        SolvencyCircuit.DeclareAddresses(Builder, lowering);
        HashOfEvents = new HashTable(Builder, BlockOfEvent, DigestOfEvent, slots, hashes, IdentityOfEvent);
        Hash = new HashTable(Builder, Block, Digest, HashSlots);
        Tree = new TreeTable(Builder, Digest);
        Circuit = Builder.Build();
    }

    /// <summary>Writes an event's digest.</summary>
    private protected static void Write(Digest digest, Span<KoalaBear> into)
    {
        if (!digest.TryToFields(into)) throw new InvalidOperationException("a digest is not made of canonical field elements");
    }

    /// <summary>A circuit that was built before, or is built now and kept for a while.</summary>
    private protected static TCircuit Of<TCircuit>(RecentlyUsed<(Digest Rulebook, int Slots), TCircuit> built, VenueRulebook rulebook, int hashSlots, Func<TCircuit> build)
        where TCircuit : BookCircuit
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return built.GetOrAdd((rulebook.Digest, hashSlots), build);
    }
}
