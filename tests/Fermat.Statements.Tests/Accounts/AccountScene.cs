using System.Collections.Concurrent;
using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Some accounts under a root, and traces of statements about one of them as an honest prover or a liar fills them.</summary>
internal sealed class AccountScene
{
    /// <summary>Of cross_tiered's example: erin may be liquidated, dave may not.</summary>
    public const int Alice = 0, Bob = 1, Carol = 2, Dave = 3, Erin = 4;

    public const int Depth = 3, TailRows = 8;

    public const ulong Height = (5UL << 48) + (3UL << 24) + 77;

    private static readonly ConcurrentDictionary<(Digest, AccountStatementKind), AccountCircuit> Circuits = [];

    private static readonly SaltDeriver Salts = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    private readonly StateTree tree;

    public AccountScene(VenueRulebook rulebook, MarketData market, IReadOnlyList<AccountData> accounts)
    {
        (Rulebook, Market, Accounts) = (rulebook, market, accounts);
        tree = StateTree.FromLeaves([.. accounts.Select((_, i) => LeafSponge.Hash(Alone(i).Blocks()))], Depth);
    }

    public static AccountScene CrossTiered { get; } = Of(SolvencyScene.Rulebook("cross_tiered"), "cross_tiered");

    public static HealthRequest Request { get; } = new("a lender", "loans", Digest.FromWords([1, 2, 3, 4, 5, 6, 7, 8]), 10, 0);

    public VenueRulebook Rulebook { get; }

    public MarketData Market { get; }

    public IReadOnlyList<AccountData> Accounts { get; }

    /// <summary>The example book of a rulebook.</summary>
    public static AccountScene Of(VenueRulebook rulebook, string example)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, example + ".json"))));
        Assert.Empty(inputs.Errors);
        return new AccountScene(rulebook, inputs.Market!, inputs.Accounts);
    }

    public static OwnerSecret Owner(int i) => new([.. FieldConstants.Derive($"owner {i} of a test", 8)], [.. Enumerable.Range(0, OwnerIdentity.SignerLength).Select(b => (byte)(200 + b + i))]);

    public AccountCircuit Circuit(AccountStatementKind kind) => Circuits.GetOrAdd((Rulebook.Digest, kind), _ => AccountCircuit.Of(Rulebook, kind));

    public AccountOpening Opening(int i)
    {
        StateOpening path = tree.Open(i);
        return Alone(i) with { LeafIndex = i, Path = [.. path.Siblings] };
    }

    /// <summary>What the interpreter says: a flag, or free collateral.</summary>
    public BigInteger Judge(AccountQuestion verdict, AccountData account) =>
        new Interpreter(Rulebook.Rulebook with { Definitions = [new CoreDefinition("judged", LoweredAccount.Judge(verdict, Rulebook.Rulebook))] }, Market).Evaluate(account)[0];

    /// <summary>The public inputs that are true of an account, but for the verdict.</summary>
    public AccountStatementInputs Inputs(AccountStatementKind kind, int account, BigInteger threshold = default)
    {
        AccountOpening opening = Opening(account);
        KoalaBear[] leaf = opening.Blocks();
        AccountClaim claim = kind == AccountStatementKind.Health
            ? new AccountClaim.Health(Request.Verifier, Request.Scope, Request.Challenge, Request.OldestHeight, threshold, OwnerIdentity.Pseudonym(Owner(account).Secret.AsSpan(), AccountDigests.OfVerifier(Request.Verifier, Request.Scope)))
            : new AccountClaim.Liquidation(kind == AccountStatementKind.LiquidationDue, LeafNullifier.Of(leaf.AsSpan(0, 8), leaf.AsSpan(8, 8), Height));
        return new AccountStatementInputs { Rulebook = Rulebook, Market = Market, Venue = "test venue", Height = Height, StateRoot = tree.Root, Depth = Depth, Claim = claim };
    }

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="kind">What is claimed.</param>
    /// <param name="account">Of which account.</param>
    /// <param name="threshold">At least this much is free.</param>
    /// <param name="witness">Changes what the tables are filled from.</param>
    /// <param name="inputs">Changes what is claimed.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    public CheckReport Check(
        AccountStatementKind kind, int account, BigInteger threshold = default, Func<AccountWitness, AccountWitness>? witness = null, Func<AccountStatementInputs, AccountStatementInputs>? inputs = null,
        Action<IReadOnlyList<TableTrace>>? change = null)
    {
        IReadOnlyList<TableTrace> traces = Fill(kind, account, threshold, witness, inputs, change);
        CheckReport report = ConstraintChecker.Check(Circuit(kind).Circuit, traces, SolvencyScene.Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }

    public IReadOnlyList<TableTrace> Fill(
        AccountStatementKind kind, int account, BigInteger threshold = default, Func<AccountWitness, AccountWitness>? witness = null, Func<AccountStatementInputs, AccountStatementInputs>? inputs = null,
        Action<IReadOnlyList<TableTrace>>? change = null, Quintic[]? challenges = null)
    {
        challenges ??= SolvencyScene.Challenges;
        AccountCircuit circuit = Circuit(kind);
        AccountStatementInputs honest = Inputs(kind, account, threshold), claimed = inputs?.Invoke(honest) ?? honest;
        AccountWitness truth = AccountWitness.Of(Opening(account), honest.Claim, Height, Owner(account));
        // a lie that replaces nothing: what does not fit is written down as well as it can be
        var lie = new Lie(circuit.Account.Lowering.Domains[0], -1, 0, same => same);
        var builder = new AccountTraceBuilder(circuit, claimed, witness?.Invoke(truth) ?? truth, lie);
        var publics = new AccountPublicTables(claimed, circuit);
        int[] logs = [.. builder.ActiveRows.Select((rows, table) => Math.Max(circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        IReadOnlyList<TableTrace> traces = builder.Build(logs, TailRows);
        change?.Invoke(traces);
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
        return traces;
    }

    private AccountOpening Alone(int i) =>
        new(Rulebook, Accounts[i] with { OwnerKey = Owner(i).Key, Nonce = ((ulong)i << 50) + ((ulong)i << 24) + 9 }, Digest.FromFields(Salts.Derive(AccountId.TryParse(Accounts[i].Id, out AccountId id) ? id : throw new InvalidOperationException(), Height)), 0, []);
}
