using System.Text;

namespace Fermat.Margin.Books;

/// <summary>What a JSON text consists of.</summary>
internal enum JsonToken
{
    None,
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    Name,
    String,
    Number,
    True,
    False,
    Null,
    End,
}

/// <summary>
/// Reads JSON (RFC 8259) from a stream, token by token, in constant memory, and knows the line and column of each: what the errors of a book need and
/// what the framework's reader does not keep over buffer ends. Stricter than the RFC where a book has no use for more: texts of at most 4096 characters,
/// numbers of at most 64, nesting of at most 16.
/// </summary>
internal sealed class JsonTokenizer(Stream stream, string file, ErrorList errors)
{
    private const int MaxText = 4096, MaxNumber = 64, MaxDepth = 16;

    private enum Expect { Value, ValueOrEnd, NameOrEnd, Name, CommaOrEnd, End }

    private readonly byte[] buffer = new byte[1 << 16];
    private readonly char[] text = new char[MaxText + 2];
    private readonly bool[] isObject = new bool[MaxDepth];
    private int position, length, textLength, depth;
    private long bufferOffset, lineStart, line = 1;     // lineStart: byte offset of the line, moved by bytes that are not characters of their own
    private Expect expect = Expect.Value;

    /// <summary>The current token.</summary>
    public JsonToken Token { get; private set; }

    /// <summary>Where the current token begins.</summary>
    public Place Place { get; private set; } = new(file, 1, 1);

    /// <summary>Content of a name, string or number; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<char> Text => text.AsSpan(0, textLength);

    private Place Here => new(file, line, bufferOffset + position - lineStart + 1);

    /// <summary>Moves to the next token.</summary>
    /// <exception cref="BookReadStopped">The text is not JSON; the error has been noted.</exception>
    public JsonToken Read()
    {
        int next = NextVisible();
        if (expect == Expect.CommaOrEnd && next == ',')
        {
            position++;
            expect = isObject[depth - 1] ? Expect.Name : Expect.Value;
            next = NextVisible();
        }
        Place = Here;
        textLength = 0;
        return Token = expect switch
        {
            Expect.End => next < 0 ? JsonToken.End : throw Fail($"{Describe(next)} after the end of the book", "a file holds one JSON object"),
            Expect.CommaOrEnd => IsClosing(next) ? Close(next) : throw Fail($"expected a comma or {(isObject[depth - 1] ? '}' : ']')}, found {Describe(next)}"),
            Expect.NameOrEnd when next == '}' => Close(next),
            Expect.NameOrEnd or Expect.Name => ReadName(next),
            Expect.ValueOrEnd when next == ']' => Close(next),
            _ => ReadValue(next),
        };
    }

    /// <summary>Moves to the last token of the value that the current token begins.</summary>
    public void SkipValue()
    {
        if (Token is not (JsonToken.BeginObject or JsonToken.BeginArray)) return;
        int outside = depth - 1;
        while (depth > outside) Read();
    }

    private JsonToken ReadName(int next)
    {
        if (next != '"') throw Fail($"expected a field name in double quotes, found {Describe(next)}");
        ReadString();
        if (NextVisible() != ':') throw Fail($"expected a colon after the field name, found {Describe(Peek())}", place: Here);
        position++;
        expect = Expect.Value;
        return JsonToken.Name;
    }

    private JsonToken ReadValue(int next)
    {
        switch (next)
        {
            case '{' or '[':
                if (depth == MaxDepth) throw Fail($"more than {MaxDepth} objects and arrays inside each other");
                position++;
                isObject[depth++] = next == '{';
                expect = next == '{' ? Expect.NameOrEnd : Expect.ValueOrEnd;
                return next == '{' ? JsonToken.BeginObject : JsonToken.BeginArray;
            case '"':
                ReadString();
                return EndOfValue(JsonToken.String);
            case '-' or (>= '0' and <= '9'):
                ReadNumber();
                return EndOfValue(JsonToken.Number);
            case 't':
                return ReadWord("true", JsonToken.True);
            case 'f':
                return ReadWord("false", JsonToken.False);
            case 'n':
                return ReadWord("null", JsonToken.Null);
            default:
                throw Fail($"expected a value, found {Describe(next)}", next == 0xEF ? "the file may begin with a byte order mark; save it as UTF-8 without one" : null);
        }
    }

    private bool IsClosing(int next) => next == (isObject[depth - 1] ? '}' : ']');

    private JsonToken Close(int next)
    {
        position++;
        depth--;
        return EndOfValue(next == '}' ? JsonToken.EndObject : JsonToken.EndArray);
    }

    private JsonToken EndOfValue(JsonToken token)
    {
        expect = depth == 0 ? Expect.End : Expect.CommaOrEnd;
        return token;
    }

    private JsonToken ReadWord(string word, JsonToken token)
    {
        foreach (char c in word)
        {
            if (Peek() != c) throw Fail("expected a value, found a word that is not true, false or null", "texts stand in double quotes");
            position++;
        }
        return EndOfValue(token);
    }

    private void ReadNumber()
    {
        if (Peek() == '-') Take();
        if (Peek() == '0') Take();
        else Digits();
        if (Peek() == '.')
        {
            Take();
            Digits();
        }
        if (Peek() is 'e' or 'E')
        {
            Take();
            if (Peek() is '+' or '-') Take();
            Digits();
        }

        void Digits()
        {
            if (Peek() is not (>= '0' and <= '9')) throw Fail("the number is not complete");
            while (Peek() is >= '0' and <= '9') Take();
        }

        void Take()
        {
            if (textLength == MaxNumber) throw Fail($"a number of more than {MaxNumber} characters");
            text[textLength++] = (char)buffer[position++];
        }
    }

    private void ReadString()
    {
        position++;
        while (true)
        {
            if (textLength >= MaxText) throw Fail($"a text of more than {MaxText} characters");
            int next = Peek();
            if (next == '"')
            {
                position++;
                return;
            }
            if (next < 0) throw Fail("the file ends inside a text", "a closing quote is missing, or the file was cut off");
            if (next < 0x20) throw Fail("a control character or line end inside a text", "a closing quote may be missing", Here);
            if (next == '\\') ReadEscape();
            else if (next < 0x80) text[textLength++] = (char)buffer[position++];
            else ReadRune();
        }
    }

    private void ReadRune()
    {
        Place start = Here;
        Span<byte> bytes = stackalloc byte[4];
        int count = 0;
        int wanted = Peek() switch { < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
        while (count < wanted && Peek() >= 0x80)
        {
            bytes[count++] = buffer[position++];
            if (count > 1) lineStart++;
        }
        if (Rune.DecodeFromUtf8(bytes[..count], out Rune rune, out int used) != System.Buffers.OperationStatus.Done || used != count)
            throw Fail("bytes that are not UTF-8", "save the file as UTF-8", start);
        textLength += rune.EncodeToUtf16(text.AsSpan(textLength));
    }

    private void ReadEscape()
    {
        Place start = Here;
        position++;
        int next = Peek();
        position++;
        int at = next < 0 ? -1 : "\"\\/bfnrt".IndexOf((char)next);
        if (at >= 0)
        {
            text[textLength++] = "\"\\/\b\f\n\r\t"[at];
            return;
        }
        if (next != 'u') throw Fail("a backslash that begins no escape", "a backslash itself is written \\\\", start);
        char unit = ReadHex(start);
        text[textLength++] = unit;
        if (!char.IsSurrogate(unit)) return;
        if (!char.IsHighSurrogate(unit) || Peek() != '\\') throw Fail("half of a surrogate pair", place: start);
        position++;
        if (Peek() != 'u') throw Fail("half of a surrogate pair", place: start);
        position++;
        char low = ReadHex(start);
        if (!char.IsLowSurrogate(low)) throw Fail("half of a surrogate pair", place: start);
        text[textLength++] = low;
    }

    private char ReadHex(Place start)
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            int next = Peek();
            if (next < 0 || !char.IsAsciiHexDigit((char)next)) throw Fail("an escape \\u without four hexadecimal digits", place: start);
            value = 16 * value + Convert.ToInt32(((char)next).ToString(), 16);
            position++;
        }
        return (char)value;
    }

    /// <summary>Skips blanks; the next byte, or −1 at the end.</summary>
    private int NextVisible()
    {
        while (true)
        {
            int next = Peek();
            if (next is not (' ' or '\t' or '\r' or '\n')) return next;
            position++;
            if (next != '\n') continue;
            line++;
            lineStart = bufferOffset + position;
        }
    }

    private int Peek()
    {
        if (position < length) return buffer[position];
        if (length == 0 && bufferOffset > 0) return -1;
        bufferOffset += position;
        position = 0;
        length = stream.Read(buffer);
        return length == 0 ? -1 : buffer[0];
    }

    private BookReadStopped Fail(string message, string? hint = null, Place? place = null) =>
        errors.Fatal(BookErrorCode.Syntax, place ?? Place, message, hint);

    private static string Describe(int next) => next switch
    {
        < 0 => "the end of the file",
        < 0x20 or 0x7f => $"the control character {next}",
        >= 0x80 => "a character outside ASCII",
        _ => $"'{(char)next}'",
    };
}
