using System.Text;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests.Syntax;

/// <summary>Whatever the text, the compiler answers: no exception, no endless work, places that are in the text.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] Words =
    [
        "rulebook", "quantity", "enum", "market", "parameters", "account", "let", "if", "then", "else", "or", "and", "not", "in", "where", "by", "true", "false", "sum", "min", "max", "count",
        "all", "any", "prorata", "scale", "bits", "unit", "up", "to", "of", "total", "rest", "first", "tiers", "correlation", "{", "}", "(", ")", "[", "]", ",", ".", ":", "=", "<", "<=", "!=",
        "+", "-", "*", "/", "%", "\n", "\n  ", "#x\n", "a", "b", "Money", "Asset", "cash", "balances", "f", "1", "0.5", "1e9", "equity", "initial", "maintenance", "down", "abs", "meta {", "require", "system {", "old.", "new.", "system.", "fee", "i in Instrument:", "old.i.mark", "§", "==", "\"", "é", "\0",
    ];

    private static CompilationResult Answer(string text)
    {
        CompilationResult result = RulebookCompiler.Compile(text, "hostile.risk");
        Assert.True(result.Rulebook is null == result.Diagnostics.Any(diagnostic => diagnostic.IsError));
        Assert.True(result.Diagnostics.Length <= 2 * DiagnosticBag.MaxErrors + 1);
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            Assert.InRange(diagnostic.Span.Start, 0, text.Length);
            Assert.InRange(diagnostic.Span.End, 0, text.Length);
            Assert.True(diagnostic.Span.Length >= 0);
            Assert.Contains(diagnostic.Code, DiagnosticCodes.All.Keys);
        }
        string rendered = result.Render();
        Assert.DoesNotContain(rendered, c => char.IsControl(c) && c is not ('\n' or '\t'));
        FormattingResult formatted = RulebookFormatter.Format(text, "hostile.risk");
        if (formatted.Text is not null)
            Assert.Equal(formatted.Text, RulebookFormatter.Format(formatted.Text, "hostile.risk").Text);
        return result;
    }

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("-", 100_000)]
    [InlineData("not ", 60_000)]
    [InlineData("if ", 60_000)]
    [InlineData("f(", 100_000)]
    [InlineData("a.", 100_000)]
    [InlineData("1 + ", 60_000)]
    [InlineData("a and ", 40_000)]
    [InlineData("sum a in b: ", 20_000)]
    [InlineData("m[", 100_000)]
    [InlineData("prorata a of b in c: ", 10_000)]
    [InlineData("if a then b else ", 14_000)]
    [InlineData("1 * ", 60_000)]
    public void Depth_is_an_error_not_an_overflow(string opening, int times)
    {
        CompilationResult result = Answer("rulebook t\nx = " + string.Concat(Enumerable.Repeat(opening, times)));
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.Depth);
    }

    [Theory]
    [InlineData("1e-2147483648")]
    [InlineData("1e2147483647")]
    [InlineData("1e-99999999999999999999")]
    public void An_exponent_out_of_all_range_is_a_number_that_cannot_be_read(string number)
    {
        CompilationResult result = Answer("rulebook t\nx = " + number);
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.Number);
    }

    [Fact]
    public void A_deep_expression_shows_where_it_is_too_deep()
    {
        string[] lines = RulebookCompiler.Compile("rulebook t\nx = " + new string('(', 1000), "deep.risk").Render().Split('\n');
        Assert.Equal("deep.risk:2:133: error R0106: expressions are nested deeper than 128", lines[0]);
        Assert.Equal(" 2 | …" + new string('(', 140) + "…", lines[1]);
        Assert.Equal("   | " + new string(' ', 71) + "^", lines[2]);
    }

    [Fact]
    public void A_chain_of_thousands_of_definitions_is_no_recursion()
        => Answer("rulebook t\n" + string.Concat(Enumerable.Range(0, 9_000).Select(i => $"d{i} = d{i + 1} + 1\n")) + "d9000 = 1\n");

    /// <summary>Interpreter and lowering walk the core by recursion.</summary>
    [Fact]
    public void A_chain_of_thousands_of_definitions_is_too_deep_a_core()
    {
        CompilationResult result = Answer(Samples.Head + Samples.Required + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"d{i} = d{i + 1} + 1\n")) + "d2000 = 1\n");
        Assert.Equal(DiagnosticCodes.Limit, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void Warnings_are_not_without_end()
        => Assert.Equal(DiagnosticBag.MaxErrors, Answer(Samples.Head + Samples.Required + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"f{i}(x) = x\n"))).Diagnostics.Length);

    [Fact]
    public void A_cycle_of_thousands_of_definitions_is_shown_in_part()
    {
        CompilationResult result = Answer("rulebook t\n" + string.Concat(Enumerable.Range(0, 9_000).Select(i => $"d{i} = d{(i + 1) % 9_000} + 1\n")));
        Assert.Single(result.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.Recursion);
    }

    [Fact]
    public void Functions_that_double_stop_at_the_limit()
    {
        CompilationResult result = Answer(Samples.Head + Samples.Required + "f0(x) = x\n"
            + string.Concat(Enumerable.Range(1, 40).Select(i => $"f{i}(x) = f{i - 1}(x + 1) + f{i - 1}(x + 2)\n")) + "a = f40(cash)\n");
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.Limit);
    }

    [Fact]
    public void Functions_that_call_functions_stop_at_the_limit()
    {
        CompilationResult result = Answer(Samples.Head + Samples.Required + "f0(x) = x\n" + string.Concat(Enumerable.Range(1, 4000).Select(i => $"f{i}(x) = f{i - 1}(x)\n")) + "a = f4000(cash)\n");
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.Limit);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('9')]
    [InlineData('§')]
    [InlineData('#')]
    [InlineData('\0')]
    [InlineData('\n')]
    [InlineData('.')]
    [InlineData('&')]
    [InlineData('{')]
    [InlineData('"')]
    [InlineData('\uD800')]
    public void One_character_over_and_over(char c) => Answer("rulebook t\nx = " + new string(c, 80_000));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_words(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 400; round++)
        {
            var text = new StringBuilder(round % 2 == 0 ? Samples.Head + Samples.Required : "rulebook t\n");
            if (round % 4 == 0) text.Append("meta { system { elapsed: Time } require r = old.fee <= new.fee ");
            int count = random.Next(1, 120);
            for (int i = 0; i < count; i++) text.Append(Words[random.Next(Words.Length)]).Append(random.Next(4) == 0 ? "" : " ");
            Answer(text.ToString());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_characters(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            int count = random.Next(1, 400);
            for (int i = 0; i < count; i++) text.Append((char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(128)));
            Answer(text.ToString());
        }
    }

    /// <summary>A sound rulebook with some words exchanged, left out or doubled: mistakes as people make them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_sound_rulebook_with_slips(int seed)
    {
        var random = new Random(seed);
        string[] words = Samples.CrossTiered.Split(' ');
        for (int round = 0; round < 250; round++)
        {
            var slipped = words.ToList();
            for (int slips = random.Next(1, 4); slips > 0; slips--)
            {
                int at = random.Next(slipped.Count);
                switch (random.Next(4))
                {
                    case 0:
                        slipped.RemoveAt(at);
                        break;
                    case 1:
                        slipped.Insert(at, slipped[at]);
                        break;
                    case 2:
                        slipped[at] = Words[random.Next(Words.Length)];
                        break;
                    default:
                        int other = random.Next(slipped.Count);
                        (slipped[at], slipped[other]) = (slipped[other], slipped[at]);
                        break;
                }
            }
            Answer(string.Join(' ', slipped));
        }
    }
}
