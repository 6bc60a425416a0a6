using System.Text.Json.Nodes;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat owner sign</c>: what it prints is a line of events that the engine takes from the account's owner.</summary>
public sealed class OwnerSignTests
{
    private const string Name = "Example Perpetuals", AliceKey = "0101010101010101010101010101010101010101010101010101010101010101", BobKey = "0202020202020202020202020202020202020202020202020202020202020202";

    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk");

    [Fact]
    public void A_trade_that_both_sides_sign_and_a_withdrawal_are_applied()
    {
        using var directory = new TemporaryDirectory();
        (string events, string alice, string bob) = Venue(directory);
        string trade = """{"type":"trade","id":"t1","time":1780001140000,"instrument":"BTC-PERP","buyer":"alice","seller":"bob","size":"0.1","price":"65000","buyerFee":"1","sellerFee":"0"}""";
        File.WriteAllText(directory["trade.json"], Signed(trade, alice, "1", "--account", "alice", "--owner", directory["alice.secret"]));
        string both = Signed("@" + directory["trade.json"], bob, "1", "--account", "bob");
        string withdrawal = Signed("""{"type":"withdrawal-requested","id":"w1","time":1780001150000,"account":"alice","asset":"USD","amount":"10"}""", alice, "2", "--owner", directory["alice.secret"]);
        File.AppendAllLines(events, [both, withdrawal]);
        JsonObject replayed = Cli.Run("replay", events, "--rules", Rules, "--json").Json;
        Assert.Equal((0, 0), ((int)replayed["events"]!["rejected"]!, (int)replayed["events"]!["refused"]!));
        var read = (Trade)Read(both);
        Assert.Equal((1UL, 1UL), (read.ByBuyer!.Nonce, read.BySeller!.Nonce));
        Assert.True(read.ByBuyer.Until > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    /// <summary>With another chain, venue, nonce or key it is not the owner's.</summary>
    [Theory]
    [InlineData("BadSignature", "--chain", "7")]
    [InlineData("BadSignature", "--venue", "Another")]
    [InlineData("ledger.nonce-ahead", "--nonce", "2")]
    [InlineData("ledger.authorisation-expired", "--until", "5")]
    public void What_is_signed_otherwise_is_refused(string code, string option, string value)
    {
        using var directory = new TemporaryDirectory();
        (string events, string alice, _) = Venue(directory);
        string[] options = [.. new Dictionary<string, string> { ["--signer-key"] = alice, ["--owner"] = directory["alice.secret"], ["--venue"] = Name, ["--nonce"] = "1", [option] = value }.SelectMany(pair => (string[])[pair.Key, pair.Value])];
        Cli.Answer signed = Cli.Run(["owner", "sign", """{"type":"withdrawal-requested","id":"w1","time":1780001150000,"account":"alice","asset":"USD","amount":"10"}""", .. options]);
        File.AppendAllText(events, signed.Output);
        JsonNode refused = Cli.Run("replay", events, "--rules", Rules, "--json").Json["refused"]!.AsArray().Single()!;
        Assert.Equal(code, (string)refused["reason"]!["code"]!);
    }

    [Fact]
    public void What_nobody_signs_and_who_does_not_sign_it_is_told()
    {
        using var directory = new TemporaryDirectory();
        (_, string alice, string bob) = Venue(directory);
        string trade = """{"type":"trade","id":"t1","time":1,"instrument":"BTC-PERP","buyer":"alice","seller":"bob","size":"0.1","price":"65000","buyerFee":"1","sellerFee":"0"}""", deposit = """{"type":"deposit","id":"d","time":1,"account":"alice","asset":"USD","amount":"1"}""";
        string withdrawal = """{"type":"withdrawal-requested","id":"w1","time":1,"account":"alice","asset":"USD","amount":"10"}""";
        Assert.Equal("bad-option", Sign(trade, alice, "1").FirstCode);
        Assert.Equal("bad-option", Sign(trade, alice, "1", "--account", "carol").FirstCode);
        Assert.Equal("bad-option", Sign(withdrawal, alice, "1", "--account", "bob").FirstCode);
        Assert.Equal("not-an-instruction", Sign(deposit, alice, "1").FirstCode);
        Assert.Equal("other-signer", Sign(withdrawal, bob, "1", "--owner", directory["alice.secret"]).FirstCode);
        Assert.Equal("bad-key", Sign(withdrawal, directory["alice.secret"], "1").FirstCode);
        Assert.Equal(ExitCodes.BadInput, Sign("{}", alice, "1").ExitCode);
    }

    /// <summary>The listings of examples/venue, alice with a key of a secret and an address, and bob with one of an address.</summary>
    private static (string Events, string Alice, string Bob) Venue(TemporaryDirectory directory)
    {
        (string alice, string bob) = (directory["alice.key"], directory["bob.key"]);
        File.WriteAllText(alice, AliceKey);
        File.WriteAllText(bob, BobKey);
        string owner = (string)Cli.Run("owner", "new", directory["alice.secret"], "--signer-key", alice, "--json").Json["ownerKey"]!;
        using Signatures.Secp256k1Key second = Signatures.Secp256k1Key.FromBytes(Convert.FromHexString(BobKey))!;
        string[] day = File.ReadAllLines(Path.Combine(Cli.Root, "examples", "venue", "day.jsonl"));
        File.WriteAllLines(directory["events.jsonl"],
        [
            .. day[..7],
            $$"""{"type":"account-opened","id":"a1","time":1780000540000,"account":"alice","owner":"{{owner}}","mode":"cross"}""",
            $$"""{"type":"account-opened","id":"a2","time":1780000541000,"account":"bob","owner":"{{EventSignature.OwnerOf(second.Address)}}","mode":"cross"}""",
            """{"type":"deposit","id":"a3","time":1780000542000,"account":"alice","asset":"USD","amount":"20000"}""",
            """{"type":"deposit","id":"a4","time":1780000543000,"account":"bob","asset":"USD","amount":"20000"}""",
        ]);
        return (directory["events.jsonl"], alice, bob);
    }

    private static string Signed(string instruction, string key, string nonce, params string[] more)
    {
        Cli.Answer answer = Cli.Run(["owner", "sign", instruction, "--signer-key", key, "--venue", Name, "--nonce", nonce, .. more]);
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output + answer.Error);
        return answer.Output.TrimEnd();
    }

    private static Cli.Answer Sign(string instruction, string key, string nonce, params string[] more) => Cli.Run(["owner", "sign", instruction, "--signer-key", key, "--venue", Name, "--nonce", nonce, .. more, "--json"]);

    private static LedgerEvent Read(string line) => EventJson.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out LedgerEvent? e, out _) ? e : throw new FormatException(line);
}
