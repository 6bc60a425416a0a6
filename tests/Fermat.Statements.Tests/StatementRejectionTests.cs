using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Parameters;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>Each way in which a statement or an opening is not accepted, reached by a test of its own; a code without one fails.</summary>
public sealed class StatementRejectionTests
{
    private static readonly SolvencyProverOptions Options = QuickProofs.Options with { Reveal = RevealMode.Totals };
    private static readonly Lazy<SolvencyOutcome> Honest = new(() => QuickProofs.Prove(QuickProofs.Tiny, Options));
    private static readonly Lazy<SolvencyOutcome> Other = new(() => QuickProofs.Prove(QuickProofs.Tiny with { Accounts = QuickProofs.Tiny.Accounts.Take(3) }, Options));

    private static SolvencyPublicInputs Inputs => Honest.Value.Inputs!;

    private static readonly Dictionary<StatementRejectionCode, Func<StatementRejection?>> Cases = new()
    {
        [StatementRejectionCode.MalformedFile] = () => Edited("\"venue\": \"tiny venue\",", ""),
        [StatementRejectionCode.UnknownFormat] = () => Edited("\"version\": 3", "\"version\": 2"),
        [StatementRejectionCode.WrongRulebook] = () => Edited(Inputs.Rulebook.Digest.ToString(), Inputs.MarketDigest.ToString()),
        [StatementRejectionCode.InvalidParameters] = () => Edited("\"index\": \"50\"", "\"index\": \"-50\""),
        [StatementRejectionCode.DigestMismatch] = () => Edited("\"index\": \"50\"", "\"index\": \"51\""),
        [StatementRejectionCode.OutOfRange] = () => Edited("\"depth\": 2,\n  \"hash", "\"depth\": 25,\n  \"hash"),
        [StatementRejectionCode.WrongStateRoot] = () => Verified(new SolvencyAnchors { StateRoot = StateTreeHash.Empty(2) }),
        [StatementRejectionCode.WrongParameters] = () => Verified(new SolvencyAnchors { ParametersDigest = Inputs.MarketDigest }),
        [StatementRejectionCode.WrongMarketData] = () => Verified(new SolvencyAnchors { MarketDigest = Inputs.ParametersDigest }),
        [StatementRejectionCode.WrongReserves] = () => Verified(new SolvencyAnchors { MarketDigest = Inputs.MarketDigest, Reserves = Inputs.Reserves.SetItem(0, Inputs.Reserves[0] - 1) }),
        [StatementRejectionCode.TooOld] = () => Verified(new SolvencyAnchors { MinimumHeight = 43 }),
        [StatementRejectionCode.BufferExceedsReserves] = () => Stated(inputs => inputs with { Buffer = inputs.ReserveValue + 1 }),
        [StatementRejectionCode.ClaimsExceedReserves] = () => Stated(inputs => inputs with { Reserves = inputs.Reserves.SetItem(0, inputs.Revealed!.Net[0] - 1) }),
        [StatementRejectionCode.ReservesWorthTooLittle] = () => Stated(inputs => inputs with { Buffer = inputs.ReserveValue - inputs.Revealed!.Claims + 1 }),
        [StatementRejectionCode.ShortfallExceedsInsurance] = () => Stated(inputs => inputs with { InsuranceFund = inputs.Revealed!.Shortfall - 1 }),
        [StatementRejectionCode.InconsistentTotals] = () => Stated(inputs => inputs with { Revealed = inputs.Revealed! with { Bankrupt = 5 } }),
        [StatementRejectionCode.ProofRejected] = () => QuickProofs.Verify(Inputs, Other.Value.Proof).Rejection,
        [StatementRejectionCode.WrongSnapshot] = () => Opened(opening => opening with { Height = 41 }),
        [StatementRejectionCode.NotUnderRoot] = () => Opened(opening => opening with { Account = opening.Account with { Nonce = 8 } }),
        [StatementRejectionCode.WrongAccount] = () => Opened(opening => opening with { Account = opening.Account with { Id = "mallory" } }),
        [StatementRejectionCode.InconsistentSegments] = () => Stated(inputs => inputs with { StateRoot = StateTreeHash.Empty(2) }),
        [StatementRejectionCode.MalformedProofFile] = () => QuickProofs.Verify(Inputs, Honest.Value.Proof[1..]).Rejection,
        [StatementRejectionCode.WrongSchema] = () => InclusionTests.Opening().Verify(InclusionTests.Anchors(InclusionTests.Opening()) with { Rulebook = SolvencyScene.Rulebook("balances") }),
        [StatementRejectionCode.WrongOwnerKey] = () => Opened(opening => opening with { Account = opening.Account with { OwnerKey = OwnerKey.None } }),
        [StatementRejectionCode.WrongClaim] = Accounts.AccountProofTests.AnotherClaim,
        [StatementRejectionCode.NotProven] = Waterfall.SharesStatementTests.OnItsWord,
        [StatementRejectionCode.UpdateRule] = () => ParameterScene.Verify(ParameterScene.Honest() with { After = ParameterScene.Set("0.2", "0.06") }),
        [StatementRejectionCode.NoUpdateRules] = () => ParameterScene.Verify(ParameterScene.Honest() with { Rulebook = SolvencyScene.Rulebook("balances") }),
        [StatementRejectionCode.WrongAggregate] = () => ParameterScene.Verify(ParameterScene.Honest(), new ParameterAnchors { Aggregates = ImmutableDictionary<string, BigInteger>.Empty.Add("elapsed", 1) }),
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
        var anchors = new SolvencyAnchors { StateRoot = Honest.Value.Tree!.Root, ParametersDigest = Inputs.ParametersDigest, MarketDigest = Inputs.MarketDigest, Reserves = Inputs.Reserves, MinimumHeight = 42 };
        SolvencyVerification result = QuickProofs.Verify(Inputs, Honest.Value.Proof, anchors);
        Assert.True(result.Accepted, result.Rejection?.ToString());
        Assert.Equal(["rulebook", "state root", "parameters", "market data", "reserves", "height"], result.Pinned);
        Assert.Equal(["insurance fund", "buffer", "venue"], result.TakenFromStatement);
        Assert.Null(Opened(opening => opening));
    }

    [Fact]
    public void What_nothing_pins_is_listed_as_taken_from_the_statement()
    {
        SolvencyVerification result = QuickProofs.Verify(Inputs, [], SolvencyAnchors.None);
        Assert.Equal(["rulebook"], result.Pinned);
        Assert.Equal(["state root", "parameters", "market data", "reserves", "height", "insurance fund", "buffer", "venue"], result.TakenFromStatement);
    }

    /// <summary>Reserves are amounts of assets in an order: pinned without the market data, they could be those of other assets.</summary>
    [Fact]
    public void Reserves_are_pinned_with_the_assets_that_they_are_of_alone() =>
        Assert.Equal(StatementRejectionCode.WrongReserves, Verified(new SolvencyAnchors { Reserves = Inputs.Reserves })!.Code);

    /// <summary>Everything in the public inputs is bound by the proof: a proof of one statement is none of another.</summary>
    public static TheoryData<string> Fields() =>
    [
        "venue", "height", "prices", "ladders", "symbols", "reserves", "reserves' source", "insurance fund", "buffer", "state root", "depth", "segments' boundaries", "hash slots", "rulebook", "net claims",
        "claims", "shortfall", "accounts", "liquidatable", "revealed or not", "the other book",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_proof_of_another_statement_is_rejected(string field)
    {
        SolvencyTotals totals = Inputs.Revealed!;
        MarketRecord btc = Inputs.Market.Tables[0][0];
        SolvencyPublicInputs With(MarketRecord record) => Inputs with { Market = Inputs.Market with { Tables = [Inputs.Market.Tables[0].SetItem(0, record)] } };
        SolvencyPublicInputs changed = field switch
        {
            "venue" => Inputs with { Venue = "another venue" },
            "height" => Inputs with { Height = 43 },
            "prices" => With(btc with { Fields = btc.Fields.SetItem(0, new FieldValue(btc.Fields[0].Integer + 1)) }),
            "ladders" => With(btc with { Fields = btc.Fields.SetItem(3, btc.Fields[1]) }),
            "symbols" => With(btc with { Symbol = "bts" }),
            "reserves" => Inputs with { Reserves = Inputs.Reserves.SetItem(0, Inputs.Reserves[0] + 1) },
            "reserves' source" => Inputs with { ReservesSource = "an auditor" },
            "insurance fund" => Inputs with { InsuranceFund = Inputs.InsuranceFund + 1 },
            "buffer" => Inputs with { Buffer = Inputs.Buffer - 1 },
            "state root" => Inputs with { StateRoot = StateTreeHash.Empty(2), Segments = Inputs.Segments with { Roots = [StateTreeHash.Empty(2)] } },
            "depth" => Inputs with { Depth = 3, StateRoot = Inputs.Segments.StateRoot(3) },
            "segments' boundaries" => Inputs with { Segments = Inputs.Segments with { Boundaries = [StateTreeHash.Empty(2)] } },
            "hash slots" => Inputs with { HashSlots = 1 + Inputs.HashSlots % 4 },
            "rulebook" => Inputs with { Rulebook = Stricter() },
            "net claims" => Inputs with { Revealed = totals with { Net = totals.Net.SetItem(1, totals.Net[1] - 1) } },
            "claims" => Inputs with { Revealed = totals with { Claims = totals.Claims - 1 } },
            "shortfall" => Inputs with { Revealed = totals with { Shortfall = totals.Shortfall - 1 } },
            "accounts" => Inputs with { Revealed = totals with { Accounts = 3 } },
            "liquidatable" => Inputs with { Revealed = totals with { Liquidatable = 3 } },
            "revealed or not" => Inputs with { Revealed = null },
            _ => Other.Value.Inputs!,
        };
        Assert.NotEqual(Inputs.ToCanonicalBytes(), changed.ToCanonicalBytes());
        SolvencyVerification result = QuickProofs.Verify(changed, Honest.Value.Proof);
        Assert.False(result.Accepted);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        RejectionCode expected = field is "hash slots" or "rulebook" ? RejectionCode.WrongVerifyingKey : RejectionCode.WrongPublicInputs;
        Assert.Equal(expected, result.Proof!.Rejection!.Code);
    }

    [Fact]
    public void A_proof_below_the_policys_bits_is_rejected()
    {
        SolvencyVerification result = SolvencyStatement.Verify(Inputs, Honest.Value.Proof, SolvencyAnchors.None);
        Assert.Equal(RejectionCode.TooFewProvenBits, result.Proof!.Rejection!.Code);
    }

    [Fact]
    public void Parameters_are_judged_before_a_key_is_compiled_for_them()
    {
        // Poseidon at rate 1/32 makes the dearest key there is. The key's digest in the header is wrong too, which is only noticed with a key.
        byte[] proof = Honest.Value.Proof.ToArray();
        int options = proof.AsSpan().IndexOf(ProofFormat.Magic) + ProofFormat.Magic.Length + sizeof(ushort);
        proof[options + 1] = (byte)CommitmentHash.Poseidon;
        proof[options + 2] = 5;
        proof[options + ProofOptions.EncodedLength] ^= 1;
        SolvencyVerification result = SolvencyStatement.Verify(Inputs, proof, SolvencyAnchors.None);
        Assert.Equal(RejectionCode.TooFewProvenBits, result.Proof!.Rejection!.Code);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.False(result.Accepted);
    }

    [Theory]
    [InlineData("\"amount\": \"20\"", "\"amount\": \"020\"", "$.reserves[0].amount")]
    [InlineData("\"amount\": \"20\"", "\"amount\": \"20.000000001\"", "$.reserves[0].amount")]
    [InlineData("\"amount\": \"20\"", "\"amount\": 20", "$.reserves[0].amount")]
    [InlineData("\"height\": \"42\"", "\"height\": \"-42\"", "$.height")]
    [InlineData("\"reveal\": \"totals\"", "\"reveal\": \"all\"", "$.reveal")]
    [InlineData("\"depth\": 2", "\"depth\": 2.0", "$.depth")]
    [InlineData("\"hashSlots\":", "\"hashSlot\": 2, \"hashSlots\":", "$.hashSlot")]
    [InlineData("\"roots\":", "\"root\": 2, \"roots\":", "$.segments.root")]
    [InlineData("\"amount\": \"8.9\"", "\"amount\": \"8.90\"", "$.totals.netClaims[0].amount")]
    [InlineData("\"data\":", "\"date\": 1, \"data\":", "$.date")]
    public void A_malformed_field_is_named_by_its_path(string found, string replaced, string path)
    {
        StatementRejection rejection = Edited(found, replaced)!;
        Assert.Equal(StatementRejectionCode.MalformedFile, rejection.Code);
        Assert.Equal(path, rejection.Place);
    }

    /// <summary>The same rulebook, that lets nobody stay below twice the debt.</summary>
    private static VenueRulebook Stricter() =>
        SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "exchange_sample.risk")).Replace("maintenance = debt", "maintenance = 2 * debt", StringComparison.Ordinal));

    private static StatementRejection? Verified(SolvencyAnchors anchors) => QuickProofs.Verify(Inputs, Honest.Value.Proof, anchors).Rejection;

    private static StatementRejection? Stated(Func<SolvencyPublicInputs, SolvencyPublicInputs> change) => QuickProofs.Verify(change(Inputs), Honest.Value.Proof).Rejection;

    private static StatementRejection? Edited(string found, string replaced)
    {
        string text = Encoding.UTF8.GetString(SolvencyStatementFile.Write(Inputs));
        Assert.Contains(found, text, StringComparison.Ordinal);
        return SolvencyStatementFile.TryRead(Encoding.UTF8.GetBytes(text.Replace(found, replaced, StringComparison.Ordinal)), Inputs.Rulebook, out _);
    }

    private static StatementRejection? Opened(Func<InclusionOpening, InclusionOpening> change)
    {
        AccountData alice = QuickProofs.Tiny.Accounts.First();
        InclusionOpening opening = InclusionMaker.Make(QuickProofs.Tiny, alice, 0, Honest.Value.Tree!, QuickProofs.Salts);
        return change(opening).Verify(new InclusionAnchors(Inputs.Rulebook, Inputs.StateRoot, alice.Id, alice.OwnerKey) { Statement = StatedBook.Of(Inputs) });
    }
}
