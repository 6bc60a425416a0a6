using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Margin.Tests;
using static Fermat.Cli.Tests.PriceCommandTests;

namespace Fermat.Cli.Tests;

/// <summary>A venue whose mark follows from a signed price, end to end through the files: set, prove, publish, verify.</summary>
public sealed class DerivedMarkCommandTests
{
    [Fact]
    public void A_derived_mark_is_derived_again_and_a_lie_about_its_input_is_refused_by_name()
    {
        using var directory = new TemporaryDirectory();
        PriceCommandTests.Oracles(directory);
        Listings(directory);
        Append(
            new InstrumentListed(new EventId("list-r"), Open, new InstrumentTerms("R", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1), "P")),
            new ParametersUpdated(new EventId("terms-r"), Open, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"R"}]}}"""),
            new MarksUpdated(new EventId("rules"), Open, """{"instruments":{"R":{"method":"index-and-basis","timeConstant":30000}}}"""));
        Ok(Cli.Run(["prices", "set", Sign(directory, "alpha", "P=100", Open), Sign(directory, "beta", "P=100", Open), "--oracles", directory["oracles.json"], "--log", directory["prices.json"], "--event", "open", "--time", $"{Open + 10}", "--state", "USD=1", "R.mid=100.25", "-o", directory["events.jsonl"], "--json"]));
        Append(new AccountOpened(new EventId("alice"), Open + 20, new AccountId("alice"), default, MarginMode.Cross), new Deposit(new EventId("d"), Open + 30, new AccountId("alice"), "USD", new Quantity(100)));
        Cli.Answer published = Ok(Cli.Run("prices", "publish", directory["events.jsonl"], "--rules", VenueCommandTests.Rules, "--log", directory["prices.json"], "-o", directory["published.json"], "--marks", directory["marks.json"], "--json"));
        Assert.Empty(new SchemaChecker(Schema("mark-log-v1.schema.json"), Schema).Check(JsonDocument.Parse(File.ReadAllBytes(directory["marks.json"])).RootElement));
        JsonObject proven = Ok(Cli.Run("prove", "batch", directory["events.jsonl"], "--rules", VenueCommandTests.Rules, "--depth", "4", "--bits", "40", "-o", directory["proofs"], "--secret", directory["venue.secret"], "--json")).Json;
        string batch = (string)Assert.Single(proven["batches"]!.AsArray())!["statement"]!;

        string digest = (string)published.Json["markLogDigest"]!;
        Cli.Answer accepted = Ok(Verify("marks.json", "--mark-log", digest));
        Assert.Equal("index-and-basis", (string)accepted.Json["prices"]!["batches"]![0]!["derived"]!["R"]!);
        Assert.Equal(digest, (string)accepted.Json["prices"]!["markLogDigest"]!);
        Assert.Contains("mark log", accepted.Json["pinned"]!.AsArray().Select(one => (string)one!));
        string text = Cli.Run("verify", "batch", batch, "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", directory["published.json"], "--stated", "USD", "--marks", directory["marks.json"]).Output;
        Assert.Contains("1 marks follow by the venue's rules from these", text, StringComparison.Ordinal);
        Assert.Contains("R (index-and-basis)", text, StringComparison.Ordinal);

        Assert.Equal("prices.no-price", Verify(null).FirstCode);
        string log = File.ReadAllText(directory["marks.json"]);
        File.WriteAllText(directory["lie.json"], log.Replace("\"R.mid\":\"100.25\"", "\"R.mid\":\"100.3\"", StringComparison.Ordinal));
        Rejected("prices.wrong-mark", "the mark of R is 100.3, by index-and-basis, and the event says 100.25", Verify("lie.json"));
        File.WriteAllText(directory["lie.json"], log.Replace("100.25", "100.3", StringComparison.Ordinal));
        Rejected("prices.wrong-mark", "R is valued at 100.25, and its mark, by index-and-basis, is 100.3", Verify("lie.json"));
        File.WriteAllText(directory["lie.json"], log.Replace("\"P\":\"100\"", "\"P\":\"101\"", StringComparison.Ordinal));
        Rejected("prices.mark-log-refused", "another price of P", Verify("lie.json"));
        Rejected("prices.wrong-mark-log", "not the pinned one", Verify("lie.json", "--mark-log", digest));
        Assert.Equal("prices.bad-mark-log", Verify("published.json").FirstCode);
        Assert.Equal("usage", Verify(null, "--mark-log", digest).FirstCode);

        Cli.Answer Verify(string? marks, params string[] more) =>
            Cli.Run(["verify", "batch", batch, "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", directory["published.json"], "--oracles", directory["oracles.json"], "--stated", "USD", "--json", .. marks is null ? [] : (string[])["--marks", directory[marks]], .. more]);

        void Append(params LedgerEvent[] events) => File.AppendAllLines(directory["events.jsonl"], events.Select(EventJson.Write));
    }

    private static JsonElement Schema(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Cli.Root, "docs", "schemas", file))).RootElement;

    private static Cli.Answer Ok(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output + answer.Error);
        return answer;
    }

    private static void Rejected(string code, string words, Cli.Answer answer)
    {
        Assert.Equal((ExitCodes.Rejected, code), (answer.ExitCode, answer.FirstCode));
        Assert.Contains(words, (string)answer.Json["errors"]![0]!["message"]!, StringComparison.Ordinal);
    }
}
