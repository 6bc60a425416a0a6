using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

public sealed class BookCommandTests
{
    [Fact]
    public void Checking_the_example_book_says_how_many_accounts_are_liquidatable()
    {
        Cli.Answer answer = Cli.Run("book", "check", Cli.ExampleBook, "--json");
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        JsonNode book = answer.Json["book"]!;
        Assert.Equal(185, book["accounts"]!.GetValue<int>());
        Assert.Equal(15, book["liquidatable"]!.GetValue<int>());
        Assert.Equal(0, book["bankrupt"]!.GetValue<int>());
    }

    [Fact]
    public void A_missing_file_is_bad_input_with_its_path()
    {
        Cli.Answer answer = Cli.Run("book", "check", "no-such-book.json", "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Contains("no-such-book.json", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_is_reported_with_file_line_and_column()
    {
        using var directory = new TemporaryDirectory();
        string text = File.ReadAllText(Cli.ExampleBook);
        int at = text.IndexOf("\"equity\": \"", StringComparison.Ordinal) + "\"equity\": \"".Length;
        File.WriteAllText(directory["book.json"], text.Insert(at, "-"));
        Cli.Answer answer = Cli.Run("book", "check", directory["book.json"], "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        JsonNode place = answer.Json["errors"]![0]!["place"]!;
        Assert.Equal(directory["book.json"], place["file"]!.GetValue<string>());
        Assert.Equal(1 + text[..at].Count(c => c == '\n'), place["line"]!.GetValue<int>());
        Assert.True(place["column"]!.GetValue<int>() > 1);
    }

    [Fact]
    public void Showing_an_account_explains_every_pledge()
    {
        string id = JsonNode.Parse(File.ReadAllText(Cli.ExampleBook))!["accounts"]![0]!["id"]!.GetValue<string>();
        Cli.Answer answer = Cli.Run("book", "show", Cli.ExampleBook, "--account", id);
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        Assert.Contains("pledged as loan", answer.Output, StringComparison.Ordinal);
        Assert.Contains("net equity without haircut", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_account_is_bad_input()
    {
        Cli.Answer answer = Cli.Run("book", "show", Cli.ExampleBook, "--account", "nobody", "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Equal("no-such-account", answer.FirstCode);
    }

    [Theory]
    [InlineData("book.json")]
    [InlineData("book")]
    public void A_generated_book_checks_and_is_the_same_twice(string name)
    {
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        foreach (TemporaryDirectory directory in new[] { first, second })
            Assert.Equal(ExitCodes.Ok, Cli.Run("generate", "--accounts", "50", "--seed", "7", "--output", directory[name]).ExitCode);
        Assert.Equal(ExitCodes.Ok, Cli.Run("book", "check", first[name]).ExitCode);
        foreach (string file in Directory.EnumerateFiles(first.Path, "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(first.Path, second.Path, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_negative_number_of_accounts_is_bad_input()
        => Assert.Equal(ExitCodes.BadInput, Cli.Run("generate", "--accounts", "-5", "--output", "unused.json").ExitCode);
}
