using System.Text;
using Fermat.Air;
using Fermat.Fuzzing;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>What a verifier of statements over rulebooks must survive: never an exception, never a hang, one digest for one set of market data.</summary>
public sealed class HostileStatementTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    private static SolvencyProverOptions Quick { get; } = new() { ProvenBits = 30, HashSlots = 1 };

    private const string Ladders = """
        rulebook hostile
        quantity Money scale 2 bits 80 unit USD
        quantity Amount scale 0 bits 31 unit coin
        quantity Price scale 2 bits 31 nonnegative unit USD/coin
        quantity Weight scale 0 bits 15 nonnegative
        quantity Rate scale 2 in [0, 1]
        quantity Ratio scale 2 bits 31
        market Asset { index: Price, counts: tiers Money to Rate }
        market Instrument { mark: Price, settle: Asset, other: Asset, weight: Weight }
        account {
          balances: { asset: Asset, amount: Amount }*
          positions: { instrument: Instrument, size: Amount }*
        }
        ladder_of(p): Money = down(tiered((if down(1 / p.instrument.weight, Ratio) > 0 then p.instrument.settle else p.instrument.other).counts, down(abs(p.size) * p.instrument.mark, Money)))
        equity = sum b in balances: b.amount * b.asset.index + sum p in positions: ladder_of(p)
        initial = 0 * equity
        maintenance = 0 * equity
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount
        price(a: Asset) = a.index
        """;

    private const string Weighted = """
        rulebook weighted
        quantity Money scale 2 bits 80 unit USD
        quantity Amount scale 0 bits 31 unit coin
        quantity Price scale 2 bits 31 nonnegative unit USD/coin
        quantity Weight scale 0 bits 15 nonnegative
        market Asset { index: Price, weight: Weight }
        account { balances: { asset: Asset, amount: Amount }* }
        worth(b): Money = down(b.amount * b.asset.index / b.asset.weight)
        equity = sum b in balances: worth(b)
        initial = 0 * equity
        maintenance = 0 * equity
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount
        price(a: Asset) = a.index
        """;

    private const string Matrix = """
        rulebook matrix
        quantity Money scale 2 bits 80 unit USD
        quantity Amount scale 0 bits 31 unit coin
        quantity Price scale 2 bits 31 nonnegative unit USD/coin
        quantity Corr scale 4 in [-1, 1]
        market Asset { index: Price }
        parameters { corr: correlation Asset of Corr }
        account { balances: { asset: Asset, amount: Amount }* }
        equity = sum b in balances: b.amount * b.asset.index
        initial = 0 * equity
        maintenance = 0 * equity
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount
        price(a: Asset) = a.index
        """;

    private static MarketData Market(VenueRulebook rulebook, string json)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("data", Encoding.UTF8.GetBytes(json)));
        Assert.Empty(inputs.Errors);
        return inputs.Market!;
    }

    [Fact]
    public void An_exponent_at_the_end_of_integers_is_a_fault_of_the_file()
    {
        VenueRulebook rulebook = SolvencyScene.Compile(Matrix);
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("data", """{ "market": { "Asset": [ { "symbol": "A", "index": "1e-2147483648" } ] } }"""u8.ToArray()));
        Assert.NotEmpty(inputs.Errors);
    }

    [Fact]
    public void Two_sets_of_market_data_have_two_digests()
    {
        // without the matrix's size, what is one asset with a long symbol is also two assets and their correlation
        VenueRulebook rulebook = SolvencyScene.Compile(Matrix);
        string second = new('x', 310);
        MarketData two = Market(rulebook, $$"""{ "parameters": { "corr": { "A": { "{{second}}": "0.0080" } } }, "market": { "Asset": [ { "symbol": "A", "index": "1" }, { "symbol": "{{second}}", "index": "2.55" } ] } }""");
        MarketData one = new(
            [new FieldValue(0, Matrix: [[10000]])], [[new MarketRecord("\0P\u0002\0\0\0\u0010'\u0002\0\0\0\u0001\0\0\0A\u0001\0\0\0d\u0036\u0001\0\0" + second, [new FieldValue(255)])]]);
        Assert.NotEqual((rulebook.ParametersDigest(one), rulebook.MarketDigest(one)), (rulebook.ParametersDigest(two), rulebook.MarketDigest(two)));
        Assert.NotEqual(rulebook.MarketDigest(one), rulebook.MarketDigest(two));
    }

    [Fact]
    public void A_ladder_of_a_record_that_does_not_exist_is_no_exception()
    {
        VenueRulebook rulebook = SolvencyScene.Compile(Ladders);
        string Book(int weight) => $$"""
            { "market": { "Asset": [ { "symbol": "A", "index": "1", "counts": [["0", "0.5"]] }, { "symbol": "B", "index": "2", "counts": [["0", "0.5"]] } ],
                          "Instrument": [ { "symbol": "I", "mark": "1", "settle": "A", "other": "B", "weight": "1" }, { "symbol": "J", "mark": "1", "settle": "A", "other": "B", "weight": "{{weight}}" } ] },
              "accounts": [ { "id": "a", "balances": [ { "asset": "A", "amount": 1 } ], "positions": [ { "instrument": "I", "size": 3 } ] } ] }
            """;
        SolvencyBook honest = SolvencyScene.BookOf(rulebook, Encoding.UTF8.GetBytes(Book(1)));
        SolvencyOutcome proof = SolvencyProver.Prove(honest, Salts, Quick);
        Assert.Empty(proof.Reasons);
        SolvencyPublicInputs hostile = proof.Inputs! with { Market = SolvencyScene.BookOf(rulebook, Encoding.UTF8.GetBytes(Book(0))).Market };
        Assert.NotNull(Verify(hostile, Relabel(proof.Proof, hostile)).Rejection);
    }

    [Fact]
    public void A_division_by_zero_is_a_reason_and_no_exception()
    {
        SolvencyBook book = SolvencyScene.BookOf(SolvencyScene.Compile(Weighted), """
            { "market": { "Asset": [ { "symbol": "A", "index": "3", "weight": "2" }, { "symbol": "B", "index": "2", "weight": "0" } ] },
              "accounts": [ { "id": "a", "balances": [ { "asset": "A", "amount": 1 } ] } ] }
            """u8.ToArray());
        AccountData account = book.Accounts.First();
        SolvencyOutcome proof = SolvencyProver.Prove(book with { Accounts = [account with { Items = [[[1, 5]]] }] }, Salts, Quick);
        Assert.Equal(SolvencyPredicate.ParametersValid, Assert.Single(proof.Reasons).Predicate);
    }

    [Fact]
    public void A_matrix_of_too_many_records_is_refused_at_once()
    {
        VenueRulebook rulebook = SolvencyScene.Compile(Matrix);
        var json = new StringBuilder("{ \"parameters\": { \"corr\": {} }, \"market\": { \"Asset\": [");
        for (int i = 0; i < 1 << 16; i++) json.Append(i == 0 ? "" : ",").Append("{\"symbol\":\"").Append(i).Append("\",\"index\":1}");
        json.Append("] } }");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("data", Encoding.UTF8.GetBytes(json.ToString())));
        Assert.Contains("at most 128", Assert.Single(inputs.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_false_segments_cost_no_more_than_one()
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf("cross_tiered"), Salts, Quick with { HashSlots = 2 });
        const int count = 64;
        Digest[] roots = [.. Enumerable.Repeat(StateTreeHash.Empty(4), count)];
        var segments = new SolvencySegments(4, [.. roots], [.. roots]);
        SolvencyPublicInputs hostile = proof.Inputs! with { Depth = 12, Segments = segments, StateRoot = segments.StateRoot(12) };
        Assert.Null(hostile.Problem());
        byte[] file = SolvencyProofFile.Write([.. Enumerable.Range(0, count).Select(segment => Relabel(proof.Proof, hostile, segment)[20..])]);
        SolvencyVerification result = Verify(hostile, file);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.Contains("segment 1 of 64", result.Rejection.Message, StringComparison.Ordinal);
        Assert.Single(result.Segments);
        Assert.Equal(0, result.ProvenBits);
    }

    [Fact]
    public void A_false_segment_behind_a_true_one_is_named()
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf("cross_tiered"), Salts, Quick with { SegmentDepth = 1 });
        byte[] file = proof.Proof;
        file[^1] ^= 1;
        SolvencyVerification result = Verify(proof.Inputs!, file);
        Assert.False(result.Accepted);
        Assert.Contains($"segment {proof.Inputs!.Segments.Count} of", result.Rejection!.Message, StringComparison.Ordinal);
        Assert.Equal(proof.Inputs.Segments.Count, result.Segments.Count);
    }

    [Fact]
    public void A_symbol_that_cannot_be_seen_is_refused()
    {
        SolvencyPublicInputs inputs = SolvencyProver.Prove(SolvencyScene.BookOf("balances"), Salts, Quick).Inputs!;
        foreach (string symbol in (string[])["a\u001b[2J", "a\u202e", "\ud800", new string('a', 257)])
            Assert.Equal(StatementRejectionCode.OutOfRange, (inputs with { Market = inputs.Market with { Tables = [[.. inputs.Market.Tables[0].SkipLast(1), inputs.Market.Tables[0][^1] with { Symbol = symbol }]] } }).Problem()!.Code);
    }

    [Fact]
    public void Keys_that_are_numbers_are_a_term_of_the_soundness_of_their_own()
    {
        string keyed = Weighted.Replace("worth(b): Money = down(b.amount * b.asset.index / b.asset.weight)", "worth(g): Money = abs(sum b in g: b.amount * g.index)", StringComparison.Ordinal)
            .Replace("sum b in balances: worth(b)", "sum g in balances by asset.index: worth(g)", StringComparison.Ordinal);
        Circuit circuit = SolvencyCircuit.Of(SolvencyScene.Compile(keyed), 1).Circuit;
        RandomPointIdentity addresses = Assert.Single(circuit.RandomPoints, identity => identity.Name == "groups' addresses at r");
        Assert.Equal(3 << 21, addresses.Degree); // a price of 31 bits is four digits, a polynomial of degree 3; items and groups have at most 2^20 rows each
        Assert.All(circuit.Tables.Where(table => table.Name.StartsWith("balances", StringComparison.Ordinal)), table => Assert.Equal(20, table.MaxLogHeight));
        Assert.DoesNotContain(SolvencyScene.Of("cross_tiered").Circuit.Circuit.RandomPoints, identity => identity.Name == addresses.Name);
    }

    /// <summary>A file of one proof whose header says that it is about other inputs.</summary>
    private static byte[] Relabel(byte[] file, SolvencyPublicInputs inputs, int segment = 0)
    {
        byte[] copy = [.. file];
        PublicInputs.Digest(inputs.ToCanonicalBytes(segment)).CopyTo(copy.AsSpan(20 + 54));
        return copy;
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Changed_statements_are_rejected_or_say_the_same()
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf("cross_tiered"), Salts, Quick with { HashSlots = 2, Reveal = RevealMode.Totals });
        byte[] honest = proof.Inputs!.ToCanonicalBytes(), file = SolvencyStatementFile.Write(proof.Inputs);
        int read = 0, accepted = 0;
        FuzzRun.Rounds("statement file over a rulebook", 2000, seed => JsonFuzz.Mutate(file, new Random(seed)), (_, input) =>
        {
            StatementRejection? rejection = SolvencyStatementFile.TryRead(input, proof.Inputs.Rulebook, out SolvencyPublicInputs? inputs);
            Assert.Equal(rejection is null, inputs is not null);
            if (rejection is not null) Assert.True(Files.PlainText.Is(rejection.ToString()) && rejection.ToString().Length < 2000, rejection.ToString());
            if (inputs is null) return;
            read++;
            bool same = inputs.Problem() is null && inputs.ToCanonicalBytes().AsSpan().SequenceEqual(honest);
            if (same) Assert.Equal(file, SolvencyStatementFile.Write(inputs));
            SolvencyVerification result = Verify(inputs, proof.Proof);
            Assert.True(result.Accepted == same, $"accepted: {result.Accepted}, the same: {same}: {result.Rejection}");
            if (same) accepted++;
        });
        Assert.True(read > accepted && accepted > 0, $"{read} read, {accepted} accepted");
    }

    private static SolvencyVerification Verify(SolvencyPublicInputs inputs, byte[] proof) => SolvencyStatement.Verify(inputs, proof, SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: 1));
}
