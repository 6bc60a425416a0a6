using System.Numerics;
using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Collateral that is pledged to somebody, as a field of the account or as the rulebook works it out, backs nothing else: it is neither withdrawn, nor sent, nor the margin of a new position.</summary>
public sealed class EncumberedTransitionTests
{
    private const int Bob = 2, Carol = 3;

    private const string Text = """
        rulebook pledged
        quantity Cash scale 6 bits 63 unit USD
        quantity Pledge scale 2 bits 50 nonnegative unit USD
        quantity Money scale 6 bits 90 unit USD
        quantity Size scale 6 bits 50 unit coin
        quantity Price scale 4 bits 40 nonnegative unit USD/coin
        quantity Parity scale 0 in [1, 1]
        market Asset { index: Parity, lien: Flag = false }
        market Instrument { mark: Price, settle: Asset }
        account {
          encumbered: Pledge = 0
          balances: { asset: Asset, amount: Cash }*
          positions: { instrument: Instrument, size: Size, cost: Cash }*
        }
        equity: Money      = down(sum b in balances: b.amount * b.asset.index + sum p in positions: (p.size * p.instrument.mark - p.cost))
        initial: Money     = up(10% * sum p in positions: abs(p.size) * p.instrument.mark)
        maintenance: Money = up(5% * sum p in positions: abs(p.size) * p.instrument.mark)
        """;

    private static readonly VenueRulebook Field = SolvencyScene.Compile(Text);

    /// <summary>The same, worked out: half of what an account has is another's.</summary>
    private static readonly VenueRulebook Defined = SolvencyScene.Compile(Text.Replace("  encumbered: Pledge = 0\n", "", StringComparison.Ordinal) + "\nencumbered: Money = up(50% * sum b in balances: max(b.amount, 0))\n");

    /// <summary>Bob has 1000 dollars, of which 400 are pledged, and a position that needs 100.</summary>
    [Theory]
    [InlineData(500, true)]
    [InlineData(500.01, false)]
    public void What_is_encumbered_is_not_withdrawn(decimal usd, bool isAllowed)
    {
        Judges(Field, isAllowed, "a payment leaves the account healthy", new BatchEvent(EventKind.Withdrawal, Bob, null, 0, -Usd(usd)));
        Judges(Field, !isAllowed, "an attempt", new BatchEvent(EventKind.RejectedPayment, Bob, null, 0, -Usd(usd)));
        Judges(Field, isAllowed, "a payment leaves the account healthy", new BatchEvent(EventKind.Transfer, Bob, Carol, 0, -Usd(usd), Usd(usd)));
    }

    /// <summary>A tenth of the notional at 10 dollars: 500 dollars more for 500.</summary>
    [Theory]
    [InlineData(500, true)]
    [InlineData(500.01, false)]
    public void What_is_encumbered_margins_no_trade(decimal size, bool isAllowed) =>
        Judges(Field, isAllowed, "what an owner instructs leaves the account healthy or no worse", new BatchEvent(EventKind.Trade, Bob, Carol, 0, 0, 0, 0, Usd(size), Usd(size * 10)));

    /// <summary>Half of 1000 is pledged, and half of what is left when some of it goes: 800 are the most.</summary>
    [Theory]
    [InlineData(800, true)]
    [InlineData(800.01, false)]
    public void What_a_rulebook_works_out_to_be_encumbered_is_not_withdrawn(decimal usd, bool isAllowed) =>
        Judges(Defined, isAllowed, "a payment leaves the account healthy", new BatchEvent(EventKind.Withdrawal, Bob, null, 0, -Usd(usd)));

    [Fact]
    public void An_owner_does_not_change_what_is_encumbered()
    {
        TransitionScene scene = TransitionScene.Of(Start(Field, new BatchEvent(EventKind.Withdrawal, Bob, null, 0, -Usd(1))));
        Breaks("encumbered[0] stays as it is", scene.Check([.. scene.Plan.Versions.Select(version => version.Slot == Bob && !version.IsFirst ? version with { Account = version.Account with { Scalars = [39_000] } } : version)], lie: Nobody));
    }

    private static BigInteger Usd(decimal amount) => (BigInteger)(amount * 1_000_000m);

    private static TransitionBatch Start(VenueRulebook rulebook, params BatchEvent[] events)
    {
        string pledge = ReferenceEquals(rulebook, Field) ? "\"encumbered\":\"400\"," : "";
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes($$$"""
            {"market":{"Asset":[{"symbol":"USD","index":"1"}],"Instrument":[{"symbol":"P","mark":"10","settle":"USD"}]},
             "accounts":[{"id":"a","balances":[],"positions":[]},{"id":"b","balances":[],"positions":[]},
              {"id":"c",{{{pledge}}}"balances":[{"asset":"USD","amount":"1000"}],"positions":[{"instrument":"P","size":"100","cost":"1000"}]},
              {"id":"d","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"P","size":"-100","cost":"-1000"}]}]}
            """)));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, TransitionScene.Key(i), 7, 3))];
        return new TransitionBatch(rulebook, inputs.Market!, "test venue", 100, accounts, 4, FeesSlot: 0, InsuranceSlot: 1, events);
    }

    private static void Judges(VenueRulebook rulebook, bool isAllowed, string name, BatchEvent e) => Forgery.Judges(isAllowed, name, Start(rulebook, e));
}
