using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>The leaves of one height: the matrices of that height in order, and the salts.</summary>
internal sealed unsafe class LeafRows
{
    private readonly Matrix[] _matrices;
    private readonly ILeafSalts? _salts;

    internal LeafRows(Matrix[] matrices, ILeafSalts? salts, int logHeight)
    {
        _matrices = matrices;
        _salts = salts;
        LogHeight = logHeight;
        foreach (Matrix matrix in matrices) Width += matrix.Columns;
    }

    internal int LogHeight { get; }

    /// <summary>Field elements in a leaf.</summary>
    internal int Width { get; }

    /// <summary>Bytes of salt in a leaf: 16 or 0.</summary>
    internal int SaltLength => _salts is null ? 0 : SaltSource.SaltLength;

    internal ReadOnlySpan<Matrix> Matrices => _matrices;

    internal ILeafSalts? Salts => _salts;

    internal void CopyRow(int index, Span<KoalaBear> into)
    {
        foreach (Matrix matrix in _matrices)
        {
            matrix.Row(index).CopyTo(into);
            into = into[matrix.Columns..];
        }
    }

    internal void CopySalt(int index, Span<byte> into) => _salts?.Salt(LogHeight, index, into);
}
