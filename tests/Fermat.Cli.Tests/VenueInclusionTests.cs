using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat inclusion --data</c>: accounts of a venue that <c>fermat run</c> keeps are opened under the roots of its batches, and what is proven of them with these openings is verified against those roots.</summary>
public sealed class VenueInclusionTests : IClassFixture<VenueInclusionTests.Venue>
{
    private const string Challenge = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk");

    private readonly Venue venue;

    public VenueInclusionTests(Venue venue) => this.venue = venue;

    [Fact]
    public void Every_account_is_opened_under_the_roots_of_every_batch()
    {
        using var directory = new TemporaryDirectory();
        Assert.True(venue.Statements.Length >= 4);
        foreach (string statement in venue.Statements)
        {
            JsonNode batch = JsonNode.Parse(File.ReadAllText(statement))!;
            ulong before = ulong.Parse((string)batch["height"]!), after = before + (ulong)(int)batch["logEvents"]!;
            foreach ((ulong height, string root) in new[] { (before, (string)batch["rootBefore"]!), (after, (string)batch["rootAfter"]!) })
                foreach (string account in new[] { "fees", "carol", "lena" })
                {
                    Cli.Answer made = venue.Inclusion(account, directory["opening.json"], "--height", $"{height}");
                    if (made.ExitCode != ExitCodes.Ok)
                    {
                        Assert.Equal("no-such-account", made.FirstCode);           // carol and lena came later
                        continue;
                    }
                    Assert.Equal((root, height), ((string)made.Json["stateRoot"]!, (ulong)made.Json["height"]!));
                    if (height == after) Assert.Equal(statement, (string)made.Json["statement"]!);
                    string[] owner = account == "lena" ? ["--owner-key", venue.OwnerKey] : [];
                    Cli.Answer seen = Cli.Run(["verify", "inclusion", directory["opening.json"], "--rules", Rules, "--state-root", root, "--account", account, "--statement", statement, .. owner, "--json"]);
                    Assert.True(seen.ExitCode == ExitCodes.Ok, seen.Output);
                    Assert.True((bool)seen.Json["symbolsChecked"]!);
                }
        }
    }

    [Fact]
    public void Without_a_height_the_opening_is_of_where_the_proofs_end_and_a_restart_changes_no_opening()
    {
        using var directory = new TemporaryDirectory();
        JsonObject made = Json(venue.Inclusion("alice", directory["alice.json"]));
        Assert.Equal((venue.Statements[^1], "after"), ((string)made["statement"]!, (string)made["rootIs"]!));
        Json(venue.Inclusion("alice", directory["early.json"], "--height", $"{venue.EarlyHeight}"));
        Assert.Equal(File.ReadAllText(venue.EarlyOpening), File.ReadAllText(directory["early.json"]));        // made before the venue was stopped and went on
        Assert.NotEqual(File.ReadAllText(directory["alice.json"]), File.ReadAllText(directory["early.json"]));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["alice.json"]));
    }

    [Fact]
    public void Health_and_liquidations_are_proven_with_an_opening_and_the_statement_of_its_batch()
    {
        using var directory = new TemporaryDirectory();
        string[] asked = ["--threshold", "4000", "--verifier", "a lender", "--challenge", Challenge];
        JsonObject lena = Json(venue.Inclusion("lena", directory["lena.json"]));
        string root = (string)lena["stateRoot"]!, last = (string)lena["statement"]!;
        Json(Cli.Run(["prove", "health", directory["lena.json"], "--rules", Rules, "--statement", last, "--owner", venue.Secret, .. asked, "--output", directory.Path, "--bits", "30", "--json"]));
        Json(Cli.Run(["verify", "health", directory["health.proof"], "--rules", Rules, "--state-root", root, .. asked, "--bits", "30", "--json"]));

        // carol is liquidated in the batch that begins after the fall: that was due, and before the fall it would not have been
        string fall = venue.Statements.Single(path => (string)JsonNode.Parse(File.ReadAllText(path))!["height"]! == "30");
        JsonObject carol = Json(venue.Inclusion("carol", directory["carol.json"], "--height", "30"));
        Assert.Equal(("before", fall), ((string)carol["rootIs"]!, (string)carol["statement"]!));
        Json(Cli.Run("prove", "liquidation", directory["carol.json"], "--rules", Rules, "--statement", fall, "--output", directory.Path, "--bits", "30", "--json"));
        Json(Cli.Run("verify", "liquidation", directory["liquidation.proof"], "--rules", Rules, "--state-root", (string)carol["stateRoot"]!, "--height", "30", "--bits", "30", "--json"));
        Assert.Equal("not-so", Cli.Run("prove", "liquidation", directory["carol.json"], "--rules", Rules, "--statement", fall, "--not-due", "--output", directory.Path, "--bits", "30", "--json").FirstCode);

        JsonObject noon = Json(venue.Inclusion("carol", directory["noon.json"], "--height", "29", "--market", directory["noon.market.json"]));
        string statement = (string)noon["statement"]!;
        Json(Cli.Run("prove", "liquidation", directory["noon.json"], "--rules", Rules, "--statement", statement, "--not-due", "--output", directory.Path, "--bits", "30", "--json"));
        JsonObject challenged = Json(Cli.Run("verify", "liquidation", directory["liquidation.proof"], "--rules", Rules, "--state-root", (string)noon["stateRoot"]!, "--height", "29", "--not-due", "--bits", "30", "--json"));
        Assert.False((bool)challenged["due"]!);

        // the market data that are written are those of the statement
        JsonObject same = Json(Cli.Run("prove", "liquidation", directory["noon.json"], "--rules", Rules, "--market", directory["noon.market.json"], "--not-due", "--output", directory.Path, "--bits", "30", "--json"));
        Assert.Equal((string)JsonNode.Parse(File.ReadAllText(statement))!["marketDigest"]!, (string)same["marketDigest"]!);
        Assert.Equal("statement.wrong-snapshot", Cli.Run("prove", "liquidation", directory["noon.json"], "--rules", Rules, "--statement", last, "--output", directory.Path, "--json").FirstCode);
    }

    [Fact]
    public void A_root_that_no_batch_has_is_said_to_be_the_venue_s_word()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer inside = Cli.Run([.. venue.Arguments("alice", directory["inside.json"]), "--height", "32"]);
        Assert.True(inside.ExitCode == ExitCodes.Ok, inside.Error);
        Assert.Contains("is your word alone", inside.Output, StringComparison.Ordinal);
        Assert.Null(Json(venue.Inclusion("alice", directory["inside.json"], "--height", "32"))["statement"]);
    }

    [Fact]
    public void What_makes_no_sense_is_told()
    {
        using var directory = new TemporaryDirectory();
        string to = directory["opening.json"];
        Assert.Equal("usage", Cli.Run("inclusion", "--account", "alice", "-o", to, "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("inclusion", "--book", Cli.ExampleBook, "--height", "3", "--account", "alice", "-o", to, "--json").FirstCode);
        Assert.Equal("usage", venue.Inclusion("alice", to, "--book", Cli.ExampleBook).FirstCode);
        Assert.Equal("usage", Cli.Run("inclusion", "--data", venue.Directory["venue"], "--account", "alice", "-o", to, "--json").FirstCode);
        Assert.Equal("no-venue", Cli.Run("inclusion", "--data", directory.Path, "--rules", Rules, "--account", "alice", "-o", to, "--json").FirstCode);
        Assert.Equal("no-such-account", venue.Inclusion("nobody", to).FirstCode);
        Assert.Equal("bad-account", venue.Inclusion("no body", to).FirstCode);
        Assert.Equal("bad-option", venue.Inclusion("alice", to, "--height", "0").FirstCode);
        Assert.Equal("bad-option", venue.Inclusion("alice", to, "--height", "1000").FirstCode);
        Assert.Equal("bad-option", venue.Inclusion("alice", to, "--depth", "5").FirstCode);
        using (var another = Fermat.Ledger.VenueSecret.Generate()) another.Save(directory["another.secret"]);
        Assert.Equal("other-root", venue.Inclusion("alice", to, "--secret", directory["another.secret"]).FirstCode);
        Assert.False(File.Exists(to));
    }

    /// <summary>A venue that runs, in a process of its own, and takes events: accounts and events are opened meanwhile, and nobody else can run it.</summary>
    [Fact]
    public void Openings_are_made_beside_a_venue_that_runs()
    {
        using var directory = new TemporaryDirectory();
        string[] day = File.ReadAllLines(Path.Combine(Cli.Root, "examples", "venue", "day.jsonl"));
        string[] run = ["run", "--rules", Rules, "--data", directory["venue"], "--depth", "4", "--bits", "30", "--batch", "12", "--json"];
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, .. run]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        try
        {
            List<JsonObject> told = [];
            for (int to = 0; to < day.Length; to++)
            {
                process.StandardInput.WriteLine(day[to]);
                process.StandardInput.Flush();
                do Next();
                while ((string)told[^1]["type"]! != "event");
            }
            while (!told.Any(line => (string)line["type"]! == "batch")) Next();
            ulong height = (ulong)told.Last(line => (string)line["type"]! == "event")["height"]!;
            string[] opening = ["inclusion", "--data", directory["venue"], "--rules", Rules, "--account", "alice", "--json"];
            JsonObject proven = Json(Cli.Run([.. opening, "-o", directory["alice.json"]])), now = Json(Cli.Run([.. opening, "-o", directory["now.json"], "--height", $"{height}"]));
            Assert.True((ulong)proven["height"]! <= (ulong)now["height"]!);
            Assert.Equal(height, (ulong)now["height"]!);
            Json(Cli.Run("verify", "inclusion", directory["alice.json"], "--rules", Rules, "--state-root", (string)proven["stateRoot"]!, "--account", "alice", "--statement", (string)proven["statement"]!, "--json"));
            JsonObject opened = Json(Cli.Run("event", "open", "--data", directory["venue"], "--rules", Rules, "--event", "e10", "-o", directory["e10.json"], "--json"));
            Json(Cli.Run("verify", "event", directory["e10.json"], "--rules", Rules, "--statement", (string)opened["statement"]!, "--json"));

            File.WriteAllText(directory["more.jsonl"], day[0] + "\n");
            Cli.Answer second = Cli.Run([.. run, "--events", directory["more.jsonl"]]);
            Assert.NotEqual(ExitCodes.Ok, second.ExitCode);
            Assert.Contains("ledger.db open. Stop it first.", second.Output, StringComparison.Ordinal);
            Assert.False(process.HasExited);
            process.StandardInput.Close();
            while (process.StandardOutput.ReadLine() is { } line) told.Add(JsonNode.Parse(line)!.AsObject());
            process.WaitForExit();
            Assert.Equal(ExitCodes.Ok, process.ExitCode);
            Assert.Equal((ulong)told[^1]["height"]!, (ulong)told[^1]["provenHeight"]!);

            void Next() => told.Add(JsonNode.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the venue has ended"))!.AsObject());
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static JsonObject Json(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return answer.Json;
    }

    /// <summary>The day of examples/venue, and lena who has an owner's key; it is run in two pieces.</summary>
    public sealed class Venue : IDisposable
    {
        public Venue()
        {
            OwnerKey = (string)Json(Cli.Run("owner", "new", Secret, "--json"))["ownerKey"]!;
            string[] day = File.ReadAllLines(Path.Combine(Cli.Root, "examples", "venue", "day.jsonl"));
            Run(day[..25]);
            EarlyHeight = (ulong)Json(Inclusion("alice", EarlyOpening))["height"]!;
            Run([
                .. day,
                $$"""{"type":"account-opened","id":"lena-1","time":1780034320000,"account":"lena","owner":"{{OwnerKey}}","mode":"cross"}""",
                """{"type":"deposit","id":"lena-2","time":1780034380000,"account":"lena","asset":"USD","amount":"5000"}""",
            ]);
            Statements = [.. System.IO.Directory.EnumerateFiles(Directory["venue/proofs"], "*.statement.json").Order(StringComparer.Ordinal)];
        }

        internal TemporaryDirectory Directory { get; } = new();

        public string Secret => Directory["lena.secret"];

        public string OwnerKey { get; }

        public string EarlyOpening => Directory["early.json"];

        public ulong EarlyHeight { get; }

        public string[] Statements { get; }

        internal string[] Arguments(string account, string to) => ["inclusion", "--data", Directory["venue"], "--rules", Rules, "--account", account, "--output", to];

        internal Cli.Answer Inclusion(string account, string to, params string[] more) => Cli.Run([.. Arguments(account, to), .. more, "--json"]);

        public void Dispose() => Directory.Dispose();

        private void Run(string[] events)
        {
            File.WriteAllText(Directory["day.jsonl"], string.Join('\n', events) + "\n");
            Cli.Answer ran = Cli.Run("run", "--rules", Rules, "--data", Directory["venue"], "--events", Directory["day.jsonl"], "--depth", "4", "--bits", "30");
            Assert.True(ran.ExitCode == ExitCodes.Ok, ran.Output + ran.Error);
        }
    }
}
