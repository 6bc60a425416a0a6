using System.Reflection;
using System.Text.Json.Nodes;
using Fermat.Rules.Editing;
using Fermat.Rules.Text;

namespace Fermat.Cli.LanguageServer;

/// <summary>
/// A language server for rulebooks over two streams: diagnostics as text changes, hover, definition, references, rename, completion, formatting, outline. One request at a time, in their
/// order; compiling a rulebook takes milliseconds.
/// </summary>
internal sealed class RiskLanguageServer(Stream input, Stream output)
{
    private const int MethodNotFound = -32601, InvalidParams = -32602, InvalidRequest = -32600, RequestFailed = -32803;

    private readonly MessageStream _messages = new(input, output);
    private readonly Dictionary<string, RulebookDocument> _documents = new(StringComparer.Ordinal);
    private bool _shutDown;

    private sealed class Refused(int code, string message) : Exception(message)
    {
        public int Code => code;
    }

    /// <summary>Serves until the client says exit or closes its end.</summary>
    /// <returns>0 after an orderly shutdown, 1 otherwise, as the protocol wants it.</returns>
    /// <exception cref="InvalidDataException">The client does not speak the protocol.</exception>
    public int Run()
    {
        while (_messages.Read() is { } message)
        {
            if (message is not JsonObject request || request["method"]?.GetValue<string>() is not { } method) continue; // an answer, or nothing we know
            if (method == "exit") return _shutDown ? 0 : 1;
            JsonNode? id = request["id"]?.DeepClone();
            try
            {
                JsonNode? result = Handle(method, request["params"], isRequest: id is not null);
                if (id is not null) _messages.Write(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = result });
            }
            catch (Exception fault) when (fault is Refused or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException or NullReferenceException)
            {
                if (id is null) continue;
                int code = fault is Refused refused ? refused.Code : InvalidParams;
                _messages.Write(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = new JsonObject { ["code"] = code, ["message"] = fault.Message } });
            }
        }
        return 1;
    }

    private JsonNode? Handle(string method, JsonNode? parameters, bool isRequest)
    {
        if (_shutDown && isRequest) throw new Refused(InvalidRequest, "the server has been shut down");
        switch (method)
        {
            case "initialize":
                return Capabilities();
            case "shutdown":
                _shutDown = true;
                return null;
            case "textDocument/didOpen":
                Change(Text(parameters!["textDocument"]!["uri"]), Text(parameters["textDocument"]!["text"]));
                return null;
            case "textDocument/didChange":
                JsonArray changes = parameters!["contentChanges"]!.AsArray();
                if (changes.Count > 0) Change(Text(parameters["textDocument"]!["uri"]), Text(changes[^1]!["text"])); // whole texts, as agreed in initialize
                return null;
            case "textDocument/didClose":
                string closed = Text(parameters!["textDocument"]!["uri"]);
                _documents.Remove(closed);
                Publish(closed, []);
                return null;
            case "textDocument/hover":
                (RulebookDocument document, int position) = Place(parameters);
                return document.HoverAt(position) is { } hover
                    ? new JsonObject { ["contents"] = new JsonObject { ["kind"] = "markdown", ["value"] = hover.Text }, ["range"] = Range(document, hover.Span) }
                    : null;
            case "textDocument/definition":
                (document, position) = Place(parameters);
                return document.DefinitionAt(position) is { } definition ? Location(parameters, document, definition) : null;
            case "textDocument/references":
                (document, position) = Place(parameters);
                return new JsonArray([.. document.ReferencesAt(position).Select(span => Location(parameters, document, span))]);
            case "textDocument/completion":
                (document, position) = Place(parameters);
                return new JsonArray([.. document.CompletionsAt(position).Select(Item)]);
            case "textDocument/prepareRename":
                (document, position) = Place(parameters);
                return document.ReferencesAt(position).Cast<SourceSpan?>().FirstOrDefault(span => position >= span!.Value.Start && position <= span.Value.End) is { } name ? Range(document, name) : null;
            case "textDocument/rename":
                (document, position) = Place(parameters);
                return Rename(parameters!, document, position);
            case "textDocument/formatting":
                return Format(Document(parameters));
            case "textDocument/documentSymbol":
                document = Document(parameters);
                return new JsonArray([.. document.Outline.Select(entry => Symbol(document, entry))]);
            default:
                return isRequest && !method.StartsWith("$/", StringComparison.Ordinal) ? throw new Refused(MethodNotFound, $"no {method}") : null;
        }
    }

    private static JsonObject Capabilities() => new()
    {
        ["capabilities"] = new JsonObject
        {
            ["textDocumentSync"] = new JsonObject { ["openClose"] = true, ["change"] = 1 },
            ["hoverProvider"] = true,
            ["definitionProvider"] = true,
            ["referencesProvider"] = true,
            ["completionProvider"] = new JsonObject { ["triggerCharacters"] = new JsonArray(".") },
            ["renameProvider"] = new JsonObject { ["prepareProvider"] = true },
            ["documentFormattingProvider"] = true,
            ["documentSymbolProvider"] = true,
        },
        ["serverInfo"] = new JsonObject { ["name"] = "fermat rules serve", ["version"] = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) },
    };

    private void Change(string uri, string text)
    {
        RulebookDocument document = RulebookDocument.Open(text, Path.GetFileName(Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) ? parsed.LocalPath : uri));
        _documents[uri] = document;
        Publish(uri, [.. document.Compilation.Diagnostics.Select(diagnostic => Diagnostic(uri, document, diagnostic))]);
    }

    private void Publish(string uri, JsonArray diagnostics) => _messages.Write(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "textDocument/publishDiagnostics",
        ["params"] = new JsonObject { ["uri"] = uri, ["diagnostics"] = diagnostics },
    });

    private static JsonObject Diagnostic(string uri, RulebookDocument document, Diagnostic diagnostic)
    {
        string message = diagnostic.Message;
        if (diagnostic.Expected is { } expected) message += $"\nexpected: {expected}";
        if (diagnostic.Hint is { } hint) message += $"\nhint: {hint}";
        var related = new JsonArray();
        foreach (DiagnosticNote note in diagnostic.Notes)
        {
            if (note.Span is { } span)
                related.Add(new JsonObject { ["location"] = new JsonObject { ["uri"] = uri, ["range"] = Range(document, span) }, ["message"] = note.Message });
        }
        return new JsonObject
        {
            ["range"] = Range(document, diagnostic.Span),
            ["severity"] = diagnostic.IsError ? 1 : 2,
            ["code"] = diagnostic.Code,
            ["source"] = "fermat",
            ["message"] = message,
            ["relatedInformation"] = related,
        };
    }

    private JsonObject Rename(JsonNode parameters, RulebookDocument document, int position)
    {
        string name = Text(parameters["newName"]);
        (IReadOnlyList<SourceSpan> places, string? problem) = document.RenameAt(position, name);
        if (problem is not null) throw new Refused(RequestFailed, problem);
        var edits = new JsonArray([.. places.Select(span => new JsonObject { ["range"] = Range(document, span), ["newText"] = name })]);
        return new JsonObject { ["changes"] = new JsonObject { [Text(parameters["textDocument"]!["uri"])] = edits } };
    }

    private static JsonArray Format(RulebookDocument document)
    {
        if (document.Formatted() is not { } formatted || formatted == document.Source.Text) return [];
        return [new JsonObject { ["range"] = Range(document, new SourceSpan(0, document.Source.Text.Length)), ["newText"] = formatted }];
    }

    private static JsonObject Item(Completion completion) => new()
    {
        ["label"] = completion.Text,
        ["detail"] = completion.Detail,
        ["kind"] = completion.Kind switch { "function" => 3, "field" => 5, "variable" => 6, "type" => 7, "keyword" => 14, _ => 12 },
    };

    private static JsonObject Symbol(RulebookDocument document, OutlineEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["detail"] = entry.What,
        ["kind"] = entry.What switch { "function" => 12, "market" => 23, "enum" => 10, "quantity" => 5, "block" => 3, _ => 13 },
        ["range"] = Range(document, entry.Span),
        ["selectionRange"] = Range(document, entry.NameSpan),
    };

    private (RulebookDocument Document, int Position) Place(JsonNode? parameters)
    {
        RulebookDocument document = Document(parameters);
        JsonNode place = parameters!["position"]!;
        return (document, document.Index(place["line"]!.GetValue<int>(), place["character"]!.GetValue<int>()));
    }

    private RulebookDocument Document(JsonNode? parameters) =>
        _documents.TryGetValue(Text(parameters!["textDocument"]!["uri"]), out RulebookDocument? document) ? document : throw new Refused(InvalidParams, "the document is not open");

    private static JsonObject Location(JsonNode? parameters, RulebookDocument document, SourceSpan span) =>
        new() { ["uri"] = Text(parameters!["textDocument"]!["uri"]), ["range"] = Range(document, span) };

    private static JsonObject Range(RulebookDocument document, SourceSpan span) => new() { ["start"] = Position(document, span.Start), ["end"] = Position(document, span.End) };

    private static JsonObject Position(RulebookDocument document, int index)
    {
        SourcePosition position = document.Source.Position(index);
        return new JsonObject { ["line"] = position.Line - 1, ["character"] = position.Column - 1 };
    }

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? throw new Refused(InvalidParams, "a text is missing");
}
