using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;

namespace Fermat.Cli.Tests;

public sealed class VenueCommandTests
{
    private const string Parameters =
        """{"market":{"Asset":[{"haircut":[["0","1"]],"symbol":"USD"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"}]}}""";

    internal static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk");

    [Fact]
    public void A_replay_tells_what_was_applied_made_rejected_and_refused()
    {
        using var directory = new TemporaryDirectory();
        string events = Write(directory, [.. Opening(), Trade("t1", 6, "100"), Trade("t2", 7, "1000"), Trade("t3", 7, "1", seller: "nobody"), Prices("p2", 8, "112")]);
        Cli.Answer answer = Cli.Run("replay", events, "--rules", Rules, "--json");
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        JsonObject json = answer.Json;
        Assert.Equal(1, (int)json["events"]!["rejected"]!);
        Assert.Equal("t2", (string)json["rejected"]![0]!["event"]!);
        Assert.Equal("InsufficientMargin", (string)json["rejected"]![0]!["reason"]!["code"]!);
        Assert.Equal(1, (int)json["events"]!["refused"]!);
        Assert.True((int)json["events"]!["made"]! >= 2);
        Assert.Equal((int)json["events"]!["made"]!, json["made"]!.AsArray().Count);
        Assert.Empty(json["sums"]!.AsArray());
        JsonNode bob = json["accounts"]!.AsArray().Single(account => (string)account!["id"]! == "bob")!;
        Assert.Empty(bob["positions"]!.AsObject());
        Assert.Equal("healthy", (string)bob["class"]!);
        Assert.Equal(0, (int)json["ladder"]!["bankrupt"]!);

        Cli.Answer text = Cli.Run("replay", events, "--rules", Rules);
        Assert.Contains("Every asset and every instrument adds up.", text.Output, StringComparison.Ordinal);
    }

    /// <summary>23 who have 11 sell at 100 what is then worth 109: 2 are left of each, less than the 5.45 that they need. And 22 trades that nobody has the margin for.</summary>
    [Fact]
    public void Many_steps_and_rejections_are_counted_in_the_text_and_all_there_in_the_json()
    {
        using var directory = new TemporaryDirectory();
        List<LedgerEvent> events = [.. Opening()];
        for (int i = 0; i < 23; i++)
        {
            events.Add(new AccountOpened(new EventId($"o{i}"), 5, new AccountId($"small{i}"), default, MarginMode.Cross));
            events.Add(new Deposit(new EventId($"d{i}"), 5, new AccountId($"small{i}"), "USD", new Quantity(11)));
            events.Add(Trade($"s{i}", 5, "1", seller: $"small{i}"));
        }
        for (int i = 0; i < 22; i++) events.Add(Trade($"x{i}", 7, "1000"));
        string file = Write(directory, [.. events, Prices("p2", 8, "109")]);
        string text = Cli.Run("replay", file, "--rules", Rules).Output;
        JsonObject json = Cli.Run("replay", file, "--rules", Rules, "--json").Json;
        Assert.Equal(22, json["rejected"]!.AsArray().Count);
        Assert.Equal((80, "x0"), ((int)json["rejected"]![0]!["height"]!, (string)json["rejected"]![0]!["event"]!));
        JsonNode[] steps = [.. json["made"]!.AsArray().Select(made => made!).Where(made => made["because"] is not null)];
        Assert.True(steps.Length >= 23);
        Assert.Equal(("small0", "2", "5.45", 103), ((string)steps[0]["because"]!["account"]!, (string)steps[0]["because"]!["equity"]!, (string)steps[0]["because"]!["maintenance"]!, (int)steps[0]["height"]!));
        Assert.Equal(20, text.Split('\n').Count(line => line.Contains(" rejected: ", StringComparison.Ordinal)));
        Assert.Contains("height 80: x0 rejected: ", text, StringComparison.Ordinal);
        Assert.Contains("and 2 rejected more", text, StringComparison.Ordinal);
        Assert.Equal(20, text.Split('\n').Count(line => line.Contains("; before it equity ", StringComparison.Ordinal)));
        Assert.Contains($"and {steps.Length - 20} steps more", text, StringComparison.Ordinal);
    }

    /// <summary>The fund's 5000 lose 5100 in a position whose other side only the fees account has, so that nobody can take it over: the ladder, which leaves the fund out, says that all are well.</summary>
    [Fact]
    public void A_replay_says_how_the_insurance_fund_stands()
    {
        using var directory = new TemporaryDirectory();
        LedgerEvent[] opened = [.. Opening(), new Deposit(new EventId("d-fees"), 5, new AccountId("fees"), "USD", new Quantity(9000)), Trade("t1", 6, "300", buyer: "insurance", seller: "fees")];
        Cli.Answer text = Cli.Run("replay", Write(directory, opened), "--rules", Rules);
        Assert.Contains("the insurance fund insurance: equity 5000 against a maintenance margin of 1500, above maintenance", text.Output, StringComparison.Ordinal);
        string events = Write(directory, [.. opened, Prices("p2", 8, "83")]);
        text = Cli.Run("replay", events, "--rules", Rules);
        Assert.Contains("0 below maintenance, 0 bankrupt", text.Output, StringComparison.Ordinal);
        Assert.Contains("the insurance fund insurance: equity -100 against a maintenance margin of 1245, BANKRUPT", text.Output, StringComparison.Ordinal);
        JsonNode fund = Cli.Run("replay", events, "--rules", Rules, "--json").Json["insurance_fund"]!;
        Assert.Equal(("insurance", "bankrupt", "-100", "1245"), ((string)fund["id"]!, (string)fund["class"]!, (string)fund["net_equity"]!, (string)fund["maintenance"]!));
    }

    [Fact]
    public void A_replay_takes_an_event_with_a_name_of_the_engine_s_only_as_logged()
    {
        using var directory = new TemporaryDirectory();
        List<LedgerEvent> sent = [.. Opening(), Trade("t1", 6, "100"), Prices("p2", 8, "112")];
        JsonObject first = Cli.Run("replay", Write(directory, [.. sent]), "--rules", Rules, "--json").Json;
        string[] made = [.. first["made"]!.AsArray().Select(EventOf)];
        Assert.NotEmpty(made);

        // a customer's event of the name that the first step would have
        var mine = new Deposit(new EventId((string)first["made"]![0]!["id"]!), 5, new AccountId("alice"), "USD", new Quantity(1));
        JsonObject refused = Cli.Run("replay", Write(directory, [.. sent[..^2], mine, .. sent[^2..]]), "--rules", Rules, "--json").Json;
        Assert.Equal((sent.Count - 1, "ReservedName"), ((int)refused["refused"]!.AsArray().Single()!["line"]!, (string)refused["refused"]![0]!["reason"]!["code"]!));
        Assert.Equal(made, refused["made"]!.AsArray().Select(EventOf));
        Cli.Answer asked = Cli.Run("whatif", Write(directory, [.. sent]), "--rules", Rules, "--event", EventJson.Write(mine with { Time = 100_000 }), "--json");
        Assert.Equal((ExitCodes.Rejected, "ReservedName"), (asked.ExitCode, (string)asked.Json["reason"]!["code"]!));

        // the whole log, with the steps in it
        string log = Write(directory, [.. sent]);
        File.AppendAllLines(log, made);
        JsonObject logged = Cli.Run("replay", log, "--rules", Rules, "--as-logged", "--json").Json;
        Assert.Equal((sent.Count + made.Length, 0, 0), ((int)logged["events"]!["applied"]!, (int)logged["events"]!["rejected"]!, (int)logged["events"]!["refused"]!));
        Assert.Equal(first["accounts"]!.ToJsonString(), logged["accounts"]!.ToJsonString());
    }

    [Fact]
    public void A_what_if_shows_margin_after_a_trade_and_changes_nothing()
    {
        using var directory = new TemporaryDirectory();
        string events = Write(directory, Opening());
        Cli.Answer fits = Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Trade("t1", 6, "100")), "--json");
        Assert.True(fits.ExitCode == ExitCodes.Ok, fits.Output);
        Assert.Equal("1000", (string)fits.Json["accounts"]![0]!["after"]!["initial"]!);
        Cli.Answer more = Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Trade("t1", 6, "101")), "--json");
        Assert.Equal(ExitCodes.Rejected, more.ExitCode);
        Assert.Equal("InsufficientMargin", (string)more.Json["reason"]!["code"]!);
    }

    /// <summary>A price set moves nobody's balance by itself; what the engine makes of it is what a risk manager asks. A name that is in the log is nobody's to take again.</summary>
    [Fact]
    public void A_what_if_says_what_would_follow()
    {
        using var directory = new TemporaryDirectory();
        List<LedgerEvent> sent = [.. Opening(), Trade("t1", 6, "100")];
        JsonArray made = Cli.Run("replay", Write(directory, [.. sent, Prices("p2", 8, "112")]), "--rules", Rules, "--json").Json["made"]!.AsArray();
        Assert.NotEmpty(made);
        string events = Write(directory, [.. sent]);
        Cli.Answer asked = Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Prices("p2", 8, "112")), "--json");
        Assert.Equal(made.Select(step => (string)step!["id"]!), asked.Json["made"]!.AsArray().Select(step => (string)step!["id"]!));
        string told = Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Prices("p2", 8, "112"))).Output;
        Assert.Contains($"The engine would then make {made.Count} event", told, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"liquidation\"", told, StringComparison.Ordinal);
        Assert.Empty(Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Prices("p2", 8, "100")), "--json").Json["made"]!.AsArray());
        File.WriteAllText(directory["prices.json"], EventJson.Write(Prices("p2", 8, "112")));
        Assert.Equal(asked.Output, Cli.Run("whatif", events, "--rules", Rules, "--event", "@" + directory["prices.json"], "--json").Output);
        Cli.Answer again = Cli.Run("whatif", events, "--rules", Rules, "--event", EventJson.Write(Trade("t1", 9, "1")), "--json");
        Assert.Equal((ExitCodes.Rejected, "Bookkeeping"), (again.ExitCode, (string)again.Json["reason"]!["code"]!));
    }

    [Fact]
    public void A_replay_and_a_what_if_say_what_is_pledged_and_to_whom()
    {
        using var directory = new TemporaryDirectory();
        (AccountId alice, AccountId bob) = (new("alice"), new("bob"));
        string events = Write(directory, [.. Opening(), new CollateralPledged(new EventId("k1"), 6, alice, bob, new Quantity(1505, 1), null)]);
        JsonNode[] accounts = [.. Cli.Run("replay", events, "--rules", Rules, "--json").Json["accounts"]!.AsArray().Select(account => account!)];
        JsonNode pledging = accounts.Single(account => (string)account["id"]! == "alice");
        Assert.Equal("""{"to":"bob","amount":"150.5"}""", pledging["pledged"]!.ToJsonString());
        Assert.Equal("1849.5", (string)pledging["free_collateral"]!);
        Assert.All(accounts.Where(account => account != pledging), account => Assert.Null(account["pledged"]));
        Assert.Contains("alice has 150.5 pledged to bob", Cli.Run("replay", events, "--rules", Rules).Output, StringComparison.Ordinal);

        string more = EventJson.Write(new CollateralPledged(new EventId("k2"), 7, alice, bob, new Quantity(1_849_500_001, 6), null)), less = EventJson.Write(new PledgeReleased(new EventId("k2"), 7, alice, bob, new Quantity(100), null));
        Cli.Answer much = Cli.Run("whatif", events, "--rules", Rules, "--event", more, "--json");
        Assert.Equal((ExitCodes.Rejected, "InsufficientCollateral"), (much.ExitCode, (string)much.Json["reason"]!["code"]!));
        Cli.Answer released = Cli.Run("whatif", events, "--rules", Rules, "--event", less, "--json");
        Assert.True(released.ExitCode == ExitCodes.Ok, released.Output);
        JsonNode account = released.Json["accounts"]![0]!;
        Assert.Equal(("""{"to":"bob","amount":"150.5"}""", """{"to":"bob","amount":"50.5"}"""), (account["before"]!["pledged"]!.ToJsonString(), account["after"]!["pledged"]!.ToJsonString()));
        Assert.Null(released.Json["accounts"]![1]!["after"]!["pledged"]);
        Assert.Contains(", 50.5 pledged to bob", Cli.Run("whatif", events, "--rules", Rules, "--event", less).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_no_event_is_named()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["events.jsonl"], EventJson.Write(Opening()[0]) + "\n{\"type\":\"nothing\"}\n");
        Cli.Answer answer = Cli.Run("replay", directory["events.jsonl"], "--rules", Rules, "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Equal(2, (int)answer.Json["errors"]![0]!["place"]!["line"]!);
    }

    /// <summary>Who sends an event again, because no answer came, is not to have it booked twice.</summary>
    [Fact]
    public void An_event_of_a_name_that_is_in_the_log_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var alice = new AccountId("alice");
        string events = Write(directory, [.. Opening(), new Deposit(new EventId("d-alice"), 5, alice, "USD", new Quantity(2000)), new Deposit(new EventId("d-more"), 6, alice, "USD", new Quantity(1))]);
        JsonObject json = Cli.Run("replay", events, "--rules", Rules, "--json").Json;
        Assert.Contains("the event d-alice is in the log already, of line 7", json.ToJsonString(), StringComparison.Ordinal);
        JsonNode balances = json["accounts"]!.AsArray().Single(account => (string)account!["id"]! == "alice")!["balances"]!;
        Assert.Equal("2001", (string)balances["USD"]!);
    }

    [Fact]
    public void A_binding_that_names_nothing_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string events = Write(directory, Opening());
        File.WriteAllText(directory["binding.json"], """{"positions":"holdings"}""");
        Assert.Equal("engine.binding", Cli.Run("replay", events, "--rules", Rules, "--binding", directory["binding.json"], "--json").FirstCode);
        File.WriteAllText(directory["binding.json"], """{"position":"positions"}""");
        Assert.Equal("engine.binding", Cli.Run("replay", events, "--rules", Rules, "--binding", directory["binding.json"], "--json").FirstCode);
    }

    internal static string Write(TemporaryDirectory directory, params LedgerEvent[] events)
    {
        File.WriteAllLines(directory["events.jsonl"], events.Select(EventJson.Write));
        return directory["events.jsonl"];
    }

    /// <summary>The event of what was made, without what is said of it.</summary>
    internal static string EventOf(JsonNode? made)
    {
        JsonObject one = made!.DeepClone().AsObject();
        one.Remove("height");
        one.Remove("because");
        return one.ToJsonString();
    }

    internal static LedgerEvent[] Opening()
    {
        var list = new List<LedgerEvent>
        {
            new VenueOpened(new EventId("v"), 1, "test", new AccountId("insurance"), new AccountId("fees")),
            new AssetListed(new EventId("a"), 1, "USD", 6),
            new InstrumentListed(new EventId("i"), 1, new InstrumentTerms("P", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))),
            new ParametersUpdated(new EventId("m"), 1, Parameters),
            Prices("p1", 2, "100"),
        };
        foreach ((string name, int amount) in new[] { ("alice", 2000), ("bob", 1000) })
        {
            list.Add(new AccountOpened(new EventId($"o-{name}"), 3, new AccountId(name), default, MarginMode.Cross));
            list.Add(new Deposit(new EventId($"d-{name}"), 3, new AccountId(name), "USD", new Quantity(amount)));
        }
        list.Add(new Deposit(new EventId("d-insurance"), 4, new AccountId("insurance"), "USD", new Quantity(5000)));
        return [.. list];
    }

    internal static PricesSet Prices(string id, long time, string mark) =>
        new(new EventId(id), time, new Dictionary<string, Quantity> { ["USD"] = new(1), ["P"] = Quantity.TryParse(mark, out Quantity price) ? price : default }, null);

    internal static Trade Trade(string id, long time, string size, string seller = "bob", string buyer = "alice") =>
        new(new EventId(id), time, "P", new AccountId(buyer), new AccountId(seller), Quantity.TryParse(size, out Quantity units) ? units : default, new Quantity(100), default, default, null, null);
}
