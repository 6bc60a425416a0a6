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

namespace Fermat.Statements.Accounts;

/// <summary>The circuit of a statement about one account, for a rulebook and a kind: the opening of the account's leaf, the rulebook's tables for it, and the claim.</summary>
public sealed class AccountCircuit : IStatementCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, AccountStatementKind Kind), AccountCircuit> Built = new(SolvencyCircuit.MostKept);

    private readonly RecentlyUsed<(CommitmentHash Hash, int BlowupLog2, int TailRows), VerifyingKey> keys = new(most: 4);

    internal AccountCircuit(VenueRulebook rulebook, AccountStatementKind kind)
    {
        string name = kind switch
        {
            AccountStatementKind.LiquidationDue => "liquidation due",
            AccountStatementKind.LiquidationNotDue => "liquidation not due",
            AccountStatementKind.Health => "health",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of statement about an account"),
        };
        var circuit = new CircuitBuilder($"fermat account 2, {name}, {rulebook.Name}");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = RangeTable.OfBits(circuit);
        Bus block = circuit.Bus("block"), identity = circuit.Bus("identity"), digest = circuit.Bus("digest");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Account = new LoweredAccount(circuit, Range, r, gamma, block, QuestionOf(kind), rulebook.Rulebook, lineOf: _ => 0);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Account.Lowering.RandomPointDegree);
        SolvencyCircuit.DeclareAddresses(circuit, Account.Lowering);
        Opening = new OpeningTable(circuit, block, identity, digest);
        Claim = new ClaimTable(circuit, identity, digest, kind == AccountStatementKind.Health);
        (Rulebook, Kind) = (rulebook, kind);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>What is proven.</summary>
    public AccountStatementKind Kind { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredAccount Account { get; }

    internal OpeningTable Opening { get; }

    internal ClaimTable Claim { get; }

    /// <summary>The circuit of a rulebook and a kind of statement; built once and kept for a while.</summary>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or does not say what the statement is about.</exception>
    public static AccountCircuit Of(VenueRulebook rulebook, AccountStatementKind kind)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return Built.GetOrAdd((rulebook.Digest, kind), () => new AccountCircuit(rulebook, kind));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options, on which alone it depends; kept for a while.</summary>
    public VerifyingKey CompileKey(ProofOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return keys.GetOrAdd((options.Hash, options.BlowupLog2, options.TailRows), () => VerifyingKey.Compile(
            Circuit, options, [.. Circuit.Tables.Select(table => table.MinLogHeight)]));
    }

    /// <summary>Evaluates public values, and what the statement is about for an account.</summary>
    internal Interpreter Interpreter(MarketData market) => new(Account.Lowering.Rulebook with { Definitions = [new CoreDefinition("judged", Account.Judged)] }, market);

    internal static AccountQuestion QuestionOf(AccountStatementKind kind) => kind switch
    {
        AccountStatementKind.LiquidationDue => AccountQuestion.Liquidatable,
        AccountStatementKind.LiquidationNotDue => AccountQuestion.NotLiquidatable,
        _ => AccountQuestion.FreeCollateral,
    };
}
