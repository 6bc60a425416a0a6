using System.Text.Json.Nodes;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat run</c>: a venue from a file of events, in one go and in pieces.</summary>
public sealed class RunCommandTests
{
    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk"), Day = Path.Combine(Cli.Root, "examples", "venue", "day.jsonl");

    [Fact]
    public void A_day_that_grows_is_taken_where_it_was_left_and_each_batch_is_proven_once()
    {
        using var directory = new TemporaryDirectory();
        string[] lines = File.ReadAllLines(Day);
        File.WriteAllText(directory["day.jsonl"], string.Join('\n', lines[..20]) + "\n" + lines[20][..30]);    // the last line is not whole yet
        List<JsonObject> first = Run(directory, "--no-proofs");
        Assert.Equal(20, first.Count(line => Is(line, "event") && (string)line["outcome"]! == "applied"));
        Assert.Equal("unreadable", (string)first.Single(line => Is(line, "event") && (long)line["line"]! == 21)["outcome"]!);
        File.Delete(directory["venue/events.mark.json"]);                                          // whoever does not know where it was begins anew

        File.WriteAllText(directory["day.jsonl"], string.Join('\n', lines) + "\n");
        List<JsonObject> second = Run(directory);
        Assert.Equal(20, second.Count(line => Is(line, "event") && (string)line["outcome"]! == "known"));
        JsonObject end = second[^1];
        Assert.Equal(("end", 2, 12), ((string)end["type"]!, (int)end["events"]!["rejected"]!, (int)end["events"]!["applied"]!));
        Assert.Equal((ulong)end["height"]!, (ulong)end["provenHeight"]!);

        // each batch follows the one before, and a third run has nothing to do
        JsonObject[] batches = [.. second.Where(line => Is(line, "batch"))];
        Assert.True(batches.Length >= 4);
        for (int i = 1; i < batches.Length; i++)
        {
            Assert.Equal((string)batches[i - 1]["rootAfter"]!, (string)batches[i]["rootBefore"]!);
            Assert.True((ulong)batches[i]["first"]! > (ulong)batches[i - 1]["last"]!);
        }
        Assert.All(batches, batch => Assert.True(File.Exists((string)batch["proof"]!) && File.Exists((string)batch["statement"]!)));
        List<JsonObject> third = Run(directory);
        Assert.Single(third);
        Assert.Equal((0, batches.Length), ((int)third[0]["batches"]!["proven"]!, (int)third[0]["batches"]!["kept"]!));

        File.WriteAllText(directory["day.jsonl"], lines[0]);
        Cli.Answer shrunk = Cli.Run(Arguments(directory));
        Assert.Equal((ExitCodes.BadInput, "events-shrank"), (shrunk.ExitCode, shrunk.FirstCode));
    }

    /// <summary>In the middle of the day an asset and an instrument are listed whose symbols come before all others, while everybody has positions; the venue is stopped and opened again.</summary>
    [Fact]
    public void What_is_listed_under_a_symbol_that_comes_first_is_proven_and_shown()
    {
        using var directory = new TemporaryDirectory();
        string[] day = File.ReadAllLines(Day), listed =
        [
            """{"type":"asset-listed","id":"n1","time":1780001261000,"asset":"AAA","scale":6}""",
            """{"type":"instrument-listed","id":"n2","time":1780001262000,"symbol":"AAA-PERP","kind":"linear-perpetual","settle":"USD","sizeScale":3,"priceScale":2,"multiplier":"1"}""",
            """{"type":"parameters-updated","id":"n3","time":1780001263000,"change":{"market":{"Asset":[{"haircut":[["0","0.9"]],"symbol":"AAA"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"AAA-PERP"}]}}}""",
            """{"type":"prices-set","id":"n4","time":1780001264000,"prices":{"AAA":"3","AAA-PERP":"3"}}""",
            """{"type":"deposit","id":"n5","time":1780001265000,"account":"alice","asset":"AAA","amount":"10"}""",
            """{"type":"trade","id":"n6","time":1780001266000,"instrument":"AAA-PERP","buyer":"maker","seller":"alice","size":"100","price":"3.01","buyerFee":"0.1","sellerFee":"0.1"}""",
        ];
        string[] events = [.. day[..21], .. listed, .. day[21..]];
        foreach (int to in new[] { 25, events.Length })
        {
            File.WriteAllText(directory["day.jsonl"], string.Join('\n', events[..to]) + "\n");
            Assert.Equal(0, (int)Run(directory)[^1]["events"]!["refused"]!);
        }
        string[] statements = [.. Directory.EnumerateFiles(directory["venue/proofs"], "batch-*.statement.json").Order(StringComparer.Ordinal)];
        JsonObject verified = Ok(["verify", "batch", .. statements, "--rules", Rules, "--bits", "30", "--require-parameters", "--json"]);
        Assert.Equal(1, (int)verified["parameterChangesProven"]!);
        Assert.Equal("""["Asset AAA is new","Instrument AAA-PERP is new"]""", verified["parameterChanges"]![0]!["changed"]!.ToJsonString());
        string last = statements[^1];
        Assert.Equal(["BTC", "USD", "AAA"], JsonNode.Parse(File.ReadAllText(last))!["data"]!["market"]!["Asset"]!.AsArray().Select(asset => (string)asset!["symbol"]!));

        JsonObject opened = Ok(["inclusion", "--data", directory["venue"], "--rules", Rules, "--account", "alice", "--market", directory["market.json"], "-o", directory["alice.json"], "--json"]);
        Assert.True((bool)Ok(["verify", "inclusion", directory["alice.json"], "--rules", Rules, "--state-root", (string)opened["stateRoot"]!, "--account", "alice", "--statement", last, "--json"])["symbolsChecked"]!);
        Assert.Contains("AAA-PERP", File.ReadAllText(directory["alice.json"]), StringComparison.Ordinal);
        JsonObject due = Ok(["prove", "liquidation", directory["alice.json"], "--rules", Rules, "--market", directory["market.json"], "--not-due", "-o", directory.Path, "--bits", "30", "--json"]); // a file of market data says the order
        Assert.Equal((string)JsonNode.Parse(File.ReadAllText(last))!["marketDigest"]!, (string)due["marketDigest"]!);
        JsonObject trade = Ok(["event", "open", "--data", directory["venue"], "--rules", Rules, "--event", "n6", "-o", directory["n6.json"], "--json"]);
        Assert.True((bool)Ok(["verify", "event", directory["n6.json"], "--rules", Rules, "--statement", (string)trade["statement"]!, "--json"])["amountsCompared"]!);

        static JsonObject Ok(string[] arguments)
        {
            Cli.Answer answer = Cli.Run(arguments);
            Assert.True(answer.ExitCode == ExitCodes.Ok, $"{string.Join(' ', arguments)}: {answer.Output}{answer.Error}");
            return answer.Json;
        }
    }

    [Fact]
    public void A_folder_is_opened_with_what_it_was_opened_with_first()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["day.jsonl"], string.Join('\n', File.ReadAllLines(Day)[..12]) + "\n");
        string[] arguments = [.. Arguments(directory), "--no-proofs"];
        Assert.Equal(ExitCodes.BadInput, Cli.Run([.. With(arguments, "--rules", Path.Combine(Cli.Root, "rules", "scenario_pm.risk"))]).ExitCode); // nothing is in it, so it is nobody's yet
        Run(directory, "--no-proofs");
        byte[] secret = File.ReadAllBytes(directory["venue/venue.secret"]);
        File.WriteAllText(directory["binding.json"], """{"left":"remaining"}""");

        Refused("venue.depth", "--depth 4", With(arguments, "--depth", "5"));
        Refused("venue.rulebook", "cross_perps", With(arguments, "--rules", Path.Combine(Cli.Root, "rules", "isolated_perps.risk")));
        Refused("venue.chain", "--chain 1", [.. arguments, "--chain", "7"]);
        Refused("venue.binding", "without --binding", [.. arguments, "--binding", directory["binding.json"]]);
        JsonArray both = Refused("venue.depth", "--depth 4", [.. With(arguments, "--depth", "5"), "--chain", "7"]);
        Assert.Equal(["venue.depth", "venue.chain"], both.Select(error => (string)error!["code"]!));

        // a secret that is lost is not made anew, and another one is not taken
        File.Delete(directory["venue/venue.secret"]);
        Refused("venue.no-secret", "--secret", arguments);
        Assert.False(File.Exists(directory["venue/venue.secret"]));
        Refused("venue.no-secret", "--secret", [.. arguments, "--secret", directory["other.secret"]]);
        File.WriteAllText(directory["other.secret"], new string('7', 64) + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory["other.secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        JsonArray other = Refused("venue.secret", "--secret", [.. arguments, "--secret", directory["other.secret"]]);
        Assert.DoesNotContain(new string('7', 64), other.ToJsonString(), StringComparison.Ordinal);

        File.WriteAllBytes(directory["moved.secret"], secret);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory["moved.secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("end", (string)Assert.Single(Run(directory, "--no-proofs", "--secret", directory["moved.secret"]))["type"]!);

        static string[] With(string[] arguments, string option, string value)
        {
            string[] changed = [.. arguments];
            changed[Array.IndexOf(changed, option) + 1] = value;
            return changed;
        }

        static JsonArray Refused(string code, string hint, string[] arguments)
        {
            Cli.Answer answer = Cli.Run(arguments);
            Assert.True(answer.ExitCode == ExitCodes.BadInput, $"{code}: {answer.ExitCode} {answer.Output}{answer.Error}");
            JsonArray errors = answer.Json["errors"]!.AsArray();
            Assert.Equal(code, answer.FirstCode);
            Assert.Contains(hint, (string)errors[0]!["hint"]! + (string)errors[0]!["message"]!, StringComparison.Ordinal);
            return errors;
        }
    }

    /// <summary>Folders of before they knew what they were opened with; and proofs of which something was lost.</summary>
    [Fact]
    public void An_older_folder_is_compared_with_its_first_statement_and_what_is_not_whole_is_proven_again()
    {
        using var directory = new TemporaryDirectory();
        File.Copy(Day, directory["day.jsonl"]);
        (string depth, string secretAt) = ("4", directory["venue/venue.secret"]);
        Run(directory, "--no-proofs");
        Forget(directory);
        File.WriteAllText(directory["other.secret"], new string('7', 64) + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory["other.secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Run(directory, "--no-proofs", "--secret", directory["other.secret"]);                      // nothing is proven: it is taken as it is opened
        Forget(directory);
        JsonObject[] batches = [.. Run(directory).Where(line => Is(line, "batch"))];
        Assert.True(batches.Length >= 4);

        Forget(directory);
        string[] arguments = Arguments(directory);
        Assert.Equal("venue.secret", Cli.Run([.. arguments, "--secret", directory["other.secret"]]).FirstCode);
        Assert.Equal("venue.depth", Cli.Run([.. arguments.Select(argument => argument == depth ? "5" : argument)]).FirstCode);
        Assert.Equal("venue.rulebook", Cli.Run([.. arguments.Select(argument => argument == Rules ? Path.Combine(Cli.Root, "rules", "isolated_perps.risk") : argument)]).FirstCode);
        File.Move(secretAt, directory["away"]);
        Assert.Equal("venue.no-secret", Cli.Run(arguments).FirstCode);
        File.Move(directory["away"], secretAt);

        // emptied, cut short, gone; with what was written of the lengths and without it
        Dictionary<string, byte[]> statements = batches.ToDictionary(batch => (string)batch["statement"]!, batch => File.ReadAllBytes((string)batch["statement"]!));
        string[] names = [.. statements.Keys.Order(StringComparer.Ordinal)];
        string Proof(int batch) => names[batch].Replace(".statement.json", ".proof", StringComparison.Ordinal);
        foreach (bool measured in new[] { true, false })
        {
            if (!measured) File.Delete(directory["venue/proofs/lengths"]);
            File.WriteAllBytes(names[0], []);
            Cut(names[1]);
            Cut(Proof(2));
            File.Delete(measured ? Proof(3) : names[3]);
            List<JsonObject> again = Run(directory);
            Assert.Equal(names[..4], again.Where(line => Is(line, "batch")).Select(batch => (string)batch["statement"]!));
            Assert.Equal(names[..4], again.Where(line => Is(line, "damaged")).Select(batch => (string)batch["statement"]!));
            Assert.Equal((4, names.Length - 4), ((int)again[^1]["batches"]!["proven"]!, (int)again[^1]["batches"]!["kept"]!));
            Assert.All(statements, statement => Assert.Equal(statement.Value, File.ReadAllBytes(statement.Key)));
            Assert.Equal(names, Directory.EnumerateFiles(directory["venue/proofs"], "*.statement.json").Order(StringComparer.Ordinal));
        }
        Assert.Single(Run(directory));

        static void Cut(string path)
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength(file.Length / 2);
        }

        static void Forget(TemporaryDirectory directory)
        {
            using SqliteLedgerStore store = SqliteLedgerStore.Open(directory["venue/ledger.db"]);
            Assert.Equal(0UL, Assert.Single(store.Heights(StoredKind.Identity)));
            store.Delete(StoredKind.Identity, 0);
        }
    }

    [Fact]
    public void What_a_replay_says_a_run_comes_to()
    {
        using var directory = new TemporaryDirectory();
        File.Copy(Day, directory["day.jsonl"]);
        Cli.Answer run = Cli.Run([.. Arguments(directory, json: false), "--no-proofs"]);
        Assert.True(run.ExitCode == ExitCodes.Ok, run.Output + run.Error);
        Assert.Contains("carol-wants-more: rejected: carol would be Liquidatable", run.Output, StringComparison.Ordinal);
        JsonObject replay = Cli.Run("replay", Day, "--rules", Rules, "--json").Json;
        Assert.Contains($"height {replay["height"]}: 32 events applied, 2 rejected", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(directory["venue/proofs"]));
    }

    [Fact]
    public void Options_that_make_no_sense_are_told()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal("bad-option", Cli.Run("run", "--rules", Rules, "--data", directory["venue"], "--follow", "--json").FirstCode);
        Assert.Equal(ExitCodes.BadInput, Cli.Run("run", "--rules", Rules, "--data", directory["venue"], "--events", directory["none.jsonl"], "--json").ExitCode);
        Assert.Equal(ExitCodes.BadInput, Cli.Run("run", "--rules", Path.Combine(Cli.Root, "rules", "scenario_pm.risk"), "--data", directory["other"], "--events", Day, "--json").ExitCode);
    }

    private static bool Is(JsonObject line, string type) => (string)line["type"]! == type;

    private static string[] Arguments(TemporaryDirectory directory, bool json = true) =>
        ["run", "--rules", Rules, "--data", directory["venue"], "--events", directory["day.jsonl"], "--depth", "4", "--bits", "30", .. json ? (string[])["--json"] : []];

    private static List<JsonObject> Run(TemporaryDirectory directory, params string[] more)
    {
        Cli.Answer answer = Cli.Run([.. Arguments(directory), .. more]);
        Assert.True(answer.ExitCode == ExitCodes.Ok, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
