using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>What is handed over and sold under schemas of other forms than the sample's.</summary>
public sealed class OtherSchemaTransitionTests
{
    private const string Brackets = """ "initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]]""";

    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk"));

    /// <summary>Assets and instruments of one table, whose first record has another price than what is paid.</summary>
    private static readonly VenueRulebook OneTable = SolvencyScene.Compile(Text.Replace("}\n\nmarket Instrument {\n", "").Replace("Instrument", "Asset"));

    /// <summary>Bob has 1000 ALT at 37 dollars, of which the first 20,000 dollars count, and owes more than they count for.</summary>
    [Theory]
    [InlineData(270, 9_990, true)]
    [InlineData(400, 9_990, false)]
    [InlineData(400, 400, false)]
    public void Collateral_goes_at_its_own_price_where_assets_and_instruments_are_of_one_table(int amount, int usd, bool isAllowed)
    {
        const int alt = 0, dollars = 1, bob = 2;
        RuleInputs inputs = RuleInputs.Read(OneTable.Schema, ("book", Encoding.UTF8.GetBytes($$$"""
            {"market":{"Asset":[
              {"symbol":"ALT","index":"37","haircut":[["0","0.6"],["10000","0.2"],["20000","0"]],"mark":"37","settle":"USD",{{{Brackets}}}},
              {"symbol":"USD","index":"1","haircut":[["0","1"]],"mark":"1","settle":"USD",{{{Brackets}}}}]},
             "accounts":[{"id":"a","balances":[],"positions":[]},{"id":"b","balances":[{"asset":"USD","amount":"100000"}],"positions":[]},
              {"id":"c","balances":[{"asset":"ALT","amount":"1000"},{"asset":"USD","amount":"-10000"}],"positions":[]}]}
            """)));
        Assert.Empty(inputs.Errors);
        BatchEvent[] sale =
        [
            new(EventKind.CollateralSale, bob, Insurance, alt, -Units(amount), Units(amount)),
            new(EventKind.CollateralPayment, Insurance, bob, dollars, -Units(usd), Units(usd)) { GoesOn = true },
        ];
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, Key(i), 0, 3))];
        var batch = new TransitionBatch(OneTable, inputs.Market!, "test venue", 100, accounts, 4, Fees, Insurance, sale);
        Judges(isAllowed, "collateral is not sold below its index price", batch);
    }
}
