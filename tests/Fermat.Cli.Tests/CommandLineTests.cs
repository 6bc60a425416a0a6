namespace Fermat.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("book")]
    [InlineData("book check")]
    [InlineData("book show")]
    [InlineData("book import")]
    [InlineData("prove")]
    [InlineData("prove solvency")]
    [InlineData("verify")]
    [InlineData("verify inclusion")]
    [InlineData("inclusion")]
    [InlineData("proof info")]
    [InlineData("generate")]
    [InlineData("demo")]
    [InlineData("version")]
    [InlineData("completion")]
    public void Every_command_has_help_with_a_usage_line(string command)
    {
        Cli.Answer answer = Cli.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        Assert.Contains("Usage:", answer.Output, StringComparison.Ordinal);
        Assert.Contains(("fermat " + command).TrimEnd(), answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_command_is_bad_input_and_names_the_word()
    {
        Cli.Answer answer = Cli.Run("frobnicate", "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Contains("frobnicate", answer.Output, StringComparison.Ordinal);
        Assert.False(answer.Json["ok"]!.GetValue<bool>());
    }

    [Fact]
    public void Completion_suggests_commands()
    {
        Cli.Answer answer = Cli.Run("[suggest:7]", "fermat ");
        Assert.Contains("prove", answer.Output, StringComparison.Ordinal);
        Assert.Contains("verify", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Completion_scripts_ask_the_program_itself(string shell)
        => Assert.Contains("[suggest:", Cli.Run("completion", shell).Output, StringComparison.Ordinal);

    [Fact]
    public void Version_names_the_runtime()
        => Assert.Contains(".NET", Cli.Run("version", "--json").Json["runtime"]!.GetValue<string>(), StringComparison.Ordinal);
}
