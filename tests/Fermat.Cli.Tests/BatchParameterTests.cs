using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Cli.Tests;

/// <summary>A venue that changes a margin bracket between two batches, end to end through the files: the change is shown, its statement P is found beside the batches, and required where that is asked for.</summary>
public sealed class BatchParameterTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void A_change_of_parameters_between_batches_is_shown_and_its_statement_P_is_verified_and_can_be_required()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory,
            [.. VenueCommandTests.Opening(),
            new AccountOpened(new EventId("o"), Hour, new AccountId("alice"), default, MarginMode.Cross),
            new ParametersUpdated(new EventId("u1"), Hour + 10_000, """{"market":{"Instrument":[{"initial":[["0","0.11","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"}]}}"""),
            new Deposit(new EventId("d"), Hour + 10_001, new AccountId("alice"), "USD", new Quantity(100)),
            new ParametersUpdated(new EventId("u2"), 3 * Hour, """{"market":{"Instrument":[{"initial":[["0","0.12","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"}]}}""")]);
        JsonObject proven = Ok(Cli.Run("prove", "batch", events, "--rules", VenueCommandTests.Rules, "--depth", "4", "--bits", "40", "--aggregates", "-o", directory["proofs"], "--secret", directory["venue.secret"], "--json")).Json;
        string[] batches = [.. proven["batches"]!.AsArray().Select(batch => (string)batch!["statement"]!).TakeLast(2)], updates = [.. proven["updates"]!.AsArray().Select(update => (string)update!["statement"]!)];
        ulong height = (ulong)proven["updates"]![0]!["height"]!;
        Assert.Equal(2, updates.Length);
        Assert.Equal(Path.Combine(directory["proofs"], $"parameters-{height:D10}.statement.json"), updates[0]);

        JsonObject accepted = Ok(Verify(batches, "--require-parameters", "--json")).Json;
        JsonNode change = Assert.Single(accepted["parameterChanges"]!.AsArray())!;
        Assert.Equal(1, (int)accepted["parameterChangesProven"]!);
        Assert.Equal(($"[{height}]", true, """["Instrument P: initial"]"""), (change["updates"]!.ToJsonString(), (bool)change["proven"]!, change["changed"]!.ToJsonString()));
        Assert.Equal(((string)change["from"]!, (string)change["to"]!), ((string)accepted["batches"]![0]!["parameterSetDigest"]!, (string)accepted["batches"]![1]!["parameterSetDigest"]!));
        Assert.Equal((height - 1, height + 1), ((ulong)change["afterHeight"]!, (ulong)change["beforeHeight"]!));
        string text = Ok(Verify(Directory.GetFiles(directory["proofs"], "*.statement.json").Order(StringComparer.Ordinal).ToArray())).Output;   // as a shell gives them, updates among them
        Assert.Contains($"parameters changed between heights {height - 1} and {height + 1}: Instrument P: initial", text, StringComparison.Ordinal);
        Assert.Contains($"by the update of height {height}, which your rulebook's rules for updates allow (statement P); what was measured for these is the venue's word (elapsed, ", text, StringComparison.Ordinal);

        // what the batches show of the system, and the fund that the update between them was judged by
        JsonNode shown = Assert.Single(Ok(Verify(batches, "--require-aggregates", "--fund", "USD=0", "--json")).Json["aggregates"]!.AsArray())!;
        Assert.Equal(("stated", "proven"), ((string)shown["openInterestBefore"]!, (string)shown["insuranceFundBefore"]!));
        Assert.Equal("""{"before":"0","after":"5000"}""", shown["insuranceFund"]!["USD"]!.ToJsonString());
        Rejected("statement.wrong-aggregate", Verify(batches, "--fund", "USD=0.01", "--json"));
        Rejected("statement.wrong-aggregate", Verify(batches, "--open-interest", "P=1", "--json"));
        foreach (string wrong in (string[])["USD", "GONE=1", "USD=x"]) Assert.Equal(ExitCodes.BadInput, Verify(batches, "--fund", wrong).ExitCode);
        JsonArray funds = Ok(Verify(batches, "--fund-asset", "USD", "--json")).Json["fundsCompared"]!.AsArray();
        Assert.Equal([(height, true), ((ulong)proven["updates"]![1]!["height"]!, false)], funds.Select(fund => ((ulong)fund!["height"]!, (bool)fund["proven"]!)));
        string funded = Ok(Verify(batches, "--fund-asset", "USD")).Output;
        Assert.Contains($"the insurance fund that the update of height {height} was judged by is the proven one", funded, StringComparison.Ordinal);
        Assert.Contains("not between two of the batches", funded, StringComparison.Ordinal);
        Assert.Contains("an event touched it, so its balances are proven under the roots", funded, StringComparison.Ordinal);

        // the statement P of another update in its place, and one that was changed
        string own = File.ReadAllText(updates[0]), later = File.ReadAllText(updates[1]);
        File.Delete(updates[1]);
        File.WriteAllText(updates[0], later);
        Rejected("statement.not-a-chain", Verify(batches, "--json"));
        File.WriteAllText(updates[0], own.Replace("\"0.1\"", "\"0.105\"", StringComparison.Ordinal));
        Rejected("statement.digest-mismatch", Verify(batches, "--json"));

        // none at all
        File.Delete(updates[0]);
        Rejected("statement.not-proven", Verify(batches, "--require-parameters", "--json"));
        JsonObject word = Ok(Verify(batches, "--json")).Json;
        Assert.Equal((0, false), ((int)word["parameterChangesProven"]!, (bool)word["parameterChanges"]![0]!["proven"]!));
        Assert.Contains("that this was allowed is the venue's word: no statement P lies beside the batches", Ok(Verify(batches)).Output, StringComparison.Ordinal);
        Assert.Contains("parameters are the same in all of it: ", Ok(Verify(batches[1..], "--require-parameters")).Output, StringComparison.Ordinal);

        // given by name, from elsewhere
        Directory.CreateDirectory(directory["elsewhere"]);
        string moved = Path.Combine(directory["elsewhere"], Path.GetFileName(updates[0]));
        File.WriteAllText(moved, own);
        Assert.Equal(1, (int)Ok(Verify([.. batches, moved], "--require-parameters", "--json")).Json["parameterChangesProven"]!);
        Assert.Equal("usage", Verify([moved], "--json").FirstCode);
    }

    private static Cli.Answer Verify(string[] statements, params string[] more) => Cli.Run(["verify", "batch", .. statements, "--rules", VenueCommandTests.Rules, "--bits", "40", .. more]);

    private static void Rejected(string code, Cli.Answer answer) => Assert.Equal((ExitCodes.Rejected, code), (answer.ExitCode, answer.FirstCode));

    private static Cli.Answer Ok(Cli.Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output + answer.Error);
        return answer;
    }
}
