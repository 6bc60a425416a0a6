using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;
using Fermat.Margin.Books;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Tests.PublicMath;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>exchange_sample is the rule of Fermat.Margin: the same integers on every account.</summary>
public sealed class ExchangeSampleTests
{
    [Fact]
    public void The_example_book_has_the_margins_of_the_margin_evaluator()
    {
        using BookSource source = BookSource.Open(Path.Combine(VectorTests.Root(), "examples", "exchange-sample", "book.json"));
        Agree(source.ReadToEnd()!, accounts: 185, liquidatable: 15);
    }

    [Fact]
    public void So_have_the_two_hundred_users_of_the_published_sample_whatever_their_consistency()
    {
        string? folder = Standard.Shared("exchange-sample");
        Assert.SkipWhen(folder is null, "the exchange's sample (exchange-sample) is not beside this checkout");
        ImportResult result = ExchangeSampleImporter.Import(
            new ExchangeSampleOptions(Path.Combine(folder, "assets_sample.csv"), [Path.Combine(folder, "sample_users0.csv"), Path.Combine(folder, "sample_users1.csv")]) { SkipInvalid = true });
        Agree(result.Book!, accounts: 185, liquidatable: 15);
    }

    [Fact]
    public void A_generated_book_too_with_bankrupt_accounts()
    {
        Book book = new BookGenerator(new BookGeneratorOptions(400) { Seed = 5, LiquidatablePerMille = 200, BankruptPerMillion = 100_000 }).ToBook();
        Agree(book, accounts: 400, liquidatable: null);
    }

    private static void Agree(Book book, int accounts, int? liquidatable)
    {
        CoreRulebook rulebook = Standard.Rulebook("exchange_sample");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", BookInputs.Write(book.Header, book.Accounts)));
        Assert.Empty(inputs.Errors);
        RiskParameters parameters = RiskParameters.Create(book.Header.Assets);
        var interpreter = new Interpreter(rulebook, inputs.Market!);
        var verdict = new AccountVerdict(rulebook);
        var classes = new List<AccountClass>();
        foreach ((Account account, AccountData data) in book.Accounts.Zip(inputs.Accounts))
        {
            AccountMargin expected = MarginEvaluator.Evaluate(parameters, account);
            ImmutableArray<BigInteger> values = interpreter.Evaluate(data);
            Assert.Equal(expected.CollateralValue100, Value("equity", parameters.ValueScale + 2));
            Assert.Equal(expected.DebtValue100, Value("maintenance", parameters.ValueScale + 2));
            Assert.Equal(expected.NetEquity, Value("net_equity", parameters.ValueScale));
            Assert.Equal(expected.Class, verdict.Of(values));
            classes.Add(expected.Class);

            BigInteger Value(string name, int scale)
            {
                (int index, CoreDefinition definition) = rulebook.Definitions.Index().First(d => d.Item.Name == name);
                BigInteger unit = BigInteger.Pow(10, Math.Abs(definition.Value.Number.Scale - scale));
                if (definition.Value.Number.Scale <= scale) return values[index] * unit;
                Assert.True((values[index] % unit).IsZero);
                return values[index] / unit;
            }
        }
        Assert.Equal(accounts, classes.Count);
        if (liquidatable is { } count) Assert.Equal(count, classes.Count(c => c != AccountClass.Healthy));
        else Assert.Equal(3, classes.Distinct().Count());
    }
}
