using System.Text.Json.Nodes;
using Fermat.Cli.Configuration;

namespace Fermat.Cli.Tests;

/// <summary>Settings: a flag goes before the environment, that before the file, that before the default.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();
    private readonly Dictionary<string, string> _environment = [];

    public ConfigTests() => _environment["XDG_CONFIG_HOME"] = _home.Path;

    private string FilePath => Path.Combine(_home.Path, "fermat", "config.json");

    public void Dispose() => _home.Dispose();

    private Cli.Answer Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        return new Cli.Answer(CommandLine.Run(arguments, output, error, new Settings(_environment.GetValueOrDefault)), output.ToString(), error.ToString());
    }

    private (string Value, string Source) Get(string name)
    {
        JsonObject answer = Run("config", "get", name, "--json").Json;
        return (answer["value"]!.GetValue<string>(), answer["source"]!.GetValue<string>());
    }

    [Fact]
    public void The_file_goes_before_the_default_and_the_environment_before_the_file()
    {
        Assert.Equal(("fast", "default"), Get("profile"));
        Assert.Equal(ExitCodes.Ok, Run("config", "set", "profile", "compact").ExitCode);
        Assert.Equal(("compact", "file"), Get("profile"));
        _environment["FERMAT_PROFILE"] = "balanced";
        Assert.Equal(("balanced", "environment"), Get("profile"));
        _environment.Remove("FERMAT_PROFILE");
        Assert.Equal(ExitCodes.Ok, Run("config", "unset", "profile").ExitCode);
        Assert.Equal(("fast", "default"), Get("profile"));
    }

    /// <summary>Each command that makes proofs takes the bits that are set, and none that verifies them.</summary>
    [Fact]
    public void Bits_are_those_of_every_command_that_proves()
    {
        Run("config", "set", "bits", "41");
        foreach (string[] command in (string[][])[["prove", "solvency"], ["prove", "batch"], ["run"]]) Assert.Contains("[default: 41]", Run([.. command, "--help"]).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[default: 41]", Run("verify", "batch", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_take_what_is_set_and_a_flag_goes_before_it()
    {
        string book = _home["book.json"], proofs = _home["proofs"], secret = _home["secret"];
        Assert.Equal(ExitCodes.Ok, Run("generate", "--accounts", "20", "--seed", "3", "--output", book).ExitCode);
        Run("config", "set", "bits", "40");
        Run("config", "set", "secret", secret);
        _environment["FERMAT_PROFILE"] = "balanced";
        Cli.Answer made = Run("prove", "solvency", book, "-o", proofs);
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Error);
        Assert.True(File.Exists(secret));
        string proof = Path.Combine(proofs, "solvency.proof"), statement = Path.Combine(proofs, "solvency.statement.json");
        Assert.Equal(2, (int)Run("proof", "info", proof, "--statement", statement, "--json").Json["segments"]![0]!["options"]!["blowupLog2"]!);
        Assert.Equal(ExitCodes.Rejected, Run("verify", proof, "-s", statement).ExitCode);
        Assert.Equal(ExitCodes.Ok, Run("verify", proof, "-s", statement, "--bits", "40").ExitCode);
        Run("config", "set", "minimum-bits", "40");
        Assert.Equal(ExitCodes.Ok, Run("verify", proof, "-s", statement).ExitCode);
        Assert.Equal(ExitCodes.Rejected, Run("verify", proof, "-s", statement, "--bits", "100").ExitCode);
    }

    [Fact]
    public void Help_shows_what_is_set_as_the_default()
    {
        _environment["FERMAT_BITS"] = "77";
        Assert.Contains("77", Run("prove", "solvency", "--help").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("77", Run("verify", "--help").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profil", "profile")]
    [InlineData("minimum_bits", "minimum-bits")]
    public void An_unknown_name_is_refused_and_the_nearest_suggested(string name, string nearest)
    {
        foreach (string[] line in new[] { new[] { "config", "get", name }, ["config", "set", name, "1"], ["config", "unset", name] })
        {
            Cli.Answer answer = Run([.. line, "--json"]);
            Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
            Assert.Equal("unknown-setting", answer.FirstCode);
            Assert.Contains(nearest, answer.Json["errors"]![0]!["hint"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(FilePath));
    }

    [Theory]
    [InlineData("profile", "quick")]
    [InlineData("bits", "129")]
    [InlineData("bits", "0")]
    [InlineData("minimum-bits", "many")]
    [InlineData("memory", "-1")]
    public void A_wrong_value_is_refused_wherever_it_stands(string name, string value)
    {
        Assert.Equal("bad-setting", Run("config", "set", name, value, "--json").FirstCode);
        Assert.False(File.Exists(FilePath));
        _environment["FERMAT_" + name.ToUpperInvariant().Replace('-', '_')] = value;
        Cli.Answer answer = Run("version", "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Equal("bad-setting", answer.FirstCode);
    }

    [Theory]
    [InlineData("{", "bad-config-file")]
    [InlineData("[]", "bad-config-file")]
    [InlineData("""{"bits": 100}""", "bad-config-file")]
    [InlineData("""{"bits": "100", "bits": "90"}""", "bad-config-file")]
    [InlineData("""{"bit": "100"}""", "unknown-setting")]
    [InlineData("""{"bits": "1000"}""", "bad-setting")]
    public void A_file_that_is_wrong_stops_every_command_and_names_itself(string text, string code)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);
        Cli.Answer answer = Run("version", "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Equal(code, answer.FirstCode);
        Assert.Equal(FilePath, answer.Json["errors"]![0]!["place"]!["file"]!.GetValue<string>());
    }

    [Fact]
    public void A_wrong_value_in_the_file_is_set_right_by_the_command()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, """{"bits": "1000"}""");
        Assert.Equal(ExitCodes.Ok, Run("config", "set", "bits", "100").ExitCode);
        Assert.Equal(("100", "file"), Get("bits"));
    }

    [Fact]
    public void The_list_has_every_setting_and_where_it_is_from()
    {
        JsonObject answer = Run("config", "--json").Json;
        Assert.Equal(Setting.All.Select(setting => setting.Name), answer["settings"]!.AsArray().Select(each => each!["name"]!.GetValue<string>()));
        Assert.Equal(FilePath, answer["file"]!.GetValue<string>());
        Assert.Contains("profile", Run("config", "list").Output, StringComparison.Ordinal);
    }
}
