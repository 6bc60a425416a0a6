namespace Fermat.Rules.Tests;

/// <summary>Rulebooks that tests share.</summary>
internal static class Samples
{
    /// <summary>Declarations that small tests put their definitions after.</summary>
    public const string Head = """
        rulebook test
        quantity Money scale 6 bits 95 unit USD
        quantity Amount scale 8 bits 50 unit coin
        quantity Price scale 8 bits 45 positive unit USD/coin
        quantity Rate scale 6 in [0, 1]
        enum Kind { call, put }
        market Asset { index: Price, haircut: tiers Money to Rate }
        market Instrument { mark: Price, margin: brackets Money to Rate, settle: Asset, underlying: Asset, expiry: Time, kind: Kind = call }
        market Scenario up to 64 { shock: Rate, weight: Rate = 1 }
        parameters { fee: Rate = 0.1%, now: Time, corr: correlation Asset of Rate, decay: curve Time to Rate, stressed: Flag = false }
        account {
          cash: Money
          balances: { asset: Asset, amount: Amount }*
          positions: { instrument: Instrument, size: Amount, cost: Money }* up to 100
        }

        """;

    /// <summary>The three definitions that every rulebook needs, for tests that speak of others.</summary>
    public const string Required = "equity = cash\ninitial = cash\nmaintenance = cash\n";

    public const string CrossTiered = Head + """
        value(b: balances): Money = down(b.amount * b.asset.index)
        credit(b) = if b.amount > 0 then down(tiered(b.asset.haircut, max(value(b), 0)), Money) else value(b)
        notional(p): Money = up(abs(p.size) * p.instrument.mark)
        pnl(p) = down(p.size * p.instrument.mark, Money) - p.cost

        equity = cash + sum b in balances: credit(b) + sum p in positions: pnl(p)
        initial = sum g in positions by instrument.underlying: group_margin(g)
        group_margin(g): Money =
          let gross: Money = sum p in g: notional(p)
          let worst: Money = max s in Scenario: up(gross * s.shock)
          max(worst, up(gross * fee))
        maintenance: Money = sum p in positions: up(tiered(p.instrument.margin, notional(p)))
        options = count p in positions where p.instrument.kind = put and p.instrument.expiry > now: (p.size != 0)

        liquidation {
          penalty: Money = up(maintenance * 5%)
          limit = maintenance + penalty
        }
        safe = equity >= liquidation.limit
        """;
}
