using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Oracles;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat prices</c>: from a key to an event, and what is said on the way.</summary>
public sealed class PriceCommandTests
{
    internal const long Open = 1_700_000_000_000;

    [Fact]
    public void A_key_is_drawn_once_and_signs()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer made = Cli.Run("prices", "keygen", directory["own.key"], "--json");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["own.key"]));
        string before = File.ReadAllText(directory["own.key"]);
        Assert.Equal("file-exists", Cli.Run("prices", "keygen", directory["own.key"], "--json").FirstCode);
        Assert.Equal(before, File.ReadAllText(directory["own.key"]));
        Cli.Answer signed = Cli.Run("prices", "sign", "BTC=64200.5", "--key", directory["own.key"], "--chain", "5", "--time", "7", "-o", directory["own.json"], "--json");
        Assert.True(signed.ExitCode == ExitCodes.Ok, signed.Output);
        Assert.Equal((string)made.Json["address"]!, (string)signed.Json["signer"]!);
        PriceReport report = Assert.Single(PriceReportJson.Read(File.ReadAllBytes(directory["own.json"]), out _));
        Assert.Equal(("BTC", "64200.5", 7L, 7UL, 5UL), (report.Feed, report.Price.ToString(), report.Time, report.Sequence, report.Chain));
    }

    [Fact]
    public void What_would_not_count_is_not_signed()
    {
        using var directory = new TemporaryDirectory();
        Oracles(directory);
        Refused("prices.unknown-feed", "ETH=1");
        Refused("prices.out-of-range", "P=100.001");
        Refused("bad-option", "P=100.50");
        Refused("bad-option", "P");
        Refused("bad-option", "P=1", "P=2");
        Refused("usage", "P=1", "--chain", "1");
        Refused("bad-option", "P=1", "--confidence", "2");
        Key(directory, "stranger");
        Assert.Equal("prices.unknown-signer", Cli.Run("prices", "sign", "P=1", "--key", directory["stranger.key"], "--oracles", directory["oracles.json"], "-o", directory["x.json"], "--json").FirstCode);
        File.WriteAllText(directory["no.key"], "nothing");
        Assert.Equal("bad-key", Cli.Run("prices", "sign", "P=1", "--key", directory["no.key"], "--chain", "1", "-o", directory["x.json"], "--json").FirstCode);
        Assert.False(File.Exists(directory["x.json"]));

        void Refused(string code, params string[] more)
        {
            Cli.Answer answer = Cli.Run(["prices", "sign", .. more, "--key", directory["alpha.key"], "--oracles", directory["oracles.json"], "-o", directory["x.json"], "--json"]);
            Assert.Equal((ExitCodes.BadInput, code), (answer.ExitCode, answer.FirstCode));
        }
    }

    [Fact]
    public void A_check_says_who_counted_and_why_each_other_report_did_not()
    {
        using var directory = new TemporaryDirectory();
        Oracles(directory);
        string[] files = [Sign(directory, "alpha", "P=100", Open), Sign(directory, "beta", "P=100.5", Open), Sign(directory, "gamma", "P=103", Open)];
        Cli.Answer good = Cli.Run(["prices", "check", .. files, "--oracles", directory["oracles.json"], "--time", $"{Open + 900}", "--json"]);
        Assert.True(good.ExitCode == ExitCodes.Ok, good.Output);
        Assert.Equal(("100.25", 2), ((string)good.Json["feeds"]![0]!["price"]!, good.Json["feeds"]![0]!["counted"]!.AsArray().Count));
        Assert.Equal("prices.outlier", (string)good.Json["rejected"]![0]!["code"]!);
        string text = Cli.Run(["prices", "check", .. files, "--oracles", directory["oracles.json"], "--time", $"{Open + 900}"]).Output;
        Assert.Contains("P: 100.25, the median of 2 of 3 sources (quorum 2)", text, StringComparison.Ordinal);
        Assert.Contains("rejected  gamma", text, StringComparison.Ordinal);
        Assert.Contains("[outlier]", text, StringComparison.Ordinal);

        Cli.Answer late = Cli.Run(["prices", "check", .. files, "--oracles", directory["oracles.json"], "--time", $"{Open + 5001}", "--json"]);
        Assert.Equal(ExitCodes.Rejected, late.ExitCode);
        Assert.Equal(["prices.quorum-not-met", "prices.stale"], late.Json["rejected"]!.AsArray().Select(one => (string)one!["code"]!).Distinct().Order());
        Assert.Null((string?)late.Json["digest"]);
    }

    [Fact]
    public void Rules_are_shown_with_their_digest_and_a_fault_with_its_place()
    {
        using var directory = new TemporaryDirectory();
        OracleRules rules = Oracles(directory);
        Assert.Equal(rules.Digest().ToString(), (string)Cli.Run("prices", "rules", directory["oracles.json"], "--json").Json["digest"]!);
        File.WriteAllText(directory["bad.json"], File.ReadAllText(directory["oracles.json"]).Replace("\"quorum\": 2", "\"quorum\": 4", StringComparison.Ordinal));
        Cli.Answer bad = Cli.Run("prices", "rules", directory["bad.json"], "--json");
        Assert.Equal((ExitCodes.BadInput, "prices.bad-rules"), (bad.ExitCode, bad.FirstCode));
        Assert.Contains("quorum of P is 4 of 3", (string)bad.Json["errors"]![0]!["message"]!, StringComparison.Ordinal);
        File.WriteAllBytes(directory["weak.json"], OracleRulesJson.Write(rules with { Feeds = [rules.Feeds[0] with { Quorum = 1 }] }).Span);
        Assert.Contains("no majority", Cli.Run("prices", "rules", directory["weak.json"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_becomes_an_event_that_a_replay_takes_and_comes_once()
    {
        using var directory = new TemporaryDirectory();
        Oracles(directory);
        Listings(directory);
        string[] one = [Sign(directory, "alpha", "P=100", Open), Sign(directory, "beta", "P=100", Open)];
        Cli.Answer made = Set(directory, "open", Open + 10, one);
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output);
        string events = File.ReadAllText(directory["events.jsonl"]), log = File.ReadAllText(directory["prices.json"]);
        var happened = (PricesSet)Read(File.ReadLines(directory["events.jsonl"]).Last());
        Assert.Equal(("100", "1"), (happened.Prices["P"].ToString(), happened.Prices["USD"].ToString()));
        Assert.Equal((string)made.Json["digest"]!, Convert.ToHexStringLower(happened.Source!));
        JsonObject replay = Cli.Run("replay", directory["events.jsonl"], "--rules", VenueCommandTests.Rules, "--json").Json;
        Assert.Equal((5, 0), ((int)replay["events"]!["applied"]!, (int)replay["events"]!["refused"]!));

        // sent again it comes once, also where the event was lost
        Assert.True((bool)Set(directory, "open", Open + 10, one).Json["known"]!);
        Assert.Equal((events, log), (File.ReadAllText(directory["events.jsonl"]), File.ReadAllText(directory["prices.json"])));
        Listings(directory);
        Assert.Equal(ExitCodes.Ok, Set(directory, "open", null, one).ExitCode);
        Assert.Equal((events, log), (File.ReadAllText(directory["events.jsonl"]), File.ReadAllText(directory["prices.json"])));

        // another set of that name, an older one, one without a quorum, one of other rules, and a file that is torn: nothing is written
        string[] two = [Sign(directory, "alpha", "P=101", Open + 1000), Sign(directory, "beta", "P=101", Open + 1000)];
        Assert.Equal("prices.event-known", Set(directory, "open", Open + 1000, two).FirstCode);
        Assert.Equal("prices.time-not-monotone", Set(directory, "noon", Open + 10, one).FirstCode);
        Cli.Answer alone = Set(directory, "noon", Open + 1000, [two[0]]);
        Assert.Equal((ExitCodes.Rejected, "prices.quorum-not-met"), (alone.ExitCode, alone.FirstCode));
        Assert.Equal((events, log), (File.ReadAllText(directory["events.jsonl"]), File.ReadAllText(directory["prices.json"])));
        string rules = File.ReadAllText(directory["oracles.json"]);
        File.WriteAllText(directory["oracles.json"], rules.Replace("\"maxAge\": 60000", "\"maxAge\": 60001", StringComparison.Ordinal));
        Assert.Equal("prices.other-rules", Set(directory, "noon", Open + 1000, two).FirstCode);
        File.WriteAllText(directory["oracles.json"], rules);
        File.AppendAllText(directory["events.jsonl"], "{\"type\":");
        Assert.Equal("events-torn", Set(directory, "noon", Open + 1000, two).FirstCode);
        Assert.Equal(events + "{\"type\":", File.ReadAllText(directory["events.jsonl"]));
        File.WriteAllText(directory["events.jsonl"], events);
        Assert.Equal(ExitCodes.Ok, Set(directory, "noon", Open + 1000, two).ExitCode);
        Assert.Equal(events.Length, File.ReadAllText(directory["events.jsonl"]).IndexOf("{\"type\":\"prices-set\",\"id\":\"noon\"", StringComparison.Ordinal));

        // without a file, the event alone is on standard output
        Cli.Answer plain = Cli.Run(["prices", "set", .. two, "--oracles", directory["oracles.json"], "--log", directory["other.json"], "--event", "e", "--time", $"{Open + 1000}"]);
        Assert.Equal("e", Read(plain.Output.TrimEnd('\n')).Id.Value);
    }

    [Fact]
    public void What_sources_are_not_sure_of_is_in_the_event_and_published_only_as_it_was_signed()
    {
        using var directory = new TemporaryDirectory();
        Oracles(directory);
        Listings(directory);
        Assert.Equal(ExitCodes.Ok, Set(directory, "open", Open + 10, [Sign(directory, "alpha", "P=100", Open, "0.75"), Sign(directory, "beta", "P=100", Open, "0.9")]).ExitCode);
        string events = File.ReadAllText(directory["events.jsonl"]);
        var happened = (PricesSet)Read(File.ReadLines(directory["events.jsonl"]).Last());
        Assert.Equal("0.75", Assert.Single(happened.Confidences!).Value.ToString());     // the lower one of the middle two
        string[] publish = ["prices", "publish", directory["events.jsonl"], "--rules", VenueCommandTests.Rules, "--log", directory["prices.json"], "-o", directory["published.json"], "--json"];
        Assert.Equal(ExitCodes.Ok, Cli.Run(publish).ExitCode);
        foreach (string lie in (string[])["\"confidences\":{\"P\":\"0.76\"}", "\"confidences\":{\"USD\":\"0.75\"}"])
        {
            Assert.Contains("\"confidences\":{\"P\":\"0.75\"}", events, StringComparison.Ordinal);
            File.WriteAllText(directory["events.jsonl"], events.Replace("\"confidences\":{\"P\":\"0.75\"}", lie, StringComparison.Ordinal));
            Cli.Answer refused = Cli.Run(publish);
            Assert.Equal((ExitCodes.Rejected, "prices.unsigned"), (refused.ExitCode, refused.FirstCode));
            Assert.Contains("another confidence of P", (string)refused.Json["errors"]![0]!["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_published_log_has_the_heights_and_what_nobody_signed_is_not_published()
    {
        using var directory = new TemporaryDirectory();
        Oracles(directory);
        Listings(directory);
        Assert.Equal(ExitCodes.Ok, Set(directory, "open", Open + 10, [Sign(directory, "alpha", "P=100", Open), Sign(directory, "beta", "P=100", Open)]).ExitCode);
        Cli.Answer published = Publish(directory);
        Assert.True(published.ExitCode == ExitCodes.Ok, published.Output);
        Assert.Equal(5UL, Assert.Single(PriceLogJson.Read(File.ReadAllBytes(directory["published.json"]), out _)!.Entries).Height);

        // the ledger of a run says the same
        Assert.Equal(ExitCodes.Ok, Cli.Run("run", "--rules", VenueCommandTests.Rules, "--data", directory["venue"], "--events", directory["events.jsonl"], "--depth", "4", "--no-proofs").ExitCode);
        Cli.Answer folder = Cli.Run("prices", "publish", "--data", directory["venue"], "--log", directory["prices.json"], "-o", directory["of-run.json"], "--json");
        Assert.Equal((string)published.Json["priceLogDigest"]!, (string)folder.Json["priceLogDigest"]!);
        Assert.Equal("usage", Cli.Run("prices", "publish", "--log", directory["prices.json"], "-o", directory["x.json"], "--json").FirstCode);

        File.Delete(directory["published.json"]);
        PricesSet signed = (PricesSet)Read(File.ReadLines(directory["events.jsonl"]).Last());
        foreach (PricesSet lie in (PricesSet[])[signed with { Source = null }, signed with { Source = new byte[32] }, signed with { Id = new EventId("p2") }, signed with { Prices = new Dictionary<string, Quantity> { ["P"] = new(101) } }])
        {
            string[] honest = [.. File.ReadAllLines(directory["events.jsonl"])[..4]];
            File.WriteAllLines(directory["events.jsonl"], [.. honest, EventJson.Write(lie)]);
            Assert.Equal("prices.unsigned", Publish(directory).FirstCode);
            Assert.False(File.Exists(directory["published.json"]));
        }
    }

    internal static Cli.Answer Publish(TemporaryDirectory directory, string events = "events.jsonl") =>
        Cli.Run("prices", "publish", directory[events], "--rules", VenueCommandTests.Rules, "--log", directory["prices.json"], "-o", directory["published.json"], "--json");

    internal static Cli.Answer Set(TemporaryDirectory directory, string name, long? time, string[] reports) => Cli.Run(
        ["prices", "set", .. reports, "--oracles", directory["oracles.json"], "--log", directory["prices.json"], "--event", name, .. time is { } at ? (string[])["--time", $"{at}"] : [], "--state", "USD=1", "-o", directory["events.jsonl"], "--json"]);

    internal static string Sign(TemporaryDirectory directory, string source, string price, long time, string confidence = "1")
    {
        string path = directory[$"{source}-{time}-{price}.json"];
        Cli.Answer signed = Cli.Run("prices", "sign", price, "--key", directory[source + ".key"], "--chain", "1", "--time", $"{time}", "--confidence", confidence, "-o", path);
        Assert.True(signed.ExitCode == ExitCodes.Ok, signed.Error);
        return path;
    }

    /// <summary>Three sources, of whom two must agree on P to 2%.</summary>
    internal static OracleRules Oracles(TemporaryDirectory directory)
    {
        var rules = new OracleRules(1, [.. new[] { "alpha", "beta", "gamma" }.Select(name => new OracleSource(name, Key(directory, name)))], [new OracleFeed("P", 2, 2, 20_000)], Freshness: 5_000, MaxSkew: 500, MaxAge: 60_000);
        File.WriteAllBytes(directory["oracles.json"], OracleRulesJson.Write(rules).Span);
        return rules;
    }

    internal static Signatures.EthereumAddress Key(TemporaryDirectory directory, string name)
    {
        byte[] secret = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes("test source " + name));
        File.WriteAllText(directory[name + ".key"], Convert.ToHexStringLower(secret));
        using Signatures.Secp256k1Key key = Signatures.Secp256k1Key.FromBytes(secret)!;
        return key.Address;
    }

    /// <summary>The listings of a venue, four events, in <c>events.jsonl</c>.</summary>
    internal static void Listings(TemporaryDirectory directory) => VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening()[..4].Select(one => one with { Time = Open })]);

    private static LedgerEvent Read(string line) => EventJson.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out LedgerEvent? value, out EventError? error) ? value : throw new FormatException(error.Sentence);
}
