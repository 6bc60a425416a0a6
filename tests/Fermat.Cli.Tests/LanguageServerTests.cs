using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.LanguageServer;

namespace Fermat.Cli.Tests;

/// <summary>A session over the protocol, bytes in and bytes out.</summary>
public sealed class LanguageServerTests
{
    private const string Uri = "file:///tmp/small.risk";

    private const string Text = """
        rulebook small
        quantity Money scale 2 bits 80 unit USD
        account { cash: Money }
        equity = cash
        initial = max(cash, 0)
        maintenance = initial
        """;

    [Fact]
    public void A_session_from_opening_a_file_to_shutdown()
    {
        JsonNode[] answers = Serve(
            0,
            Request(1, "initialize", new JsonObject { ["capabilities"] = new JsonObject() }),
            Notice("initialized", []),
            Notice("textDocument/didOpen", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri, ["languageId"] = "risk", ["version"] = 1, ["text"] = Text } }),
            Request(2, "textDocument/hover", At(5, 16)),
            Request(3, "textDocument/definition", At(5, 16)),
            Request(4, "textDocument/references", At(4, 2)),
            Request(5, "textDocument/rename", With(At(4, 2), "newName", "first_margin")),
            Request(6, "textDocument/rename", With(At(4, 2), "newName", "equity")),
            Request(7, "textDocument/completion", At(5, 14)),
            Request(8, "textDocument/documentSymbol", At(0, 0)),
            Request(9, "textDocument/formatting", At(0, 0)),
            Notice("textDocument/didChange", new JsonObject
            {
                ["textDocument"] = new JsonObject { ["uri"] = Uri, ["version"] = 2 },
                ["contentChanges"] = new JsonArray(new JsonObject { ["text"] = Text.Replace("max(cash, 0)", "max(cahs, 0)", StringComparison.Ordinal) }),
            }),
            Request(10, "no/such", []),
            Request(11, "textDocument/hover", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = "file:///other.risk" }, ["position"] = new JsonObject { ["line"] = 0, ["character"] = 0 } }),
            Notice("textDocument/didClose", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri } }),
            Request(12, "shutdown", []),
            Notice("exit", []));

        JsonNode Result(int id) => answers.Single(answer => answer["id"]?.GetValue<int>() == id);
        Assert.True(Result(1)["result"]!["capabilities"]!["renameProvider"]!["prepareProvider"]!.GetValue<bool>());
        Assert.Contains("in USD, 2 decimals", Result(2)["result"]!["contents"]!["value"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("""{"start":{"line":4,"character":0},"end":{"line":4,"character":7}}""", Result(3)["result"]!["range"]!.ToJsonString());
        Assert.Equal([4, 5], Result(4)["result"]!.AsArray().Select(place => place!["range"]!["start"]!["line"]!.GetValue<int>()).Order());
        Assert.NotNull(Result(5)["error"]); // a rulebook needs a definition called initial
        Assert.NotNull(Result(6)["error"]);
        Assert.Contains(Result(7)["result"]!.AsArray(), item => item!["label"]!.GetValue<string>() == "equity");
        Assert.Equal(["Money", "equity", "initial", "maintenance"], Result(8)["result"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()));
        Assert.NotNull(Result(9)["result"]);
        Assert.Equal(-32601, Result(10)["error"]!["code"]!.GetValue<int>());
        Assert.Equal(-32602, Result(11)["error"]!["code"]!.GetValue<int>());

        JsonArray[] published = [.. answers.Where(answer => answer["method"]?.GetValue<string>() == "textDocument/publishDiagnostics").Select(answer => answer["params"]!["diagnostics"]!.AsArray())];
        Assert.Equal([0, 1, 0], published.Select(diagnostics => diagnostics.Count));
        Assert.Equal("""{"start":{"line":4,"character":14},"end":{"line":4,"character":18}}""", published[1][0]!["range"]!.ToJsonString());
        Assert.Contains("cash", published[1][0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Leaving_without_shutdown_is_an_error() => Serve(1, Notice("exit", []));

    [Fact]
    public void What_is_not_the_protocol_is_refused()
    {
        foreach (string text in (string[])["Content-Length: 99999999999\r\n\r\n", "X: y\r\n\r\n{}", "Content-Length: 3\r\n\r\n{]}", new string('x', 5000)])
        {
            using var input = new MemoryStream(Encoding.ASCII.GetBytes(text));
            Assert.Throws<InvalidDataException>(() => new RiskLanguageServer(input, new MemoryStream()).Run());
        }
    }

    private static JsonNode[] Serve(int exit, params JsonObject[] messages)
    {
        using var input = new MemoryStream();
        foreach (JsonObject message in messages) new MessageStream(Stream.Null, input).Write(message);
        input.Position = 0;
        using var output = new MemoryStream();
        Assert.Equal(exit, new RiskLanguageServer(input, output).Run());
        output.Position = 0;
        var reader = new MessageStream(output, Stream.Null);
        var answers = new List<JsonNode>();
        while (reader.Read() is { } answer) answers.Add(answer);
        return [.. answers];
    }

    private static JsonObject Request(int id, string method, JsonObject parameters) => new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };

    private static JsonObject Notice(string method, JsonObject parameters) => new() { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters };

    private static JsonObject At(int line, int character) => new()
    {
        ["textDocument"] = new JsonObject { ["uri"] = Uri },
        ["position"] = new JsonObject { ["line"] = line, ["character"] = character },
    };

    private static JsonObject With(JsonObject parameters, string name, string value)
    {
        parameters[name] = value;
        return parameters;
    }
}
