using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Accounts;

/// <summary>The public inputs of a statement about one account: some account under <see cref="StateRoot"/> is, judged by the rulebook with these market data, as the claim says.</summary>
public sealed record AccountStatementInputs
{
    /// <summary>Version of the statements: of their canonical bytes and of their relation.</summary>
    public const int Version = 1;

    /// <summary>The first threshold that is too large.</summary>
    public static BigInteger ThresholdEnd { get; } = BigInteger.One << (8 * LoweredAccount.ThresholdBytes);

    /// <summary>The rulebook.</summary>
    public required VenueRulebook Rulebook { get; init; }

    /// <summary>Parameters and market data.</summary>
    public required MarketData Market { get; init; }

    /// <summary>Who keeps the book.</summary>
    public required string Venue { get; init; }

    /// <summary>How many ledger events the state reflects.</summary>
    public required ulong Height { get; init; }

    /// <summary>The root of the state tree; it must be one of a book of the rulebook's schema.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>The depth of the state tree.</summary>
    public required int Depth { get; init; }

    /// <summary>What is said of the account.</summary>
    public required AccountClaim Claim { get; init; }

    /// <summary>The digest of parameters and market data.</summary>
    public Digest ParametersDigest => Rulebook.ParametersDigest(Market);

    /// <summary>Decimals of free collateral under a rulebook, and of the threshold.</summary>
    /// <param name="rulebook">It defines equity and initial.</param>
    /// <exception cref="CoreException">It does not.</exception>
    public static int FreeCollateralScale(VenueRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return LoweredAccount.Judge(AccountQuestion.FreeCollateral, rulebook.Rulebook).Number.Scale;
    }

    /// <summary>What is wrong with the inputs before any proof is looked at, or null.</summary>
    public StatementRejection? Problem()
    {
        if (!IsText(Venue)) return Text("the venue's name");
        foreach (MarketRecord record in Market.Tables.SelectMany(table => table))
            if (!IsText(record.Symbol)) return Text("a symbol of a market record");
        if (Depth is < 0 or > SolvencyLimits.MaxDepth) return Out("the depth of the state tree", $"0 to {SolvencyLimits.MaxDepth}", $"{Depth}");
        if (!StateRoot.IsCanonicalFields) return Field("the state root");
        switch (Claim)
        {
            case AccountClaim.Liquidation liquidation:
                return liquidation.Nullifier.IsCanonicalFields ? null : Field("the nullifier");
            case AccountClaim.Health health:
                if (!IsText(health.Verifier)) return Text("the verifier's name");
                if (!IsText(health.Scope)) return Text("the scope");
                if (!health.Pseudonym.IsCanonicalFields) return Field("the pseudonym");
                if (health.Threshold.Sign < 0 || health.Threshold >= ThresholdEnd) return Out("the threshold", "0 to 2^96 - 1 units", $"{health.Threshold}");
                return Height >= health.OldestHeight ? null : new(StatementRejectionCode.TooOld, "the statement is older than it says is accepted", Expected: $"height {health.OldestHeight} or later", Got: $"height {Height}");
            default:
                return Out("the claim", "one about liquidation or about health");
        }
    }

    /// <summary>The one byte string these inputs have; it enters the transcript before anything is drawn.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Problem"/>.</exception>
    public byte[] ToCanonicalBytes()
    {
        if (Problem() is { } problem) throw new InvalidOperationException(problem.ToString());
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTACC1"u8);
        bytes.UInt32(Version);
        bytes.UInt32((uint)Claim.Kind);
        bytes.Digest(Rulebook.Digest);
        bytes.Digest(Rulebook.SchemaDigest);
        bytes.Digest(ParametersDigest);
        bytes.Digest(StateRoot);
        bytes.UInt32((uint)Depth);
        bytes.UInt64(Height);
        bytes.Text(Venue);
        if (Claim is AccountClaim.Liquidation liquidation) bytes.Digest(liquidation.Nullifier);
        if (Claim is AccountClaim.Health health)
        {
            bytes.Digest(health.Pseudonym);
            bytes.Text(health.Verifier);
            bytes.Text(health.Scope);
            bytes.Digest(health.Challenge);
            bytes.UInt64(health.OldestHeight);
            bytes.Magnitude(health.Threshold);
        }
        return bytes.ToArray();
    }

    /// <summary>What the claim's table shows beside root and depth: the nullifier or pseudonym, and the block of the height or of the verifier.</summary>
    internal (Digest Shown, KoalaBear[] Given) Shown => Claim switch
    {
        AccountClaim.Liquidation liquidation => (liquidation.Nullifier, LeafNullifier.HeightBlock(Height)),
        AccountClaim.Health health => (health.Pseudonym, AccountDigests.OfVerifier(health.Verifier, health.Scope)),
        _ => throw new InvalidOperationException("a claim of an unknown kind"),
    };

    /// <summary>The bytes of the threshold, lowest first; empty where there is none.</summary>
    internal long[] Threshold => Claim is AccountClaim.Health health ? [.. Enumerable.Range(0, LoweredAccount.ThresholdBytes).Select(i => (long)(health.Threshold >> (8 * i) & 255))] : [];

    private static bool IsText(string text) => text.Length <= BookLimits.MaxTextLength && PlainText.Is(text);

    private static StatementRejection Text(string what) => Out(what, $"at most {BookLimits.MaxTextLength} characters, none of them control or format characters");

    private static StatementRejection Field(string what) => Out($"{what} is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");

    private static StatementRejection Out(string what, string expected, string? got = null) => new(StatementRejectionCode.OutOfRange, what, Expected: expected, Got: got);
}
