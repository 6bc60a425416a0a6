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
    [InlineData("replay")]
    [InlineData("whatif")]
    [InlineData("generate")]
    [InlineData("demo")]
    [InlineData("config")]
    [InlineData("config set")]
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

    /// <summary>A number outside its range is told before any work: the option, and what it may be.</summary>
    [Theory]
    [InlineData("prove solvency", "--depth", 0, "from 1 to 24")]
    [InlineData("prove solvency", "--depth", 25, "from 1 to 24")]
    [InlineData("prove solvency", "--depth", 300, "from 1 to 24")]
    [InlineData("prove solvency", "--segment-depth", 0, "from 1 to 21")]
    [InlineData("prove solvency", "--segment-depth", 22, "from 1 to 21")]
    [InlineData("prove batch", "--depth", 23, "from 1 to 22")]
    [InlineData("run", "--depth", 0, "from 1 to 22")]
    public void An_option_out_of_its_range_is_bad_input_and_says_the_range(string command, string option, int value, string range)
    {
        Cli.Answer answer = Cli.Run([.. command.Split(' '), "nothing.json", option, $"{value}", "--json"]);
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Contains($"{option} must be {range}", answer.Output, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("generate -n abc -o x")]
    [InlineData("generate -n 5 --items many -o x")]
    [InlineData("verify x -s y --bits abc")]
    [InlineData("verify x -s y --bits 0")]
    [InlineData("prove solvency -b x --memory lots")]
    [InlineData("prove solvency -b x --pad-accounts 5")]
    public void A_mistyped_number_is_bad_input_in_one_json_document(string line)
    {
        Cli.Answer answer = Cli.Run([.. line.Split(' '), "--json"]);
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.NotEmpty(answer.Json["errors"]!.AsArray());
    }
}
