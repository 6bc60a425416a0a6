using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Tests.State;
using Fermat.Margin;
using Fermat.Margin.Tests;

namespace Fermat.Ledger.Tests.Formats;

/// <summary>Events as JSON and as bytes: there and back, and nothing but the canonical form.</summary>
public sealed class EventFormatTests
{
    private static readonly AccountId A = new("alice"), B = new("bob");

    /// <summary>Each kind, with everything optional and without.</summary>
    internal static LedgerEvent[] Samples()
    {
        var id = new EventId("e-1");
        Authorisation by = new(7, 99, SignatureScheme.Secp256k1, [1, 2, 3], [4, 5]);
        Quantity q = TestVenue.Q("-12.345"), p = TestVenue.Q("12.345");
        return
        [
            new VenueOpened(id, 0, "a \"venue\" of Zürich 🏦", A, B),
            new AssetListed(id, 1, "USD", 6),
            .. TestVenue.Listed.Select(terms => new InstrumentListed(id, 2, terms)),
            new AccountOpened(id, 3, A, OwnerKey.None, MarginMode.Portfolio), new AccountOpened(id, 3, A, TestVenue.Olga, MarginMode.Isolated),
            new Deposit(id, 4, A, "USD", p),
            new WithdrawalRequested(id, 5, A, "USD", p, null), new WithdrawalRequested(id, 5, A, "USD", p, by),
            new WithdrawalSettled(id, 6, new EventId("w"), true), new WithdrawalSettled(id, 6, new EventId("w"), false),
            new Transfer(id, 7, A, B, "USD", p, by),
            new MarginAssigned(id, 8, A, "BTC-PERP", q, null), new MarginAssigned(id, 8, A, "BTC-PERP", p, by),
            new Trade(id, 9, "BTC-PERP", A, B, p, p, q, default, by, null), new Trade(id, 9, "BTC-PERP", A, B, p, p, q, default, null, by),
            new FundingTick(id, 10, "BTC-PERP", q),
            new PricesSet(id, 11, new Dictionary<string, Quantity> { ["b"] = p, ["a"] = default, ["B"] = new((Int128.One << 95) - 1, 18) }, null),
            new PricesSet(id, 11, new Dictionary<string, Quantity> { ["b"] = p }, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
            new PricesSet(id, 11, new Dictionary<string, Quantity> { ["b"] = p, ["a"] = p }, null) { Confidences = new Dictionary<string, Quantity> { ["b"] = new(95, 2), ["a"] = default } },
            new PricesSet(id, 11, new Dictionary<string, Quantity> { ["b"] = p }, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]) { Confidences = new Dictionary<string, Quantity> { ["b"] = new(999_999_999_999_999_999, 18) } },
            new Settlement(id, 12, "BTC-PERP", p, true),
            new Liquidation(id, 13, A, "BTC-PERP", q, p, B, default),
            new CollateralSold(id, 14, A, "BTC", p, "USD", p, B),
            new AutoDeleveraged(id, 15, A, B, "BTC-PERP", q, p),
            new InsurancePaid(id, 16, A, "USD", p),
            new LossSocialized(id, 17, A, "USD", [new LossShare(A, p), new LossShare(B, p)]),
            new ParametersUpdated(id, long.MaxValue, """{"market":{"Asset":[{"symbol":"BTC"}]},"parameters":{"a":"1"}}"""),
            new MarksUpdated(id, 18, """{"classes":{"future":{"method":"index-and-basis","timeConstant":30000}},"surfaces":{"BTC":[{"expiry":1,"points":[["1","0.5"]]}]}}"""),
            new CollateralPledged(id, 19, A, B, p, null), new CollateralPledged(id, 19, A, B, p, by),
            new PledgeReleased(id, 20, A, B, p, null), new PledgeReleased(id, 20, A, B, p, by),
        ];
    }

    [Fact]
    public void Every_kind_goes_through_json_and_bytes_unchanged()
    {
        Assert.Equal(EventShape.Kinds.Length, Samples().Select(EventShape.KindOf).Distinct().Count());
        foreach (LedgerEvent sample in Samples()) AssertRoundTrip(sample);
    }

    [Fact]
    public void Random_events_go_through_json_and_bytes_unchanged()
    {
        var events = new RandomEvents(new TestVenue(), 5);
        for (int i = 0; i < 2000; i++) AssertRoundTrip(events.Next());
    }

    [Fact]
    public void A_trade_is_this_line_and_these_bytes()
    {
        var trade = new Trade(new EventId("t1"), 1_700_000_000_000, "BTC-PERP", A, B, TestVenue.Q("0.5"), TestVenue.Q("64000"), TestVenue.Q("1.25"), TestVenue.Q("-0.1"), null, null);
        Assert.Equal("""{"type":"trade","id":"t1","time":1700000000000,"instrument":"BTC-PERP","buyer":"alice","seller":"bob","size":"0.5","price":"64000","buyerFee":"1.25","sellerFee":"-0.1"}""", EventJson.Write(trade));
        Assert.Equal("01" + "0a" + "027431" + "0068e5cf8b010000" + "084254432d50455250" + "05616c696365" + "03626f62" + "010105" + "000200fa" + "02017d" + "810101" + "00" + "00", Convert.ToHexStringLower(EventBytes.Write(trade)));
    }

    [Fact]
    public void A_pledge_and_its_release_are_these_lines_and_these_bytes()
    {
        Authorisation by = new(7, 99, SignatureScheme.Secp256k1, [1, 2, 3], [4, 5]);
        var pledged = new CollateralPledged(new EventId("p1"), 1_700_000_000_000, A, B, TestVenue.Q("12.5"), null);
        Assert.Equal("""{"type":"collateral-pledged","id":"p1","time":1700000000000,"account":"alice","to":"bob","amount":"12.5"}""", EventJson.Write(pledged));
        Assert.Equal("01" + "15" + "027031" + "0068e5cf8b010000" + "05616c696365" + "03626f62" + "01017d" + "00", Convert.ToHexStringLower(EventBytes.Write(pledged)));
        var released = new PledgeReleased(new EventId("p2"), 1_700_000_000_000, A, B, TestVenue.Q("12.5"), by);
        Assert.Equal("""{"type":"pledge-released","id":"p2","time":1700000000000,"account":"alice","to":"bob","amount":"12.5","by":{"nonce":"7","until":99,"scheme":"secp256k1","publicKey":"010203","signature":"0405"}}""", EventJson.Write(released));
        Assert.Equal(
            "01" + "16" + "027032" + "0068e5cf8b010000" + "05616c696365" + "03626f62" + "01017d" + "01" + "0700000000000000" + "6300000000000000" + "01" + "0300010203" + "02000405", Convert.ToHexStringLower(EventBytes.Write(released)));
    }

    [Fact]
    public void Changed_bytes_are_refused_or_are_another_event_in_its_canonical_form()
    {
        int refused = 0, read = 0;
        foreach (LedgerEvent sample in Samples())
        {
            byte[] bytes = EventBytes.Write(sample);
            for (int at = 0; at < bytes.Length; at++)
            {
                foreach (int flip in new[] { 1, 0x80, 0xFF })
                {
                    byte[] changed = [.. bytes];
                    changed[at] ^= (byte)flip;
                    if (EventBytes.TryRead(changed, out LedgerEvent? other, out EventError? error))
                    {
                        Assert.Equal(changed, EventBytes.Write(other));
                        read++;
                    }
                    else
                    {
                        Assert.NotNull(error);
                        refused++;
                    }
                }
            }
            for (int length = 0; length < bytes.Length; length++) Assert.False(EventBytes.TryRead(bytes.AsMemory(0, length), out _, out _));
            Assert.False(EventBytes.TryRead((byte[])[.. bytes, 0], out _, out EventError? longer));
            Assert.Equal(EventErrorCode.WrongLength, longer.Code);
        }
        Assert.True(refused > 1000 && read > 300, $"{refused} refused, {read} read");
    }

    [Theory]
    [InlineData("", EventErrorCode.Syntax)]
    [InlineData("[]", EventErrorCode.Syntax)]
    [InlineData("{", EventErrorCode.Syntax)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"1"} x""", EventErrorCode.Syntax)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"1","amount":"2"}""", EventErrorCode.Syntax)]
    [InlineData("""{"type":"dep\ud800","id":"d","time":1}""", EventErrorCode.Syntax)]
    [InlineData("{}", EventErrorCode.MissingField)]
    [InlineData("""{"type":"gift","id":"d","time":1}""", EventErrorCode.UnknownType)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD"}""", EventErrorCode.MissingField)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"1","memo":"x"}""", EventErrorCode.UnknownField)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":1}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"d","time":"1","account":"a","asset":"USD","amount":"1"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"d","time":1.0,"account":"a","asset":"USD","amount":"1"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"d","time":-1,"account":"a","asset":"USD","amount":"1"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"","time":1,"account":"a","asset":"USD","amount":"1"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a b","asset":"USD","amount":"1"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"1.0"}""", EventErrorCode.NotCanonical)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"1e2"}""", EventErrorCode.NotCanonical)]
    [InlineData("""{"type":"deposit","id":"d","time":1,"account":"a","asset":"USD","amount":"39614081257132168796771975168"}""", EventErrorCode.NotCanonical)]
    [InlineData("""{"type":"account-opened","id":"d","time":1,"account":"a","owner":"00","mode":"cross"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"account-opened","id":"d","time":1,"account":"a","mode":"Cross"}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"transfer","id":"d","time":1,"from":"a","to":"b","asset":"USD","amount":"1","by":null}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"transfer","id":"d","time":1,"from":"a","to":"b","asset":"USD","amount":"1","by":{"nonce":1,"until":1,"scheme":"secp256k1","publicKey":"00","signature":"00"}}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"transfer","id":"d","time":1,"from":"a","to":"b","asset":"USD","amount":"1","by":{"nonce":"1","until":1,"scheme":"secp256k1","publicKey":"00","signature":"00","x":1}}""", EventErrorCode.UnknownField)]
    [InlineData("""{"type":"parameters-updated","id":"d","time":1,"change":{"secret":{}}}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"parameters-updated","id":"d","time":1,"change":{"surfaces":{}}}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"marks-updated","id":"d","time":1,"change":{"market":{}}}""", EventErrorCode.BadValue)]
    [InlineData("""{"type":"marks-updated","id":"d","time":1,"change":{"surfaces":[]}}""", EventErrorCode.BadValue)]
    public void Lines_that_are_no_events(string line, EventErrorCode code)
    {
        Assert.False(EventJson.TryRead(line, out _, out EventError? error));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void The_schema_names_the_kinds_and_fields_that_are_written()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folders.Root, "docs", "schemas", "event-v1.schema.json")));
        var kinds = schema.RootElement.GetProperty("oneOf").EnumerateArray().ToDictionary(kind => kind.GetProperty("title").GetString()!);
        Assert.Equal(EventShape.Kinds.Order(), kinds.Keys.Order());
        var written = kinds.Keys.ToDictionary(kind => kind, _ => new HashSet<string>());
        foreach (LedgerEvent sample in Samples())
        {
            using JsonDocument line = JsonDocument.Parse(EventJson.Write(sample));
            string kind = line.RootElement.GetProperty("type").GetString()!;
            var names = line.RootElement.EnumerateObject().Select(member => member.Name).ToList();
            written[kind].UnionWith(names);
            Assert.Subset(names.ToHashSet(), kinds[kind].GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToHashSet());
        }
        foreach ((string kind, JsonElement shape) in kinds) Assert.Equal(written[kind].Order(), shape.GetProperty("properties").EnumerateObject().Select(member => member.Name).Order());
    }

    [Fact]
    public void What_is_written_conforms_to_the_schema_and_what_that_refuses_the_reader_refuses()
    {
        var checker = new SchemaChecker(JsonDocument.Parse(File.ReadAllText(Path.Combine(Folders.Root, "docs", "schemas", "event-v1.schema.json"))).RootElement);
        var random = new Random(12);
        int refused = 0;
        foreach (LedgerEvent sample in Samples())
        {
            string line = EventJson.Write(sample);
            Assert.True(checker.Check(JsonDocument.Parse(line).RootElement) is [], line);
            for (int round = 0; round < 40 && sample is not MarksUpdated; round++) // rules of marks are for the engine to judge
            {
                JsonNode damaged = JsonNode.Parse(line)!;
                JsonDamage.Change(damaged, random);
                if (checker.Check(JsonSerializer.SerializeToElement(damaged)).Count == 0) continue;
                refused++;
                Assert.False(EventJson.TryRead(damaged.ToJsonString(), out _, out _), damaged.ToJsonString());
            }
        }
        Assert.InRange(refused, 20 * Samples().Length, 40 * Samples().Length);
    }

    [Fact]
    public void An_events_digest_hides_behind_its_salt_and_binds_each_byte()
    {
        using var salts = new SaltDeriver(new VenueSecret(new byte[VenueSecret.Length]));
        byte[] bytes = EventBytes.Write(Samples()[0]);
        var digest = EventDigest.Of(bytes, salts.DeriveEvent(5, bytes));
        Assert.NotEqual(digest, EventDigest.Of(bytes, salts.DeriveEvent(6, bytes)));
        var salt = salts.DeriveEvent(5, bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i]++;
            Assert.NotEqual(digest, EventDigest.Of(bytes, salt));
            bytes[i]--;
        }
        Assert.NotEqual(digest, EventDigest.Of((byte[])[.. bytes, 0], salt));
        Assert.Equal(digest, EventDigest.Of(bytes, salt));
    }

    private static void AssertRoundTrip(LedgerEvent value)
    {
        string line = EventJson.Write(value);
        Assert.True(EventJson.TryRead(line, out LedgerEvent? fromJson, out EventError? error), error?.ToString());
        Assert.Equal(line, EventJson.Write(fromJson));
        byte[] bytes = EventBytes.Write(value);
        Assert.True(EventBytes.TryRead(bytes, out LedgerEvent? fromBytes, out error), error?.ToString());
        Assert.Equal(bytes, EventBytes.Write(fromBytes));
        Assert.Equal(bytes, EventBytes.Write(fromJson));
        Assert.Equal(line, EventJson.Write(fromBytes));
        Assert.Equal(value.GetType(), fromBytes.GetType());
    }
}

internal static class Folders
{
    /// <summary>The top of the checkout.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fermat.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
