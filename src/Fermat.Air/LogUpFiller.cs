using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Computes the generated LogUp columns of a table: helpers and running sum.</summary>
public static unsafe class LogUpFiller
{
    /// <summary>Interaction groups evaluated by one strip program: their numerators and denominators stay in the second-level cache.</summary>
    internal const int GroupsPerProgram = 8;

    private const int StripRows = StripProgram.StripRows;

    /// <summary>Rows a task works on; a multiple of the strip.</summary>
    private const int Grain = 1 << 13;

    /// <summary>The matrix of the LogUp phase and the table's bus sum. Tail rows are left zero; the same result whatever the number of threads.</summary>
    /// <param name="circuit">The circuit; it has messages.</param>
    /// <param name="trace">All earlier phases and public columns filled, blinding included.</param>
    /// <param name="challenges">All challenges of the circuit, in order.</param>
    /// <param name="cancellationToken">Stops between strips.</param>
    /// <exception cref="InvalidOperationException">A fingerprint is zero: a chance of about messages / 2^155.</exception>
    public static (Matrix Columns, Quintic BusSum) Fill(
        Circuit circuit, TableTrace trace, IReadOnlyList<Quintic> challenges, CancellationToken cancellationToken = default)
    {
        Table table = trace.Table;
        if (!table.HasBusSum)
            throw new InvalidOperationException($"circuit {circuit.Name} has no messages");
        var inputs = new StripInputs
        {
            Preprocessed = Whole(trace.Preprocessed),
            Public = Whole(trace.Public),
            Phases = [.. Enumerable.Range(0, circuit.LogUpPhase).Select(p => Whole(table.PhaseWidth(p) > 0 ? trace.Phase(p) : null))],
            Selectors = BlindSelectors(table, trace),
            Challenges = challenges,
        };
        BoundStrip[] programs = [.. table.LogUpPrograms.Select(p => p.Bind(inputs))];
        var matrix = new Matrix(trace.Height, table.PhaseWidth(circuit.LogUpPhase));
        int ranges = (trace.ActiveRows + Grain - 1) / Grain;
        var sums = new Quintic[ranges];
        Parallelism.For(0, ranges, r =>
        {
            using var worker = new Worker(table, programs, matrix);
            sums[r] = worker.FillRange(r * Grain, Math.Min((r + 1) * Grain, trace.ActiveRows), cancellationToken);
        });
        Quintic total = default;
        for (int r = 0; r < ranges; r++)
            (sums[r], total) = (total, total + sums[r]);
        Parallelism.For(0, ranges, r => Accumulate(table, matrix, r * Grain, Math.Min((r + 1) * Grain, trace.ActiveRows), sums[r]));
        inputs.Selectors?.Matrix.Dispose();
        return (matrix, total);
    }

    /// <summary>The programs whose outputs are the numerators and denominators of the groups, in turn.</summary>
    internal static StripProgram[] Compile(Table table) =>
    [
        .. table.Groups.Chunk(GroupsPerProgram).Select(groups =>
            StripProgram.Lower(table, [.. groups.SelectMany(g => new[] { g.Numerator, g.Denominator })])),
    ];

    private static StripMatrix? Whole(Matrix? matrix) => matrix is null ? (StripMatrix?)null : new StripMatrix(matrix);

    /// <summary>The values of the selectors on the rows themselves, where they are indicators; messages read no others than these.</summary>
    private static StripMatrix? BlindSelectors(Table table, TableTrace trace)
    {
        bool used = table.Graph.Reachable(table.Groups.SelectMany(g => new[] { g.Numerator.Id, g.Denominator.Id }))
            .Any(id => table.Graph[id].Kind == ExprKind.Selector);
        if (!used)
            return null;
        var selectors = new Matrix(trace.Height, Selectors.Columns);
        for (int row = 0; row < LogUp.BlindRows; row++)
        {
            selectors[row, (int)SelectorKind.BlindSum] = KoalaBear.One;
            selectors[row, (int)SelectorKind.BlindIndex] = KoalaBear.From(row);
        }
        selectors[0, (int)SelectorKind.First] = KoalaBear.One;
        selectors[trace.ActiveRows - 1, (int)SelectorKind.Last] = KoalaBear.One;
        return selectors;
    }

    /// <summary>Turns the rows' sums, left in the running-sum column, into the running sum before each row.</summary>
    private static void Accumulate(Table table, Matrix matrix, int from, int to, Quintic sum)
    {
        int offset = table.RunningSum!.Offset;
        for (int row = from; row < to; row++)
        {
            Span<KoalaBear> cell = matrix.Row(row).Slice(offset, Quintic.Degree);
            Quintic rowSum = Quintic.From(cell);
            sum.CopyTo(cell);
            sum += rowSum;
        }
    }

    /// <summary>One thread's buffers. Layout of a strip's extension values: component-major, 256 words a component.</summary>
    private sealed class Worker : IDisposable
    {
        private const int Degree = Quintic.Degree;
        private const int Lanes = KoalaBearVector.Lanes;
        private const int Components = GroupsPerProgram * Degree;

        private readonly Table _table;
        private readonly BoundStrip[] _programs;
        private readonly StripScratch[] _scratches;
        private readonly Matrix _matrix;
        private readonly uint* _helpers;
        private readonly uint* _prefixes;
        private readonly uint* _rowSums;

        public Worker(Table table, BoundStrip[] programs, Matrix matrix)
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
        /// the eight products are inverted together, and the way back divides them out again.
        /// </summary>
        private void Divide(StripScratch scratch, int groups)
        {
            uint* product = stackalloc uint[Degree * Lanes];
            uint* inverse = stackalloc uint[Degree * Lanes];
            Vector256.Create(KoalaBear.One.Raw).Store(product);
            for (int c = 1; c < Degree; c++)
                Vector256<uint>.Zero.Store(product + (c * Lanes));
            for (int g = 0; g < groups; g++)
            {
                for (int at = 0; at < StripRows; at += Lanes)
                {
                    uint* prefix = _prefixes + (g * Degree * StripRows) + at;
                    for (int c = 0; c < Degree; c++)
                        Vector256.Load(product + (c * Lanes)).Store(prefix + (c * StripRows));
                    Times(product, scratch, (2 * g) + 1, at, product, Lanes);
                }
            }
            Invert(product);
            for (int g = groups - 1; g >= 0; g--)
            {
                for (int at = StripRows - Lanes; at >= 0; at -= Lanes)
                {
                    uint* prefix = _prefixes + (g * Degree * StripRows) + at;
                    QuinticLanes.Multiply(product, Lanes, prefix, StripRows, inverse, Lanes);
                    Times(product, scratch, (2 * g) + 1, at, product, Lanes);
                    Times(inverse, scratch, 2 * g, at, _helpers + (g * Degree * StripRows) + at, StripRows);
                }
            }
            AddToRowSums(groups);
        }

        /// <summary>destination = x · output, which may be a base-field one.</summary>
        private static void Times(uint* x, StripScratch scratch, int output, int at, uint* destination, nint stride)
        {
            if (scratch.Program.IsExtension(output))
            {
                uint** components = stackalloc uint*[Degree];
                uint* gathered = stackalloc uint[Degree * Lanes];
                for (int c = 0; c < Degree; c++)
                {
                    components[c] = scratch.OutputPointer(output, c) + at;
                    Vector256.Load(components[c]).Store(gathered + (c * Lanes));
                }
                QuinticLanes.Multiply(x, Lanes, gathered, Lanes, destination, stride);
                return;
            }
            Vector256<uint> factor = Vector256.Load(scratch.OutputPointer(output, 0) + at);
            for (int c = 0; c < Degree; c++)
                KoalaBearVector.Mul(Vector256.Load(x + (c * Lanes)), factor).Store(destination + (c * stride));
        }

        private static void Invert(uint* product)
        {
            Span<Quintic> lanes = stackalloc Quintic[Lanes];
            Span<KoalaBear> components = stackalloc KoalaBear[Degree];
            for (int lane = 0; lane < Lanes; lane++)
            {
                for (int c = 0; c < Degree; c++)
                    components[c] = KoalaBear.FromRaw(product[(c * Lanes) + lane]);
                lanes[lane] = Quintic.From(components);
                if (lanes[lane].IsZero)
                    throw new InvalidOperationException("the fingerprint of a message is zero; this happens by chance once in 2^155 messages, else an input is wrong");
            }
            BatchInverse.Invert(lanes);
            for (int lane = 0; lane < Lanes; lane++)
            {
                for (int c = 0; c < Degree; c++)
                    product[(c * Lanes) + lane] = lanes[lane][c].Raw;
            }
        }

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
}
