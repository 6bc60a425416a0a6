using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>What the engine takes at the limits of statement T, statement T allows.</summary>
public sealed class LiquidationLimitTests
{
    /// <summary>Bob is long at 100 with 10.3 dollars a contract, or short with 10.7; at 92, or at 108, he has half of his maintenance margin, to the last unit.</summary>
    /// <param name="size">His position; the ledger counts thousandths.</param>
    /// <param name="taken">A quarter of it, rounded up to a thousandth.</param>
    [Theory]
    [InlineData("40", "10")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.003", "0.001")]
    [InlineData("0.004", "0.001")]
    [InlineData("0.005", "0.002")]
    [InlineData("7.777", "1.945")]
    public void At_half_of_the_maintenance_margin_a_share_is_taken_and_below_it_everything(string size, string taken)
    {
        foreach ((decimal more, string first) in ((decimal, string)[])[(0, taken), (0.000001m, taken), (-0.000001m, size)])
            foreach (bool isLong in (bool[])[true, false])
            {
                VenueLog log = Falling(size, more, isLong);
                Liquidation step = log.Log.Select(logged => logged.Event).OfType<Liquidation>().First();
                Assert.Equal((isLong ? "" : "-") + first, step.Size.ToString());
                Proven(log);
            }
    }

    /// <summary>With a fund that is empty the same parts go against the other side.</summary>
    [Theory]
    [InlineData("40", "10")]
    [InlineData("0.005", "0.002")]
    public void What_is_deleveraged_is_a_share_too(string size, string taken)
    {
        VenueLog log = Falling(size, 0, isLong: true, fund: "0");
        Assert.Equal(taken, log.Log.Select(logged => logged.Event).OfType<AutoDeleveraged>().First().Size.ToString());
        Proven(log);
    }

    /// <summary>Ledgers count assets and instruments in their own units, and the batch says in which.</summary>
    [Fact]
    public void Batches_say_what_the_ledger_counts_in()
    {
        (List<VenueBatch> batches, _) = Falling("40", 0, isLong: true).Cut();
        TransitionInputs inputs = TransitionProver.InputsOf(batches[^1].Batch, VenueLog.Salts);
        Assert.Equal(["BTC", "USD"], inputs.CountedRecords().Assets.Select(record => record.Symbol));
        Assert.Equal([1L, 100L], inputs.Units.Amounts);
        Assert.Equal(["P", "Q"], inputs.CountedRecords().Instruments.Select(record => record.Symbol));
        Assert.Equal([100_000L, 100_000L], inputs.Units.Sizes);
    }

    /// <summary>A coin that counts in full, of which the fund can pay for a part: rounded against the account, it would be left worse, and the log could not be proven.</summary>
    [Theory]
    [InlineData("100", "0.00591715", "100")]
    [InlineData("0.000002", null, null)]
    [InlineData("20000", "1", "16900")]
    public void Collateral_that_counts_in_full_is_sold_for_what_it_is_worth(string fund, string? sold, string? proceeds)
    {
        var log = new VenueLog(allowsBorrowing: true, parameters: VenueLog.Parameters.Replace("0.9", "1", StringComparison.Ordinal));
        log.Open("erin");
        log.Deposit("erin", "1", "BTC");
        log.Deposit("insurance", fund);
        Assert.True(log.Withdraw("erin", "17000").IsApplied);
        log.Prices(("BTC", "16900"));
        CollateralSold? sale = log.Log.Select(logged => logged.Event).OfType<CollateralSold>().FirstOrDefault();
        Assert.Equal((sold, proceeds), (sale?.Amount.ToString(), sale?.Proceeds.ToString()));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
    }

    private static VenueLog Falling(string size, decimal more, bool isLong, string fund = "100000")
    {
        decimal deposit = (isLong ? 10.3m : 10.7m) * decimal.Parse(size, CultureInfo.InvariantCulture) + more;
        var log = new VenueLog();
        if (fund != "0") log.Deposit("insurance", fund);
        log.Open("alice", "1000000");
        log.Open("bob", deposit.ToString(CultureInfo.InvariantCulture));
        (string buyer, string seller) = isLong ? ("bob", "alice") : ("alice", "bob");
        Assert.True(log.Trade(buyer, seller, size).IsApplied);
        log.Prices(("P", isLong ? "92" : "108"));
        return log;
    }

    private static void Proven(VenueLog log)
    {
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused?.ToString());
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind is EventKind.Liquidation or EventKind.Deleveraging);
    }
}
