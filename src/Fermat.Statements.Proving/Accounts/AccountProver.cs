using System.Diagnostics;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Proving.Accounts;

/// <summary>The outcome of asking for a proof about one account: a proof, or why there is none.</summary>
/// <param name="Inputs">The public inputs; null when there is no proof.</param>
/// <param name="Proof">The proof's bytes; empty when there is none.</param>
/// <param name="Options">The proof's parameters.</param>
/// <param name="Report">Where time and memory went.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
/// <param name="Refused">Why there is no proof; null exactly when there is one.</param>
public sealed record AccountOutcome(AccountStatementInputs? Inputs, byte[] Proof, ProofOptions? Options, ProverReport? Report, TimeSpan Elapsed, string? Refused);

/// <summary>Proves statements of one kind about accounts under one rulebook. It keeps the circuit, and what is fixed with it, from proof to proof. Safe for concurrent use.</summary>
public sealed class AccountProver : IDisposable
{
    private readonly AccountCircuit _circuit;
    private readonly CoreRulebook _judging;
    private readonly ProofProfile _profile;
    private readonly int _bits;
    private readonly Lock _guard = new();
    private readonly Dictionary<string, Plan> _plans = [];

    /// <summary>Builds the circuit.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="kind">What is proven.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or does not say what the statement is about.</exception>
    public AccountProver(VenueRulebook rulebook, AccountStatementKind kind, ProofProfile profile = ProofProfile.Balanced, int provenBits = Profiles.StandardBits)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        _circuit = AccountCircuit.Of(rulebook, kind);
        _judging = rulebook.Rulebook with { Definitions = [new CoreDefinition("judged", _circuit.Account.Judged)] };
        (_profile, _bits) = (profile, provenBits);
    }

    /// <summary>The circuit.</summary>
    public AccountCircuit Circuit => _circuit;

    /// <summary>Proves that a liquidation at these market data is due, or that it is not.</summary>
    /// <param name="opening">The account.</param>
    /// <param name="market">Parameters and market data.</param>
    /// <param name="venue">Who keeps the book.</param>
    /// <param name="height">The height of the opening's root.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="InvalidOperationException">This prover is for health.</exception>
    public AccountOutcome ProveLiquidation(AccountOpening opening, MarketData market, string venue, ulong height, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(opening);
        if (_circuit.Kind == AccountStatementKind.Health) throw new InvalidOperationException("this prover is for statements of health");
        long start = Stopwatch.GetTimestamp();
        if (Problem(opening, market) is { } problem) return Refuse(problem, start);
        bool isDue = _circuit.Kind == AccountStatementKind.LiquidationDue;
        if (Judge(opening.Account, market).IsOne != isDue) return Refuse(isDue ? "the account may not be liquidated at these prices" : "the account may be liquidated at these prices", start);
        KoalaBear[] leaf = opening.Blocks();
        const int block = LeafSponge.BlockLength;
        var claim = new AccountClaim.Liquidation(isDue, LeafNullifier.Of(leaf.AsSpan(0, block), leaf.AsSpan(block, block), height));
        return Prove(opening, InputsOf(opening, market, venue, height, claim), null, context, start);
    }

    /// <summary>Proves that an account's free collateral is at least what a verifier asks for.</summary>
    /// <param name="opening">The account.</param>
    /// <param name="market">Parameters and market data.</param>
    /// <param name="venue">Who keeps the book.</param>
    /// <param name="height">The height of the opening's root.</param>
    /// <param name="request">What the verifier asks for.</param>
    /// <param name="owner">The owner's secret.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="InvalidOperationException">This prover is for liquidations.</exception>
    public AccountOutcome ProveHealth(AccountOpening opening, MarketData market, string venue, ulong height, HealthRequest request, OwnerSecret owner, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(owner);
        if (_circuit.Kind != AccountStatementKind.Health) throw new InvalidOperationException("this prover is for statements about liquidations");
        long start = Stopwatch.GetTimestamp();
        if (Problem(opening, market) is { } problem) return Refuse(problem, start);
        if (opening.Account.OwnerKey.IsNone) return Refuse("the account names no owner key, so nobody can prove health of it; let the venue book the key of an owner's secret", start);
        if (!Digest.FromBytes(opening.Account.OwnerKey.ToArray()).IsCanonicalFields)
            return Refuse("the account's owner key is not eight canonical field elements (words below 2^31 - 2^24 + 1), so it belongs to no owner's secret and nobody can prove health of it; let the venue book the key of one", start);
        if (owner.Key != opening.Account.OwnerKey) return Refuse("the account's owner key is not that of this secret and address", start);
        BigInteger free = Judge(opening.Account, market);
        if (free < request.Threshold) return Refuse($"free collateral is {ScaledNumber.Format(free, Scale)}, less than {ScaledNumber.Format(request.Threshold, Scale)}", start);
        Digest pseudonym = OwnerIdentity.Pseudonym(owner.Secret.AsSpan(), AccountDigests.OfVerifier(request.Verifier, request.Scope));
        var claim = new AccountClaim.Health(request.Verifier, request.Scope, request.Challenge, request.OldestHeight, request.Threshold, pseudonym);
        return Prove(opening, InputsOf(opening, market, venue, height, claim), owner, context, start);
    }

    /// <summary>Frees what is kept.</summary>
    public void Dispose()
    {
        lock (_guard)
        {
            foreach (Preprocessing preprocessing in _plans.Values.Select(plan => plan.Preprocessing).Distinct()) preprocessing.Dispose();
            _plans.Clear();
        }
    }

    private int Scale => _circuit.Account.Judged.Number.Scale;

    private AccountStatementInputs InputsOf(AccountOpening opening, MarketData market, string venue, ulong height, AccountClaim claim) => new()
    {
        Rulebook = _circuit.Rulebook,
        Market = market,
        Venue = venue,
        Height = height,
        StateRoot = opening.Root,
        Depth = opening.Path.Length,
        Claim = claim,
    };

    private AccountOutcome Prove(AccountOpening opening, AccountStatementInputs inputs, OwnerSecret? owner, ProverContext? context, long start)
    {
        if (inputs.Problem() is { } problem) return Refuse(problem.ToString(), start);
        context ??= new ProverContext();
        var builder = new AccountTraceBuilder(_circuit, inputs, AccountWitness.Of(opening, inputs.Claim, inputs.Height, owner));
        Plan plan = PlanOf(builder.ActiveRows);
        ProverReport? report = null;
        IReadOnlyList<TableTrace> traces = builder.Build(plan.LogHeights, plan.Options.TailRows);
        byte[] proof = Prover.Prove(_circuit.Circuit, traces, new AccountPublicTables(inputs, _circuit), builder, plan.Options, context with { Preprocessing = plan.Preprocessing, Completed = made => report = made });
        return new AccountOutcome(inputs, proof, plan.Options, report, Stopwatch.GetElapsedTime(start), null);
    }

    /// <summary>Parameters and preprocessed commitments for tables of these sizes.</summary>
    private Plan PlanOf(int[] activeRows)
    {
        string key = string.Join(',', activeRows);
        lock (_guard)
        {
            if (_plans.TryGetValue(key, out Plan? known)) return known;
            CircuitShape least = CircuitShape.Of(_circuit.Circuit, [.. _circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
            (ProofOptions options, CircuitShape shape) = Profiles.Fit(_profile, _bits, least, activeRows, grindingBits: _profile == ProofProfile.Compact ? null : Profiles.SmallGrindingBits);
            int[] heights = [.. shape.LogHeights];
            Plan? same = _plans.Values.FirstOrDefault(plan => plan.Options == options && plan.LogHeights.SequenceEqual(heights));
            Plan made = same ?? new Plan(options, heights, Preprocessing.Commit(_circuit.Circuit, options, heights));
            _plans.Add(key, made);
            return made;
        }
    }

    private BigInteger Judge(AccountData account, MarketData market) => new Interpreter(_judging, market).Evaluate(account)[0];

    private string? Problem(AccountOpening opening, MarketData market)
    {
        if (opening.Rulebook.Digest != _circuit.Rulebook.Digest) return $"the opening is under another rulebook, {opening.Rulebook.Name}";
        if (opening.LeafIndex < 0 || opening.LeafIndex >> opening.Path.Length != 0) return "the leaf's slot is beyond the tree";
        if (AccountChecks.Problem(opening.Rulebook.Schema, market, opening.Account) is { } account) return $"account {opening.Account.Id}: {account}";
        return null;
    }

    private static AccountOutcome Refuse(string reason, long start) => new(null, [], null, null, Stopwatch.GetElapsedTime(start), reason);

    private sealed record Plan(ProofOptions Options, int[] LogHeights, Preprocessing Preprocessing);
}
