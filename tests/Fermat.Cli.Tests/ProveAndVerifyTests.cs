using System.Text.Json.Nodes;
using Fermat.Stark;

namespace Fermat.Cli.Tests;

/// <summary>One small book, proven once for all tests of the class.</summary>
public sealed class ProvenBook : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public ProvenBook()
    {
        Assert.Equal(ExitCodes.Ok, Cli.Run("generate", "--accounts", "20", "--seed", "3", "--output", Book).ExitCode);
        Cli.Answer proven = Cli.Run("prove", "solvency", "--book", Book, "--output", _directory.Path, "--secret", Secret, "--profile", "balanced", "--json");
        Assert.True(proven.ExitCode == ExitCodes.Ok, proven.Output + proven.Error);
        Answer = proven.Json;
        StateRoot = Answer["stateRoot"]!.GetValue<string>();
        AccountId = JsonNode.Parse(File.ReadAllText(Book))!["accounts"]![5]!["id"]!.GetValue<string>();
    }

    public JsonObject Answer { get; }

    public string StateRoot { get; }

    public string AccountId { get; }

    public string Book => _directory["book.json"];

    public string Proof => _directory["solvency.proof"];

    public string Statement => _directory["solvency.statement.json"];

    public string Secret => _directory["venue.secret"];

    public string Path(string name) => _directory[name];

    public void Dispose() => _directory.Dispose();
}

public sealed class ProveAndVerifyTests(ProvenBook proven) : IClassFixture<ProvenBook>
{
    private static string Changed(string hex) => (hex[0] == '1' ? '2' : '1') + hex[1..];

    [Fact]
    public void Every_stage_is_told_in_order_with_its_times_and_memory()
    {
        JsonArray stages = proven.Answer["stages"]!.AsArray();
        Assert.Equal(Enum.GetNames<ProverStage>(), stages.Select(stage => stage!["stage"]!.GetValue<string>()));
        Assert.All(stages, stage =>
        {
            Assert.True(stage!["seconds"]!.GetValue<double>() >= 0);
            Assert.True(stage["processorSeconds"]!.GetValue<double>() >= 0);
            Assert.True(stage["allocatedBytes"]!.GetValue<long>() >= 0);
        });
        long allocated = stages.Sum(stage => stage!["allocatedBytes"]!.GetValue<long>());
        Assert.InRange(allocated, 1, proven.Answer["allocatedBytes"]!.GetValue<long>());
        Assert.True(proven.Answer["peakBytes"]!.GetValue<long>() > proven.Answer["proofBytes"]!.GetValue<long>());
    }

    [Fact]
    public void A_proof_verifies_with_the_published_state_root()
    {
        Cli.Answer answer = Cli.Run("verify", proven.Proof, "--statement", proven.Statement, "--state-root", proven.StateRoot, "--json");
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        Assert.True(answer.Json["accepted"]!.GetValue<bool>());
        Assert.True(answer.Json["provenBits"]!.GetValue<int>() >= 100);
    }

    [Fact]
    public void Another_state_root_is_rejected_by_name()
    {
        Cli.Answer answer = Cli.Run("verify", proven.Proof, "--statement", proven.Statement, "--state-root", Changed(proven.StateRoot), "--json");
        Assert.Equal(ExitCodes.Rejected, answer.ExitCode);
        Assert.Equal("statement.wrong-state-root", answer.FirstCode);
    }

    [Fact]
    public void A_tampered_proof_is_rejected()
    {
        byte[] proof = File.ReadAllBytes(proven.Proof);
        proof[proof.Length / 3] ^= 4;
        File.WriteAllBytes(proven.Path("tampered.proof"), proof);
        Assert.Equal(ExitCodes.Rejected, Cli.Run("verify", proven.Path("tampered.proof"), "--statement", proven.Statement).ExitCode);
    }

    [Fact]
    public void A_statement_with_more_reserves_is_rejected()
    {
        JsonNode statement = JsonNode.Parse(File.ReadAllText(proven.Statement))!;
        JsonNode reserve = statement["reserves"]![0]!;
        reserve["amount"] = "9" + reserve["amount"]!.GetValue<string>();
        File.WriteAllText(proven.Path("overstated.json"), statement.ToJsonString());
        Cli.Answer answer = Cli.Run("verify", proven.Proof, "--statement", proven.Path("overstated.json"), "--json");
        Assert.Equal(ExitCodes.Rejected, answer.ExitCode);
        Assert.Equal("statement.proof-rejected", answer.FirstCode);
    }

    [Fact]
    public void More_proven_bits_than_the_proof_has_are_refused()
        => Assert.Equal(ExitCodes.Rejected, Cli.Run("verify", proven.Proof, "--statement", proven.Statement, "--bits", "120").ExitCode);

    [Fact]
    public void An_account_holder_checks_its_opening_and_sees_another_accounts_refused()
    {
        string opening = proven.Path("one.inclusion.json");
        Assert.Equal(ExitCodes.Ok, Cli.Run("inclusion", "--book", proven.Book, "--account", proven.AccountId, "--secret", proven.Secret, "--output", opening).ExitCode);
        string[] verify = ["verify", "inclusion", opening, "--state-root", proven.StateRoot, "--account"];
        string owner = JsonNode.Parse(File.ReadAllText(proven.Book))!["accounts"]![5]!["ownerKey"]?.GetValue<string>() ?? new string('0', 64);
        Assert.Equal(ExitCodes.Ok, Cli.Run([.. verify, proven.AccountId, "--owner-key", owner]).ExitCode);
        Assert.Equal(ExitCodes.Rejected, Cli.Run([.. verify, "somebody-else", "--owner-key", owner]).ExitCode);
        Assert.Equal(ExitCodes.Rejected, Cli.Run([.. verify, proven.AccountId, "--owner-key", Changed(owner)]).ExitCode);
    }

    [Fact]
    public void Pinned_reserves_must_cover_the_stated_ones_and_need_the_market_data()
    {
        JsonNode statement = JsonNode.Parse(File.ReadAllText(proven.Statement))!;
        string market = statement["marketDigest"]!.GetValue<string>();
        string[] enough = [.. statement["reserves"]!.AsArray().Select(reserve => $"{reserve!["symbol"]!.GetValue<string>()}=9000000000")];
        string[] verify = ["verify", proven.Proof, "--statement", proven.Statement, "--json"];
        Assert.Equal(ExitCodes.Ok, Cli.Run([.. verify, "--market", market, "--reserves", .. enough]).ExitCode);
        Cli.Answer none = Cli.Run([.. verify, "--market", market, "--reserves", enough[0]]);
        Assert.Equal((ExitCodes.Rejected, "statement.wrong-reserves"), (none.ExitCode, none.FirstCode));
        Assert.Equal(ExitCodes.Rejected, Cli.Run([.. verify, "--reserves", .. enough]).ExitCode);
        Assert.Equal(ExitCodes.BadInput, Cli.Run([.. verify, "--market", market, "--reserves", "gold=1"]).ExitCode);
    }

    [Fact]
    public void An_openings_statement_must_be_about_the_trusted_root()
    {
        string opening = proven.Path("three.inclusion.json");
        Assert.Equal(ExitCodes.Ok, Cli.Run("inclusion", "--book", proven.Book, "--account", proven.AccountId, "--secret", proven.Secret, "--statement", proven.Statement, "--output", opening).ExitCode);
        JsonNode statement = JsonNode.Parse(File.ReadAllText(proven.Statement))!;
        statement["stateRoot"] = Changed(proven.StateRoot);
        File.WriteAllText(proven.Path("other.statement.json"), statement.ToJsonString());
        Cli.Answer answer = Cli.Run("verify", "inclusion", opening, "--state-root", proven.StateRoot, "--account", proven.AccountId, "--statement", proven.Path("other.statement.json"), "--json");
        Assert.Equal((ExitCodes.Rejected, "statement.wrong-state-root"), (answer.ExitCode, answer.FirstCode));
        Assert.Equal(ExitCodes.BadInput, Cli.Run("inclusion", "--book", proven.Book, "--account", proven.AccountId, "--secret", proven.Secret, "--statement", proven.Path("other.statement.json"), "--output", opening).ExitCode);
    }

    [Fact]
    public void Secrets_and_openings_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        string opening = proven.Path("two.inclusion.json");
        Cli.Run("inclusion", "--book", proven.Book, "--account", proven.AccountId, "--secret", proven.Secret, "--output", opening);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(opening));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(proven.Secret));
    }

    [Fact]
    public void Proof_info_shows_sizes_that_add_up_and_both_regimes()
    {
        Cli.Answer answer = Cli.Run("proof", "info", proven.Proof, "--statement", proven.Statement, "--json");
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        JsonNode proof = Assert.Single(answer.Json["segments"]!.AsArray())!;
        Assert.Equal(new FileInfo(proven.Proof).Length, answer.Json["bytes"]!.GetValue<long>());
        Assert.Equal(proof["bytes"]!.GetValue<long>(), proof["parts"]!.AsArray().Sum(p => p!["bytes"]!.GetValue<long>()));
        Assert.Equal(2, proof["soundness"]!["regimes"]!.AsArray().Count);
    }

    [Fact]
    public void A_book_in_segments_is_proven_verified_and_opened_and_leaves_nothing_behind()
    {
        string output = proven.Path("segments"), proof = System.IO.Path.Combine(output, "solvency.proof"), statement = System.IO.Path.Combine(output, "solvency.statement.json");
        Cli.Answer made = Cli.Run("prove", "solvency", "--book", proven.Book, "--output", output, "--secret", proven.Secret, "--segment-depth", "3", "--profile", "balanced", "--json");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        Assert.Equal(3, made.Json["segments"]!.GetValue<int>());
        Assert.Equal(["solvency.proof", "solvency.statement.json"], Directory.GetFileSystemEntries(output).Select(System.IO.Path.GetFileName).Order());

        string root = made.Json["stateRoot"]!.GetValue<string>(), opening = proven.Path("segment.inclusion.json");
        Cli.Answer verified = Cli.Run("verify", proof, "--statement", statement, "--state-root", root, "--json");
        Assert.Equal(ExitCodes.Ok, verified.ExitCode);
        Assert.True(verified.Json["provenBits"]!.GetValue<int>() >= 100);
        Assert.Equal(3, Cli.Run("proof", "info", proof, "--statement", statement, "--json").Json["segments"]!.AsArray().Count);
        Assert.Equal(ExitCodes.Ok, Cli.Run("inclusion", "--book", proven.Book, "--account", proven.AccountId, "--secret", proven.Secret, "--statement", statement, "--output", opening).ExitCode);
        string owner = JsonNode.Parse(File.ReadAllText(proven.Book))!["accounts"]![5]!["ownerKey"]?.GetValue<string>() ?? new string('0', 64);
        Assert.Equal(ExitCodes.Ok, Cli.Run("verify", "inclusion", opening, "--state-root", root, "--account", proven.AccountId, "--owner-key", owner, "--statement", statement).ExitCode);

        byte[] tampered = File.ReadAllBytes(proof);
        tampered[tampered.Length - 1000] ^= 1;
        File.WriteAllBytes(proof, tampered);
        Cli.Answer rejected = Cli.Run("verify", proof, "--statement", statement, "--json");
        Assert.Equal(ExitCodes.Rejected, rejected.ExitCode);
        Assert.Contains("segment 3 of 3", rejected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_that_no_segment_fits_is_refused()
    {
        Cli.Answer answer = Cli.Run("prove", "solvency", "--book", proven.Book, "--output", proven.Path("none"), "--secret", proven.Secret, "--memory", "1", "--json");
        Assert.Equal((ExitCodes.BadInput, "memory-limit"), (answer.ExitCode, answer.FirstCode));
    }

    [Fact]
    public void An_output_that_is_a_file_is_refused_before_any_work()
    {
        Cli.Answer answer = Cli.Run("prove", "solvency", "--book", proven.Book, "--output", proven.Statement, "--secret", proven.Secret, "--json");
        Assert.Equal((ExitCodes.BadInput, "not-a-directory"), (answer.ExitCode, answer.FirstCode));
    }

    [Fact]
    public void A_missing_proof_is_named_in_the_place()
    {
        Cli.Answer answer = Cli.Run("verify", proven.Path("gone.proof"), "--statement", proven.Statement, "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Contains("gone.proof", answer.Json["errors"]![0]!["place"]!["file"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_insolvent_book_ends_with_code_one_and_names_the_asset()
    {
        JsonNode book = JsonNode.Parse(File.ReadAllText(proven.Book))!;
        string symbol = book["assets"]![0]!["symbol"]!.GetValue<string>();
        book["assets"]![0]!["reserve"] = "0.00000001";
        File.WriteAllText(proven.Path("insolvent.json"), book.ToJsonString());
        Cli.Answer answer = Cli.Run("prove", "solvency", "--book", proven.Path("insolvent.json"), "--output", proven.Path("none"), "--secret", proven.Secret, "--json");
        Assert.Equal(ExitCodes.Rejected, answer.ExitCode);
        Assert.Contains(symbol, answer.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(System.IO.Path.Combine(proven.Path("none"), "solvency.proof")));
    }
}
