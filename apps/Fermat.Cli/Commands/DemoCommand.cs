using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Margin.Books;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat demo</c>: the main path from a book to a rejected forgery, on the embedded example. Read top to bottom, it tells what Fermat does.</summary>
internal static class DemoCommand
{
    private const string ExampleBook = "exchange-sample.book.json";

    public static void Add(Command root, AddCommand add)
    {
        var output = new Option<string>("--output", "-o") { Description = "Directory for the proof, the statement and one account's opening.", DefaultValueFactory = _ => "fermat-demo" };
        add(root, new Command("demo", "Prove that the embedded example exchange is solvent, verify it, and see a forgery rejected. Under a minute.") { output },
            (parsed, terminal, cancel) => Run(parsed.GetRequiredValue(output), terminal, cancel));
    }

    private static int Run(string directory, Terminal terminal, CancellationToken cancel)
    {
        // 1. The book: real users of a public exchange sample, at real prices, with real haircut ladders.
        terminal.Heading("1. The book");
        Book book = ReadExample(cancel);
        RiskParameters parameters = RiskParameters.Create(book.Assets);
        BookTotals totals = MarginEvaluator.Totals(parameters, book.Accounts, cancel);
        BookView.Print(terminal, book.Header, parameters, totals);

        // 2. The margin of three accounts: a healthy one, the one nearest to its limit, a liquidatable one.
        terminal.Heading("2. Three accounts, line by line");
        var chosen = ChooseThree(book, parameters).Select(i => MarginEvaluator.Explain(parameters, book.Accounts[i])).ToList();
        foreach (AccountExplanation explained in chosen)
            AccountView.Print(terminal, book.Header, parameters, explained);

        // 3. The proof. The secret gives every leaf its salt; without it nobody can guess a leaf's content.
        terminal.Heading("3. The proof of solvency");
        (VenueSecret secret, _) = VenueSecrets.LoadOrCreate(Path.Combine(directory, VenueSecrets.FileName));
        using VenueSecret owned = secret;
        using var salts = new SaltDeriver(owned);
        SolvencyBook whole = RulebookProving.Book(book);
        SolvencyOutcome proof = RulebookProving.Prove(whole, null, salts, new SolvencyProverOptions(), terminal, cancel);
        SolvencyPublicInputs inputs = proof.Inputs!;
        (string proofPath, string statementPath) = ProveCommand.Write(directory, proof.Proof, SolvencyStatementFile.Write(inputs));
        terminal.Say($"Made in {Show.Duration(proof.Elapsed)}: {Show.Bytes(proof.Proof.Length)} in {proofPath}; the public inputs in {statementPath}");
        terminal.Say($"The margin rule is the rulebook {inputs.Rulebook.Name} (rules/exchange_sample.risk), digest {inputs.Rulebook.Digest}");

        // 4. Anyone verifies, bringing the state root from elsewhere.
        terminal.Heading("4. Verification: what anyone knows now");
        var anchors = new SolvencyAnchors { StateRoot = inputs.StateRoot, MarketDigest = whole.Rulebook.MarketDigest(whole.Market) };
        long started = Stopwatch.GetTimestamp();
        SolvencyVerification verified = SolvencyStatement.Verify(inputs, proof.Proof, anchors);
        TimeSpan verifyTime = Stopwatch.GetElapsedTime(started);
        if (!verified.Accepted)
            throw VerifyCommand.Failure(verified.Rejection!, verified.Segments.Count, verified.RejectedSegment, verified.Proof, proofPath, statementPath);
        terminal.Say($"ACCEPTED in {Show.Duration(verifyTime)}");
        RulebookVerifying.PrintKnowledge(terminal, verified, brought: false);

        // 5. One account holder checks its own inclusion.
        terminal.Heading("5. One account holder checks its inclusion");
        Account holder = chosen[0].Account;
        (int index, AccountData account) = whole.Accounts.Index().First(one => one.Item.Id == holder.Id.Value);
        InclusionOpening opening = InclusionMaker.Make(whole, account, index, proof.Tree!, salts);
        string openingPath = Path.Combine(directory, "account.inclusion.json");
        Files.Write(openingPath, InclusionFile.Write(whole.Rulebook, opening), secret: true);
        if (opening.Verify(new InclusionAnchors(whole.Rulebook, inputs.StateRoot, holder.Id.Value, holder.OwnerKey) { Statement = StatedBook.Of(inputs) }) is { } notIncluded)
            throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(notIncluded, openingPath)]);
        terminal.Say($"INCLUDED: account {Show.Short(holder.Id.Value)}, leaf {opening.LeafIndex}, in {openingPath} (for its holder alone)");

        // 6. A forgery: one byte of the proof changed.
        terminal.Heading("6. One byte of the proof is changed");
        byte[] forged = [.. proof.Proof];
        int at = forged.Length / 2;
        forged[at] ^= 1;
        SolvencyVerification rejected = SolvencyStatement.Verify(inputs, forged, anchors);
        if (rejected.Accepted)
            throw new CliFailure(ExitCodes.Internal, "forgery-accepted", $"the proof with byte {at} changed was accepted");
        terminal.Say($"REJECTED (byte {Show.Count(at)} of {Show.Count(forged.Length)}): {rejected.Proof?.Rejection?.Message ?? rejected.Rejection!.Message}");

        terminal.Heading("Do it yourself");
        terminal.Say($"  ./fermat verify {proofPath} --statement {statementPath} --state-root {inputs.StateRoot}");
        terminal.Say($"  ./fermat verify inclusion {openingPath} --state-root {inputs.StateRoot} --account {holder.Id}");
        terminal.Say($"  ./fermat proof info {proofPath} --statement {statementPath}");
        terminal.Answer(Answer(directory, proof, verified, verifyTime, rejected, chosen, parameters, BookView.ToJson(book.Header, parameters, totals)));
        return ExitCodes.Ok;
    }

    private static Book ReadExample(CancellationToken cancel)
    {
        using Stream stream = typeof(DemoCommand).Assembly.GetManifestResourceStream(ExampleBook) ?? throw new InvalidOperationException("the example book is not embedded");
        using BookSource source = BookSource.OpenJson(stream, ExampleBook);
        return source.ReadToEnd(cancel) ?? throw BookLoading.Failure(source.Errors);
    }

    /// <summary>The healthy account with the most collateral, the healthy one with the least to spare, the liquidatable one that lacks most.</summary>
    private static IEnumerable<int> ChooseThree(Book book, RiskParameters parameters)
    {
        var margins = book.Accounts.Select((account, index) => (index, margin: MarginEvaluator.Evaluate(parameters, account))).ToList();
        var healthy = margins.Where(m => m.margin.Class == AccountClass.Healthy).ToList();
        yield return healthy.MaxBy(m => m.margin.CollateralValue100).index;
        yield return healthy.MinBy(m => m.margin.Surplus100).index;
        yield return margins.MinBy(m => m.margin.Surplus100).index;
    }

    private static JsonObject Answer(
        string directory, SolvencyOutcome proof, SolvencyVerification verified, TimeSpan verifyTime, SolvencyVerification rejected, List<AccountExplanation> chosen, RiskParameters parameters, JsonObject book)
    {
        JsonObject answer = RulebookProving.ToJson(proof);
        answer["directory"] = directory;
        answer["book"] = book;
        answer["accounts"] = new JsonArray([.. chosen.Select(e => AccountView.ToJson(parameters, e))]);
        answer["accepted"] = verified.Accepted;
        answer["verifySeconds"] = Math.Round(verifyTime.TotalSeconds, 4);
        answer["provenBits"] = verified.ProvenBits;
        answer["forgeryRejected"] = !rejected.Accepted;
        return answer;
    }
}
