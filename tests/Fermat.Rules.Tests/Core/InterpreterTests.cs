using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Core;

public sealed class InterpreterTests
{
    private static readonly CoreBuilder B = new(RandomRulebook.Schema);

    /// <summary>Every value of a random program lies within the bounds that were inferred for it, whatever the account.</summary>
    [Fact]
    public void Inferred_bounds_hold_for_random_programs_and_edge_values()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            CoreRulebook rulebook = RandomRulebook.Make(random, definitions: 4);
            MarketData market = RandomRulebook.Market(random);
            var interpreter = new Interpreter(rulebook, market);
            for (int account = 0; account < 5; account++)
            {
                var values = interpreter.Evaluate(RandomRulebook.Account(random, market, "a"));
                for (int i = 0; i < values.Length; i++)
                    Assert.True(rulebook.Definitions[i].Value.Bounds.Contains(values[i]), $"seed {seed}, definition {i}: {values[i]} is outside {rulebook.Definitions[i].Value.Bounds}");
            }
        }
    }

    [Fact]
    public void Explanations_show_the_values_that_evaluation_gives()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            CoreRulebook rulebook = RandomRulebook.Make(random, definitions: 3);
            MarketData market = RandomRulebook.Market(random);
            var interpreter = new Interpreter(rulebook, market);
            AccountData account = RandomRulebook.Account(random, market, "a");
            var values = interpreter.Evaluate(account);
            IReadOnlyList<Explanation> explained = interpreter.Explain(account);
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(interpreter.Show(rulebook.Definitions[i].Value, values[i]), explained[i].Value);
        }
    }

    [Theory]
    [InlineData(Rounding.Down, -7, -4)]
    [InlineData(Rounding.Up, -7, -3)]
    [InlineData(Rounding.Nearest, -7, -4)]
    [InlineData(Rounding.Truncate, -7, -3)]
    [InlineData(Rounding.Nearest, 7, 4)]
    public void Rounding_is_by_name(Rounding rounding, int numerator, int expected)
    {
        var whole = new Quantity("Whole", 0, Unit.None, new Bounds(-100, 100));
        CoreNode node = B.Divide(rounding, B.Literal(numerator, 0), B.Literal(2, 0), whole);
        Assert.Equal(expected, (int)new Interpreter(new CoreRulebook(RandomRulebook.Schema, []), RandomRulebook.Market(new Random(1))).EvaluatePublic(node));
    }

    [Fact]
    public void A_quotient_of_two_scales_is_exact_before_it_is_rounded()
    {
        var fine = new Quantity("Fine", 3, Unit.None, new Bounds(-10_000, 10_000));
        CoreNode node = B.Divide(Rounding.Nearest, B.Literal(1, 0), B.Literal(3_0, 1), fine); // 1 / 3.0
        Assert.Equal(333, (int)new Interpreter(new CoreRulebook(RandomRulebook.Schema, []), RandomRulebook.Market(new Random(1))).EvaluatePublic(node));
    }

    [Fact]
    public void Square_roots_round_by_name()
    {
        var fine = new Quantity("Fine", 2, Unit.None, new Bounds(0, 100_000));
        BigInteger Root(Rounding rounding, int of) => new Interpreter(new CoreRulebook(RandomRulebook.Schema, []), RandomRulebook.Market(new Random(1))).EvaluatePublic(B.SquareRoot(rounding, B.Literal(of, 0), fine));
        Assert.Equal((141, 142, 141, 173), ((int)Root(Rounding.Down, 2), (int)Root(Rounding.Up, 2), (int)Root(Rounding.Nearest, 2), (int)Root(Rounding.Nearest, 3)));
        Assert.Equal((200, 200), ((int)Root(Rounding.Down, 4), (int)Root(Rounding.Up, 4)));
    }

    [Fact]
    public void Pro_rata_gives_every_unit_away_exactly_once()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            MarketData market = RandomRulebook.Market(random);
            var builder = new CoreBuilder(RandomRulebook.Schema);
            CoreNode Shares(RemainderOrder order)
            {
                CoreVariable of = builder.Bind("q", new CoreSource.Items(1)), each = builder.Bind("p", new CoreSource.Items(1));
                CoreNode share = builder.ProRata(builder.Absolute(builder.AccountField(0)), each, builder.Absolute(builder.ItemField(each, 1)), order, of);
                return builder.Reduce(ReduceKind.Sum, of, null, share, null);
            }
            var rulebook = new CoreRulebook(RandomRulebook.Schema, [new("first", Shares(RemainderOrder.First)), new("last", Shares(RemainderOrder.Last))]);
            AccountData account = RandomRulebook.Account(random, market, "a");
            BigInteger expected = account.Items[1].All(item => item[1].IsZero) ? 0 : BigInteger.Abs(account.Scalars[0]);
            Assert.Equal([expected, expected], new Interpreter(rulebook, market).Evaluate(account));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_reason()
    {
        var builder = new CoreBuilder(RandomRulebook.Schema);
        CoreVariable b = builder.Bind("b", new CoreSource.Items(0));
        CoreNode amount = builder.ItemField(b, 1), price = builder.Field(builder.ItemField(b, 0), 0), cash = builder.AccountField(0);
        Assert.Equal("units", Assert.Throws<CoreException>(() => builder.Add(amount, price)).Code);
        Assert.Equal("scale", Assert.Throws<CoreException>(() => builder.Convert(builder.Multiply(amount, price), RandomRulebook.Money)).Code);
        Assert.Equal("division", Assert.Throws<CoreException>(() => builder.Divide(Rounding.Down, cash, cash, RandomRulebook.Rate)).Code);
        Assert.Equal("stage", Assert.Throws<CoreException>(() => builder.Call(FunctionKind.Exp, [builder.Divide(Rounding.Down, cash, builder.Literal(1, 0), RandomRulebook.Money)], RandomRulebook.Rate)).Code);
        CoreException overflow = Assert.Throws<CoreException>(() => builder.Round(Rounding.Down, builder.Multiply(cash, builder.Literal(100, 0)), RandomRulebook.Money));
        Assert.Equal("overflow", overflow.Code);
        Assert.Contains("can reach", overflow.Message, StringComparison.Ordinal);
    }
}
