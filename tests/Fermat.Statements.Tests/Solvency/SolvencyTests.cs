using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Statement S over rulebooks: honest books are proven, and what is not one is refused.</summary>
public sealed class SolvencyTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    private static SolvencyProverOptions Quick { get; } = new() { ProvenBits = 30, HashSlots = 2 };

    [Theory]
    [InlineData("balances")]
    [InlineData("cross_tiered")]
    public void The_truth_breaks_nothing(string name) => Assert.Equal("satisfied", SolvencyScene.Of(name).Check().ToString());

    [Theory]
    [InlineData("balances", RevealMode.Totals)]
    [InlineData("cross_tiered", RevealMode.None)]
    public void A_solvent_book_is_proven_and_verified(string name, RevealMode reveal)
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf(name), Salts, Quick with { Reveal = reveal });
        Assert.Empty(proof.Reasons);
        SolvencyVerification result = Verify(proof.Inputs!, proof.Proof);
        Assert.True(result.Accepted, $"{result.Rejection}");
        Assert.True(result.ProvenBits >= 30);
        Assert.Equal(reveal == RevealMode.Totals, proof.Inputs!.Revealed is not null);

        // the same proof under other public inputs, or a rulebook that differs in a word, is not accepted
        Assert.False(Verify(proof.Inputs with { InsuranceFund = proof.Inputs.InsuranceFund + 1 }, proof.Proof).Accepted);
        Assert.False(Verify(proof.Inputs with { Height = 8 }, proof.Proof).Accepted);
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name + ".risk"));
        VenueRulebook other = VenueRulebook.Of(RulebookCompiler.Compile(text.Replace("down(", "up(", StringComparison.Ordinal), "other.risk"))!;
        Assert.False(Verify(proof.Inputs with { Rulebook = other }, proof.Proof).Accepted);
        Assert.Equal(StatementRejectionCode.WrongStateRoot,
            SolvencyStatement.Verify(proof.Inputs, proof.Proof, new SolvencyAnchors { StateRoot = default(Digest) }).Rejection!.Code);
    }

    [Theory]
    [InlineData("balances", RevealMode.Totals)]
    [InlineData("cross_tiered", RevealMode.None)]
    public void A_statement_is_read_back_from_its_file_by_who_has_the_rulebook(string name, RevealMode reveal)
    {
        SolvencyBook book = SolvencyScene.BookOf(name);
        SolvencyPublicInputs inputs = SolvencyProver.Prove(book, Salts, Quick with { Reveal = reveal }).Inputs!;
        byte[] file = SolvencyStatementFile.Write(inputs);
        Assert.True(SolvencyStatementFile.IsOne(file));
        Assert.Null(SolvencyStatementFile.TryRead(file, SolvencyScene.Rulebook(name), out SolvencyPublicInputs? read));
        Assert.Equal(inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());
        Assert.Equal(file, SolvencyStatementFile.Write(read));
        Assert.Equal(StatementRejectionCode.WrongRulebook, SolvencyStatementFile.TryRead(file, SolvencyScene.Rulebook("exchange_sample"), out _)!.Code);
        string text = System.Text.Encoding.UTF8.GetString(file);
        Assert.Equal(StatementRejectionCode.DigestMismatch, Read(text.Replace("\"index\": \"", "\"index\": \"1", StringComparison.Ordinal)));
        Assert.Equal(StatementRejectionCode.MalformedFile, Read(text.Replace("\"venue\"", "\"vanue\"", StringComparison.Ordinal)));

        StatementRejectionCode Read(string changed) => SolvencyStatementFile.TryRead(System.Text.Encoding.UTF8.GetBytes(changed), SolvencyScene.Rulebook(name), out _)!.Code;
    }

    [Fact]
    public void Layout_and_comments_change_neither_the_rulebook_nor_its_circuit()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "balances.risk"));
        VenueRulebook one = VenueRulebook.Of(RulebookCompiler.Compile(text, "one.risk"))!, other = VenueRulebook.Of(RulebookCompiler.Compile("# a comment\n\n" + text, "other.risk"))!;
        Assert.Equal(one.Digest, other.Digest);
        Assert.Equal(VerifyingKey.DigestOf(new SolvencyCircuit(one, 1).Circuit), VerifyingKey.DigestOf(new SolvencyCircuit(other, 1).Circuit));
    }

    [Fact]
    public void A_book_of_several_segments_is_proven_segment_by_segment()
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf("cross_tiered"), Salts, Quick with { SegmentDepth = 1 });
        Assert.Empty(proof.Reasons);
        Assert.True(proof.Inputs!.Segments.Count > 1);
        SolvencyVerification result = Verify(proof.Inputs, proof.Proof);
        Assert.True(result.Accepted, $"{result.Rejection}");
    }

    [Fact]
    public void The_totals_are_those_of_statement_S_on_the_example_book()
    {
        Fermat.Margin.Book book = Books.SampleBooks.Example;
        VenueRulebook rulebook = SolvencyScene.Rulebook("exchange_sample");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", BookInputs.Write(book.Header, book.Accounts)));
        Assert.Empty(inputs.Errors);
        var interpreter = new Interpreter(rulebook.Rulebook, inputs.Market!);
        var sums = new BookSums(rulebook.Rulebook.Solvency!, inputs.Market!);
        foreach (AccountData account in inputs.Accounts) interpreter.AddTo(sums, account);

        var parameters = Fermat.Margin.RiskParameters.Create(book.Assets);
        Fermat.Margin.BookTotals totals = Fermat.Margin.MarginEvaluator.Totals(parameters, book.Accounts);
        int scale = rulebook.Rulebook.Solvency!.NetEquity.Number.Scale;
        BigInteger finer = BigInteger.Pow(10, scale - parameters.ValueScale);
        Assert.Equal((totals.Accounts, totals.Liquidatable, totals.Bankrupt), ((int)sums.Accounts, (int)sums.Liquidatable, (int)sums.Bankrupt));
        Assert.Equal((totals.PositiveNetEquity * finer, totals.Shortfall * finer), (sums.Claims, sums.Shortfall));
        for (int asset = 0; asset < book.Assets.Count; asset++)
        {
            int record = inputs.Market!.IndexOf(0, book.Assets[asset].Symbol);
            Assert.Equal(totals.Net[asset] * BigInteger.Pow(10, 8 - book.Assets[asset].AmountScale), sums.Total(0)[record]);
        }
    }

    [Fact]
    public void A_book_that_is_not_solvent_is_answered_with_reasons()
    {
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        Assert.Equal([SolvencyPredicate.InsuranceCoversShortfall], Reasons(book with { InsuranceFund = book.InsuranceFund - 1 }));
        Assert.Contains(SolvencyPredicate.ReservesCoverAsset, Reasons(book with { Reserves = book.Reserves.SetItem(2, 0) }));
        Assert.Equal([SolvencyPredicate.ReservesCoverClaims], Reasons(book with { Buffer = BigInteger.One << 170 }));
        Assert.Equal([SolvencyPredicate.AccountValid], Reasons(book with { Accounts = [.. book.Accounts, book.Accounts.First()] }));
        AccountData house = book.Accounts.Last();
        AccountData other = house with { Items = house.Items.SetItem(1, [house.Items[1][0].SetItem(1, house.Items[1][0][1] + 1), house.Items[1][1]]) };
        Assert.Contains(SolvencyPredicate.NetSizeIsZero, Reasons(book with { Accounts = [.. book.Accounts.SkipLast(1), other] }));
        Assert.Equal([SolvencyPredicate.ParametersValid], Reasons(book with { Rulebook = SolvencyScene.Rulebook("isolated") }));
    }

    private static SolvencyPredicate[] Reasons(SolvencyBook book) => [.. SolvencyProver.Prove(book, Salts, Quick).Reasons.Select(reason => reason.Predicate)];

    private static SolvencyVerification Verify(SolvencyPublicInputs inputs, byte[] proof) => SolvencyStatement.Verify(inputs, proof, SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: 30));
}
