using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary>Proofs under rulebooks from the command line: made, verified by who brings the rulebook, opened for account holders.</summary>
public sealed class RulebookProofTests
{
    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static string Rules(string name) => Path.Combine(Cli.Root, "rules", name + ".risk");

    private static JsonObject Json(Cli.Answer answer, int exitCode = ExitCodes.Ok)
    {
        Assert.True(answer.ExitCode == exitCode, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return answer.Json;
    }

    private static JsonNode Example(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Cli.Root, "examples", "rulebooks", name + ".json")))!;

    /// <summary>A solvent book of a rulebook, in a file.</summary>
    private static string Book(TemporaryDirectory directory, string name, Action<JsonNode>? change = null)
    {
        if (name == "exchange_sample") return Cli.ExampleBook;
        JsonNode book = Example(name);
        book["accounts"]![0]!["ownerKey"] = Key;
        book["accounts"]![0]!["nonce"] = "7";
        change?.Invoke(book);
        File.WriteAllText(directory["book.json"], book.ToJsonString());
        return directory["book.json"];
    }

    private static Cli.Answer Prove(TemporaryDirectory directory, string rules, string book, params string[] more) =>
        Cli.Run(["prove", "solvency", "--rules", rules, book, "--output", directory.Path, "--secret", directory["venue.secret"], "--bits", "40", "--json", .. more]);

    private static Cli.Answer Verify(TemporaryDirectory directory, string rules, params string[] more) =>
        Cli.Run(["verify", "solvency", "--rules", rules, directory["solvency.proof"], "--bits", "40", "--json", .. more]);

    [Theory]
    [InlineData("balances")]
    [InlineData("cross_tiered")]
    [InlineData("exchange_sample")]
    public void A_book_is_proven_verified_and_opened(string name)
    {
        using var directory = new TemporaryDirectory();
        string book = Book(directory, name);
        JsonObject proven = Json(Prove(directory, Rules(name), book));
        string root = proven["stateRoot"]!.GetValue<string>();
        Assert.Equal(name, proven["rulebook"]!.GetValue<string>());

        JsonObject verdict = Json(Verify(directory, Rules(name), "--state-root", root, "--parameters", Text("parametersDigest"), "--market", Text("marketDigest"), "--minimum-height", "0"));
        Assert.True(verdict["accepted"]!.GetValue<bool>());
        Assert.True(verdict["provenBits"]!.GetValue<int>() >= 40);
        Assert.Equal(["rulebook", "state root", "parameters", "market data", "height"], verdict["pinned"]!.AsArray().Select(p => p!.GetValue<string>()));
        Assert.Equal("statement.wrong-state-root", Verify(directory, Rules(name), "--state-root", Text("marketDigest")).FirstCode);
        Assert.Equal("statement.wrong-parameters", Verify(directory, Rules(name), "--parameters", root).FirstCode);
        Assert.Equal("statement.wrong-market-data", Verify(directory, Rules(name), "--market", root).FirstCode);

        JsonObject info = Json(Cli.Run("proof", "info", directory["solvency.proof"], "--rules", Rules(name), "--json"));
        Assert.Equal(new FileInfo(directory["solvency.proof"]).Length, info["bytes"]!.GetValue<long>());
        Assert.Contains(info["segments"]![0]!["tables"]!.AsArray(), table => table!["name"]!.GetValue<string>() == "accounts");

        JsonNode account = JsonNode.Parse(File.ReadAllText(book))!["accounts"]![0]!;
        string id = account["id"]!.GetValue<string>();
        string[] owner = account["ownerKey"] is { } key ? ["--owner-key", key.GetValue<string>()] : [];
        Json(Cli.Run("inclusion", "--rules", Rules(name), "--book", book, "--account", id, "--secret", directory["venue.secret"], "--statement", directory["solvency.statement.json"], "--output", directory["a.inclusion.json"], "--json"));
        string[] verify = ["verify", "inclusion", directory["a.inclusion.json"], "--rules", Rules(name), "--state-root", root, "--json"];
        JsonObject shown = Json(Cli.Run([.. verify, "--account", id, .. owner, "--statement", directory["solvency.statement.json"]]));
        Assert.True(shown["symbolsChecked"]!.GetValue<bool>());
        Assert.Equal(account["balances"]!.AsArray().Count, shown["items"]!["balances"]!.AsArray().Count);
        Assert.Equal("statement.wrong-account", Cli.Run([.. verify, "--account", "nobody", .. owner]).FirstCode);
        Assert.Equal("statement.wrong-owner-key", Cli.Run([.. verify, "--account", id, .. (owner.Length > 0 ? Array.Empty<string>() : ["--owner-key", Key])]).FirstCode);

        string Text(string member) => proven[member]!.GetValue<string>();
    }

    [Fact]
    public void The_text_of_a_verdict_says_what_is_known_and_what_was_taken_from_the_statement()
    {
        using var directory = new TemporaryDirectory();
        Json(Prove(directory, Rules("cross_tiered"), Book(directory, "cross_tiered"), "--reveal", "totals"));
        Cli.Answer verdict = Cli.Run("verify", "solvency", "--rules", Rules("cross_tiered"), directory["solvency.proof"], "--bits", "40", "--reserves", "BTC=100", "USD=5000000");
        Assert.Equal(ExitCodes.Rejected, verdict.ExitCode);                         // reserves without --market: which assets they are is not known
        JsonObject statement = JsonNode.Parse(File.ReadAllText(directory["solvency.statement.json"]))!.AsObject();
        verdict = Cli.Run(
            "verify", "solvency", "--rules", Rules("cross_tiered"), directory["solvency.proof"], "--bits", "40", "--market", statement["marketDigest"]!.GetValue<string>(), "--reserves", "BTC=100", "USD=5000000", "ALT=200000");
        Assert.True(verdict.ExitCode == ExitCodes.Ok, verdict.Error);
        Assert.Contains("for each Instrument, all accounts together hold nothing", verdict.Output, StringComparison.Ordinal);
        Assert.Contains("revealed: 6 accounts", verdict.Output, StringComparison.Ordinal);
        Assert.Contains("Compared with what you brought: rulebook, market data, reserves. Taken from the statement: state root, parameters, height, insurance fund, buffer, venue.", verdict.Output, StringComparison.Ordinal);
        Assert.Contains("does not show that the venue holds them", verdict.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_rulebook_and_a_changed_file_are_refused()
    {
        using var directory = new TemporaryDirectory();
        Json(Prove(directory, Rules("balances"), Book(directory, "balances")));
        string changed = directory["changed.risk"];
        File.WriteAllText(changed, File.ReadAllText(Rules("balances")).Replace("liabilities: Money = up(", "liabilities: Money = down(", StringComparison.Ordinal));
        Cli.Answer other = Verify(directory, changed);
        Assert.Equal((ExitCodes.Rejected, "statement.wrong-rulebook"), (other.ExitCode, other.FirstCode));
        File.WriteAllText(changed, "# a comment, and other lines\n\n" + File.ReadAllText(Rules("balances")));
        Json(Verify(directory, changed));                                           // layout and comments are not meaning

        string statement = directory["solvency.statement.json"], text = File.ReadAllText(statement);
        File.WriteAllText(statement, text.Replace("\"height\": \"7\"", "\"height\": \"8\"", StringComparison.Ordinal));
        Cli.Answer height = Verify(directory, Rules("balances"));
        Assert.Equal((ExitCodes.Rejected, "statement.proof-rejected"), (height.ExitCode, height.FirstCode));
        File.WriteAllText(statement, text.Replace("\"index\": \"65000.5\"", "\"index\": \"65000.6\"", StringComparison.Ordinal));
        Assert.Equal("statement.digest-mismatch", Verify(directory, Rules("balances")).FirstCode);
        File.WriteAllText(statement, text);
        byte[] proof = File.ReadAllBytes(directory["solvency.proof"]);
        proof[^40] ^= 1;
        File.WriteAllBytes(directory["solvency.proof"], proof);
        Assert.Equal("statement.proof-rejected", Verify(directory, Rules("balances")).FirstCode);
    }

    [Fact]
    public void A_rulebook_is_asked_for_where_it_is_not_the_built_in_one()
    {
        using var directory = new TemporaryDirectory();
        string book = Book(directory, "balances");
        Json(Prove(directory, Rules("balances"), book));
        Assert.Equal("rules.needed", Cli.Run("verify", "solvency", directory["solvency.proof"], "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("prove", "solvency", "--rules", Rules("balances"), "--output", directory.Path, "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("prove", "solvency", book, "--book", book, "--output", directory.Path, "--json").FirstCode);
        Assert.Equal("rules.other-accounts", Prove(directory, Rules("balances"), Cli.ExampleBook).FirstCode);
    }

    [Fact]
    public void A_padded_book_shows_the_depth_of_its_padding_and_one_that_is_larger_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string book = Book(directory, "balances");
        JsonObject proven = Json(Prove(directory, Rules("balances"), book, "--pad-accounts", "50", "--pad-balances", "50"));
        Assert.Equal(6, (int)JsonNode.Parse(File.ReadAllText(directory["solvency.statement.json"]))!["depth"]!);
        Json(Verify(directory, Rules("balances"), "--state-root", (string)proven["stateRoot"]!));
        Assert.Equal("bad-option", Prove(directory, Rules("balances"), book, "--pad-accounts", "50", "--pad-balances", "1").FirstCode);
    }

    [Fact]
    public void A_book_that_cannot_be_proven_says_why()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer open = Prove(directory, Rules("cross_tiered"), Book(directory, "cross_tiered", book => book["accounts"]!.AsArray().RemoveAt(5)));
        Assert.Equal(ExitCodes.Rejected, open.ExitCode);
        Assert.Contains(open.Json["errors"]!.AsArray(), error => error!["code"]!.GetValue<string>() == "not-solvent.net-size-is-zero" && error["place"]!["part"]!.GetValue<string>() == "BTC-PERP");
        Assert.Equal("not-solvent.reserves-cover-asset", Prove(directory, Rules("balances"), Book(directory, "balances", book => book["book"]!["reserves"]!["BTC"] = "0.5")).FirstCode);
        Assert.Equal("rules.book", Prove(directory, Rules("balances"), Book(directory, "balances", book => book["book"]!["reserves"]!["XRP"] = "1")).FirstCode);
        Assert.Equal("rules.book", Prove(directory, Rules("balances"), Book(directory, "balances", book => book.AsObject().Remove("book"))).FirstCode);
        Assert.Equal("rules.not-solvency", Prove(directory, Rules("isolated"), Book(directory, "balances")).FirstCode);
        Assert.False(File.Exists(directory["solvency.proof"]));
    }

    [Fact]
    public void A_book_in_segments_is_proven_from_several_files_and_leaves_nothing_behind()
    {
        using var directory = new TemporaryDirectory();
        JsonNode all = JsonNode.Parse(File.ReadAllText(Book(directory, "cross_tiered")))!;
        File.WriteAllText(directory["accounts.json"], new JsonObject { ["accounts"] = all["accounts"]!.DeepClone() }.ToJsonString());
        File.WriteAllText(directory["market.json"], new JsonObject { ["market"] = all["market"]!.DeepClone(), ["book"] = all["book"]!.DeepClone() }.ToJsonString());
        File.WriteAllText(directory["parameters.json"], """{ "rulebook": "cross_tiered", "parameters": { "parity": 1 } }""");
        JsonObject proven = Json(Prove(directory, Rules("cross_tiered"), directory["accounts.json"], "--parameters", directory["market.json"], "--parameters", directory["parameters.json"], "--segment-depth", "1"));
        Assert.True(proven["segments"]!.GetValue<int>() > 1);
        Assert.False(Directory.Exists(directory["solvency.segments"]));
        JsonObject verdict = Json(Verify(directory, Rules("cross_tiered"), "--state-root", proven["stateRoot"]!.GetValue<string>()));
        Assert.Equal(proven["segments"]!.GetValue<int>(), verdict["segments"]!.GetValue<int>());
        Json(Cli.Run(
            "inclusion", "--rules", Rules("cross_tiered"), "--book", directory["accounts.json"], "-p", directory["market.json"], "--account", "carol", "--secret", directory["venue.secret"],
            "--statement", directory["solvency.statement.json"], "--output", directory["carol.json"], "--json"));
        Cli.Answer shown = Cli.Run("verify", "inclusion", directory["carol.json"], "--rules", Rules("cross_tiered"), "--state-root", proven["stateRoot"]!.GetValue<string>(), "--account", "carol");
        Assert.True(shown.ExitCode == ExitCodes.Ok, shown.Error);
        Assert.Contains("instrument BTC-PERP, size 6, cost 390000", shown.Output, StringComparison.Ordinal);
        Assert.Equal("rules.needed", Cli.Run("verify", "inclusion", directory["carol.json"], "--state-root", proven["stateRoot"]!.GetValue<string>(), "--account", "carol", "--json").FirstCode);
    }
}
