namespace Fermat.Rules.Syntax;

/// <summary>What stands in one column with its like in neighbouring lines.</summary>
internal enum Stop
{
    /// <summary>The word <c>scale</c> of a quantity: names end before it.</summary>
    Scale,

    /// <summary>What limits a quantity: <c>bits</c> or <c>in</c>.</summary>
    Limits,

    /// <summary>The equals sign of a definition on one line.</summary>
    Definition,

    /// <summary>The equals sign of a requirement on one line.</summary>
    Requirement,

    /// <summary>A comment behind words.</summary>
    Comment,
}

/// <summary>
/// Moves what belongs into one column there. It comes after the line ends are decided and only adds spaces, so a text is laid out from its words, comments and empty lines alone, and laying
/// it out again changes nothing. Columns reach over adjacent lines of one indentation; an empty line, a comment on its own line and what takes several lines end them, and so does a line that
/// is much longer or shorter than the ones before it (as in gofmt): it would push the others far out, or be pushed.
/// </summary>
internal static class Columns
{
    /// <summary>Where comments behind words begin, from 0, unless the words reach farther.</summary>
    public const int CommentColumn = 57;

    /// <summary>What ends before these columns is aligned, however unequal; beyond them the longest is at most half as long again as the shortest.</summary>
    private const int FreeWords = 40, FreeComments = 72;

    /// <summary>The text with its columns aligned.</summary>
    /// <param name="text">Lines that end with <c>\n</c>.</param>
    /// <param name="stops">Where the stops are in it, in rising order.</param>
    public static string Align(string text, IReadOnlyList<(Stop Stop, int At)> stops)
    {
        Row[] rows = Rows(text, stops);
        foreach (Stop stop in Enum.GetValues<Stop>()) Align(rows, stop);
        return string.Join('\n', rows.Select(row => row.Text));
    }

    private static Row[] Rows(string text, IReadOnlyList<(Stop Stop, int At)> stops)
    {
        var rows = new List<Row>();
        int start = 0, next = 0;
        foreach (string line in text.Split('\n'))
        {
            var row = new Row(line);
            for (; next < stops.Count && stops[next].At < start + line.Length; next++) row.Stops[stops[next].Stop] = stops[next].At - start;
            rows.Add(row);
            start += line.Length + 1;
        }
        return [.. rows];
    }

    private static void Align(Row[] rows, Stop stop)
    {
        var block = new List<Row>();
        int shortest = 0, longest = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            Row row = rows[i];
            if (i > 0 && !row.Continues(rows[i - 1])) Close();
            int at = row.Stops.GetValueOrDefault(stop, -1);
            if (at < 0 || (stop != Stop.Comment && i + 1 < rows.Length && rows[i + 1].Indent > row.Indent))
            {
                if (stop != Stop.Comment) Close();
                continue;
            }
            int size = stop == Stop.Comment ? Math.Max(at, CommentColumn) : at - row.Indent;
            if (block.Count > 0 && !Near(Math.Min(shortest, size), Math.Max(longest, size), stop == Stop.Comment ? FreeComments : FreeWords)) Close();
            (shortest, longest) = block.Count == 0 ? (size, size) : (Math.Min(shortest, size), Math.Max(longest, size));
            block.Add(row);
        }
        Close();

        void Close()
        {
            if (block.Count == 0) return;
            int column = block.Max(row => row.Stops[stop]);
            if (stop == Stop.Comment) column = Math.Max(column, CommentColumn);
            foreach (Row row in block) row.Move(stop, column);
            block.Clear();
        }
    }

    private static bool Near(int shortest, int longest, int free) => longest <= free || 2 * longest <= 3 * shortest;

    private sealed class Row(string text)
    {
        public string Text { get; private set; } = text;

        public int Indent { get; } = text.Length - text.TrimStart(' ').Length;

        public Dictionary<Stop, int> Stops { get; } = [];

        private bool IsWords => Text.Length > Indent && Text[Indent] != '#';

        public bool Continues(Row before) => IsWords && before.IsWords && Indent == before.Indent;

        public void Move(Stop stop, int column)
        {
            int at = Stops[stop];
            Text = Text.Insert(at, new string(' ', column - at));
            foreach (Stop later in Stops.Keys.Where(key => key >= stop).ToArray()) Stops[later] += column - at;
        }
    }
}
