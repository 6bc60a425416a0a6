using System.Text;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests.Syntax;

public sealed class FormatterTests
{
    internal static string Formatted(string text)
    {
        FormattingResult result = RulebookFormatter.Format(text, "test.risk");
        Assert.True(result.Text is not null, DiagnosticRenderer.Render(result.Diagnostics, result.Source));
        return result.Text;
    }

    /// <summary>The words and the comments of a text: what formatting must keep.</summary>
    internal static (string Words, string[] Comments) Content(string text)
    {
        var bag = new DiagnosticBag();
        (TokenStream stream, RulebookSyntax syntax) = RulebookCompiler.Parse(new SourceText(text, "test.risk"), bag)!.Value;
        Assert.False(bag.Any, text);
        return (Encoding.UTF8.GetString([.. NormalForm.Write(stream, syntax)]), [.. stream.Comments.Select(comment => comment.Text)]);
    }

    internal static void Holds(string text)
    {
        string once = Formatted(text);
        (string words, string[] comments) = Content(text);
        (string after, string[] kept) = Content(once);
        Assert.Equal(words, after);
        Assert.Equal(comments, kept);
        Assert.Equal(once, Formatted(once));
    }

    [Fact]
    public void The_layout_is_canonical()
    {
        const string text = """
            # A rulebook.

            rulebook   t   # its name
            quantity Money scale 6 bits 95 unit USD
            quantity Rate scale 6 in [ -1 , 1 ]
            # what there is
            market Asset { index : Money
              haircut: tiers Money to Rate }   # public
            market Long { first_field_of_long: Money, second_field_of_long: Money, third_field_of_long: Money, fourth_field_of_long: Money, fifth_field_of_long: Money, sixth_field_of_long: Money }
            market Own {
            one:Money}
            account { cash: Money, # in dollars
              balances: { asset: Asset amount: Money }* up to 10
              # nothing else
            }
            equity=cash*2-(cash+ -3)*25 %  # equity


            # initial
            initial = sum b in balances where b.amount>0 and not (b.amount=3): b.amount*2 + sum b in balances: b.amount + cash
            f(x:balances,y):Money = let a : Money = x.amount # first
              let b = if y>0 then if y>1 then 1 else 2 else if y < -5 then 3 else 4
              # the result
              down(a*b/3,Money)
            maintenance = min b in balances by ( asset.index , asset ): (sum p in b: f(p, 3)) else 0
            block { x = 1 y = corr[ a , b ]


            z(a) = prorata q of p in positions : f(p) total cash rest last }
            # the end
            """;
        const string expected = """
            # A rulebook.

            rulebook t                                               # its name

            quantity Money scale 6 bits 95 unit USD
            quantity Rate  scale 6 in [-1, 1]

            # what there is
            market Asset { index: Money, haircut: tiers Money to Rate }  # public
            market Long {
              first_field_of_long: Money
              second_field_of_long: Money
              third_field_of_long: Money
              fourth_field_of_long: Money
              fifth_field_of_long: Money
              sixth_field_of_long: Money
            }
            market Own {
              one: Money
            }

            account {
              cash: Money                                            # in dollars
              balances: { asset: Asset, amount: Money }* up to 10
              # nothing else
            }

            equity = cash * 2 - (cash + -3) * 25%                    # equity

            # initial
            initial = sum b in balances where b.amount > 0 and not (b.amount = 3): b.amount * 2 + sum b in balances: b.amount + cash
            f(x: balances, y): Money =
              let a: Money = x.amount                                # first
              let b = if y > 0 then if y > 1 then 1 else 2 else if y < -5 then 3 else 4
              # the result
              down(a * b / 3, Money)
            maintenance = min b in balances by (asset.index, asset): (sum p in b: f(p, 3)) else 0

            block {
              x = 1
              y = corr[a, b]

              z(a) = prorata q of p in positions: f(p) total cash rest last
            }
            # the end

            """;
        Assert.Equal(expected, Formatted(text));
        Holds(text);
    }

    [Fact]
    public void A_long_expression_breaks_at_its_weakest_signs()
    {
        const string text = """
            rulebook t
            equity = if cash_of_the_account > the_smallest_amount_that_counts_here then down(cash_of_the_account * rate_for_large_amounts, Money) else if stressed then 0 else minimum_of(first_argument_of_it + something_else_of_it, second_argument_of_it * something_else_of_it, third_argument_of_it, and_the_fourth)
            initial = cash_of_the_account * rate_for_large_amounts + credit_of_the_account * rate_for_small_amounts - debt_of_the_account * rate_of_interest_per_year
            """;
        const string expected = """
            rulebook t

            equity =
              if cash_of_the_account > the_smallest_amount_that_counts_here then down(cash_of_the_account * rate_for_large_amounts, Money)
              else if stressed then 0
              else minimum_of(
                  first_argument_of_it + something_else_of_it,
                  second_argument_of_it * something_else_of_it,
                  third_argument_of_it,
                  and_the_fourth
                )
            initial =
              cash_of_the_account * rate_for_large_amounts
              + credit_of_the_account * rate_for_small_amounts
              - debt_of_the_account * rate_of_interest_per_year

            """;
        Assert.Equal(expected, Formatted(text).Replace("\r\n", "\n", StringComparison.Ordinal));
        Holds(text);
    }

    [Fact]
    public void Samples_keep_their_words_and_comments()
    {
        Holds(Samples.CrossTiered);
        Holds(Samples.Head + Samples.Required);
    }

    /// <summary>Any text that parses, with line ends, spaces and comments put between any two of its words.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(3, 12)]
    [InlineData(4, 12)]
    [InlineData(5, 40)]
    [InlineData(6, 40)]
    [InlineData(7, 100)]
    public void Layout_and_comments_of_any_kind_are_kept_and_laid_out_once(int seed, int one)
    {
        var random = new Random(seed);
        var bag = new DiagnosticBag();
        for (int round = 0; round < 40; round++)
        {
            TokenStream stream = RulebookCompiler.Parse(new SourceText(Samples.CrossTiered, "test.risk"), bag)!.Value.Stream;
            var text = new StringBuilder();
            foreach (Token token in stream.Tokens)
            {
                bool startsLine = token.FirstOnLine;
                string indent = startsLine ? "\n" + new string(' ', Math.Max(token.Column, 0)) : " ";
                text.Append(random.Next(one) switch
                {
                    0 => $"  # remark {random.Next(100)}" + (startsLine ? indent : "\n     "),
                    1 => $"\n\n# own {random.Next(100)}\n" + (random.Next(2) == 0 ? "\n# second\n\n" : "") + (startsLine ? indent : "      "),
                    2 => startsLine ? "\r\n" + indent : "\r\n        ",
                    3 => startsLine ? "\n\n" + indent : "\t",
                    _ => indent,
                }).Append(token.Text);
            }
            Holds(text.ToString());
        }
    }

    [Fact]
    public void The_normal_form_ignores_layout_and_nothing_else()
    {
        Assert.Equal(Content("rulebook t a = 1 + 2.50").Words, Content("rulebook t # name\na = 1 + 2.5").Words);
        Assert.Equal(Content("rulebook t enum E { a, b }").Words, Content("rulebook t enum E { a b }").Words);
        Assert.NotEqual(Content("rulebook t a = 1 + 2").Words, Content("rulebook t a = 1 + 3").Words);
        Assert.NotEqual(Content("rulebook t a = f(1, 2)").Words, Content("rulebook t a = f(12)").Words);
        Assert.Equal("fermat risk language 1\nrulebook t a = f ( 1 , 2 )", Content("rulebook t a = f(1,2)").Words);
    }
}
