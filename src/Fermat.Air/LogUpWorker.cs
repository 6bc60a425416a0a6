using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Fills LogUp columns on one thread. Extension values of a strip are component-major, 256 words a component.</summary>
internal sealed unsafe class LogUpWorker : IDisposable
{
    private const int StripRows = StripProgram.StripRows;
    private const int Degree = Quintic.Degree;
    private const int Lanes = KoalaBearVector.Lanes;
    private const int Components = LogUpFiller.GroupsPerProgram * Degree;

    private readonly Table _table;
    private readonly BoundStrip[] _programs;
    private readonly StripScratch[] _scratches;
    private readonly Matrix _matrix;
    private readonly uint* _helpers;
    private readonly uint* _prefixes;
    private readonly uint* _rowSums;

    public LogUpWorker(Table table, BoundStrip[] programs, Matrix matrix)
    {
        _table = table;
        _programs = programs;
        _matrix = matrix;
        _scratches = [.. table.LogUpPrograms.Select(p => p.CreateScratch())];
        _helpers = Allocate(Components);
        _prefixes = Allocate(Components);
        _rowSums = Allocate(Degree);
    }

    public void Dispose()
    {
        foreach (StripScratch scratch in _scratches)
            scratch.Dispose();
        NativeMemory.AlignedFree(_helpers);
        NativeMemory.AlignedFree(_prefixes);
        NativeMemory.AlignedFree(_rowSums);
    }

    /// <summary>Fills the helpers of some rows, leaves the sum of each row's helpers in the running-sum column and returns the sum of all.</summary>
    public Quintic FillRange(int from, int to, CancellationToken cancellationToken)
    {
        Quintic total = default;
        Span<int> rows = stackalloc int[StripRows];
        for (int start = from; start < to; start += StripRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(StripRows, to - start);
            for (int i = 0; i < rows.Length; i++)
                rows[i] = start + Math.Min(i, count - 1); // a short strip repeats its last row: no lane holds a stray zero to invert
            NativeMemory.Clear(_rowSums, Degree * StripRows * sizeof(uint));
            for (int p = 0; p < _programs.Length; p++)
            {
                _programs[p].Run(rows, default, _scratches[p]);
                int groups = _scratches[p].Program.OutputCount / 2;
                Divide(_scratches[p], groups);
                StoreHelpers(p * Components, groups * Degree, start, count);
            }
            total += StoreRowSums(start, count);
        }
        return total;
    }

    private static uint* Allocate(int components) => (uint*)NativeMemory.AlignedAlloc((nuint)(components * StripRows * sizeof(uint)), 64);

    /// <summary>
    /// helpers = numerators / denominators, with one inversion for the strip: each lane multiplies its denominators up over all vectors and groups,
    /// the products of the lanes are inverted together, and the way back divides them out again.
    /// </summary>
    private void Divide(StripScratch scratch, int groups)
    {
        uint* product = stackalloc uint[Degree * Lanes];
        Vector256.Create(KoalaBear.One.Raw).Store(product);
        for (int c = 1; c < Degree; c++)
            Vector256<uint>.Zero.Store(product + (c * Lanes));
        for (int g = 0; g < groups; g++)
            MultiplyUp(scratch, g, product);
        LaneInverse.Invert(product);
        for (int g = groups - 1; g >= 0; g--)
            DivideOut(scratch, g, product);
        AddToRowSums(groups);
    }

    /// <summary>Leaves the product before each vector's denominator in the prefixes and multiplies the denominator in.</summary>
    private void MultiplyUp(StripScratch scratch, int group, uint* product)
    {
        QuinticLanes.Pointers denominator = Output(scratch, (2 * group) + 1);
        QuinticLanes.Pointers prefix = QuinticLanes.Pointers.Strided(_prefixes + (group * Degree * StripRows), StripRows);
        QuinticLanes.Pointers running = QuinticLanes.Pointers.Strided(product, Lanes);
        for (int at = 0; at < StripRows; at += Lanes)
        {
            QuinticLanes.Copy(running, 0, prefix, at);
            QuinticLanes.Multiply(running, 0, denominator, at, running, 0);
        }
    }

    /// <summary>On the way back the running product is 1 / (all denominators up to this one).</summary>
    private void DivideOut(StripScratch scratch, int group, uint* product)
    {
        QuinticLanes.Pointers denominator = Output(scratch, (2 * group) + 1);
        QuinticLanes.Pointers prefix = QuinticLanes.Pointers.Strided(_prefixes + (group * Degree * StripRows), StripRows);
        QuinticLanes.Pointers helper = QuinticLanes.Pointers.Strided(_helpers + (group * Degree * StripRows), StripRows);
        QuinticLanes.Pointers running = QuinticLanes.Pointers.Strided(product, Lanes);
        bool extension = scratch.Program.IsExtension(2 * group);
        QuinticLanes.Pointers numerator = extension ? Output(scratch, 2 * group) : default;
        uint* scale = extension ? null : scratch.OutputPointer(2 * group, 0);
        for (int at = StripRows - Lanes; at >= 0; at -= Lanes)
        {
            QuinticLanes.Multiply(running, 0, prefix, at, helper, at);
            QuinticLanes.Multiply(running, 0, denominator, at, running, 0);
            if (extension)
                QuinticLanes.Multiply(helper, at, numerator, at, helper, at);
            else
                QuinticLanes.Scale(helper, at, Vector256.Load(scale + at));
        }
    }

    private static QuinticLanes.Pointers Output(StripScratch scratch, int output) => new(
        scratch.OutputPointer(output, 0),
        scratch.OutputPointer(output, 1),
        scratch.OutputPointer(output, 2),
        scratch.OutputPointer(output, 3),
        scratch.OutputPointer(output, 4));

    private void AddToRowSums(int groups)
    {
        for (int i = 0; i < Degree * StripRows; i += Lanes)
        {
            Vector256<uint> sum = Vector256.Load(_rowSums + i);
            for (int g = 0; g < groups; g++)
                sum = KoalaBearVector.Add(sum, Vector256.Load(_helpers + (g * Degree * StripRows) + i));
            sum.Store(_rowSums + i);
        }
    }

    /// <summary>Writes helper columns row by row, eight columns of eight rows at a time.</summary>
    private void StoreHelpers(int column, int columns, int start, int count)
    {
        uint* block = stackalloc uint[Lanes * Lanes];
        for (int first = 0; first < columns; first += Lanes)
        {
            int width = Math.Min(Lanes, columns - first);
            for (int at = 0; at < count; at += Lanes)
            {
                TransposeLanes.Transpose(_helpers + (first * StripRows) + at, StripRows, width, block);
                for (int i = 0; i < Math.Min(Lanes, count - at); i++)
                {
                    var row = new Span<uint>(_matrix.RowPointer(start + at + i) + column + first, width);
                    new ReadOnlySpan<uint>(block + (i * Lanes), width).CopyTo(row);
                }
            }
        }
    }

    private Quintic StoreRowSums(int start, int count)
    {
        Quintic total = default;
        int offset = _table.RunningSum!.Offset;
        for (int i = 0; i < count; i++)
        {
            Span<KoalaBear> cell = _matrix.Row(start + i).Slice(offset, Degree);
            for (int c = 0; c < Degree; c++)
                cell[c] = KoalaBear.FromRaw(_rowSums[(c * StripRows) + i]);
            total += Quintic.From(cell);
        }
        return total;
    }
}
