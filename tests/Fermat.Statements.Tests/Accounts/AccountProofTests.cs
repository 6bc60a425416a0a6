using System.Numerics;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving.Accounts;
using Fermat.Statements.Rulebooks;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Statements about one account, proven and verified; and what is changed is not.</summary>
public sealed class AccountProofTests
{
    private static readonly Lazy<AccountOutcome> Due = new(() => Liquidation(AccountStatementKind.LiquidationDue, Erin));

    private static readonly Lazy<AccountOutcome> Healthy = new(() => Health(Alice, Request with { Threshold = 1_000_000 }));

    /// <summary>A statement of a kind that was not expected.</summary>
    internal static StatementRejection? AnotherClaim() => Verify(Due.Value, new AccountAnchors { Kind = AccountStatementKind.LiquidationNotDue });

    [Fact]
    public void A_liquidation_that_is_due_is_proven()
    {
        AccountOutcome outcome = Due.Value;
        Assert.Null(outcome.Refused);
        AccountStatementInputs inputs = outcome.Inputs!;
        AccountVerification accepted = AccountStatement.Verify(inputs, outcome.Proof, new AccountAnchors { Kind = AccountStatementKind.LiquidationDue, StateRoot = inputs.StateRoot, Height = Height, ParametersDigest = inputs.ParametersDigest });
        Assert.True(accepted.Accepted, accepted.Rejection?.ToString());
        Assert.True(accepted.ProvenBits >= 100);

        var claim = (AccountClaim.Liquidation)inputs.Claim;
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Height = Height + 1 });
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { StateRoot = StateTreeHash.Empty(Depth) });
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Depth = Depth + 1 });
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Venue = "another venue" });
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Claim = claim with { IsDue = false } });
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Claim = claim with { Nullifier = StateTreeHash.Empty(0) } });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { Claim = claim with { Nullifier = NoField } });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { StateRoot = NoField });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { Depth = 99 });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { Venue = "a\nb" });
        Assert.Equal(StatementRejectionCode.WrongStateRoot, Verify(outcome, new AccountAnchors { StateRoot = StateTreeHash.Empty(Depth) })?.Code);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, Verify(outcome, new AccountAnchors { Height = Height + 1 })?.Code);
        Assert.Equal(StatementRejectionCode.WrongParameters, Verify(outcome, new AccountAnchors { ParametersDigest = inputs.StateRoot })?.Code);
        Assert.Equal(StatementRejectionCode.WrongAccount, Verify(outcome, new AccountAnchors { Nullifier = inputs.StateRoot })?.Code);
        Assert.Equal(StatementRejectionCode.WrongClaim, Verify(outcome, new AccountAnchors { Request = Request })?.Code);
        VenueRulebook other = VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk")).Replace("up(tiered(p.instrument.maintenance", "down(tiered(p.instrument.maintenance", StringComparison.Ordinal), "other.risk"))!;
        Assert.NotEqual(other.Digest, inputs.Rulebook.Digest);
        Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Rulebook = other });
    }

    [Fact]
    public void A_liquidation_that_came_too_early_is_challenged()
    {
        AccountOutcome outcome = Liquidation(AccountStatementKind.LiquidationNotDue, Dave);
        Assert.Null(outcome.Refused);
        Assert.Null(Verify(outcome, new AccountAnchors { Kind = AccountStatementKind.LiquidationNotDue, Nullifier = ((AccountClaim.Liquidation)outcome.Inputs!.Claim).Nullifier }));
        Assert.Contains("may not be liquidated", Liquidation(AccountStatementKind.LiquidationDue, Dave).Refused, StringComparison.Ordinal);
        Assert.Contains("may be liquidated", Liquidation(AccountStatementKind.LiquidationNotDue, Erin).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Health_is_proven_to_the_verifier_that_asked()
    {
        AccountOutcome outcome = Healthy.Value;
        Assert.Null(outcome.Refused);
        Assert.Null(Verify(outcome, new AccountAnchors { Request = Request with { Threshold = 1_000_000 } }));
        Assert.Null(Verify(outcome, new AccountAnchors { Request = Request }));
        foreach (HealthRequest asked in (HealthRequest[])[Request with { Threshold = 1_000_001 }, Request with { Verifier = "another" }, Request with { Scope = "another" }, Request with { Challenge = default }])
            Assert.Equal(StatementRejectionCode.WrongClaim, Verify(outcome, new AccountAnchors { Request = asked })?.Code);
        Assert.Equal(StatementRejectionCode.TooOld, Verify(outcome, new AccountAnchors { Request = Request with { OldestHeight = 11 } })?.Code);

        AccountStatementInputs inputs = outcome.Inputs!;
        var claim = (AccountClaim.Health)inputs.Claim;
        foreach (AccountClaim.Health changed in (AccountClaim.Health[])[claim with { Threshold = 1_000_001 }, claim with { Threshold = 0 }, claim with { Verifier = "another" }, claim with { Challenge = default }, claim with { OldestHeight = 9 }, claim with { Pseudonym = StateTreeHash.Empty(0) }])
            Rejected(StatementRejectionCode.ProofRejected, outcome, inputs with { Claim = changed });
        Rejected(StatementRejectionCode.TooOld, outcome, inputs with { Claim = claim with { OldestHeight = Height + 1 } });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { Claim = claim with { Threshold = -1 } });
        Rejected(StatementRejectionCode.OutOfRange, outcome, inputs with { Claim = claim with { Threshold = AccountStatementInputs.ThresholdEnd } });
    }

    [Fact]
    public void Pseudonyms_are_the_same_for_one_verifier_and_others_for_others()
    {
        Digest Pseudonym(int account, HealthRequest request) => ((AccountClaim.Health)Health(account, request).Inputs!.Claim).Pseudonym;
        Digest first = ((AccountClaim.Health)Healthy.Value.Inputs!.Claim).Pseudonym;
        Assert.Equal(first, Pseudonym(Alice, Request with { Challenge = default }));
        Assert.NotEqual(first, Pseudonym(Alice, Request with { Verifier = "another" }));
        Assert.NotEqual(first, OwnerIdentity.Pseudonym(Owner(Bob).Secret.AsSpan(), AccountDigests.OfVerifier(Request.Verifier, Request.Scope)));
    }

    [Fact]
    public void What_is_not_so_is_refused_with_its_reason()
    {
        BigInteger free = CrossTiered.Judge(AccountQuestion.FreeCollateral, CrossTiered.Accounts[Alice]);
        Assert.Contains("free collateral is", Health(Alice, Request with { Threshold = free + 1 }).Refused, StringComparison.Ordinal);
        using var prover = new AccountProver(CrossTiered.Rulebook, AccountStatementKind.Health);
        Assert.Contains("owner key", prover.ProveHealth(CrossTiered.Opening(Alice), CrossTiered.Market, "test venue", Height, Request, Owner(Bob)).Refused, StringComparison.Ordinal);
        AccountOpening honest = CrossTiered.Opening(Alice);
        Assert.Contains("no owner key", prover.ProveHealth(honest with { Account = honest.Account with { OwnerKey = OwnerKey.None } }, CrossTiered.Market, "test venue", Height, Request, Owner(Alice)).Refused, StringComparison.Ordinal);
        OwnerKey other = OwnerKey.FromBytes([.. Enumerable.Repeat((byte)0xff, 32)]);
        Assert.Contains("canonical field elements", prover.ProveHealth(honest with { Account = honest.Account with { OwnerKey = other } }, CrossTiered.Market, "test venue", Height, Request, Owner(Alice)).Refused, StringComparison.Ordinal);
        Assert.Contains("slot", prover.ProveHealth(CrossTiered.Opening(Alice) with { LeafIndex = 8 }, CrossTiered.Market, "test venue", Height, Request, Owner(Alice)).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void An_owner_key_that_is_a_digest_stands_in_the_leaf_itself_and_no_other_does()
    {
        byte[] other = [.. Enumerable.Repeat((byte)0xff, 32)];
        Assert.Equal(AccountDigests.OfOwner(other), AccountDigests.OfOwnerV2(other));
        Assert.Equal(AccountDigests.OfOwner(new byte[32]), AccountDigests.OfOwnerV2(OwnerKey.None.ToArray()));
        Assert.Equal(OwnerIdentity.OwnerKey(Owner(1).Commitment, Owner(1).Signer.AsSpan()), Digest.FromFields(AccountDigests.OfOwnerV2(Owner(1).Key.ToArray())));
        Assert.Throws<ArgumentException>(() => OwnerIdentity.OwnerKey(Owner(1).Commitment, new byte[19]));
    }

    private static Digest NoField { get; } = Digest.FromWords([uint.MaxValue, 0, 0, 0, 0, 0, 0, 0]);

    private static AccountOutcome Liquidation(AccountStatementKind kind, int account)
    {
        using var prover = new AccountProver(CrossTiered.Rulebook, kind);
        return prover.ProveLiquidation(CrossTiered.Opening(account), CrossTiered.Market, "test venue", Height);
    }

    private static AccountOutcome Health(int account, HealthRequest request)
    {
        using var prover = new AccountProver(CrossTiered.Rulebook, AccountStatementKind.Health);
        return prover.ProveHealth(CrossTiered.Opening(account), CrossTiered.Market, "test venue", Height, request, Owner(account));
    }

    private static StatementRejection? Verify(AccountOutcome outcome, AccountAnchors anchors) => AccountStatement.Verify(outcome.Inputs!, outcome.Proof, anchors).Rejection;

    private static void Rejected(StatementRejectionCode code, AccountOutcome outcome, AccountStatementInputs changed) => Assert.Equal(code, AccountStatement.Verify(changed, outcome.Proof, AccountAnchors.None).Rejection?.Code);
}
