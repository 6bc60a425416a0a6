using System.Numerics;

namespace Fermat.Margin.Tests;

public class MarginEvaluatorTests
{
    // One unit of x is worth 2, of y 0.5; x keeps 100 % of the first 10 quote units and 50 % of the next 10.
    private static readonly RiskParameters Parameters = RiskParameters.Create(
    [
        Make.Asset("x", 0, new Price(2, 0), TierLadder.Create((10, 100), (20, 50))),
        Make.Asset("y", 0, new Price(5, 1), TierLadder.Create((null, 80))),
    ]);

    [Theory]
    [InlineData(20, 0, AccountClass.Healthy)]
    [InlineData(20, 30, AccountClass.Healthy)]                                              // counted 15 covers a debt of 15 exactly
    [InlineData(20, 31, AccountClass.Liquidatable)]
    [InlineData(20, 80, AccountClass.Liquidatable)]                                         // 40 held, 40 owed
    [InlineData(20, 81, AccountClass.Bankrupt)]
    public void Classes_meet_exactly(ulong held, ulong owed, AccountClass expected)
    {
        // `held` x, all of one kind; `owed` y
        AccountMargin margin = MarginEvaluator.Evaluate(Parameters, Make.Account("a", new Balance(0, held, 0, held, 0, 0), new Balance(1, 0, owed, 0, 0, 0)));
        Assert.Equal(1500 * 10, margin.CollateralValue100);
        Assert.Equal(expected, margin.Class);
    }

    [Fact]
    public void The_explanation_shows_each_step_and_adds_up()
    {
        Account account = Make.Account("a", new Balance(0, 20, 1, 8, 4, 8), new Balance(1, 7, 3, 0, 5, 2));
        AccountExplanation explanation = MarginEvaluator.Explain(Parameters, account);
        ItemLine x = explanation.Items[0];
        Assert.Equal(("x", 400, 20), (x.Asset.Symbol, (int)x.EquityValue, (int)x.DebtValue));

        CollateralLine loan = x.Collateral[0];                                              // 8 x = 16: 10 in full, 6 at 50 %
        Assert.Equal((CollateralKind.Loan, 8ul, 160, 13_000, 3_000), (loan.Kind, loan.Amount, (int)loan.Value, (int)loan.Counted100, (int)loan.Haircut100));
        Assert.Equal(new Tier(10, 20, 50), loan.Tier);
        Assert.Equal(100, x.Collateral[1].Tier!.Value.KeptPercent);
        Assert.Equal(explanation.Margin.CollateralValue100, explanation.Items.SelectMany(i => i.Collateral).Aggregate(BigInteger.Zero, (sum, line) => sum + line.Counted100));
        Assert.Equal(explanation.Margin.DebtValue100, explanation.Items.Aggregate(BigInteger.Zero, (sum, item) => sum + 100 * item.DebtValue));
        Assert.Equal(explanation.Margin.NetEquity, explanation.Items.Aggregate(BigInteger.Zero, (sum, item) => sum + item.EquityValue - item.DebtValue));
        Assert.Equal(explanation.Margin, MarginEvaluator.Evaluate(Parameters, account));
    }

    [Fact]
    public void Above_the_last_tier_there_is_no_tier()
    {
        CollateralLine line = MarginEvaluator.Explain(Parameters, Make.Account("a", new Balance(0, 50, 0, 50, 0, 0))).Items[0].Collateral[0];
        Assert.Null(line.Tier);
        Assert.Equal((15_000, 85_000), ((int)line.Counted100, (int)line.Haircut100));
    }

    [Fact]
    public void Random_accounts_agree_with_the_rule_in_rationals_and_totals_with_sums()
    {
        var random = new Random(77);
        for (int round = 0; round < 100; round++)
        {
            Asset[] assets = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => Make.RandomAsset(random, $"a{i}"))];
            RiskParameters parameters = RiskParameters.Create(assets);
            Account[] accounts = [.. Enumerable.Range(0, 20).Select(i => Make.RandomAccount(random, $"u{i}", assets.Length))];
            BookTotals totals = MarginEvaluator.Totals(parameters, accounts);
            BigInteger positive = 0, shortfall = 0;
            int liquidatable = 0, bankrupt = 0;
            foreach (Account account in accounts)
            {
                (BigInteger debt, BigInteger collateral, BigInteger net) = Reference.Margin(assets, account, parameters.ValueScale);
                AccountMargin margin = MarginEvaluator.Evaluate(parameters, account);
                Assert.Equal(new AccountMargin(debt, collateral, net), margin);
                Assert.True(margin.Surplus100 <= 100 * margin.NetEquity, "a bankrupt account's collateral cannot cover its debt");
                if (net < 0) (shortfall, bankrupt) = (shortfall - net, bankrupt + 1);
                else positive += net;
                if (collateral < debt) liquidatable++;
            }
            Assert.Equal((20, liquidatable, bankrupt, positive, shortfall), (totals.Accounts, totals.Liquidatable, totals.Bankrupt, totals.PositiveNetEquity, totals.Shortfall));
            Assert.Equal(accounts.Sum(a => a.Balances.Count), totals.Items);
            for (int asset = 0; asset < assets.Length; asset++)
                Assert.Equal(accounts.SelectMany(a => a.Balances).Where(b => b.Asset == asset).Aggregate(BigInteger.Zero, (sum, b) => sum + b.Equity - b.Debt), totals.Net[asset]);
        }
    }

    [Fact]
    public void Sums_of_the_largest_amounts_stay_below_their_bound()
    {
        Asset[] assets = [.. Enumerable.Range(0, BookLimits.MaxAssets).Select(i => Make.Asset($"a{i:d3}", 0, new Price(BookLimits.MaxPriceMantissa, 0), TierLadder.Create((null, 100))))];
        RiskParameters parameters = RiskParameters.Create(assets);
        Balance[] items = [.. Enumerable.Range(0, assets.Length).Select(i => new Balance(i, BookLimits.MaxAmount, 0, BookLimits.MaxAmount, 0, 0))];
        AccountMargin margin = MarginEvaluator.Evaluate(parameters, Make.Account("whale", items));
        Assert.True(BookLimits.MaxWeight * BookLimits.MaxAmount * BookLimits.MaxAssets << 21 < BigInteger.One << BookLimits.TotalBits);
        Assert.Equal(100 * margin.NetEquity, margin.CollateralValue100);
    }

    [Fact]
    public void Each_condition_of_solvency_is_named_when_it_breaks()
    {
        var header = new BookHeader("v", 0, "USD", Parameters.Assets, [20, 7], "test", 0, 0);
        Account[] good = [Make.Account("a", new Balance(0, 20, 0, 0, 0, 0), new Balance(1, 7, 0, 0, 0, 0))];
        Account[] withBankrupt = [.. good, Make.Account("b", new Balance(1, 0, 3, 0, 0, 0))];
        Assert.Empty(Broken(header, good));
        Assert.Contains("x: claims of 20 exceed reserves of 19", Broken(header with { Reserves = [19, 100] }, good)[0]);
        Assert.Contains("do not cover claims of 43.5 USD and the buffer of 0.1 USD", Assert.Single(Broken(header with { Buffer = 1 }, good)));
        Assert.Contains("the insurance fund of 1.4 USD does not cover the shortfall of 1.5 USD", Assert.Single(Broken(header with { InsuranceFund = 14 }, withBankrupt)));
        Assert.Empty(Broken(header with { InsuranceFund = 15 }, withBankrupt));

        static IReadOnlyList<string> Broken(BookHeader header, Account[] accounts) => MarginEvaluator.Totals(Parameters, accounts).Insolvencies(Parameters, header);
    }
}
