using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Extension elements in rows of base-field cells: five neighbouring cells, the coefficients of 1, X, …, X⁴.</summary>
internal static class ExtensionCells
{
    /// <summary>Writes an element at a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Span<KoalaBear> row, int column, Quintic value) =>
        Unsafe.WriteUnaligned(ref Unsafe.As<KoalaBear, byte>(ref row.Slice(column, Quintic.Degree)[0]), value);

    /// <summary>The elements of a row whose cells are nothing but extension elements.</summary>
    public static Span<Quintic> Of(Span<KoalaBear> row) => MemoryMarshal.Cast<KoalaBear, Quintic>(row);
}
