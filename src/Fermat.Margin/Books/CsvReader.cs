using System.Text;

namespace Fermat.Margin.Books;

/// <summary>
/// Reads CSV (RFC 4180: commas, optional double quotes, LF or CRLF) from a stream, row by row, in constant memory, and knows the line and column of each cell.
/// Cells are UTF-8; a row has at most 1 MiB.
/// </summary>
internal sealed class CsvReader(Stream stream, string file, ErrorList errors)
{
    private const int MaxRow = 1 << 20;

    /// <summary>What spreadsheets put before a UTF-8 file; skipped.</summary>
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly byte[] buffer = new byte[1 << 16];
    private readonly List<(int Start, int Length, int Column)> cells = [];
    private char[] row = new char[4096];
    private int position, length, rowLength, column, rowEnd;
    private bool atEnd;

    /// <summary>Line of the current row, from 1.</summary>
    public long Line { get; private set; }

    private long nextLine = 1;

    /// <summary>Cells in the current row.</summary>
    public int Cells => cells.Count;

    /// <summary>Content of a cell; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<char> Cell(int index) => row.AsSpan(cells[index].Start, cells[index].Length);

    /// <summary>Where a cell begins; the end of the row for an index beyond it.</summary>
    public Place Place(int index) => new(file, Line, index < cells.Count ? cells[index].Column : rowEnd);

    /// <summary>Moves to the next row that is not empty; false at the end of the file.</summary>
    /// <exception cref="BookReadStopped">The text is not CSV; the error has been noted.</exception>
    public bool Read()
    {
        do
        {
            if (Peek() < 0) return false;
            Line = nextLine++;
            (rowLength, column) = (0, 1);
            cells.Clear();
            ReadRow();
        }
        while (cells.Count == 1 && cells[0].Length == 0);
        return true;
    }

    private void ReadRow()
    {
        while (true)
        {
            int start = rowLength, begin = column;
            if (Peek() == '"') ReadQuoted();
            else ReadPlain();
            cells.Add((start, rowLength - start, begin));
            int next = Peek();
            rowEnd = column;
            Skip();
            if (next == ',') continue;
            if (next == '\r' && Peek() == '\n') Skip();
            return;
        }
    }

    private void ReadPlain()
    {
        while (Peek() is var next && next is not (-1 or ',' or '\n'))
        {
            if (next == '\r')
            {
                Skip();
                if (Peek() is '\n' or -1)
                {
                    column--;
                    return;
                }
                throw Fail("a carriage return inside a row");
            }
            if (next == '"') throw Fail("a quote inside an unquoted cell", "quote the whole cell and double the quotes in it");
            Take(next);
        }
    }

    private void ReadQuoted()
    {
        Skip();
        while (true)
        {
            int next = Peek();
            if (next < 0) throw Fail("the file ends inside a quoted cell", "a closing quote is missing, or the file was cut off");
            if (next is '\n' or '\r') throw Fail("a line end inside a quoted cell", "a closing quote is missing");
            if (next == '"')
            {
                Skip();
                if (Peek() != '"') break;
            }
            Take(next);
        }
        if (Peek() == '\r') Skip();
        if (Peek() is not (',' or '\n' or -1)) throw Fail("text after the closing quote of a cell");
    }

    private void Take(int next)
    {
        if (next is < 0x20 and not '\t' or 0x7f) throw Fail($"the control character {next} in a cell");
        if (rowLength + 2 > row.Length)
        {
            if (row.Length >= MaxRow) throw Fail($"a row of more than {MaxRow} characters");
            Array.Resize(ref row, 2 * row.Length);
        }
        if (next < 0x80)
        {
            row[rowLength++] = (char)next;
            Skip();
            return;
        }
        Span<byte> bytes = stackalloc byte[4];
        int count = 0;
        int wanted = next switch { < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
        while (count < wanted && Peek() >= 0x80) bytes[count++] = buffer[position++];
        if (Rune.DecodeFromUtf8(bytes[..count], out Rune rune, out int used) != System.Buffers.OperationStatus.Done || used != count)
            throw Fail("bytes that are not UTF-8", "save the file as UTF-8");
        rowLength += rune.EncodeToUtf16(row.AsSpan(rowLength));
        column++;
    }

    private void Skip()
    {
        position++;
        column++;
    }

    private int Peek()
    {
        if (position < length) return buffer[position];
        if (atEnd) return -1;
        bool first = length == 0;
        position = 0;
        length = first ? stream.ReadAtLeast(buffer, 3, throwOnEndOfStream: false) : stream.Read(buffer);
        if (first && buffer.AsSpan(0, length).StartsWith(ByteOrderMark)) position = 3;
        atEnd = position == length;
        return atEnd ? -1 : buffer[position];
    }

    private BookReadStopped Fail(string message, string? hint = null) =>
        errors.Fatal(BookErrorCode.Syntax, new Place(file, Line, column), message, hint);
}
