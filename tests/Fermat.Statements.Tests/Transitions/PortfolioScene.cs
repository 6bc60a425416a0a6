using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>
/// Accounts in both modes under portfolio_margin, with a bitcoin at 20,000: a call and a put at 20,000 of thirty days at 1370 each, and a perpetual. Every penalty is allowed, so that what a step may cost is what it may not raise.
/// Costs have 6 decimals, amounts 8, sizes 6.
/// </summary>
internal static class PortfolioScene
{
    /// <summary>
    /// Bob has a call and is short a bitcoin against it; Carol is short two calls and two puts, which hedge each other, and 86 dollars short of what they need; Dave has the same in cross mode, with more money; Erin has a bitcoin and far too little; Frank has the
    /// other side.
    /// </summary>
    public const int Fees = 0, Insurance = 1, Bob = 2, Carol = 3, Dave = 4, Erin = 5, Frank = 6, Grace = 7;

    public const int Call = 0, Perp = 1, Put = 2;

    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "portfolio_margin.risk"));

    public static readonly VenueRulebook Rulebook = SolvencyScene.Compile(Text);

    /// <summary>The same without a word on what a step may not raise.</summary>
    public static readonly VenueRulebook Silent = SolvencyScene.Compile(string.Join('\n', Text.Split('\n').Where(line => !line.TrimStart().StartsWith("exposure", StringComparison.Ordinal))));

    private const string Option = """ "option":true,"underlying":"BTC","strike":"20000","left":"2592000","vol":"0.6","mark":"1370","settle":"USD","initial":"0.15","maintenance":"0.075" """;

    private const string Book = $$$"""
        {"market":{"Asset":[{"symbol":"BTC","index":"20000","haircut":"0.1"},{"symbol":"USD","index":"1"}],
          "Instrument":[{"symbol":"CALL",{{{Option}}},"kind":"call"},{"symbol":"PERP","underlying":"BTC","mark":"20000","settle":"USD","initial":"0.1","maintenance":"0.05"},{"symbol":"PUT",{{{Option}}},"kind":"put"}],
          "Scenario":[{"symbol":"down","spot":"-0.1"},{"symbol":"down-wild","spot":"-0.1","vol":"0.4"},{"symbol":"up","spot":"0.1"},{"symbol":"up-calm","spot":"0.1","vol":"-0.25"},{"symbol":"up-wild","spot":"0.1","vol":"0.4"},{"symbol":"wild","spot":"0","vol":"0.4"}]},
         "parameters":{"penalty_rate":"1"},
         "accounts":[
          {"id":"a","balances":[],"positions":[]},
          {"id":"b","balances":[{"asset":"USD","amount":"500000"}],"positions":[]},
          {"id":"c","mode":"portfolio","balances":[{"asset":"USD","amount":"2500"}],"positions":[{"instrument":"CALL","size":"1","cost":"1370"},{"instrument":"PERP","size":"-1","cost":"-20000"}]},
          {"id":"d","mode":"portfolio","balances":[{"asset":"USD","amount":"3900"}],"positions":[{"instrument":"CALL","size":"-2","cost":"-2740"},{"instrument":"PUT","size":"-2","cost":"-2740"}]},
          {"id":"e","mode":"cross","balances":[{"asset":"USD","amount":"13000"}],"positions":[{"instrument":"CALL","size":"-2","cost":"-2740"},{"instrument":"PUT","size":"-2","cost":"-2740"}]},
          {"id":"f","mode":"portfolio","balances":[{"asset":"USD","amount":"900"}],"positions":[{"instrument":"PERP","size":"1","cost":"20000"}]},
          {"id":"g","mode":"cross","balances":[{"asset":"USD","amount":"200000"},{"asset":"BTC","amount":"1"}],"positions":[{"instrument":"CALL","size":"3","cost":"4110"},{"instrument":"PUT","size":"4","cost":"5480"}]}]}
        """;

    /// <summary>The state before.</summary>
    public static TransitionBatch Start(params BatchEvent[] events) => Start(Rulebook, events);

    public static TransitionBatch Start(VenueRulebook rulebook, params BatchEvent[] events)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes(Book)));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(rulebook, inputs.Market!, "test venue", 100, accounts, 4, Fees, Insurance, events);
    }

    public static BatchEvent Trade(int buyer, int seller, int instrument, decimal size, decimal price, decimal fee = 0) =>
        new(EventKind.Trade, buyer, seller, 1, -Units(fee), -Units(fee), instrument, Millionths(size), Millionths(size * price));

    public static BatchEvent RejectTrade(int account, int instrument, decimal size, decimal price) => new(EventKind.RejectedTrade, account, null, 1, 0, 0, instrument, Millionths(size), Millionths(size * price));

    public static BatchEvent Withdraw(int account, decimal usd) => new(EventKind.Withdrawal, account, null, 1, -Units(usd));

    public static BatchEvent RejectWithdraw(int account, decimal usd) => new(EventKind.RejectedPayment, account, null, 1, -Units(usd));

    /// <summary>A part of a failing account's position, with its sign, goes to the insurance fund at the mark price.</summary>
    public static BatchEvent Liquidate(int account, int instrument, decimal size, decimal penalty = 0) =>
        new(EventKind.Liquidation, account, Insurance, 1, -Units(penalty), Units(penalty), instrument, -Millionths(size), -Millionths(size * Mark(instrument)));

    public static BatchEvent Deleverage(int account, int counterparty, int instrument, decimal size) => new(EventKind.Deleveraging, account, counterparty, 1, 0, 0, instrument, -Millionths(size), -Millionths(size * Mark(instrument)));

    public static BatchEvent Open(int slot, string id, int mode) => new(EventKind.Opening, slot, null, 0, 0) { Opened = new LedgerAccount(new AccountData(id, [mode], [[], []]), Key(slot), 0, 0) };

    /// <summary>A batch that is allowed and breaks nothing, or is not allowed and breaks something of a name.</summary>
    public static void Judges(bool isAllowed, string name, params BatchEvent[] events) => Forgery.Judges(isAllowed, name, Start(events));

    private static decimal Mark(int instrument) => instrument == Perp ? 20_000 : 1370;

    private static BigInteger Millionths(decimal amount) => (BigInteger)(amount * 1_000_000m);
}
