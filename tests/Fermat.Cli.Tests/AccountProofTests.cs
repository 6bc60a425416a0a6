using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary>Statements about one account from the command line: an owner's secret, openings, proofs, verdicts; and what is changed is refused.</summary>
public sealed class AccountProofTests : IClassFixture<AccountProofTests.Venue>
{
    private const string Challenge = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", Another = "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_tiered.risk");

    private readonly Venue venue;

    public AccountProofTests(Venue venue) => this.venue = venue;

    [Fact]
    public void A_liquidation_that_is_due_is_proven_and_verified()
    {
        using var directory = new TemporaryDirectory();
        JsonObject proven = Json(Prove("liquidation", "erin", directory, "--statement", venue.Statement));
        string proof = directory["liquidation.proof"], root = venue.Root;
        Assert.Equal(root, proven["stateRoot"]!.GetValue<string>());
        string[] pinned = ["--state-root", root, "--height", "7", "--parameters", Text(proven, "parametersDigest"), "--market", Text(proven, "marketDigest"), "--nullifier", Text(proven, "nullifier")];
        JsonObject verdict = Json(Verify("liquidation", proof, pinned));
        Assert.True(verdict["due"]!.GetValue<bool>());
        Assert.Equal(["rulebook", "state root", "height", "parameters", "market data", "nullifier"], verdict["pinned"]!.AsArray().Select(p => p!.GetValue<string>()));
        Assert.Equal(["venue"], verdict["takenFromStatement"]!.AsArray().Select(p => p!.GetValue<string>()));
        Assert.True(verdict["provenBits"]!.GetValue<int>() >= 40);

        Rejected("statement.wrong-claim", Verify("liquidation", proof, "--state-root", root, "--not-due"));
        Rejected("statement.wrong-state-root", Verify("liquidation", proof, "--state-root", Challenge));
        Rejected("statement.wrong-snapshot", Verify("liquidation", proof, "--state-root", root, "--height", "8"));
        Rejected("statement.wrong-parameters", Verify("liquidation", proof, "--state-root", root, "--parameters", Challenge));
        Rejected("statement.wrong-market-data", Verify("liquidation", proof, "--state-root", root, "--market", Challenge));
        Rejected("statement.wrong-account", Verify("liquidation", proof, "--state-root", root, "--nullifier", Challenge));
        Rejected("statement.proof-rejected", Cli.Run("verify", "liquidation", proof, "--rules", Rules, "--state-root", root, "--json"));    // 40 bits are not 100
        Assert.Equal("usage", Cli.Run("verify", "liquidation", proof, "--rules", Rules, "--json").FirstCode);                                // no root, no verdict
        Assert.Equal("rules.needed", Cli.Run("verify", "solvency", proof, "--json").FirstCode);

        JsonObject info = Json(Cli.Run("proof", "info", proof, "--rules", Rules, "--json"));
        Assert.Contains(info["segments"]![0]!["tables"]!.AsArray(), table => table!["name"]!.GetValue<string>() == "claim");
    }

    [Fact]
    public void What_was_changed_after_it_was_made_is_refused()
    {
        using var directory = new TemporaryDirectory();
        Json(Prove("liquidation", "erin", directory, "--market", venue.Book));
        string proof = directory["liquidation.proof"], statement = directory["liquidation.statement.json"], text = File.ReadAllText(statement);
        File.WriteAllText(statement, text.Replace("\"liquidation-due\"", "\"liquidation-not-due\"", StringComparison.Ordinal));
        Rejected("statement.proof-rejected", Verify("liquidation", proof, "--state-root", venue.Root, "--not-due"));
        File.WriteAllText(statement, text.Replace("\"height\": \"7\"", "\"height\": \"6\"", StringComparison.Ordinal));
        Rejected("statement.proof-rejected", Verify("liquidation", proof, "--state-root", venue.Root));
        File.WriteAllText(statement, text.Replace("64000.1", "64000.2", StringComparison.Ordinal));
        Rejected("statement.digest-mismatch", Verify("liquidation", proof, "--state-root", venue.Root));
        File.WriteAllText(statement, text);
        string changed = directory["changed.risk"];
        File.WriteAllText(changed, File.ReadAllText(Rules).Replace("up(tiered(p.instrument.maintenance", "down(tiered(p.instrument.maintenance", StringComparison.Ordinal));
        Rejected("statement.wrong-rulebook", Cli.Run("verify", "liquidation", proof, "--rules", changed, "--state-root", venue.Root, "--json"));
        byte[] bytes = File.ReadAllBytes(proof);
        bytes[^40] ^= 1;
        File.WriteAllBytes(proof, bytes);
        Rejected("statement.proof-rejected", Verify("liquidation", proof, "--state-root", venue.Root));
    }

    [Fact]
    public void A_premature_liquidation_is_challenged()
    {
        using var directory = new TemporaryDirectory();
        JsonObject proven = Json(Prove("liquidation", "dave", directory, "--market", venue.Book, "--not-due"));
        Assert.False(proven["due"]!.GetValue<bool>());
        Cli.Answer verdict = Cli.Run("verify", "liquidation", directory["liquidation.proof"], "--rules", Rules, "--state-root", venue.Root, "--not-due", "--bits", "40");
        Assert.True(verdict.ExitCode == ExitCodes.Ok, verdict.Error);
        Assert.Contains("it may NOT be liquidated", verdict.Output, StringComparison.Ordinal);
        Assert.Contains("Taken from the statement: height, parameters, market data, nullifier, venue.", verdict.Output, StringComparison.Ordinal);
        Rejected("not-so", Prove("liquidation", "dave", directory, "--market", venue.Book));
        Rejected("not-so", Prove("liquidation", "erin", directory, "--market", venue.Book, "--not-due"));
    }

    [Fact]
    public void Health_is_proven_by_the_owner_to_the_verifier_that_asked()
    {
        using var directory = new TemporaryDirectory();
        string[] asked = ["--threshold", "1000.5", "--verifier", "a lender", "--challenge", Challenge];
        JsonObject proven = Json(Prove("health", "alice", directory, ["--market", venue.Book, "--owner", venue.Secret, .. asked]));
        string proof = directory["health.proof"];
        JsonObject verdict = Json(Verify("health", proof, ["--state-root", venue.Root, .. asked, "--oldest-height", "7"]));
        Assert.Equal("1000.5", verdict["threshold"]!.GetValue<string>().TrimEnd('0'));
        Assert.Equal(Text(proven, "pseudonym"), Text(verdict, "pseudonym"));
        Assert.False(verdict["encumbranceSubtracted"]!.GetValue<bool>());
        Json(Verify("health", proof, ["--state-root", venue.Root, "--threshold", "999", .. asked[2..]]));     // less was asked for
        Rejected("statement.wrong-claim", Verify("health", proof, ["--state-root", venue.Root, "--threshold", "1001", .. asked[2..]]));
        Rejected("statement.wrong-claim", Verify("health", proof, ["--state-root", venue.Root, .. asked[..^1], Another]));
        Rejected("statement.wrong-claim", Verify("health", proof, ["--state-root", venue.Root, .. asked[..2], "--verifier", "another", .. asked[4..]]));
        Rejected("statement.wrong-claim", Verify("health", proof, ["--state-root", venue.Root, .. asked, "--scope", "another"]));
        Rejected("statement.too-old", Verify("health", proof, ["--state-root", venue.Root, .. asked, "--oldest-height", "8"]));
        Rejected("statement.wrong-claim", Verify("liquidation", proof, "--state-root", venue.Root));

        Rejected("not-so", Prove("health", "alice", directory, ["--market", venue.Book, "--owner", venue.Secret, "--threshold", "1000000000", .. asked[2..]]));
        Json(Cli.Run("owner", "new", directory["thief.secret"], "--json"));
        Rejected("not-so", Prove("health", "alice", directory, ["--market", venue.Book, "--owner", directory["thief.secret"], .. asked]));
        Assert.Equal("bad-option", Prove("health", "alice", directory, ["--market", venue.Book, "--owner", venue.Secret, "--threshold", "-1", .. asked[2..]]).FirstCode);
        Assert.Equal("bad-digest", Prove("health", "alice", directory, ["--market", venue.Book, "--owner", venue.Secret, .. asked[..^1], "12"]).FirstCode);
    }

    [Fact]
    public void Sources_that_do_not_fit_are_named()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal("usage", Prove("liquidation", "erin", directory).FirstCode);
        Assert.Equal("usage", Prove("liquidation", "erin", directory, "--market", venue.Book, "--statement", venue.Statement).FirstCode);
        Assert.Equal("not-an-opening", Cli.Run("prove", "liquidation", venue.Book, "--rules", Rules, "--market", venue.Book, "--json").FirstCode);
        Assert.Equal("not-an-account-statement", Cli.Run("verify", "liquidation", venue.Statement, "--statement", venue.Statement, "--rules", Rules, "--state-root", venue.Root, "--json").FirstCode);
        string opening = venue.Directory["erin.inclusion.json"], changed = directory["changed.json"];
        File.WriteAllText(changed, File.ReadAllText(opening).Replace("322000", "422000", StringComparison.Ordinal));
        Rejected("statement.not-under-root", Cli.Run("prove", "liquidation", changed, "--rules", Rules, "--market", venue.Book, "--output", directory.Path, "--json"));
        JsonNode market = JsonNode.Parse(File.ReadAllText(venue.Book))!;
        market["market"]!["Instrument"]![0]!["symbol"] = "XBT-PERP";
        string other = directory["market.json"];
        File.WriteAllText(other, new JsonObject { ["market"] = market["market"]!.DeepClone() }.ToJsonString());
        Assert.Equal("other-market", Prove("liquidation", "erin", directory, "--market", other).FirstCode);
    }

    [Fact]
    public void An_owner_s_secret_is_made_once_and_shows_its_keys_alone()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["owner.secret"], key = directory["signer.key"];
        File.WriteAllText(key, "0x0000000000000000000000000000000000000000000000000000000000000001\n");
        JsonObject made = Json(Cli.Run("owner", "new", path, "--signer-key", key, "--json"));
        Assert.Equal("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", Text(made, "signer"));                       // the address of the key 1
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        JsonObject shown = Json(Cli.Run("owner", "show", path, "--json"));
        foreach (string name in (string[])["ownerKey", "keyCommitment", "signer"]) Assert.Equal(Text(made, name), Text(shown, name));
        string secret = JsonNode.Parse(File.ReadAllText(path))!["secret"]!.GetValue<string>();
        Cli.Answer text = Cli.Run("owner", "show", path);
        Assert.DoesNotContain(secret, text.Output, StringComparison.Ordinal);
        Assert.Contains(Text(made, "keyCommitment"), text.Output, StringComparison.Ordinal);

        Cli.Answer again = Cli.Run("owner", "new", path, "--json");
        Assert.Equal((ExitCodes.BadInput, "file-exists"), (again.ExitCode, again.FirstCode));
        Assert.Equal(secret, JsonNode.Parse(File.ReadAllText(path))!["secret"]!.GetValue<string>());
        Assert.Equal("no-owner-secret", Cli.Run("owner", "show", directory["none"], "--json").FirstCode);
        Assert.Equal("bad-option", Cli.Run("owner", "new", directory["b"], "--signer", "0x12", "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("owner", "new", directory["b"], "--signer", Text(made, "signer"), "--signer-key", key, "--json").FirstCode);
        File.WriteAllText(key, "0000");
        Assert.Equal("bad-key", Cli.Run("owner", "new", directory["b"], "--signer-key", key, "--json").FirstCode);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Equal("bad-owner-secret", Cli.Run("owner", "show", path, "--json").FirstCode);
        }
        Json(Cli.Run("owner", "new", directory["c"], "--json"));
        File.WriteAllText(directory["c"], File.ReadAllText(directory["c"]).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        Assert.Equal("bad-owner-secret", Cli.Run("owner", "show", directory["c"], "--json").FirstCode);
    }

    private Cli.Answer Prove(string kind, string account, TemporaryDirectory directory, params string[] more) =>
        Cli.Run(["prove", kind, venue.Directory[account + ".inclusion.json"], "--rules", Rules, "--output", directory.Path, "--bits", "40", "--json", .. more]);

    private static Cli.Answer Verify(string kind, string proof, params string[] more) => Cli.Run(["verify", kind, proof, "--rules", Rules, "--bits", "40", "--json", .. more]);

    private static void Rejected(string code, Cli.Answer answer)
    {
        Assert.Equal(code, answer.FirstCode);
        Assert.Equal(ExitCodes.Rejected, answer.ExitCode);
    }

    private static JsonObject Json(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return answer.Json;
    }

    private static string Text(JsonObject answer, string member) => answer[member]!.GetValue<string>();

    /// <summary>A venue's book, proven once, with openings of three accounts; alice's names her owner key.</summary>
    public sealed class Venue : IDisposable
    {
        public Venue()
        {
            string owner = Text(Json(Cli.Run("owner", "new", Secret, "--json")), "ownerKey");
            JsonNode book = JsonNode.Parse(File.ReadAllText(Path.Combine(Cli.Root, "examples", "rulebooks", "cross_tiered.json")))!;
            book["accounts"]![0]!["ownerKey"] = owner;
            File.WriteAllText(Book, book.ToJsonString());
            Root = Text(Json(Cli.Run("prove", "solvency", "--rules", Rules, Book, "--output", Directory.Path, "--secret", Directory["venue.secret"], "--bits", "40", "--json")), "stateRoot");
            foreach (string account in (string[])["alice", "dave", "erin"])
                Json(Cli.Run("inclusion", "--rules", Rules, "--book", Book, "--account", account, "--secret", Directory["venue.secret"], "--output", Directory[account + ".inclusion.json"], "--json"));
        }

        internal TemporaryDirectory Directory { get; } = new();

        internal string Secret => Directory["alice.secret"];

        internal string Book => Directory["book.json"];

        internal string Statement => Directory["solvency.statement.json"];

        internal string Root { get; }

        public void Dispose() => Directory.Dispose();
    }
}
