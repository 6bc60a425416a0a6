using Fermat.Ledger.Events;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>What a rulebook works out to be pledged is neither withdrawn nor the margin of a new position.</summary>
public sealed class EncumberedTests
{
    /// <summary>Half of what an account has in balances.</summary>
    private static readonly Lazy<CoreRulebook> Pledged = new(() =>
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cross_perps.risk")).Replace("quantity Rate ", "quantity Wide scale 6 bits 120 unit USD\nquantity Rate ", StringComparison.Ordinal).Replace("  encumbered: Pledge", "  locked: Pledge", StringComparison.Ordinal) + "\nencumbered: Wide = up(50% * sum b in balances: max(value(b), 0))\n";
        CompilationResult result = RulebookCompiler.Compile(text, "pledged.risk");
        return result.Rulebook ?? throw new InvalidOperationException(result.Render());
    });

    [Fact]
    public void Only_what_is_free_is_withdrawn_or_traded_on()
    {
        var venue = new Venue(Pledged.Value);
        venue.Open("alice", "1000");
        venue.Open("bob", "100000");
        Assert.Equal(500 * System.Numerics.BigInteger.Pow(10, venue.Health("alice").Scale), venue.Health("alice").FreeCollateral);
        Assert.True(venue.Trade("alice", "bob", "30").IsApplied);                                                      // 300 of margin
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("alice", "bob", "20.001").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Withdraw(venue, "400.01").Rejection?.Code);
        Assert.True(Withdraw(venue, "400").IsApplied);                                                                 // 600 are left: 300 pledged, 300 of margin
        Assert.True(venue.Health("alice").FreeCollateral.IsZero);
        // together, as one by one
        SubmitResult[] many = [.. venue.Engine.SubmitMany([Trade(venue, "0.001")])];
        Assert.Equal(EngineRejectionCode.InsufficientMargin, many[0].Rejection?.Code);
    }

    private static Trade Trade(Venue venue, string size) => new(venue.NextId(), venue.Time += 1000, "P", new Margin.AccountId("alice"), new Margin.AccountId("bob"), Venue.Number(size), new Quantity(100), default, default, null, null);

    private static SubmitResult Withdraw(Venue venue, string amount) => venue.Submit((id, t) => new WithdrawalRequested(id, t, new Margin.AccountId("alice"), "USD", Venue.Number(amount), null));
}
