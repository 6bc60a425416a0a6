using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fermat.Rules.Tests.PublicMath;
using static Fermat.Rules.Tests.Syntax.FormatterTests;

namespace Fermat.Rules.Tests.Syntax;

/// <summary>What the formatter puts into columns, and where columns end.</summary>
public sealed partial class ColumnTests
{
    [GeneratedRegex("[ \\t]+")]
    private static partial Regex Spaces();

    /// <summary>A definition whose name has so many letters.</summary>
    private static string Named(int letters) => $"{new string('n', letters)} = 1\n";

    public static TheoryData<string> Rulebooks() => [.. Directory.GetFiles(Path.Combine(VectorTests.Root(), "rules"), "*.risk").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_rulebooks() => Assert.True(Rulebooks().Count >= 11);

    [Theory]
    [MemberData(nameof(Rulebooks))]
    public void A_standard_rulebook_is_laid_out(string file)
    {
        string text = File.ReadAllText(Path.Combine(VectorTests.Root(), "rules", file));
        Assert.Equal(text, Formatted(text));
        Assert.Equal(text, Formatted(string.Join('\n', text.Split('\n').Select(Squeezed))));
    }

    /// <summary>A line without the spaces that no word needs; a comment keeps its own.</summary>
    private static string Squeezed(string line)
    {
        int comment = line.IndexOf('#', StringComparison.Ordinal);
        return comment < 0 ? Spaces().Replace(line, " ") : Spaces().Replace(line[..comment], " ") + line[comment..];
    }

    [Fact]
    public void Neighbours_stand_in_columns()
    {
        const string text = """
            rulebook t
            quantity A scale 6 bits 95 unit USD # first
            quantity Bcd scale 12 in [0, 1]
            quantity Ef scale 0 bits 3 nonnegative # third
            market Asset { # public
            index: A # a
            other: Ef
            longer_name: Bcd = 0.25 # c
            }
            account { cash: A }
            equity = cash # one
            maintenance_of_all: A = cash
            initial = cash # three

            f(x) = x
            # own line
            gg(x, y) = x
            hhh(x) =
              let a = 1
              let bbb = 2
              a + bbb
            i(x) = x
            jjj(x) = x
            meta {
            a = 1
            bbb = 2
            require c = true
            require dddd = true
            eeeeee = 2
            }
            """;
        const string expected = """
            rulebook t

            quantity A   scale 6  bits 95 unit USD                   # first
            quantity Bcd scale 12 in [0, 1]
            quantity Ef  scale 0  bits 3 nonnegative                 # third

            market Asset {                                           # public
              index: A                                               # a
              other: Ef
              longer_name: Bcd = 0.25                                # c
            }

            account { cash: A }

            equity                = cash                             # one
            maintenance_of_all: A = cash
            initial               = cash                             # three

            f(x) = x
            # own line
            gg(x, y) = x
            hhh(x) =
              let a = 1
              let bbb = 2
              a + bbb
            i(x)   = x
            jjj(x) = x

            meta {
              a   = 1
              bbb = 2
              require c    = true
              require dddd = true
              eeeeee = 2
            }

            """;
        Assert.Equal(expected, Formatted(text));
        Holds(text);
    }

    [Theory]
    [InlineData(1, 39, true)]
    [InlineData(39, 1, true)]
    [InlineData(1, 40, false)]
    [InlineData(40, 1, false)]
    [InlineData(27, 41, true)]
    [InlineData(27, 42, false)]
    public void Names_of_very_unequal_length_stand_apart(int first, int second, bool together)
    {
        string[] lines = Formatted("rulebook t\n" + Named(first) + Named(second)).Split('\n');
        Assert.Equal(together, lines[2].IndexOf('=', StringComparison.Ordinal) == lines[3].IndexOf('=', StringComparison.Ordinal));
        Assert.Equal(Math.Max(first, second) + 1, lines.Max(line => line.IndexOf('=', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, 1, 57)]
    [InlineData(1, 50, 57)]
    [InlineData(1, 51, 58)]
    [InlineData(1, 65, 72)]
    [InlineData(60, 90, 97)]
    public void Comments_begin_in_one_column(int first, int second, int column)
    {
        string text = $"rulebook t\nmarket M {{\n{new string('a', first)}: A # x\nother: B\n{new string('b', second)}: A # y\n}}\n";
        string[] lines = [.. Formatted(text).Split('\n').Where(line => line.Contains('#', StringComparison.Ordinal))];
        Assert.All(lines, line => Assert.Equal(column, line.IndexOf('#', StringComparison.Ordinal)));
        Holds(text);
    }

    [Fact]
    public void A_long_line_does_not_push_a_comment_far()
    {
        string text = $"rulebook t\nmarket M {{\na: A # x\n{new string('b', 100)}: A # y\nc: A # z\n}}\n";
        Assert.Equal([57, 107, 57], Formatted(text).Split('\n').Select(line => line.IndexOf('#', StringComparison.Ordinal)).Where(at => at >= 0));
    }

    /// <summary>Random rulebooks with names of every length, in layouts that nobody would choose: laid out once, the same words and comments, and no matter how many spaces there were.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_programs_are_laid_out_once_and_spaces_do_not_matter(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 150; round++)
        {
            string[] words = [.. Program(random)];
            string plain = Spread(words, new Random(round), spaces: null), spread = Spread(words, new Random(round), spaces: random);
            Holds(spread);
            Assert.Equal(Formatted(plain), Formatted(spread));
        }
    }

    /// <summary>The words with line ends and comments between some of them, and more spaces where there are any.</summary>
    private static string Spread(string[] words, Random random, Random? spaces)
    {
        var text = new StringBuilder();
        foreach (string word in words)
        {
            string space = spaces is null ? " " : new string(' ', spaces.Next(1, 30));
            text.Append(random.Next(12) switch
            {
                0 => $"{space}# remark   {random.Next(100)}\n",
                1 => "\n",
                2 when random.Next(3) == 0 => "\n\n",
                3 when random.Next(3) == 0 => $"\n{space}# own\n{space}\n",
                _ => space,
            }).Append(space).Append(word);
        }
        return text.ToString();
    }

    private static IEnumerable<string> Program(Random random)
    {
        var words = new StringBuilder($"rulebook {Name()} ");
        for (int i = random.Next(6); i > 0; i--)
            words.Append(CultureInfo.InvariantCulture, $"quantity {Name()} scale {random.Next(61)} {(random.Next(2) == 0 ? $"bits {random.Next(1, 128)} {(random.Next(2) == 0 ? "positive" : "")}" : "in [ - 1 , 2.5 % ]")} {(random.Next(2) == 0 ? $"unit {Name()} / {Name()}" : "")} ");
        for (int i = random.Next(3); i > 0; i--) words.Append(CultureInfo.InvariantCulture, $"market {Name()} {{ {Fields()} }} ");
        if (random.Next(2) == 0) words.Append(CultureInfo.InvariantCulture, $"account {{ {Fields()} {Name()} : {{ {Fields()} }} * }} ");
        words.Append(Definitions());
        if (random.Next(2) == 0) words.Append(CultureInfo.InvariantCulture, $"meta {{ {Definitions()} require {Name()} = {Expression(2)} {Definitions()} }} ");
        return words.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);

        string Name() => "n" + new string('x', random.Next(random.Next(5) == 0 ? 80 : 20));

        string Fields() => string.Join(random.Next(2) == 0 ? " , " : " ", Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"{Name()} : {Name()} {(random.Next(3) == 0 ? "= 0.25" : "")}"));

        string Definitions() => string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => $"{Name()} {(random.Next(2) == 0 ? $"( {Name()} : {Name()} , {Name()} )" : "")} {(random.Next(2) == 0 ? $": {Name()}" : "")} = {(random.Next(5) == 0 ? $"let {Name()} = max ( {Expression(1)} , 2 )" : "")} {Expression(3)} "));

        string Expression(int depth) => depth == 0 ? Name() : random.Next(6) switch
        {
            0 => $"( {Expression(depth - 1)} + {Expression(depth - 1)} )",
            1 => $"max ( {Expression(depth - 1)} , {Expression(depth - 1)} )",
            2 => $"( if {Name()} < 3 then {Expression(depth - 1)} else {Expression(depth - 1)} )",
            3 => $"( sum {Name()} in {Name()} where {Name()} . a : {Expression(depth - 1)} )",
            _ => Name(),
        };
    }
}
