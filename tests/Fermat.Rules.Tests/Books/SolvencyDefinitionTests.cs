using System.Numerics;
using System.Text;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Tests.Books;

public sealed class SolvencyDefinitionTests
{
    internal const string Head = """
        rulebook margin
        quantity Money scale 6 bits 90 unit USD
        quantity Cost scale 6 bits 60 unit USD
        quantity Amount scale 2 bits 40 unit coin
        quantity Price scale 4 bits 40 nonnegative unit USD/coin
        quantity Parity scale 0 in [1, 1] unit coin/USD
        market Asset { index: Price }
        market Instrument { mark: Price, settle: Asset }
        parameters { parity: Parity = 1 }
        account {
          cash: Money
          balances: { asset: Asset, amount: Amount }*
          positions: { instrument: Instrument, long: Flag, size: Amount, cost: Cost }*
        }
        value(b): Money = down(b.amount * b.asset.index)
        worth(p): Money = down(p.size * p.instrument.mark - p.cost)
        equity = sum b in balances: value(b) + sum p in positions: worth(p)
        initial = 0 * equity
        maintenance = initial

        """;

    internal const string Tail = """
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount - parity * sum p in positions where p.instrument.settle = a and p.long: p.cost
        price(a: Asset) = a.index
        net_size(i: Instrument) = sum p in positions where i = p.instrument: p.size

        """;

    internal const string Market = """
        "market": {
          "Asset": [ { "symbol": "USD", "index": 1 }, { "symbol": "BTC", "index": 100 } ],
          "Instrument": [ { "symbol": "A", "mark": 110, "settle": "USD" }, { "symbol": "B", "mark": 95, "settle": "BTC" } ]
        }
        """;

    private const string Accounts = """
        "accounts": [
          { "id": "ann", "cash": 1, "balances": [ { "asset": "BTC", "amount": 1.5 }, { "asset": "USD", "amount": -20 } ],
            "positions": [ { "instrument": "A", "long": true, "size": 2, "cost": 200.25 }, { "instrument": "B", "long": false, "size": -1, "cost": -90 } ] },
          { "id": "bob", "cash": 1, "balances": [], "positions": [ { "instrument": "A", "long": true, "size": -2, "cost": -200.25 }, { "instrument": "B", "long": true, "size": 1, "cost": 90.5 } ] },
          { "id": "eve", "cash": 1, "balances": [ { "asset": "USD", "amount": -7 } ], "positions": [] }
        ]
        """;

    private static (CoreRulebook Rulebook, RuleInputs Inputs) Book()
    {
        CoreRulebook rulebook = CompilerTests.Compiled(Head + Tail);
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes($"{{ {Market}, {Accounts} }}")));
        Assert.Empty(inputs.Errors);
        return (rulebook, inputs);
    }

    [Fact]
    public void Totals_are_what_the_text_says_account_by_account_and_in_batches()
    {
        (CoreRulebook rulebook, RuleInputs inputs) = Book();
        var interpreter = new Interpreter(rulebook, inputs.Market!);
        BookSums one = new(rulebook.Solvency!, inputs.Market!), many = new(rulebook.Solvency!, inputs.Market!);
        foreach (AccountData account in inputs.Accounts) interpreter.AddTo(one, account);
        new BatchEvaluator(interpreter).AddTo(many, AccountBatch.Of(rulebook.Schema, inputs.Accounts));
        foreach (BookSums sums in (BookSums[])[one, many])
        {
            // claims at scale 6: BTC 1.5 − 90.5 (bob's long position settles there), USD −20 − 200.25 + 200.25 − 7; sizes at scale 2
            Assert.Equal([-89_000_000, -27_000_000], sums.Total(0));
            Assert.Equal([0, 0], sums.Total(1));
            // ann: 150 − 20 + (220 − 200.25) + (−95 + 90) = 144.75; bob: (−220 + 200.25) + (95 − 90.5) = −15.25; eve: −7
            Assert.Equal((3, 2, 2), (sums.Accounts, sums.Liquidatable, sums.Bankrupt));
            Assert.Equal((144_750_000, 22_250_000), (sums.Claims, sums.Shortfall));
        }
        one.Add(many);
        Assert.Equal((6, 289_500_000), (one.Accounts, one.Claims));
        Assert.Equal(-178_000_000, one.Total(0)[0]);
    }

    [Fact]
    public void Every_account_of_a_total_is_evaluated_like_its_own_function_called_on_the_record()
    {
        // the same claim, spelled as a definition for one record by its price
        string text = Head + Tail + "owed = sum b in balances where b.asset.index = 100: b.amount - parity * sum p in positions where p.instrument.settle.index = 100 and p.long: p.cost\n";
        CoreRulebook rulebook = CompilerTests.Compiled(text);
        (_, RuleInputs inputs) = Book();
        var interpreter = new Interpreter(rulebook, inputs.Market!);
        int owed = rulebook.Definitions.IndexOf(rulebook.Find("owed")!);
        foreach (AccountData account in inputs.Accounts)
        {
            var sums = new BookSums(rulebook.Solvency!, inputs.Market!);
            interpreter.AddTo(sums, account);
            Assert.Equal(interpreter.Evaluate(account)[owed], sums.Total(0)[0]);
        }
    }

    [Fact]
    public void Terms_carry_sign_scale_and_conditions()
    {
        CoreTotal claims = Book().Rulebook.Solvency!.Claims!;
        Assert.Equal(2, claims.Terms.Length);
        Assert.All(claims.Terms, term => Assert.Equal(6, term.Value.Number.Scale));
        Assert.All(claims.Terms, term => Assert.Equal(Stage.Keyed, term.Reference.Stage));
        Assert.Equal("coin", claims.Type.Unit!.Text);
    }

    [Fact]
    public void Without_claims_a_rulebook_still_classes_accounts_and_price_is_a_function_like_others()
    {
        CoreSolvency solvency = CompilerTests.Compiled(Head + "price(x) = x + x\ntwice = price(cash)\n").Solvency!;
        Assert.Null(solvency.Claims);
        Assert.Null(solvency.Price);
        Assert.Empty(solvency.Totals);
    }

    [Theory]
    [InlineData("claim(a: Asset) = cash\nprice(a: Asset) = a.index\n", "is not a sum over a collection")]
    [InlineData("claim(a: Asset) = sum b in balances: b.amount\nprice(a: Asset) = a.index + a.index\n", "does not say which items belong to `a`")]
    [InlineData("claim(a: Asset) = max b in balances where b.asset = a: b.amount else 0\nprice(a: Asset) = a.index\n", "another kind of reduction")]
    [InlineData("claim(a: Asset) = sum b in balances where b.asset = a: down(b.amount * a.index, Money)\nprice(a: Asset) = a.index\n", "depends on `a`")]
    [InlineData("claim(a: Asset) = sum b in balances where b.asset = a: b.amount\n", "not what an asset is worth")]
    [InlineData("claim(a: Asset) = sum b in balances where b.asset = a: b.amount\nprice(i: Instrument) = i.mark\n", "one market record for both")]
    [InlineData("claim(a: Asset) = sum b in balances where b.asset = a: b.amount\nprice(a: Asset) = 1 - 2\n", "can be negative")]
    [InlineData("claim(a: Asset) = sum b in balances where b.asset = a: value(b)\nprice(a: Asset) = a.index\n", "one unit")]
    [InlineData("claim(a) = sum b in balances where b.asset = a: b.amount\nprice(a: Asset) = a.index\n", "takes one market record")]
    public void What_cannot_be_added_up_over_a_book_is_an_error_with_a_hint(string tail, string expected)
    {
        CompilationResult result = RulebookCompiler.Compile(Head + tail, "test.risk");
        Assert.Null(result.Rulebook);
        Assert.Contains(expected, result.Render(), StringComparison.Ordinal);
    }
}
