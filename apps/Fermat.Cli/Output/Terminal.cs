using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Fermat.Cli.Output;

/// <summary>
/// Where a command's answer goes. Human answers are written to <see cref="Human"/> as they come; with <c>--json</c> nothing is written there and the command's one JSON document goes to standard output.
/// Progress goes to standard error in both cases, so that output can be piped.
/// </summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions LineFormat = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter _output;

    public Terminal(TextWriter output, TextWriter error, bool json)
    {
        _output = output;
        Json = json;
        Human = Create(json ? TextWriter.Null : output);
        Progress = Create(error);
        ErrorWriter = error;
    }

    public bool Json { get; }

    public IAnsiConsole Human { get; }

    public IAnsiConsole Progress { get; }

    public TextWriter ErrorWriter { get; }

    /// <summary>Writes a line of plain text for a person: no markup, never broken, so that commands in it can be copied.</summary>
    public void Say(string text = "") => Human.Profile.Out.Writer.WriteLine(text);

    /// <summary>Writes a heading for a person.</summary>
    public void Heading(string text)
    {
        Human.WriteLine();
        Human.Write(new Text(text + "\n", new Style(decoration: Decoration.Bold)));
    }

    /// <summary>The command's answer for machines; ignored without <c>--json</c>.</summary>
    public void Answer(JsonObject document)
    {
        if (Json)
            _output.WriteLine(document.ToJsonString(Format));
    }

    /// <summary>One of many answers for machines, as a line; ignored without <c>--json</c>.</summary>
    public void Line(JsonObject document)
    {
        if (Json)
            _output.WriteLine(document.ToJsonString(LineFormat));
    }

    /// <summary>Reports a failure in the one shape every command shares.</summary>
    public void Fail(CliFailure failure)
    {
        if (Json)
        {
            _output.WriteLine(new JsonObject
            {
                ["ok"] = false,
                ["exitCode"] = failure.ExitCode,
                ["errors"] = new JsonArray([.. failure.Problems.Select(ToJson)]),
            }.ToJsonString(Format));
            return;
        }

        foreach (Problem problem in failure.Problems)
        {
            string place = Place(problem);
            ErrorWriter.WriteLine($"error[{problem.Code}]: {(place.Length == 0 || problem.Message.StartsWith(place + ":", StringComparison.Ordinal) ? "" : place + ": ")}{problem.Message}");
            if (problem.Expected is not null || problem.Got is not null)
                ErrorWriter.WriteLine($"  expected {problem.Expected ?? "-"}, got {problem.Got ?? "-"}");
            if (problem.Hint is not null)
                ErrorWriter.WriteLine($"  hint: {problem.Hint}");
        }
    }

    private static string Place(Problem problem)
    {
        string place = problem.File ?? "";
        if (problem.Line > 0)
            place += $":{problem.Line}";
        if (problem.Column > 0)
            place += $":{problem.Column}";
        return problem.Part is null ? place : place.Length == 0 ? problem.Part : $"{place} ({problem.Part})";
    }

    private static JsonNode ToJson(Problem problem)
    {
        var place = new JsonObject();
        if (problem.File is not null)
            place["file"] = problem.File;
        if (problem.Line > 0)
            place["line"] = problem.Line;
        if (problem.Column > 0)
            place["column"] = problem.Column;
        if (problem.Part is not null)
            place["part"] = problem.Part;

        var node = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message, ["place"] = place };
        if (problem.Expected is not null)
            node["expected"] = problem.Expected;
        if (problem.Got is not null)
            node["got"] = problem.Got;
        if (problem.Hint is not null)
            node["hint"] = problem.Hint;
        return node;
    }

    private static IAnsiConsole Create(TextWriter writer)
    {
        bool terminal = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = 160;
        return console;
    }
}
