using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Accounts in both modes under isolated_perps, at 64,000 for a bitcoin with a funding index of 10 and 3,000 for an ether; requirements are a tenth and a twentieth of the notional. Amounts and costs have 6 decimals, sizes 8.</summary>
internal static class IsolatedScene
{
    /// <summary>Bob's silos hold and he has 5000 dollars more; Carol's bitcoin is a dollar short of its maintenance, though she has 100,000 dollars; Dave's is below half of it; Erin is in cross mode, and Frank holds the other side.</summary>
    public const int Fees = 0, Insurance = 1, Bob = 2, Carol = 3, Dave = 4, Erin = 5, Frank = 6, Grace = 7;

    public const int Btc = 0, Eth = 1, Balances = 0, Positions = 1, Aside = 3;

    public static readonly VenueRulebook Rulebook = SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "isolated_perps.risk")));

    private const string Brackets = """ "settle":"USD","initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]] """;

    private const string Book = $$$"""
        {"market":{"Asset":[{"symbol":"USD","index":"1"}],"Instrument":[{"symbol":"BTC-PERP","mark":"64000","funding":"10",{{{Brackets}}}},{"symbol":"ETH-PERP","mark":"3000",{{{Brackets}}}}]},
         "accounts":[
          {"id":"a","balances":[],"positions":[]},
          {"id":"b","balances":[{"asset":"USD","amount":"500000"}],"positions":[]},
          {"id":"c","mode":"isolated","balances":[{"asset":"USD","amount":"5000"}],"positions":[{"instrument":"BTC-PERP","size":"1","cost":"64000","margin":"7000"},{"instrument":"ETH-PERP","size":"-2","cost":"-6000","margin":"700"}]},
          {"id":"d","mode":"isolated","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"BTC-PERP","size":"1","cost":"64000","margin":"3209"},{"instrument":"ETH-PERP","size":"40","cost":"120000","margin":"20000"}]},
          {"id":"e","mode":"isolated","balances":[],"positions":[{"instrument":"BTC-PERP","size":"-1","cost":"-62400","margin":"10"}]},
          {"id":"f","mode":"cross","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"BTC-PERP","size":"-1","cost":"-65600"}]},
          {"id":"g","mode":"cross","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"ETH-PERP","size":"-38","cost":"-114000"}]}]}
        """;

    /// <summary>The state before.</summary>
    public static TransitionBatch Start(params BatchEvent[] events)
    {
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(Book)));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, accounts, 4, Fees, Insurance, events);
    }

    public static BigInteger Usd(decimal amount) => (BigInteger)(amount * 1_000_000m);

    /// <summary>Dollars are set aside for a position, or taken back where they are negative.</summary>
    public static BatchEvent Assign(int account, int instrument, decimal usd) => Of(EventKind.MarginAssignment, account, instrument, usd);

    public static BatchEvent RejectAssign(int account, int instrument, decimal usd) => Of(EventKind.RejectedAssignment, account, instrument, usd);

    public static BatchEvent RejectSetAside(int account, int instrument, decimal usd) => Of(EventKind.RejectedSetAside, account, instrument, usd);

    public static BatchEvent Trade(int buyer, int seller, int instrument, decimal size, decimal price, decimal fee = 0) =>
        new(EventKind.Trade, buyer, seller, 0, -Usd(fee), -Usd(fee), instrument, Units(size), Usd(size * price));

    public static BatchEvent RejectTrade(int account, int instrument, decimal size, decimal price, decimal fee = 0) =>
        new(EventKind.RejectedTrade, account, null, 0, -Usd(fee), 0, instrument, Units(size), Usd(size * price));

    public static BatchEvent Pay(int from, int to, decimal usd) => new(EventKind.Transfer, from, to, 0, -Usd(usd), Usd(usd));

    public static BatchEvent Withdraw(int account, decimal usd) => new(EventKind.Withdrawal, account, null, 0, -Usd(usd));

    /// <summary>A part of a failing account's position, with its sign, goes to the insurance fund at the mark price.</summary>
    public static BatchEvent Liquidate(int account, int instrument, decimal size, decimal penalty = 0) =>
        new(EventKind.Liquidation, account, Insurance, 0, -Usd(penalty), Usd(penalty), instrument, -Units(size), -Usd(size * (instrument == Btc ? 63_990 : 3000)));

    public static BatchEvent Open(int slot, string id, int mode) => new(EventKind.Opening, slot, null, 0, 0) { Opened = new LedgerAccount(new AccountData(id, [mode], [[], []]), Key(slot), 0, 0) };

    private static BatchEvent Of(EventKind kind, int account, int instrument, decimal usd) => new(kind, account, null, 0, -Usd(usd), Instrument: instrument);

    /// <summary>A batch that is allowed and breaks nothing, or is not allowed and breaks something of a name.</summary>
    public static void Judges(bool isAllowed, string name, params BatchEvent[] events) => Forgery.Judges(isAllowed, name, Start(events));

    /// <summary>Versions of which one is another.</summary>
    public static AccountVersion[] With(TransitionScene scene, int at, Func<AccountVersion, AccountVersion> change) => [.. scene.Plan.Versions.Select((v, i) => i == at ? change(v) : v)];

    /// <summary>An account with another number in its position in an instrument.</summary>
    public static AccountData WithPosition(AccountData account, int instrument, int field, BigInteger value)
    {
        ImmutableArray<ImmutableArray<BigInteger>> positions = account.Items[Positions];
        return account with { Items = account.Items.SetItem(Positions, [.. positions.Select(item => item[0] == instrument ? item.SetItem(field, value) : item)]) };
    }
}
