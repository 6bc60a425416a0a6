using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>What can be proven of an account is what the interpreter says of it.</summary>
public sealed class AccountVerdictTests
{
    [Theory]
    [InlineData(AccountStatementKind.LiquidationDue, Erin)]
    [InlineData(AccountStatementKind.LiquidationNotDue, Dave)]
    [InlineData(AccountStatementKind.LiquidationNotDue, Carol)]
    [InlineData(AccountStatementKind.LiquidationDue, Bob)]
    [InlineData(AccountStatementKind.Health, Alice)]
    public void The_truth_breaks_nothing(AccountStatementKind kind, int account) => Assert.Equal("satisfied", CrossTiered.Check(kind, account).ToString());

    [Theory]
    [InlineData("cross_tiered")]
    [InlineData("linear_scaled")]
    [InlineData("encumbered")]
    public void Random_accounts_are_proven_to_be_what_the_interpreter_says(string name)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, (name == "encumbered" ? "cross_tiered" : name) + ".risk"));
        VenueRulebook rulebook = name == "encumbered" ? SolvencyScene.Compile(text.Replace("account {", "account {\n  encumbered: Cash = 0", StringComparison.Ordinal)) : SolvencyScene.Rulebook(name);
        AccountScene example = Of(rulebook, name == "encumbered" ? "cross_tiered" : name);
        var random = new Random(name.Length);
        int liquidatable = 0, free = 0;
        const int rounds = 14;
        for (int round = 0; round < rounds; round++)
        {
            AccountData account = Random(random, example);
            var scene = new AccountScene(rulebook, example.Market, [account with { Id = "other" }, account, account with { Id = "third" }]);
            bool due = scene.Judge(AccountQuestion.Liquidatable, account).IsOne;
            if (due) liquidatable++;
            Assert.Equal(due, scene.Check(AccountStatementKind.LiquidationDue, 1).IsSatisfied);
            Assert.Equal(!due, scene.Check(AccountStatementKind.LiquidationNotDue, 1).IsSatisfied);
            BigInteger most = scene.Judge(AccountQuestion.FreeCollateral, account);
            if (most.Sign >= 0 && most < AccountStatementInputs.ThresholdEnd - 1)
            {
                free++;
                Assert.Equal("satisfied", scene.Check(AccountStatementKind.Health, 1, most).ToString());
                Assert.Equal("satisfied", scene.Check(AccountStatementKind.Health, 1, most / 3).ToString());
                Assert.False(scene.Check(AccountStatementKind.Health, 1, most + 1).IsSatisfied);
            }
            else
            {
                Assert.False(scene.Check(AccountStatementKind.Health, 1).IsSatisfied);
            }
        }
        Assert.InRange(liquidatable, 1, rounds - 1);
        Assert.InRange(free, 1, rounds - 1);
    }

    private static AccountData Random(Random random, AccountScene scene)
    {
        RulebookSchema schema = scene.Rulebook.Schema;
        while (true)
        {
            var account = new AccountData("account", [.. schema.Scalars.Select(Value)], [.. schema.Collections.Select(Items)]);
            if (AccountChecks.Problem(schema, scene.Market, account) is not null) continue;
            try
            {
                scene.Judge(AccountQuestion.FreeCollateral, account);
                return account;
            }
            catch (RuleEvaluationException)
            {
                // a value does not fit its quantity
            }
        }

        BigInteger Value(SchemaField field)
        {
            if (field.Type is not FieldType.Number { Quantity.Bounds: var bounds }) return random.Next(2);
            var value = new BigInteger(random.NextInt64(1L << random.Next(1, 48)));
            return BigInteger.Clamp(random.Next(3) == 0 ? -value : value, bounds.Min, bounds.Max);
        }

        ImmutableArray<ImmutableArray<BigInteger>> Items(Collection collection)
        {
            int records = scene.Market.Tables[((FieldType.Reference)collection.Fields[0].Type).Table].Length;
            return [.. Enumerable.Range(0, records).Where(_ => random.Next(3) > 0).Select(record => (ImmutableArray<BigInteger>)[record, .. collection.Fields.Skip(1).Select(Value)])];
        }
    }
}
