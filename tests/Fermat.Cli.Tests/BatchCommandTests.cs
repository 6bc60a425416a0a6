using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat prove batch</c> and <c>fermat verify batch</c>.</summary>
public sealed class BatchCommandTests
{
    private static readonly string Rules = VenueCommandTests.Rules;

    [Fact]
    public void A_log_is_proven_in_batches_and_verified_as_a_chain_with_no_batch_missing_twice_or_elsewhere()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory,
            [.. VenueCommandTests.Opening(), VenueCommandTests.Trade("t1", 6, "100"), VenueCommandTests.Trade("t2", 7, "1000"), VenueCommandTests.Trade("t3", 7, "1", seller: "nobody"),
                new Deposit(new EventId("d2"), 7, new AccountId("bob"), "USD", new Quantity(1)), VenueCommandTests.Prices("p2", 8, "101"),
                new Deposit(new EventId("d3"), 9, new AccountId("alice"), "USD", new Quantity(1)), new Transfer(new EventId("s1"), 9, new AccountId("alice"), new AccountId("bob"), "USD", new Quantity(5), null),
                VenueCommandTests.Prices("p3", 10, "100.5"), new Deposit(new EventId("d4"), 11, new AccountId("bob"), "USD", new Quantity(2))]);
        Cli.Answer made = Prove(directory, events);
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        JsonArray batches = made.Json["batches"]!.AsArray();
        Assert.Equal([8, 2, 1], batches.Select(batch => (int)batch!["events"]!));
        Assert.Equal([6, 15, 18], batches.Select(batch => (int)batch!["firstHeight"]!));
        Assert.Equal((2, 1), ((int)made.Json["eventsBetween"]!, (int)made.Json["refusedLines"]!));
        string[] statements = [.. batches.Select(batch => (string)batch!["statement"]!)];
        string root = (string)made.Json["rootBefore"]!;

        Cli.Answer verified = Verify(statements, "--root-before", root, "--log", (string)made.Json["logDigest"]!);
        Assert.True(verified.ExitCode == ExitCodes.Ok, verified.Output + verified.Error);
        Assert.True((int)verified.Json["provenBits"]! >= 100);
        Assert.Equal((string)made.Json["rootAfter"]!, (string)verified.Json["rootAfter"]!);
        Assert.Contains("root before", verified.Json["pinned"]!.AsArray().Select(pinned => (string)pinned!));
        Assert.Equal((11, 1, 1, 0), ((int)verified.Json["events"]!, (int)verified.Json["rejectedEvents"]!, (int)verified.Json["provenRejections"]!, (int)verified.Json["forcedSteps"]!));
        Assert.Equal(ExitCodes.Ok, Verify([statements[1]]).ExitCode);

        Rejected("statement.wrong-state-root", Verify([statements[0], statements[2]]));
        Rejected("statement.wrong-snapshot", Verify([statements[1], statements[0]]));
        Rejected("statement.wrong-snapshot", Verify([statements[0], statements[0]]));
        Rejected("statement.wrong-state-root", Verify(statements, "--root-before", (string)made.Json["rootAfter"]!));
        Rejected("statement.wrong-state-root", Verify(statements, "--root-after", root));
        Rejected("statement.wrong-snapshot", Verify([statements[0]], "--log", (string)made.Json["logDigest"]!));
        Rejected("statement.wrong-snapshot", Verify(statements, "--fees-leaf", "2"));
        int rounding = (int)verified.Json["costRounding"]!;
        Assert.Contains("rounding of costs", verified.Json["takenFromStatement"]!.AsArray().Select(taken => (string)taken!));
        Assert.Equal(ExitCodes.Ok, Verify([statements[1]], "--cost-rounding", $"{rounding}").ExitCode);
        Rejected("statement.wrong-snapshot", Verify(statements, "--cost-rounding", $"{rounding - 1}"));
        Assert.Equal("0.000001", (string)verified.Json["units"]!["assets"]!["USD"]!);
        Assert.Contains("units of the ledger", verified.Json["takenFromStatement"]!.AsArray().Select(taken => (string)taken!));
        Cli.Answer counted = Verify([statements[1]], "--unit", "USD=0.000001");
        Assert.Equal(ExitCodes.Ok, counted.ExitCode);
        Assert.Contains("units of USD", counted.Json["pinned"]!.AsArray().Select(pin => (string)pin!));
        Rejected("statement.wrong-snapshot", Verify(statements, "--unit", "USD=0.00000099"));
        foreach (string wrong in (string[])["USD", "=1", "GONE=1", "USD=0", "USD=-1", "USD=0.000000001", "USD=x"]) Assert.Equal(ExitCodes.BadInput, Verify([statements[1]], "--unit", wrong).ExitCode);
        Assert.Equal("statement.wrong-rulebook", Cli.Run(["verify", "batch", statements[0], "--rules", Rules.Replace("cross_perps", "cross_tiered", StringComparison.Ordinal), "--json"]).FirstCode);

        // another batch's proof, and a proof that is not there
        string proof = (string)batches[0]!["proof"]!;
        byte[] honest = File.ReadAllBytes(proof);
        File.Copy((string)batches[1]!["proof"]!, proof, overwrite: true);
        Rejected("statement.proof-rejected", Verify([statements[0]]));
        File.Delete(proof);
        Assert.Equal(ExitCodes.BadInput, Verify([statements[0]]).ExitCode);
        File.WriteAllBytes(proof, honest);

        Cli.Answer info = Cli.Run("proof", "info", proof, "--rules", Rules, "--json");
        Assert.True(info.ExitCode == ExitCodes.Ok, info.Output);
        Assert.Equal((int)verified.Json["provenBits"]!, (int)info.Json["provenBits"]!);
        Cli.Answer text = Cli.Run(["verify", "batch", .. statements, "--rules", Rules]);
        Assert.Contains("ACCEPTED", text.Output, StringComparison.Ordinal);
        Assert.Contains("Not shown: who did what", text.Output, StringComparison.Ordinal);
        Assert.Contains("1 events were rejected and changed nothing", text.Output, StringComparison.Ordinal);
        Assert.Equal("rules.needed", Cli.Run("verify", "solvency", proof, "--json").FirstCode);

        static void Rejected(string code, Cli.Answer answer) => Assert.Equal((ExitCodes.Rejected, code), (answer.ExitCode, answer.FirstCode));
    }

    [Fact]
    public void Batches_that_are_made_one_after_the_other_follow_each_other()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening(), VenueCommandTests.Trade("t1", 6, "10")]);
        Cli.Answer first = Prove(directory, events, "--from", "6", "--count", "3"), second = Prove(directory, events, "--from", "9", "--profile", "fast");
        Assert.True(second.ExitCode == ExitCodes.Ok, second.Output + second.Error);
        Assert.Equal((string)first.Json["rootAfter"]!, (string)second.Json["rootBefore"]!);
        Cli.Answer both = Verify([(string)first.Json["batches"]![0]!["statement"]!, (string)second.Json["batches"]![0]!["statement"]!], "--root-before", (string)first.Json["rootBefore"]!);
        Assert.True(both.ExitCode == ExitCodes.Ok, both.Output);
        Assert.Equal(0, (int)both.Json["eventsBetween"]!);
    }

    [Fact]
    public void What_cannot_be_proven_is_named_with_its_height_and_nothing_is_written()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening(), VenueCommandTests.Trade("t1", 6, "100"),
            new AccountOpened(new EventId("i1"), 7, new AccountId("isolda"), default, MarginMode.Isolated)]);
        Cli.Answer refused = Prove(directory, events);
        Assert.Equal(ExitCodes.Rejected, refused.ExitCode);
        Assert.StartsWith("batch.", refused.FirstCode, StringComparison.Ordinal);
        Assert.Contains("height", (string)refused.Json["errors"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["proofs"]) && Directory.EnumerateFiles(directory["proofs"]).Any());
        Assert.Equal("bad-option", Prove(directory, events, "--from", "99").FirstCode);
        Assert.Equal("batch.empty", Prove(directory, events, "--from", "5", "--count", "1").FirstCode);
        Assert.Equal(ExitCodes.BadInput, Prove(directory, events, "--size", "0").ExitCode);
    }

    [Fact]
    public void Whose_turn_it_was_is_proven_beside_the_batches_and_verified_with_them()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening(), VenueCommandTests.Trade("t1", 6, "100"), VenueCommandTests.Prices("p2", 8, "1000")]);     // too much for the insurance fund
        Cli.Answer made = Prove(directory, events, "--order");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        JsonArray batches = made.Json["batches"]!.AsArray();
        string[] statements = [.. batches.Select(batch => (string)batch!["statement"]!)], orders = [.. batches.Select(batch => (string?)batch!["orderProof"]).OfType<string>()];
        Assert.NotEmpty(orders);

        Cli.Answer verified = Verify(statements);
        Assert.True(verified.ExitCode == ExitCodes.Ok, verified.Output + verified.Error);
        Assert.Equal((orders.Length, orders.Length), ((int)verified.Json["ordersProven"]!, (int)verified.Json["deleveragings"]!));
        Assert.Equal(orders.Length, (int)Verify(statements, "--require-order").Json["ordersProven"]!);
        Assert.Contains("against the account whose turn it was", Cli.Run(["verify", "batch", .. statements, "--rules", Rules]).Output, StringComparison.Ordinal);

        Cli.Answer info = Cli.Run("proof", "info", orders[0], "--rules", Rules, "--json");
        Assert.True(info.ExitCode == ExitCodes.Ok && (int)info.Json["provenBits"]! >= 100, info.Output + info.Error);

        // the proof of a batch in the place of its proof of order; and without one it is the venue's word
        File.Copy(orders[0].Replace(".order.proof", ".proof", StringComparison.Ordinal), orders[0], overwrite: true);
        Cli.Answer forged = Verify(statements);
        Assert.Equal((ExitCodes.Rejected, "statement.proof-rejected"), (forged.ExitCode, forged.FirstCode));
        foreach (string order in orders) File.Delete(order);
        Assert.Equal(0, (int)Verify(statements).Json["ordersProven"]!);
        Cli.Answer demanded = Verify(statements, "--require-order");
        Assert.Equal((ExitCodes.Rejected, "statement.not-proven"), (demanded.ExitCode, demanded.FirstCode));

        Cli.Answer unranked = Cli.Run("prove", "batch", events, "--rules", Rules.Replace("cross_perps", "cross_tiered", StringComparison.Ordinal), "-o", directory["other"], "--secret", directory["venue.secret"], "--order", "--json");
        Assert.Equal("rules.not-provable", unranked.FirstCode);
        Assert.False(Directory.Exists(directory["other"]));
    }

    [Fact]
    public void How_a_loss_was_shared_is_proven_beside_the_batches_and_verified_with_them()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening(), VenueCommandTests.Trade("t1", 6, "100"), VenueCommandTests.Prices("p2", 8, "1000")]);     // too much for the insurance fund
        Cli.Answer made = Prove(directory, events, "--shares", "--size", "2");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        JsonArray batches = made.Json["batches"]!.AsArray();
        string[] statements = [.. batches.Select(batch => (string)batch!["statement"]!)], shares = [.. batches.Select(batch => (string?)batch!["sharesProof"]).OfType<string>()];
        Assert.NotEmpty(shares);

        Cli.Answer verified = Verify(statements);
        Assert.True(verified.ExitCode == ExitCodes.Ok, verified.Output + verified.Error);
        Assert.Equal((shares.Length, 0), ((int)verified.Json["lossesProven"]!, (int)verified.Json["ordersProven"]!));
        Assert.Equal(shares.Length, (int)Verify(statements, "--unit", "USD=0.000001").Json["lossesProven"]!);
        Assert.Equal(shares.Length, (int)Verify(statements, "--require-shares").Json["lossesProven"]!);
        Cli.Answer other = Verify(statements, "--unit", "USD=0.0000001");
        Assert.Equal((ExitCodes.Rejected, "statement.wrong-snapshot"), (other.ExitCode, other.FirstCode));
        Assert.Contains("by all in the book that held the asset", Cli.Run(["verify", "batch", .. statements, "--rules", Rules]).Output, StringComparison.Ordinal);

        Cli.Answer info = Cli.Run("proof", "info", shares[0], "--rules", Rules, "--json");
        Assert.True(info.ExitCode == ExitCodes.Ok && (int)info.Json["bytes"]! == new FileInfo(shares[0]).Length, info.Output + info.Error);

        // the proof of the batch in the place of its shares, and none: then it is the venue's word
        File.Copy(shares[0].Replace(".shares.proof", ".proof", StringComparison.Ordinal), shares[0], overwrite: true);
        Cli.Answer forged = Verify(statements);
        Assert.Equal((ExitCodes.Rejected, "statement.proof-rejected"), (forged.ExitCode, forged.FirstCode));
        foreach (string share in shares) File.Delete(share);
        Cli.Answer word = Verify(statements);
        Assert.Equal(0, (int)word.Json["lossesProven"]!);
        Assert.NotEqual(0, (int)word.Json["lossShares"]!);
        Cli.Answer demanded = Verify(statements, "--require-shares");
        Assert.Equal((ExitCodes.Rejected, "statement.not-proven"), (demanded.ExitCode, demanded.FirstCode));
    }

    /// <summary>The fund loses 6000 of its 5000 in a position of its own, and the others share what it owes.</summary>
    [Fact]
    public void How_a_loss_of_the_insurance_fund_itself_was_shared_is_proven_beside_the_batches()
    {
        using var directory = new TemporaryDirectory();
        string events = VenueCommandTests.Write(directory, [.. VenueCommandTests.Opening(), new AccountOpened(new EventId("o-carol"), 5, new AccountId("carol"), default, MarginMode.Cross),
            new Deposit(new EventId("d-carol"), 5, new AccountId("carol"), "USD", new Quantity(4000)), VenueCommandTests.Trade("t1", 6, "300", seller: "carol", buyer: "insurance"), VenueCommandTests.Prices("p2", 8, "80")]);
        Cli.Answer made = Prove(directory, events, "--shares");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        JsonArray batches = made.Json["batches"]!.AsArray();
        Assert.All(batches, batch => Assert.Null(batch!["sharesNotProven"]));
        JsonNode loss = Assert.Single(batches, batch => batch!["sharesProof"] is not null)!;
        string[] statements = [.. batches.Select(batch => (string)batch!["statement"]!)];
        Cli.Answer verified = Verify(statements, "--require-shares");
        Assert.True(verified.ExitCode == ExitCodes.Ok, verified.Output + verified.Error);
        Assert.Equal(1, (int)verified.Json["lossesProven"]!);
        File.Delete((string)loss["sharesProof"]!);
        Assert.Contains("shares of what failing accounts owed; who shares, and how much, is the venue's word", Cli.Run(["verify", "batch", .. statements, "--rules", Rules]).Output, StringComparison.Ordinal);
        Cli.Answer demanded = Verify(statements, "--require-shares");
        Assert.Equal((ExitCodes.Rejected, "statement.not-proven"), (demanded.ExitCode, demanded.FirstCode));
    }

    private static Cli.Answer Prove(TemporaryDirectory directory, string events, params string[] more) =>
        Cli.Run(["prove", "batch", events, "--rules", Rules, "--depth", "4", "-o", directory["proofs"], "--secret", directory["venue.secret"], "--json", .. more]);

    private static Cli.Answer Verify(string[] statements, params string[] more) => Cli.Run(["verify", "batch", .. statements, "--rules", Rules, "--json", .. more]);
}
