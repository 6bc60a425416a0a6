using System.Text.Json.Nodes;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat event open</c> and <c>fermat verify event</c>: an event of a batch that a venue proved, shown and checked.</summary>
public sealed class EventCommandTests : IClassFixture<EventCommandTests.Venue>
{
    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk");

    private readonly Venue venue;

    public EventCommandTests(Venue venue) => this.venue = venue;

    [Fact]
    public void A_signed_event_is_opened_and_verified_against_its_batch()
    {
        using var directory = new TemporaryDirectory();
        JsonObject opened = Json(venue.Open("lena-buys", directory["trade.json"]));
        Assert.Equal(venue.Statements[0], (string)opened["statement"]!);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["trade.json"]));
        JsonObject verdict = Json(Verify(directory["trade.json"], venue.Statements[0]));
        Assert.Equal(("lena-buys", true, false), ((string)verdict["event"]!, (bool)verdict["amountsCompared"]!, (bool)verdict["rejected"]!));
        Assert.Equal("65010", (string)verdict["terms"]!["price"]!);
        Assert.Equal([("lena", Venue.Lena.Address.ToString()), ("maker", null)], verdict["signatories"]!.AsArray().Select(one => ((string)one!["account"]!, (string?)one["signer"])));
        Cli.Answer told = Cli.Run("verify", "event", directory["trade.json"], "--rules", Rules, "--statement", venue.Statements[0]);
        Assert.Contains($"lena, leaf 2: signed by {Venue.Lena.Address}", told.Output, StringComparison.Ordinal);
        Assert.Contains("maker, leaf 3: the account has no owner's key", told.Output, StringComparison.Ordinal);

        Json(venue.Open("lena-wants-more", directory["rejected.json"]));
        Assert.True((bool)Json(Verify(directory["rejected.json"], venue.Statements[0]))["rejected"]!);
        Assert.Contains("Nothing moved; what was attempted is what it says.", Cli.Run("verify", "event", directory["rejected.json"], "--rules", Rules, "--statement", venue.Statements[0]).Output, StringComparison.Ordinal);
        Json(venue.Open("late-deposit", directory["deposit.json"]));
        Assert.Empty(Json(Verify(directory["deposit.json"], venue.Statements[1]))["signatories"]!.AsArray());
    }

    /// <summary>A row is of leaves; an account's own opening shows whose leaf it is.</summary>
    [Fact]
    public void Accounts_are_shown_by_their_own_openings()
    {
        using var directory = new TemporaryDirectory();
        (string trade, string lena, string statement) = (directory["trade.json"], directory["lena.json"], venue.Statements[0]);
        Json(venue.Open("lena-buys", trade));
        JsonObject told = Json(Verify(trade, statement));
        Assert.False((bool)told["accountsShown"]!);
        Assert.Equal([("lena", 2, false), ("maker", 3, false)], Leaves(told));
        Assert.Contains("maker is proven to be leaf 3; that leaf 3 is maker is the venue's word", Cli.Run("verify", "event", trade, "--rules", Rules, "--statement", statement).Output, StringComparison.Ordinal);
        Json(venue.Include("lena", statement, lena));
        told = Json(Verify(trade, statement, "--inclusion", lena));
        Assert.Equal([("lena", 2, true), ("maker", 3, false)], Leaves(told));
        Json(venue.Include("maker", statement, directory["maker.json"]));
        Assert.True((bool)Json(Verify(trade, statement, "--inclusion", lena, "--inclusion", directory["maker.json"]))["accountsShown"]!);
        Json(venue.Include("lena", venue.Statements[1], directory["later.json"]));
        Assert.Equal(ExitCodes.Rejected, Verify(trade, statement, "--inclusion", directory["later.json"]).ExitCode);                 // under another root

        static IEnumerable<(string, int, bool)> Leaves(JsonObject verdict) => verdict["leaves"]!.AsArray().Select(one => ((string)one!["account"]!, (int)one["leaf"]!, (bool)one["shown"]!));
    }

    /// <summary>Who settles a withdrawal names its request alone.</summary>
    [Fact]
    public void What_is_given_back_is_compared_with_its_request()
    {
        using var directory = new TemporaryDirectory();
        (string back, string request, string statement) = (directory["back.json"], directory["request.json"], venue.Statements[1]);
        Json(venue.Open("given-back", back));
        Json(venue.Open("maker-asks", request));
        Assert.False((bool)Json(Verify(back, statement))["amountsCompared"]!);
        Assert.Contains("bring the request's opening with --request", Cli.Run("verify", "event", back, "--rules", Rules, "--statement", statement).Output, StringComparison.Ordinal);
        JsonObject verdict = Json(Verify(back, statement, "--request", request));
        Assert.Equal((true, "maker"), ((bool)verdict["amountsCompared"]!, (string?)verdict["leaves"]![0]!["account"]));
        Assert.Equal("no-request", Verify(back, statement, "--request", back).FirstCode);
        File.WriteAllText(request, File.ReadAllText(request).Replace("\"amount\":\"12.5\"", "\"amount\":\"12\"", StringComparison.Ordinal));
        Rejected("event.other-amounts", Verify(back, statement, "--request", request));
    }

    [Fact]
    public void What_is_not_what_was_proven_is_named()
    {
        using var directory = new TemporaryDirectory();
        string file = directory["trade.json"];
        Json(venue.Open("lena-buys", file));
        string honest = File.ReadAllText(file);
        Rejected("event.other-batch", Verify(file, venue.Statements[1]));
        Rejected("event.bad-signature", Verify(file, venue.Statements[0], "--chain", "5"));
        Rejected("event.other-amounts", Verify(file, venue.Statements[0], "--multiplier", "0.1"));
        Changed("event.other-terms", "\"price\":\"65010\"", "\"price\":\"65011\"");
        Changed("event.other-terms", "\"buyer\":\"lena\"", "\"buyer\":\"alice\"");
        Changed("event.not-an-event", "\"venue\": \"Example Perpetuals\"", "\"venue\": \"Another\"");
        Changed("event.not-an-event", "\"type\":\"trade\"", "\"type\":\"traded\"");

        void Changed(string code, string from, string to)
        {
            Assert.Contains(from, honest, StringComparison.Ordinal);
            File.WriteAllText(file, honest.Replace(from, to, StringComparison.Ordinal));
            Rejected(code, Verify(file, venue.Statements[0]));
        }
    }

    [Fact]
    public void What_makes_no_sense_is_told()
    {
        using var directory = new TemporaryDirectory();
        string to = directory["event.json"];
        Assert.Equal("no-such-event", venue.Open("nothing", to).FirstCode);
        Assert.Equal("no-batch", venue.Open("e7", to).FirstCode);                                          // prices act between batches
        Assert.Equal("bad-event", venue.Open("no event", to).FirstCode);
        using (var another = Fermat.Ledger.VenueSecret.Generate()) another.Save(directory["another.secret"]);
        Assert.Equal("other-batch", venue.Open("lena-buys", to, "--secret", directory["another.secret"]).FirstCode);
        Assert.Equal("no-venue", Cli.Run("event", "open", "--data", directory.Path, "--rules", Rules, "--event", "e7", "-o", to, "--json").FirstCode);
        Assert.False(File.Exists(to));
        Json(venue.Open("lena-buys", to));
        Assert.Equal("bad-option", Verify(to, venue.Statements[0], "--multiplier", "0").FirstCode);
        Assert.Equal(ExitCodes.BadInput, Verify(venue.Statements[0], venue.Statements[0]).ExitCode);
    }

    private static Cli.Answer Verify(string file, string statement, params string[] more) => Cli.Run(["verify", "event", file, "--rules", Rules, "--statement", statement, .. more, "--json"]);

    private static void Rejected(string code, Cli.Answer answer) => Assert.Equal((ExitCodes.Rejected, code), (answer.ExitCode, answer.FirstCode));

    private static JsonObject Json(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return answer.Json;
    }

    /// <summary>The listings of examples/venue, lena who signs and a market maker who does not; two batches.</summary>
    public sealed class Venue : IDisposable
    {
        public Venue()
        {
            string[] day = File.ReadAllLines(Path.Combine(Cli.Root, "examples", "venue", "day.jsonl"));
            string owner = EventSignature.OwnerOf(Lena.Address).ToString();
            var trade = new Trade(new EventId("lena-buys"), 1780001140000, "BTC-PERP", new AccountId("lena"), new AccountId("maker"), Number("2"), Number("65010"), Number("39.01"), Number("-6.5"), null, null);
            Trade more = trade with { Id = new EventId("lena-wants-more"), Time = 1780001150000, Size = Number("500") };
            File.WriteAllText(Directory["events.jsonl"], string.Join('\n', (string[])
            [
                .. day[..7],
                $$"""{"type":"account-opened","id":"a1","time":1780000540000,"account":"lena","owner":"{{owner}}","mode":"cross"}""",
                """{"type":"account-opened","id":"a2","time":1780000541000,"account":"maker","mode":"cross"}""",
                """{"type":"deposit","id":"a3","time":1780000542000,"account":"lena","asset":"USD","amount":"20000"}""",
                """{"type":"deposit","id":"a4","time":1780000543000,"account":"maker","asset":"USD","amount":"2000000"}""",
                Signed(trade, 1),
                Signed(more, 2),
                """{"type":"prices-set","id":"a5","time":1780001200000,"prices":{"BTC":"65100","BTC-PERP":"65100"}}""",
                """{"type":"deposit","id":"late-deposit","time":1780001300000,"account":"lena","asset":"USD","amount":"5"}""",
                """{"type":"withdrawal-requested","id":"maker-asks","time":1780001310000,"account":"maker","asset":"USD","amount":"12.5"}""",
                """{"type":"withdrawal-settled","id":"given-back","time":1780001320000,"request":"maker-asks","paid":false}""",
                "",
            ]));
            Cli.Answer ran = Cli.Run("run", "--rules", Rules, "--data", Directory["venue"], "--events", Directory["events.jsonl"], "--depth", "4", "--bits", "30");
            Assert.True(ran.ExitCode == ExitCodes.Ok, ran.Output + ran.Error);
            Statements = [.. System.IO.Directory.EnumerateFiles(Directory["venue/proofs"], "*.statement.json").Order(StringComparer.Ordinal)];
            Assert.True(Statements.Length == 2, ran.Output);
        }

        internal static Secp256k1Key Lena { get; } = Secp256k1Key.FromBytes([.. Enumerable.Repeat((byte)7, 32)])!;

        internal TemporaryDirectory Directory { get; } = new();

        public string[] Statements { get; }

        internal Cli.Answer Open(string name, string to, params string[] more) => Cli.Run(["event", "open", "--data", Directory["venue"], "--rules", Rules, "--event", name, "--output", to, .. more, "--json"]);

        /// <summary>An account's opening under the root after the batch of a statement.</summary>
        internal Cli.Answer Include(string account, string statement, string to)
        {
            string height = Path.GetFileName(statement).Split('-', '.')[2].TrimStart('0');
            return Cli.Run("inclusion", "--data", Directory["venue"], "--rules", Rules, "--account", account, "--height", height, "--output", to, "--json");
        }

        public void Dispose() => Directory.Dispose();

        private static string Signed(Trade trade, ulong nonce) => EventJson.Write(trade with { ByBuyer = new EventSignature("Example Perpetuals", 1).Sign(trade, nonce, trade.Time + 1000, Lena) });

        private static Quantity Number(string text) => Quantity.TryParse(text, out Quantity value) ? value : throw new FormatException(text);
    }
}
