using System.Numerics;
using System.Text;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Parameters;
using Fermat.Statements.Tests.Rulebooks;

namespace Fermat.Statements.Tests;

/// <summary>Each way in which a statement or an opening is not accepted, reached by a test of its own; a code without one fails.</summary>
public sealed class StatementRejectionTests
{
    private static readonly Lazy<SolvencyProof> Honest = new(() => ProveVerifyTests.Prove(SampleBooks.Tiny(), ProveVerifyTests.Quick with { Reveal = RevealMode.Totals }));
    private static readonly Lazy<SolvencyProof> Other = new(() => ProveVerifyTests.Prove(
        SampleBooks.Tiny().With(SampleBooks.Tiny().Accounts.Take(3)), ProveVerifyTests.Quick with { Reveal = RevealMode.Totals }));

    private static readonly Lazy<RulebookStatementInputs> UnderRules = new(() => RulebookScene.Of("balances").Statement);

    private static readonly Dictionary<StatementRejectionCode, Func<StatementRejection?>> Cases = new()
    {
        [StatementRejectionCode.MalformedFile] = () => Edited("\"venue\": \"tiny venue\",", ""),
        [StatementRejectionCode.UnknownFormat] = () => Edited("\"version\": 2", "\"version\": 1"),
        [StatementRejectionCode.WrongRulebook] = () => Edited(StatementDigests.Rulebook.ToString(), StatementDigests.PriceSet(Honest.Value.Inputs.Parameters).ToString()),
        [StatementRejectionCode.InvalidParameters] = () => Edited("\"symbol\": \"btc\",\n      \"amountScale\"", "\"symbol\": \"zzz\",\n      \"amountScale\""),
        [StatementRejectionCode.DigestMismatch] = () => Edited("\"price\": \"50\"", "\"price\": \"51\""),
        [StatementRejectionCode.OutOfRange] = () => Edited("\"depth\": 2,\n  \"hash", "\"depth\": 25,\n  \"hash"),
        [StatementRejectionCode.WrongStateRoot] = () => Verified(new SolvencyAnchors { StateRoot = StateTreeHash.Empty(2) }),
        [StatementRejectionCode.WrongParameters] = () => Verified(new SolvencyAnchors { ParametersDigest = StatementDigests.Rulebook }),
        [StatementRejectionCode.WrongPriceSet] = () => Verified(new SolvencyAnchors { PriceSetDigest = StatementDigests.Rulebook }),
        [StatementRejectionCode.WrongReserves] = () => Verified(new SolvencyAnchors { ParametersDigest = Honest.Value.Inputs.ParametersDigest, Reserves = [1999, 100_000] }),
        [StatementRejectionCode.TooOld] = () => Verified(new SolvencyAnchors { MinimumHeight = 43 }),
        [StatementRejectionCode.BufferExceedsReserves] = () => Stated(inputs => inputs with { Buffer = inputs.ReserveValue + 1 }),
        [StatementRejectionCode.ClaimsExceedReserves] = () => Stated(inputs => inputs with { Reserves = inputs.Reserves.SetItem(0, inputs.Revealed!.Net[0] - 1) }),
        [StatementRejectionCode.ReservesWorthTooLittle] = () => Stated(inputs => inputs with { Buffer = inputs.ReserveValue - inputs.Revealed!.Claims + 1 }),
        [StatementRejectionCode.ShortfallExceedsInsurance] = () => Stated(inputs => inputs with { InsuranceFund = inputs.Revealed!.Shortfall - 1 }),
        [StatementRejectionCode.InconsistentTotals] = () => Stated(inputs => inputs with { Revealed = inputs.Revealed! with { Bankrupt = 3 } }),
        [StatementRejectionCode.ProofRejected] = () => ProveVerifyTests.Verify(Honest.Value.Inputs, Other.Value.Proof).Rejection,
        [StatementRejectionCode.WrongSnapshot] = () => Opened(opening => opening with { Height = 41 }),
        [StatementRejectionCode.NotUnderRoot] = () => Opened(opening => opening with { Account = opening.Account with { Nonce = 8 } }),
        [StatementRejectionCode.WrongAccount] = () => Opened(opening => opening with { Account = opening.Account with { Id = new AccountId("mallory") } }),
        [StatementRejectionCode.InconsistentSegments] = () => Stated(inputs => inputs with { StateRoot = StateTreeHash.Empty(2) }),
        [StatementRejectionCode.MalformedProofFile] = () => ProveVerifyTests.Verify(Honest.Value.Inputs, Honest.Value.Proof[1..]).Rejection,
        [StatementRejectionCode.WrongMarketData] = () => RulebookStatement.Verify(UnderRules.Value, new byte[1], new RulebookAnchors { MarketDigest = UnderRules.Value.ParametersDigest }).Rejection,
        [StatementRejectionCode.WrongSchema] = () => RulebookOpeningTests.Opening().Verify(RulebookOpeningTests.Anchors(RulebookOpeningTests.Opening()) with { Rulebook = RulebookScene.Rulebook("balances") }),
        [StatementRejectionCode.WrongOwnerKey] = () => Opened(opening => opening with { Account = opening.Account with { OwnerKey = OwnerKey.None } }),
        [StatementRejectionCode.WrongClaim] = Accounts.AccountProofTests.AnotherClaim,
        [StatementRejectionCode.UpdateRule] = () => ParameterScene.Verify(ParameterScene.Honest() with { After = ParameterScene.Set("0.2", "0.06") }),
        [StatementRejectionCode.NoUpdateRules] = () => ParameterScene.Verify(ParameterScene.Honest() with { Rulebook = RulebookScene.Rulebook("balances") }),
        [StatementRejectionCode.WrongAggregate] = () => ParameterScene.Verify(ParameterScene.Honest(), new ParameterAnchors { Aggregates = System.Collections.Immutable.ImmutableDictionary<string, BigInteger>.Empty.Add("elapsed", 1) }),
        [StatementRejectionCode.WrongVenue] = () => ParameterScene.Verify(ParameterScene.Honest(), new ParameterAnchors { Venue = "another" }),
        [StatementRejectionCode.NotAChain] = () => ParameterStatement.CheckChain([ParameterScene.Honest(), ParameterScene.Honest()])?.Rejection,
    };

    public static TheoryData<StatementRejectionCode> Codes() => [.. Enum.GetValues<StatementRejectionCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_code_is_reached_and_says_what_is_wrong(StatementRejectionCode code)
    {
        Assert.True(Cases.TryGetValue(code, out Func<StatementRejection?>? reach), $"{code} has no test");
        StatementRejection? rejection = reach();
        Assert.NotNull(rejection);
        Assert.Equal(code, rejection.Code);
        Assert.NotEmpty(rejection.Message);
        Assert.StartsWith($"{code}: ", rejection.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_unchanged_statement_is_accepted()
    {
        SolvencyProof proof = Honest.Value;
        var anchors = new SolvencyAnchors
        {
            StateRoot = proof.Tree.Root,
            ParametersDigest = proof.Inputs.ParametersDigest,
            PriceSetDigest = proof.Inputs.PriceSetDigest,
            Reserves = proof.Inputs.Reserves,
            MinimumHeight = 42,
        };
        SolvencyVerification result = ProveVerifyTests.Verify(proof.Inputs, proof.Proof, anchors);
        Assert.True(result.Accepted, result.Rejection?.ToString());
        Assert.Equal(["state root", "risk parameters", "prices", "reserves", "height"], result.Pinned);
        Assert.Equal(["insurance fund", "buffer", "venue", "quote asset"], result.TakenFromStatement);
    }

    /// <summary>Everything in the public inputs is bound by the proof: a proof of one statement is none of another.</summary>
    public static TheoryData<string> Fields() =>
    [
        "venue", "height", "quote asset", "prices", "ladders", "reserves", "reserves' source", "insurance fund", "buffer", "state root", "depth", "segments' boundaries", "hash slots", "net claims",
        "claims", "shortfall", "accounts", "liquidatable", "revealed or not", "the other book",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_proof_of_another_statement_is_rejected(string field)
    {
        SolvencyPublicInputs honest = Honest.Value.Inputs;
        SolvencyTotals totals = honest.Revealed!;
        SolvencyPublicInputs changed = field switch
        {
            "venue" => honest with { Venue = "another venue" },
            "height" => honest with { Height = 43 },
            "quote asset" => honest with { QuoteAsset = "USDC" },
            "prices" => honest with { Parameters = RiskParameters.Create([honest.Parameters.Assets[0] with { IndexPrice = new Price(49, 0) }, honest.Parameters.Assets[1]]) },
            "ladders" => honest with { Parameters = RiskParameters.Create([honest.Parameters.Assets[0] with { Portfolio = honest.Parameters.Assets[0].Loan }, honest.Parameters.Assets[1]]) },
            "reserves" => honest with { Reserves = honest.Reserves.SetItem(0, honest.Reserves[0] + 1) },
            "reserves' source" => honest with { ReservesSource = "an auditor" },
            "insurance fund" => honest with { InsuranceFund = honest.InsuranceFund + 1 },
            "buffer" => honest with { Buffer = honest.Buffer - 1 },
            "state root" => honest with { StateRoot = StateTreeHash.Empty(2), Segments = honest.Segments with { Roots = [StateTreeHash.Empty(2)] } },
            "depth" => honest with { Depth = 3, StateRoot = honest.Segments.StateRoot(3) },
            "segments' boundaries" => honest with { Segments = honest.Segments with { Boundaries = [StateTreeHash.Empty(2)] } },
            "hash slots" => honest with { HashSlots = 1 + honest.HashSlots % 4 },
            "net claims" => honest with { Revealed = totals with { Net = totals.Net.SetItem(1, totals.Net[1] - 1) } },
            "claims" => honest with { Revealed = totals with { Claims = totals.Claims - 1 } },
            "shortfall" => honest with { Revealed = totals with { Shortfall = totals.Shortfall - 1 } },
            "accounts" => honest with { Revealed = totals with { Accounts = 3 } },
            "liquidatable" => honest with { Revealed = totals with { Liquidatable = 3 } },
            "revealed or not" => honest with { Revealed = null },
            _ => Other.Value.Inputs,
        };
        Assert.NotEqual(honest.ToCanonicalBytes(), changed.ToCanonicalBytes());
        SolvencyVerification result = ProveVerifyTests.Verify(changed, Honest.Value.Proof);
        Assert.False(result.Accepted);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        RejectionCode expected = field == "hash slots" ? RejectionCode.WrongVerifyingKey : RejectionCode.WrongPublicInputs;
        Assert.Equal(expected, result.Proof!.Rejection!.Code);
    }

    [Fact]
    public void A_proof_below_the_policys_bits_is_rejected()
    {
        SolvencyVerification result = SolvencyStatement.Verify(Honest.Value.Inputs, Honest.Value.Proof, SolvencyAnchors.None);
        Assert.Equal(RejectionCode.TooFewProvenBits, result.Proof!.Rejection!.Code);
    }

    [Fact]
    public void Parameters_are_judged_before_a_key_is_compiled_for_them()
    {
        // Poseidon at rate 1/32 makes the dearest key there is. The key's digest in the header is wrong too, which is only noticed with a key.
        byte[] proof = Honest.Value.Proof.ToArray();
        int header = proof.AsSpan().IndexOf(ProofFormat.Magic);
        int options = header + ProofFormat.Magic.Length + sizeof(ushort);
        proof[options + 1] = (byte)CommitmentHash.Poseidon;
        proof[options + 2] = 5;
        proof[options + ProofOptions.EncodedLength] ^= 1;
        SolvencyVerification result = SolvencyStatement.Verify(Honest.Value.Inputs, proof, SolvencyAnchors.None);
        Assert.Equal(RejectionCode.TooFewProvenBits, result.Proof!.Rejection!.Code);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.False(result.Accepted);
    }

    [Fact]
    public void A_price_out_of_range_is_malformed() => Assert.Equal(StatementRejectionCode.MalformedFile, Edited("\"price\": \"50\"", "\"price\": \"9223372036854775808\"")!.Code);

    [Theory]
    [InlineData("\"reserve\": \"20\"", "\"reserve\": \"020\"", "$.assets[0].reserve")]
    [InlineData("\"reserve\": \"20\"", "\"reserve\": \"20.001\"", "$.assets[0].reserve")]
    [InlineData("\"reserve\": \"20\"", "\"reserve\": 20", "$.assets[0].reserve")]
    [InlineData("\"height\": \"42\"", "\"height\": \"-42\"", "$.height")]
    [InlineData("\"reveal\": \"totals\"", "\"reveal\": \"all\"", "$.reveal")]
    [InlineData("\"depth\": 2", "\"depth\": 2.0", "$.depth")]
    [InlineData("\"hashSlots\":", "\"hashSlot\": 2, \"hashSlots\":", "$.hashSlot")]
    [InlineData("\"roots\":", "\"root\": 2, \"roots\":", "$.segments.root")]
    [InlineData("\"amount\": \"8.9\"", "\"amount\": \"8.90\"", "$.totals.netClaims[0].amount")]
    public void A_malformed_field_is_named_by_its_path(string found, string replaced, string path) => Assert.Equal(path, Edited(found, replaced)!.Place);

    private static StatementRejection? Verified(SolvencyAnchors anchors) => ProveVerifyTests.Verify(Honest.Value.Inputs, Honest.Value.Proof, anchors).Rejection;

    private static StatementRejection? Stated(Func<SolvencyPublicInputs, SolvencyPublicInputs> change) =>
        ProveVerifyTests.Verify(change(Honest.Value.Inputs), Honest.Value.Proof).Rejection;

    private static StatementRejection? Edited(string found, string replaced)
    {
        string text = Encoding.UTF8.GetString(SolvencyStatementFile.Write(Honest.Value.Inputs));
        Assert.Contains(found, text, StringComparison.Ordinal);
        return SolvencyStatementFile.TryRead(Encoding.UTF8.GetBytes(text.Replace(found, replaced, StringComparison.Ordinal)), out _);
    }

    private static StatementRejection? Opened(Func<InclusionOpening, InclusionOpening> change)
    {
        Book book = SampleBooks.Tiny();
        InclusionOpening opening = InclusionMaker.Make(book.Header, book.Accounts[0], 0, Honest.Value.Tree, ProveVerifyTests.Salts);
        return change(opening).Verify(InclusionAnchors.Of(Honest.Value.Inputs, book.Accounts[0].Id, book.Accounts[0].OwnerKey));
    }
}
