using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// The loops behind the instructions. All work on whole groups of four vectors (32 rows): lanes beyond the strip compute on leftovers and are never read.
/// A kernel reads its operands of a group before it writes the group, so results may take the registers of operands.
/// </summary>
internal static unsafe partial class StripKernels
{
    /// <summary>Vectors a loop round.</summary>
    public const int Group = 4;

    private const int Lanes = 8;
    private const int GroupRows = Group * Lanes;
    private const int HalfGroupRows = GroupRows / 2;

    /// <summary>One instruction with its decoded parts.</summary>
    public readonly ref struct Step(uint* registers, uint* scalars, int* data, int* defined, int* used, int groups)
    {
        public readonly uint* Registers = registers;
        public readonly uint* Scalars = scalars;
        public readonly int* Data = data;
        public readonly int* Defined = defined;
        public readonly int* Used = used;
        public readonly int Groups = groups;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint* Register(int number) => Registers + ((nint)number * StripScratch.Stride);
    }

    /// <summary>Reads eight adjacent columns of the given rows, transposing 8 × 8 in registers.</summary>
    public static void Load(in Step step, Matrix matrix, int rowOffset, ReadOnlySpan<int> rows)
    {
        uint** targets = stackalloc uint*[Lanes];
        for (int c = 0; c < Lanes; c++)
            targets[c] = step.Register(step.Defined[c]);
        uint* origin = (uint*)matrix.Pointer + ((nint)rowOffset * matrix.Stride) + step.Data[1];
        nint stride = matrix.Stride;
        int limit = matrix.Rows - rowOffset;
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)limit)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"the matrix has {limit} rows");
        }
        // Strips mostly follow one another, and rows are too far apart for the hardware to see it: ask for each cache line of the next strip once.
        bool fetchesLine = step.Data[1] % (2 * Lanes) == 0;
        fixed (int* row = rows)
        {
            for (int i = 0; i < rows.Length; i += Lanes)
            {
                if (fetchesLine)
                    Prefetch(origin, stride, row + i, limit);
                Transpose(
                    Vector256.Load(origin + (row[i] * stride)),
                    Vector256.Load(origin + (row[i + 1] * stride)),
                    Vector256.Load(origin + (row[i + 2] * stride)),
                    Vector256.Load(origin + (row[i + 3] * stride)),
                    Vector256.Load(origin + (row[i + 4] * stride)),
                    Vector256.Load(origin + (row[i + 5] * stride)),
                    Vector256.Load(origin + (row[i + 6] * stride)),
                    Vector256.Load(origin + (row[i + 7] * stride)),
                    targets,
                    i);
            }
        }
    }

    private static void Prefetch(uint* origin, nint stride, int* rows, int limit)
    {
        if (!Sse.IsSupported || rows[Lanes - 1] + StripProgram.StripRows >= limit)
            return;
        for (int i = 0; i < Lanes; i++)
            Sse.Prefetch1(origin + ((rows[i] + StripProgram.StripRows) * stride));
    }

    public static void Add(in Step step)
    {
        uint* d = step.Register(step.Defined[0]), x = step.Register(step.Used[0]), y = step.Register(step.Used[1]);
        for (uint* end = d + (step.Groups * GroupRows); d < end; d += Lanes, x += Lanes, y += Lanes)
            KoalaBearVector.Add(Vector256.Load(x), Vector256.Load(y)).Store(d);
    }

    public static void Sub(in Step step)
    {
        uint* d = step.Register(step.Defined[0]), x = step.Register(step.Used[0]), y = step.Register(step.Used[1]);
        for (uint* end = d + (step.Groups * GroupRows); d < end; d += Lanes, x += Lanes, y += Lanes)
            KoalaBearVector.Sub(Vector256.Load(x), Vector256.Load(y)).Store(d);
    }

    public static void Mul(in Step step)
    {
        uint* d = step.Register(step.Defined[0]), x = step.Register(step.Used[0]), y = step.Register(step.Used[1]);
        for (uint* end = d + (step.Groups * GroupRows); d < end; d += Lanes, x += Lanes, y += Lanes)
            KoalaBearVector.Mul(Vector256.Load(x), Vector256.Load(y)).Store(d);
    }

    public static void Cube(in Step step)
    {
        uint* d = step.Register(step.Defined[0]), x = step.Register(step.Used[0]);
        for (uint* end = d + (step.Groups * GroupRows); d < end; d += Lanes, x += Lanes)
            KoalaBearVector.Cube(Vector256.Load(x)).Store(d);
    }

    public static void SubCube(in Step step)
    {
        uint* d = step.Register(step.Defined[0]), x = step.Register(step.Used[0]), y = step.Register(step.Used[1]);
        for (uint* end = d + (step.Groups * GroupRows); d < end; d += Lanes, x += Lanes, y += Lanes)
            KoalaBearVector.Sub(Vector256.Load(x), KoalaBearVector.Cube(Vector256.Load(y))).Store(d);
    }

    /// <summary>Stores the transpose of eight rows of eight words: column c at targets[c] + offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<uint> r0, Vector256<uint> r1, Vector256<uint> r2, Vector256<uint> r3,
        Vector256<uint> r4, Vector256<uint> r5, Vector256<uint> r6, Vector256<uint> r7,
        uint** targets, int offset)
    {
        TransposeLanes.Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        r0.Store(targets[0] + offset);
        r1.Store(targets[1] + offset);
        r2.Store(targets[2] + offset);
        r3.Store(targets[3] + offset);
        r4.Store(targets[4] + offset);
        r5.Store(targets[5] + offset);
        r6.Store(targets[6] + offset);
        r7.Store(targets[7] + offset);
    }
}
