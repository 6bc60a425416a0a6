using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fermat.Cli.LanguageServer;

/// <summary>Messages of the language server protocol (version 3.17, "Base Protocol"): a header with Content-Length, an empty line, JSON.</summary>
internal sealed class MessageStream(Stream input, Stream output)
{
    private const int MaxHeader = 4096;
    private const int MaxMessage = 1 << 24;

    /// <summary>The next message, or null at the end of the input.</summary>
    /// <exception cref="InvalidDataException">It is not a message of the protocol.</exception>
    public JsonNode? Read()
    {
        int length = -1;
        while (true)
        {
            string? line = ReadLine();
            if (line is null) return null;
            if (line.Length == 0) break;
            const string Name = "Content-Length:";
            if (line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
                && (!int.TryParse(line.AsSpan(Name.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out length) || length > MaxMessage))
                throw new InvalidDataException($"a message of {line[Name.Length..].Trim()} bytes");
        }
        if (length < 0) throw new InvalidDataException("a message without Content-Length");
        var bytes = new byte[length];
        input.ReadExactly(bytes);
        try
        {
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"a message that is not JSON: {fault.Message}");
        }
    }

    /// <summary>Sends a message.</summary>
    public void Write(JsonObject message)
    {
        byte[] body = Encoding.UTF8.GetBytes(message.ToJsonString());
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")));
        output.Write(body);
        output.Flush();
    }

    private string? ReadLine()
    {
        var line = new StringBuilder();
        for (int read = input.ReadByte(); read >= 0; read = input.ReadByte())
        {
            if (read == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)read);
            if (line.Length > MaxHeader) throw new InvalidDataException("a header line without end");
        }
        return line.Length == 0 ? null : throw new InvalidDataException("the input ends in a header");
    }
}
