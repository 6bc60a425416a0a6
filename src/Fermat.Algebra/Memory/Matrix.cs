using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>
/// A row-major matrix of base-field elements in native memory, on huge pages where the system has them. Rows begin on cache lines:
/// the stride is the number of columns rounded up to 16, and the padding columns are zero and must stay zero.
/// </summary>
/// <remarks>
/// There is no finalizer, so that pointers into the matrix stay valid exactly until <see cref="Dispose"/>; a matrix that is not
/// disposed is leaked, which <see cref="LiveBytes"/> shows.
/// </remarks>
public sealed unsafe class Matrix : IDisposable
{
    /// <summary>The number of elements the stride is a multiple of: one cache line, two 8-lane vectors.</summary>
    public const int StrideMultiple = 16;

    private static long _liveBytes;
    private static long _peakBytes;

    private KoalaBear* _pointer;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="columns">At least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension below one, or so many columns that the stride overflows.</exception>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public Matrix(int rows, int columns)
        : this(rows, columns, zeroed: true)
    {
    }

    private Matrix(int rows, int columns, bool zeroed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, int.MaxValue - StrideMultiple);
        Rows = rows;
        Columns = columns;
        Stride = (columns + StrideMultiple - 1) / StrideMultiple * StrideMultiple;
        Bytes = (long)rows * Stride * sizeof(KoalaBear);
        _pointer = (KoalaBear*)NativePages.Allocate((nuint)Bytes, zeroed);
        RecordPeak(Interlocked.Add(ref _liveBytes, Bytes));
    }

    /// <summary>A matrix of unspecified content, for those who write every word of it, zeros in the padding columns included.</summary>
    internal static Matrix Unfilled(int rows, int columns) => new(rows, columns, zeroed: false);

    /// <summary>Bytes held by all matrices that are not yet disposed, in this process.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>The largest value <see cref="LiveBytes"/> has had.</summary>
    public static long PeakBytes => Interlocked.Read(ref _peakBytes);

    /// <summary>Bytes of disposed matrices that are kept for new ones, in this process: with <see cref="LiveBytes"/> never more than the most that was live at once.</summary>
    public static long KeptBytes => NativePages.KeptBytes;

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns, padding not counted.</summary>
    public int Columns { get; }

    /// <summary>
    /// Elements from one row to the next: <see cref="Columns"/> rounded up to a multiple of <see cref="StrideMultiple"/>.
    /// </summary>
    public int Stride { get; }

    /// <summary>The size in bytes, padding included.</summary>
    public long Bytes { get; }

    /// <summary>The first element; aligned to 64 bytes. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public KoalaBear* Pointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_pointer == null)
                ThrowDisposed();
            return _pointer;
        }
    }

    /// <summary>The element at a row and column, both checked.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="column">0 to <see cref="Columns"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the matrix.</exception>
    public KoalaBear this[int row, int column]
    {
        get => RowPointer(row)[CheckedColumn(column)];
        set => RowPointer(row)[CheckedColumn(column)] = value;
    }

    /// <summary>The elements of a row, <see cref="Columns"/> long.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the matrix.</exception>
    public Span<KoalaBear> Row(int row) => new(RowPointer(row), Columns);

    /// <summary>The first element of a row; <see cref="Stride"/> elements may be read there.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the matrix.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public KoalaBear* RowPointer(int row)
    {
        if ((uint)row >= (uint)Rows)
            ThrowOutside(nameof(row), row, Rows);
        return Pointer + ((long)row * Stride);
    }

    /// <summary>A copy of all elements.</summary>
    public Matrix Clone()
    {
        var copy = new Matrix(Rows, Columns);
        Buffer.MemoryCopy(Pointer, copy.Pointer, copy.Bytes, Bytes);
        return copy;
    }

    /// <summary>Gives the memory of disposed matrices back to the system: when a process has made its proofs and lives on.</summary>
    public static void ReleaseKept() => NativePages.Trim();

    /// <summary>Releases the memory, to be used by the next matrix; pointers and spans into it become invalid.</summary>
    public void Dispose()
    {
        KoalaBear* pointer = _pointer;
        _pointer = null;
        if (pointer == null)
            return;
        NativePages.Free(pointer, (nuint)Bytes);
        Interlocked.Add(ref _liveBytes, -Bytes);
    }

    private static void RecordPeak(long live)
    {
        long peak = Interlocked.Read(ref _peakBytes);
        while (live > peak)
            peak = Interlocked.CompareExchange(ref _peakBytes, live, peak) is var seen && seen == peak ? live : seen;
    }

    private static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Matrix));

    private static void ThrowOutside(string name, int value, int limit) =>
        throw new ArgumentOutOfRangeException(name, value, $"the matrix has the {name}s 0 to {limit - 1}");

    private int CheckedColumn(int column)
    {
        if ((uint)column >= (uint)Columns)
            ThrowOutside(nameof(column), column, Columns);
        return column;
    }
}
