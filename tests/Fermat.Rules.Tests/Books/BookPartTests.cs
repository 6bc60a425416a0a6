using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Margin;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Books;

/// <summary>What a rulebook's book has beside the rulebook's own fields: owner keys, nonces, and what is said of the whole book.</summary>
public sealed class BookPartTests
{
    private const string Rules = """
        rulebook small
        quantity Money scale 2 bits 60 unit USD
        quantity Amount scale 3 bits 20 unit coin
        quantity Price scale 2 bits 40 positive unit USD/coin
        quantity Rate scale 2 in [0, 1]
        quantity Corr scale 1 in [-1, 1]
        enum Kind { spot, margined }
        market Asset { index: Price, kind: Kind, other: Asset, open: Flag, counts: tiers Money to Rate }
        parameters { share: Rate, corr: correlation Asset of Corr }
        account { balances: { asset: Asset, amount: Amount }* }
        value(b): Money = down(b.amount * b.asset.index)
        equity = sum b in balances: value(b)
        initial = 0 * equity
        maintenance = 0 * equity
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount
        price(a: Asset) = a.index
        """;

    private const string Market = """
        "parameters": { "share": "0.5", "corr": { "A": { "B": "0.5" } } },
        "market": { "Asset": [ { "symbol": "B", "index": "2", "kind": "margined", "other": "A", "open": false, "counts": [["0", "1"]] },
                               { "symbol": "A", "index": "3", "kind": "spot", "other": "B", "open": true, "counts": [["0", "1"], ["10", "0.5"]] } ] }
        """;

    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static Fermat.Rules.Core.CoreRulebook Rulebook { get; } = CompilerTests.Compiled(Rules);

    private static RuleInputs Read(string rest) => RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes($"{{ {Market}, {rest} }}")));

    [Fact]
    public void Records_are_numbered_by_symbol_or_as_they_are_listed()
    {
        const string accounts = """ "accounts": [ { "id": "a", "balances": [ { "asset": "A", "amount": "1" }, { "asset": "B", "amount": "2" } ] } ] """;
        RuleInputs sorted = Read(accounts), listed = Read($""" "order": "listed", {accounts} """);
        Assert.Empty(listed.Errors);
        Assert.Equal(["A", "B"], sorted.Market!.Tables[0].Select(record => record.Symbol));
        Assert.Equal(["B", "A"], listed.Market!.Tables[0].Select(record => record.Symbol));
        Assert.Equal([(0, 1000), (1, 2000)], sorted.Accounts[0].Items[0].Select(item => ((int)item[0], (int)item[1])));
        Assert.Equal([(0, 2000), (1, 1000)], listed.Accounts[0].Items[0].Select(item => ((int)item[0], (int)item[1])));
        Assert.Equal([1, 0], listed.Market.Tables[0].Select(record => (int)record.Fields[2].Integer));                          // who names another one names its number
        foreach (MarketData market in (MarketData[])[sorted.Market, listed.Market])
        {
            Assert.Null(MarketChecks.Problem(Rulebook.Schema, market));
            Assert.All(market.Tables[0].Index(), record => Assert.Equal(record.Index, market.IndexOf(0, record.Item.Symbol)));
            Assert.Equal([-1, -1, -1], ((string[])["", "AA", "C"]).Select(symbol => market.IndexOf(0, symbol)));
        }
    }

    [Theory]
    [InlineData(""" "order": "sorted" """, "order")]
    [InlineData(""" "order": 1 """, "order")]
    public void An_order_that_is_none_is_told(string order, string path)
    {
        Assert.Equal(path, Assert.Single(Read(order).Errors).Path);
        RuleInputs apart = RuleInputs.Read(Rulebook.Schema, ("market", Encoding.UTF8.GetBytes($"{{ {Market} }}")), ("order", """{ "order": "listed" }"""u8.ToArray()));
        Assert.Equal("order: order", Assert.Single(apart.Errors).Path);                                                           // it is of the market that it stands beside
    }

    /// <summary>Look-ups in any order of records, and after records have changed.</summary>
    [Fact]
    public void A_record_is_found_in_any_order()
    {
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            string[] symbols = [.. Enumerable.Range(0, random.Next(1, 40)).Select(i => $"{(char)random.Next('A', 'Z')}{i}")];
            var market = new MarketData([], [[.. symbols.Select(symbol => new MarketRecord(symbol, []))]]);
            Assert.Equal(Enumerable.Range(0, symbols.Length), symbols.Select(symbol => market.IndexOf(0, symbol)));
            Assert.Equal(-1, market.IndexOf(0, "a"));
            MarketData turned = market with { Tables = [[.. market.Tables[0].Reverse()]] };
            Assert.Equal(Enumerable.Range(0, symbols.Length).Reverse(), symbols.Select(symbol => turned.IndexOf(0, symbol)));
            Assert.Equal(market, market with { });
            Assert.NotEqual(market, turned);
        }
    }

    [Fact]
    public void Owner_keys_and_nonces_are_read_and_may_be_left_out()
    {
        RuleInputs inputs = Read($$"""
            "accounts": [ { "id": "a", "ownerKey": "{{Key}}", "nonce": "18446744073709551615", "balances": [] }, { "id": "b", "nonce": 3 }, { "id": "c" } ]
            """);
        Assert.Empty(inputs.Errors);
        Assert.Equal([Key, OwnerKey.None.ToString(), OwnerKey.None.ToString()], inputs.Accounts.Select(account => account.OwnerKey.ToString()));
        Assert.Equal([ulong.MaxValue, 3UL, 0UL], inputs.Accounts.Select(account => account.Nonce));
    }

    [Theory]
    [InlineData(""" "ownerKey": "00" """, "accounts[0].ownerKey")]
    [InlineData(""" "ownerKey": 5 """, "accounts[0].ownerKey")]
    [InlineData(""" "nonce": "18446744073709551616" """, "accounts[0].nonce")]
    [InlineData(""" "nonce": -1 """, "accounts[0].nonce")]
    [InlineData(""" "nonce": 0.5 """, "accounts[0].nonce")]
    [InlineData(""" "owner": "x" """, "accounts[0].owner")]
    public void A_slip_in_them_is_told_with_its_path(string member, string path)
    {
        RuleInputs inputs = Read($$"""
            "accounts": [ { "id": "a", {{member}} } ]
            """);
        Assert.Equal(path, Assert.Single(inputs.Errors).Path);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("nonce")]
    [InlineData("ownerKey")]
    public void A_rulebook_does_not_call_its_own_fields_so(string name)
    {
        CompilationResult result = RulebookCompiler.Compile(Rules.Replace("account {", "account { " + name + ": Money,", StringComparison.Ordinal), "small.risk");
        Assert.Null(result.Rulebook);
        Assert.Contains($"`{name}`", Assert.Single(result.Diagnostics, d => d.IsError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_of_the_whole_book_is_read_in_the_units_of_the_rulebook()
    {
        RuleInputs inputs = Read("""
            "book": { "venue": "v", "height": "7", "reserves": { "B": "1.5" }, "reservesSource": "said so", "insuranceFund": 2, "buffer": "0.05" }, "accounts": []
            """);
        Assert.Empty(inputs.Errors);
        var errors = new List<InputError>();
        (ImmutableArray<BigInteger> reserves, BigInteger insurance, BigInteger buffer) = inputs.Book!.Amounts(Rulebook.Solvency!, inputs.Market!, errors);
        Assert.Empty(errors);
        Assert.Equal([0, 1500], reserves);                                          // in the order of the symbols, and thousandths
        Assert.Equal((200, 5), (insurance, buffer));                                // net equity has two decimals
        Assert.Equal(("v", 7UL, "said so"), (inputs.Book.Venue, inputs.Book.Height, inputs.Book.ReservesSource));
    }

    [Theory]
    [InlineData(""" "height": "7", "reserves": {}, "reservesSource": "s" """, "book.venue")]
    [InlineData(""" "venue": "", "height": "7", "reserves": {}, "reservesSource": "s" """, "book.venue")]
    [InlineData(""" "venue": "v", "height": "-7", "reserves": {}, "reservesSource": "s" """, "book.height")]
    [InlineData(""" "venue": "v", "height": "7", "reserves": [], "reservesSource": "s" """, "book.reserves")]
    [InlineData(""" "venue": "v", "height": "7", "reserves": { "A": true }, "reservesSource": "s" """, "book.reserves.A")]
    [InlineData(""" "venue": "v", "height": "7", "reserves": {}, "reservesSource": "s", "typo": 1 """, "book.typo")]
    public void A_slip_in_it_is_told_with_its_path(string members, string path) => Assert.Equal(path, Assert.Single(Read($"\"book\": {{ {members} }}").Errors).Path);

    [Theory]
    [InlineData(""" { "C": "1" } """, "0", "reserves.C")]
    [InlineData(""" { "A": "1.0001" } """, "0", "reserves.A")]
    [InlineData(""" { "A": "-1" } """, "0", "reserves.A")]
    [InlineData(""" { "A": "1" } """, "0.001", "buffer")]
    [InlineData(""" { "A": "1" } """, "1e60", "buffer")]
    public void An_amount_that_the_rulebook_cannot_count_is_told(string reserves, string buffer, string path)
    {
        RuleInputs inputs = Read($$"""
            "book": { "venue": "v", "height": 7, "reserves": {{reserves}}, "reservesSource": "s", "buffer": "{{buffer}}" }
            """);
        Assert.Empty(inputs.Errors);
        var errors = new List<InputError>();
        inputs.Book!.Amounts(Rulebook.Solvency!, inputs.Market!, errors);
        Assert.Equal(path, Assert.Single(errors).Path);
    }

    [Fact]
    public void Market_data_that_no_file_could_hold_are_told()
    {
        MarketData good = Read("\"accounts\": []").Market!;
        Assert.Null(MarketChecks.Problem(Rulebook.Schema, good));
        ImmutableArray<MarketRecord> assets = good.Tables[0];
        MarketData With(int field, FieldValue value) => good with { Tables = [[assets[0] with { Fields = assets[0].Fields.SetItem(field, value) }, assets[1]]] };
        LadderData ladder = assets[0].Fields[4].Ladder!;
        LadderData high = LadderData.Create(ladder.Type, [[0, 101]], out _)!, far = LadderData.Create(ladder.Type, [[0, 1], [BigInteger.One << 60, 1]], out _)!;
        (MarketData Market, string Says)[] bad =
        [
            (With(0, new FieldValue(0)), "Asset A: index is out of the range of Price"),
            (With(0, new FieldValue(BigInteger.One << 40)), "Asset A: index is out of the range of Price"),
            (With(1, new FieldValue(2)), "Asset A: kind is not one of its values"),
            (With(2, new FieldValue(2)), "Asset A: other is not one of its values"),
            (With(2, new FieldValue(-1)), "Asset A: other is not one of its values"),
            (With(3, new FieldValue(2)), "Asset A: open is not one of its values"),
            (With(4, new FieldValue(0)), "Asset A: counts is of another kind"),
            (With(4, new FieldValue(0, high)), "Asset A: counts is out of the range of Rate"),
            (With(4, new FieldValue(0, far)), "Asset A: counts is out of the range of Money"),
            (good with { Tables = [[assets[0], assets[0]]] }, "record 1 of Asset has the symbol of another one"),
            (good with { Tables = [] }, "the market data have other tables than the rulebook"),
            (good with { Tables = [[assets[0] with { Fields = [] }, assets[1]]] }, "Asset A: 5 values are expected"),
            (good with { Tables = [[assets[0] with { Fields = assets[0].Fields.SetItem(2, new FieldValue(0)) }]] }, "parameters: corr is not a matrix of 1 by 1"),
            (good with { Parameters = good.Parameters.SetItem(0, new FieldValue(101)) }, "parameters: share is out of the range of Rate"),
            (good with { Parameters = good.Parameters.SetItem(1, new FieldValue(0, Matrix: [[10, 5], [4, 10]])) }, "parameters: corr is not a correlation matrix: Symmetry at row 1"),
            (good with { Parameters = good.Parameters.SetItem(1, new FieldValue(0, Matrix: [[10, 11], [11, 10]])) }, "parameters: corr is out of the range of Corr"),
            (good with { Parameters = [] }, "parameters: 2 values are expected"),
        ];
        foreach ((MarketData market, string says) in bad) Assert.Equal(says, MarketChecks.Problem(Rulebook.Schema, market));
    }
}
