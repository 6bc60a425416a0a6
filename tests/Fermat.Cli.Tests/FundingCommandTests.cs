using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using static Fermat.Cli.Tests.PriceCommandTests;

namespace Fermat.Cli.Tests;

/// <summary>Funding of a venue whose mark is signed, end to end through the files: the batches of one whose proofs have another funding index than its published ticks are refused by name.</summary>
public sealed class FundingCommandTests
{
    [Fact]
    public void A_tampered_funding_index_is_refused_by_name_and_without_a_mark_log_it_is_the_venue_s_word_only_where_that_is_allowed()
    {
        using var directory = new TemporaryDirectory();
        PriceCommandTests.Oracles(directory);
        Listings(directory);
        Ok(Cli.Run("prices", "set", Sign(directory, "alpha", "P=100", Open), Sign(directory, "beta", "P=100", Open), "--oracles", directory["oracles.json"], "--log", directory["prices.json"], "--event", "open", "--time", $"{Open + 10}", "--state", "USD=1", "-o", directory["events.jsonl"], "--json"));
        File.AppendAllLines(directory["events.jsonl"], ((LedgerEvent[])[
            new FundingTick(new EventId("funding"), Open + 15, "P", new Quantity(1, 3)),
            new AccountOpened(new EventId("alice"), Open + 20, new AccountId("alice"), default, MarginMode.Cross),
            new Deposit(new EventId("d"), Open + 30, new AccountId("alice"), "USD", new Quantity(100))]).Select(EventJson.Write));
        Publish("events.jsonl", "marks.json");
        string honest = Prove("events.jsonl", "proofs"), tampered = "tampered.jsonl";
        File.WriteAllText(directory[tampered], File.ReadAllText(directory["events.jsonl"]).Replace("\"rate\":\"0.001\"", "\"rate\":\"0.2\"", StringComparison.Ordinal));

        Cli.Answer accepted = Ok(Verify(honest, "--marks", directory["marks.json"], "--json"));
        JsonNode batch = accepted.Json["prices"]!["batches"]![0]!;
        Assert.Equal("""[{"instrument":"P","index":"0.1","ticks":1,"leastRate":"0.001","mostRate":"0.001"}]""", batch["funding"]!.ToJsonString());
        Assert.Equal("[]", batch["statedFunding"]!.ToJsonString());
        string said = Ok(Verify(honest, "--marks", directory["marks.json"])).Output;
        Assert.Contains("the funding index of P follows from 1 funding tick of the mark log, and is at last 0.1; the venue's own word: the rate, 0.001", said, StringComparison.Ordinal);
        Assert.Contains("that no other funding fell due is what the mark log says", said, StringComparison.Ordinal);

        Cli.Answer refused = Verify(Prove(tampered, "lies"), "--marks", directory["marks.json"], "--json");
        Assert.Equal((ExitCodes.Rejected, "prices.wrong-funding"), (refused.ExitCode, refused.FirstCode));
        JsonNode error = refused.Json["errors"]![0]!;
        Assert.Equal(("P", "0.1", "20"), ((string)error["place"]!["part"]!, (string)error["expected"]!, (string)error["got"]!));

        Assert.Equal("prices.no-funding", Verify(honest, "--json").FirstCode);
        Assert.Equal("""["P"]""", Ok(Verify(honest, "--stated-funding", "--json")).Json["prices"]!["batches"]![0]!["statedFunding"]!.ToJsonString());
        Assert.Contains("the venue's own word: the funding index of P (--marks derives it)", Ok(Verify(honest, "--stated-funding")).Output, StringComparison.Ordinal);
        Assert.Equal("usage", Verify(honest, "--stated-funding", "--marks", directory["marks.json"], "--json").FirstCode);

        Cli.Answer Publish(string events, string marks) => Ok(Cli.Run("prices", "publish", directory[events], "--rules", VenueCommandTests.Rules, "--log", directory["prices.json"], "-o", directory["published.json"], "--marks", directory[marks], "--json"));

        string Prove(string events, string folder) => (string)Assert.Single(Ok(Cli.Run("prove", "batch", directory[events], "--rules", VenueCommandTests.Rules, "--depth", "4", "--bits", "40", "-o", directory[folder], "--secret", directory["venue.secret"], "--json")).Json["batches"]!.AsArray())!["statement"]!;

        Cli.Answer Verify(string statement, params string[] more) => Cli.Run(["verify", "batch", statement, "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", directory["published.json"], "--oracles", directory["oracles.json"], "--stated", "USD", .. more]);
    }

    private static Cli.Answer Ok(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output + answer.Error);
        return answer;
    }
}
