using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fermat.Fuzzing;

/// <summary>
/// Changes JSON files by their structure: members dropped, doubled, renamed, moved, reordered; values of other kinds, lengths, signs and spellings; and the text around them. Some changes mean
/// nothing (order, white space, escapes), which a reader may accept as what it was.
/// </summary>
internal static class JsonFuzz
{
    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.0", "1e1", "1E400", "01", "99999999999999999999999999999999", "\"\"", "\"0\"", "\"-0\"", "\"00\"", "\"1e3\"", "\" 1\"", "\"1.\"", "\"\\ud800\"",
        "\"\\u0000\"", "\"\\u202e\"", "\"\u00e9\"", "{}", "[]", "[[]]", "\"NaN\"", "NaN", "\"18446744073709551616\"", "\"9223372036854775808\"", "\"170141183460469231731687303715884105728\"",
    ];

    /// <summary>A changed file; the same for the same randomness.</summary>
    public static byte[] Mutate(ReadOnlyMemory<byte> json, Random random)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Node root = Node.Of(document.RootElement);
        for (int changes = random.Next(1, 4); changes > 0; changes--) Change(root, random);
        var text = new StringBuilder();
        root.Write(text, random.Next(4) == 0 ? random : null);
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        return random.Next(24) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, .. bytes],
            2 => [0xef, 0xbb, 0xbf, .. bytes],
            3 => [.. bytes, .. " // the end"u8],
            4 => [.. bytes, .. new byte[random.Next(1, 5)]],
            5 => Encoding.Unicode.GetBytes(text.ToString()),
            6 => Overwrite(bytes, random),
            _ => bytes,
        };
    }

    private static byte[] Overwrite(byte[] bytes, Random random)
    {
        random.NextBytes(bytes.AsSpan(random.Next(bytes.Length), 1));
        return bytes;
    }

    private static void Change(Node root, Random random)
    {
        Node[] all = [.. root.All()];
        Node node = all[random.Next(all.Length)], other = all[random.Next(all.Length)];
        if (node.Children is { Count: > 0 } children)
        {
            int at = random.Next(children.Count), to = random.Next(children.Count);
            switch (random.Next(9))
            {
                case 0: children.RemoveAt(at); return;
                case 1: children.Insert(to, (children[at].Name, children[at].Value.Copy())); return;
                case 2: (children[at], children[to]) = (children[to], children[at]); return;
                case 3: (children[at], children[to]) = ((children[at].Name, children[to].Value), (children[to].Name, children[at].Value)); return;
                case 4: children[at] = (Rename(children[at].Name, children[to].Name, random), children[at].Value); return;
                case 5: children.Insert(at, (children[at].Name is null ? null : "extra", Node.Scalar(Scalars[random.Next(Scalars.Length)]))); return;
                case 6: children[at] = (children[at].Name, other.Copy()); return;
                case 7: children.RemoveRange(at, children.Count - at); return;
                default:
                    for (int times = random.Next(1, 2000); times > 0 && children.Count < 5000; times--) children.Add((children[at].Name, children[at].Value.Copy()));
                    return;
            }
        }

        if (node.Children is not null) return;
        switch (random.Next(6))
        {
            case 0: node.Raw = Scalars[random.Next(Scalars.Length)]; return;
            case 1: node.Raw = string.Concat(Enumerable.Repeat("[", random.Next(1, 3000))) + node.Raw; return;
            case 2 when other.Children is null: (node.Raw, other.Raw) = (other.Raw, node.Raw); return;
            default: node.Raw = node.Raw.StartsWith('"') ? Quote(Text(node.Raw, random), random) : Text(node.Raw, random); return;
        }
    }

    private static string? Rename(string? name, string? other, Random random) => name is null ? null : random.Next(5) switch
    {
        0 => other,
        1 => name.ToUpperInvariant(),
        2 => name + " ",
        3 => "",
        _ => name.Length == 0 ? "x" : name[..^1],
    };

    /// <summary>The inside of a text, or a number, changed a little: a digit, a sign, a zero before or behind, another case, more or fewer characters.</summary>
    private static string Text(string raw, Random random)
    {
        string text = raw.Trim('"');
        int at = random.Next(text.Length + 1);
        switch (random.Next(10))
        {
            case 0: return "0" + text;
            case 1: return text + "0";
            case 2: return text + (text.Contains('.', StringComparison.Ordinal) ? "0" : ".0");
            case 3: return "-" + text;
            case 4: return text.ToUpperInvariant();
            case 5: return text.Insert(at, new[] { " ", "e", ".", ",", "_", "\t", "\u200b", "\ud83d\ude00" }[random.Next(8)]);
            case 6: return text[..Math.Min(at, text.Length)];
            case 7: return string.Concat(Enumerable.Repeat(text, random.Next(2, 200)));
            default:
                if (text.Length == 0) return "x";
                at = random.Next(text.Length);
                char with = char.IsAsciiDigit(text[at]) ? (char)('0' + random.Next(10)) : char.IsAsciiHexDigitLower(text[at]) ? (char)('a' + random.Next(6)) : (char)random.Next(32, 127);
                return text[..at] + with + text[(at + 1)..];
        }
    }

    /// <summary>A text in quotes; what needs no escape sometimes has one.</summary>
    private static string Quote(string text, Random random)
    {
        bool escape = random.Next(5) == 0;
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\' && random.Next(8) > 0) quoted.Append('\\').Append(c);
            else if (escape && random.Next(3) == 0) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A value of a file: an object or a list of children, or a scalar as it is written.</summary>
    private sealed class Node
    {
        private const int Most = 20_000;

        public string Raw { get; set; } = "";

        public List<(string? Name, Node Value)>? Children { get; private init; }

        private bool IsObject { get; init; }

        public static Node Scalar(string raw) => new() { Raw = raw };

        public static Node Of(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => new Node { IsObject = true, Children = [.. element.EnumerateObject().Select(member => ((string?)member.Name, Of(member.Value)))] },
            JsonValueKind.Array => new Node { Children = [.. element.EnumerateArray().Select(item => ((string?)null, Of(item)))] },
            _ => Scalar(element.GetRawText()),
        };

        public Node Copy() => Children is null ? Scalar(Raw) : new Node { IsObject = IsObject, Children = [.. Children.Select(child => (child.Name, child.Value.Copy()))] };

        public IEnumerable<Node> All() => ((IEnumerable<Node>)[this]).Concat(Children?.SelectMany(child => child.Value.All()) ?? []).Take(Most);

        /// <summary>Writes it; a source of randomness puts white space between.</summary>
        public void Write(StringBuilder into, Random? random)
        {
            if (into.Length > 1 << 20) return;
            if (random?.Next(20) == 0) into.Append(" \n\t\r"[random.Next(4)]);
            if (Children is null)
            {
                into.Append(Raw);
                return;
            }

            into.Append(IsObject ? '{' : '[');
            for (int i = 0; i < Children.Count; i++)
            {
                if (i > 0) into.Append(',');
                if (IsObject) into.Append('"').Append(Children[i].Name).Append("\":");
                Children[i].Value.Write(into, random);
            }

            into.Append(IsObject ? '}' : ']');
        }
    }
}
