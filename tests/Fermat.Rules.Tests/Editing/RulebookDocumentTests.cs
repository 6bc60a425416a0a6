using Fermat.Rules.Editing;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests.Editing;

public sealed class RulebookDocumentTests
{
    private const string Text = """
        rulebook small
        quantity Money scale 2 bits 80 unit USD
        quantity Amount scale 3 bits 40 unit coin
        quantity Price scale 2 bits 40 nonnegative unit USD/coin
        enum Kind { call, put }
        market Asset { index: Price }
        market Instrument { mark: Price, underlying: Asset, kind: Kind }
        account {
          balances: { asset: Asset, amount: Amount }*
          positions: { instrument: Instrument, size: Amount }*
        }
        value(b): Money = down(b.amount * b.asset.index)
        notional(p): Money =
          let exact = abs(p.size) * p.instrument.mark
          up(exact)
        equity = sum b in balances: value(b)
        by_underlying = sum g in positions by instrument.underlying: (sum p in g: notional(p))
        calls = count p in positions: (p.instrument.kind = call)
        initial = by_underlying
        maintenance = by_underlying
        """;

    private const string Meta = """

        meta {
          system { elapsed: Time }
          cut(i: Instrument) = i.mark < old.i.mark
          require r = all i in Instrument: (not cut(i) or old.i.underlying.index = new.i.underlying.index or system.elapsed > 60)
        }
        """;

    private static readonly RulebookDocument Document = RulebookDocument.Open(Text, "small.risk");

    [Fact]
    public void The_example_compiles()
    {
        Assert.Equal("", Document.Compilation.Render());
        Assert.Equal("", RulebookDocument.Open(Text + Meta, "small.risk").Compilation.Render());
    }

    /// <summary>The first name is at the | of the marked text, its declaration at the @.</summary>
    [Theory]
    [InlineData("down(b.|amount", "asset: Asset, @amount")]
    [InlineData("b.asset.|index", "Asset { @index")]
    [InlineData("value(|b): Money = down", "value(@b): Money = down")]
    [InlineData("down(|b.amount", "value(@b): Money = down")]
    [InlineData("let exact = abs(|p.size)", "notional(@p)")]
    [InlineData("up(|exact)", "let @exact")]
    [InlineData("balances: |value(b)", "@value(b): Money")]
    [InlineData("sum b in |balances", "@balances: { asset")]
    [InlineData("positions by instrument.|underlying", "mark: Price, @underlying")]
    [InlineData("positions by |instrument.underlying", "positions: { @instrument")]
    [InlineData("kind = |call", "enum Kind { @call")]
    [InlineData("index: |Price }", "quantity @Price")]
    [InlineData("initial = |by_underlying", "@by_underlying = sum")]
    [InlineData("(sum p in |g: notional", "sum @g in positions")]
    public void Names_lead_to_their_declarations(string from, string to)
    {
        Assert.Equal(Index(to, '@'), Document.DefinitionAt(Index(from, '|'))!.Value.Start);
        Assert.Contains(Document.ReferencesAt(Index(to, '@')), span => span.Start == Index(from, '|'));
    }

    [Theory]
    [InlineData("down(b.|amount", "in coin, 3 decimals", "private: constraints")]
    [InlineData("b.asset.|index", "in USD/coin, 2 decimals, from 0 to", "public for each record; which one is private")]
    [InlineData("up(|exact)", "in USD, 5 decimals", "private")]
    [InlineData("|equity = sum", "in USD, 2 decimals", "private")]
    [InlineData("quantity |Price", "in USD/coin, 2 decimals", "")]
    [InlineData("(sum p in |g: notional", "a group of positions by underlying", "private")]
    public void Hovering_shows_type_scale_bounds_and_stage(string place, string type, string stage)
    {
        string text = Document.HoverAt(Index(place, '|'))!.Text;
        Assert.Contains(type, text, StringComparison.Ordinal);
        Assert.Contains(stage, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  x = sum b in balances: b.|", "asset,amount")]
    [InlineData("  x = sum p in positions: p.instrument.|", "mark,underlying,kind")]
    [InlineData("  x = sum p in positions: p.instrument.ma|", "mark,underlying,kind")]
    [InlineData("  x = sum g in positions by instrument.kind: (if g.| = call then 1 else 2)", "kind")]
    public void After_a_point_the_fields_are_offered(string line, string fields)
    {
        int at = Text.Length + 1 + line.IndexOf('|', StringComparison.Ordinal);
        IReadOnlyList<Completion> offered = RulebookDocument.Open(Text + "\n" + line.Replace("|", "", StringComparison.Ordinal), "small.risk").CompletionsAt(at);
        Assert.Equal(fields, string.Join(',', offered.Select(completion => completion.Text)));
    }

    [Fact]
    public void Elsewhere_names_functions_and_words_are_offered()
    {
        string[] offered = [.. Document.CompletionsAt(Index("up(|exact)", '|')).Select(completion => completion.Text)];
        Assert.Superset(new HashSet<string> { "exact", "p", "value", "equity", "nearest", "sum", "call", "Money" }, offered.ToHashSet());
        Assert.Equal(offered.Length, offered.Distinct().Count());
    }

    [Fact]
    public void Renaming_changes_every_place_and_nothing_else()
    {
        (IReadOnlyList<SourceSpan> places, string? problem) = Document.RenameAt(Index("|value(b): Money", '|'), "worth");
        Assert.Null(problem);
        string renamed = Text;
        foreach (SourceSpan place in places.OrderByDescending(place => place.Start)) renamed = renamed[..place.Start] + "worth" + renamed[place.End..];
        Assert.Equal(Text.Replace("value(", "worth(", StringComparison.Ordinal), renamed);
    }

    [Theory]
    [InlineData("equity")]
    [InlineData("sum")]
    [InlineData("two words")]
    [InlineData("1st")]
    [InlineData("")]
    public void A_name_that_cannot_be_is_refused(string name) => Assert.NotNull(Document.RenameAt(Index("|value(b): Money", '|'), name).Problem);

    [Fact]
    public void Broken_texts_are_answered_too()
    {
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            string whole = round % 2 == 0 ? Text : Text + Meta;
            int cut = random.Next(whole.Length), length = random.Next(0, 40);
            string broken = whole.Remove(cut, Math.Min(length, whole.Length - cut));
            if (round % 3 == 0) broken = broken.Insert(random.Next(broken.Length), "( } . sum : %"[random.Next(10)..]);
            RulebookDocument document = RulebookDocument.Open(broken, "broken.risk");
            for (int at = 0; at <= broken.Length; at += 23)
            {
                document.HoverAt(at);
                document.DefinitionAt(at);
                document.RenameAt(at, "other");
                document.CompletionsAt(at);
            }
            Assert.NotNull(document.Outline);
        }
    }

    private static int Index(string marked, char mark)
    {
        string[] parts = marked.Split(mark);
        int found = Text.IndexOf(parts[0] + parts[1], StringComparison.Ordinal);
        Assert.True(found >= 0, marked);
        return found + parts[0].Length;
    }
}
