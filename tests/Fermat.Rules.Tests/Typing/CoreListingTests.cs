using Fermat.Rules.Core;
using Fermat.Rules.Tests.Rulebooks;

namespace Fermat.Rules.Tests.Typing;

public sealed class CoreListingTests
{
    [Fact]
    public void Every_expression_is_listed_once_before_what_is_made_of_it()
    {
        const string text = """
            rulebook listed
            quantity Money scale 2 bits 20 unit USD
            quantity Rate scale 2 in [0, 1]
            enum Kind { call, put }
            market Asset { price: Money, kind: Kind }
            account { cash: Money items: { asset: Asset, share: Rate }* up to 10 }
            value(i): Money = down(i.share * i.asset.price)
            twice(i) = value(i) + value(i)
            equity = cash + sum i in items where i.asset.kind = put: twice(i)
            initial = max g in items by asset: (cash * sum i in g: i.share) else 0
            maintenance = 1.5
            """;
        string[] lines = CoreListing.Write(CompilerTests.Compiled(text)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("rulebook listed", lines[0]);
        int next = 0;
        foreach (string line in lines.Where(line => line.StartsWith('%')))
        {
            Assert.StartsWith($"%{next} = ", line, StringComparison.Ordinal);
            string expression = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..line.LastIndexOf(" : ", StringComparison.Ordinal)];
            Assert.All(expression.Split(' ').Where(word => word.StartsWith('%')), word => Assert.True(int.Parse(word[1..], System.Globalization.CultureInfo.InvariantCulture) < next, line));
            next++;
        }
        Assert.Single(lines, line => line.Contains(" = named value(i) ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains(" = account cash : USD scale 2 [-1048575, 1048575] private", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("groups of items#", StringComparison.Ordinal));
        Assert.StartsWith("maintenance = %", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Compiling_is_deterministic()
    {
        foreach (string name in Standard.Names)
        {
            string text = File.ReadAllText(Path.Combine(Standard.Folder, name + ".risk"));
            CompilationResult once = RulebookCompiler.Compile(text, "a.risk"), again = RulebookCompiler.Compile(text, "b.risk"), laidOut = RulebookCompiler.Compile(RulebookFormatter.Format(text, name).Text!, "c.risk");
            string listing = CoreListing.Write(once.Rulebook!);
            Assert.Equal(listing, CoreListing.Write(again.Rulebook!));
            Assert.Equal(listing, CoreListing.Write(laidOut.Rulebook!));
            Assert.Equal(once.CanonicalBytes, again.CanonicalBytes);
            Assert.Equal(once.CanonicalBytes, laidOut.CanonicalBytes);
            Assert.StartsWith($"fermat risk language 1\nrulebook {name} ", System.Text.Encoding.UTF8.GetString([.. once.CanonicalBytes]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Standard_rulebooks_compile_without_a_warning()
        => Assert.All(Standard.Names, name => Assert.Empty(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Standard.Folder, name + ".risk")), name).Diagnostics));

    /// <summary>The same function with the same arguments is one expression, however often it is called.</summary>
    [Fact]
    public void A_call_with_the_same_arguments_is_the_same_expression()
    {
        string doubling = "f0(i) = i.amount\n" + string.Concat(Enumerable.Range(1, 50).Select(n => $"f{n}(i) = f{n - 1}(i) - f{n - 1}(i)\n"));
        CoreRulebook rulebook = CompilerTests.Compiled(Samples.Head + Samples.Required + doubling + "a = sum i in balances: f50(i)\n");
        Assert.True(CoreListing.Reachable([rulebook.Find("a")!.Value]).Length < 300);
    }
}
