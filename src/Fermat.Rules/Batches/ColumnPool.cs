namespace Fermat.Rules.Batches;

/// <summary>
/// Columns that were used and may be used again, by their length. Batches of one size need the same columns one after the other; new ones each time would be most of what such a run costs. Each thread has its own.
/// </summary>
internal sealed class ColumnPool
{
    private const long MostBytes = 32 << 20;

    [ThreadStatic]
    private static ColumnPool? _ofThread;

    private readonly Dictionary<int, Stack<Int128[]>> _idle = [];
    private long _bytes;

    /// <summary>The thread's.</summary>
    public static ColumnPool OfThread => _ofThread ??= new ColumnPool();

    /// <summary>A column whose numbers are anything.</summary>
    public Int128[] Rent(int length) => Take(length) ?? GC.AllocateUninitializedArray<Int128>(length);

    /// <summary>Takes a column over; whoever has it must not use it any more.</summary>
    public void Return(Int128[] column)
    {
        if (_bytes > MostBytes)
        {
            _idle.Clear();                                                                      // lengths come and go: begin anew
            _bytes = 0;
        }
        if (!_idle.TryGetValue(column.Length, out Stack<Int128[]>? columns)) _idle.Add(column.Length, columns = new Stack<Int128[]>());
        columns.Push(column);
        _bytes += 16L * column.Length;
    }

    private Int128[]? Take(int length)
    {
        if (!_idle.TryGetValue(length, out Stack<Int128[]>? columns) || !columns.TryPop(out Int128[]? column)) return null;
        _bytes -= 16L * length;
        return column;
    }
}
