using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Batches;

/// <summary>One number a row: 128 bits wide where the bounds allow it, else of any size.</summary>
internal readonly struct Column
{
    public Column(Int128[] narrow) => Narrow = narrow;

    public Column(BigInteger[] wide) => Wide = wide;

    public Int128[]? Narrow { get; }

    public BigInteger[]? Wide { get; }

    public int Count => Narrow?.Length ?? Wide!.Length;

    public BigInteger this[int row] => Narrow is null ? Wide![row] : Narrow[row];

    public BigInteger[] AsWide() => Wide ?? Array.ConvertAll(Narrow!, value => (BigInteger)value);

    /// <summary>The same numbers in the narrowest form that the bounds allow.</summary>
    public Column For(Bounds bounds) => Narrow is null && MachineWords.Fit(bounds) ? new Column(Array.ConvertAll(Wide!, value => (Int128)value)) : this;

    /// <summary>The numbers at some rows.</summary>
    /// <param name="rows">Which.</param>
    /// <param name="into">Room for them where they are narrow; null to make it.</param>
    public Column Gather(int[] rows, Int128[]? into = null)
    {
        if (Narrow is { } narrow)
        {
            Int128[] result = into ?? GC.AllocateUninitializedArray<Int128>(rows.Length);
            for (int i = 0; i < rows.Length; i++) result[i] = narrow[rows[i]];
            return new Column(result);
        }
        var wide = new BigInteger[rows.Length];
        for (int i = 0; i < rows.Length; i++) wide[i] = Wide![rows[i]];
        return new Column(wide);
    }
}
