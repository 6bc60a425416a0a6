using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Builds constant + Σ k·x with extension scalars k, in instructions of a few terms so that computed terms do not pile up in registers.</summary>
internal sealed class ExtensionDot(StripBuilder builder, int constant)
{
    private readonly List<(int Register, int Scalar)> _pending = [];
    private int[]? _sum;
    private int _constant = constant;

    /// <summary>Whether no term was added.</summary>
    public bool IsEmpty => _sum is null && _pending.Count == 0;

    public void Add(int register, int scalar, int limit)
    {
        _pending.Add((register, scalar));
        if (_pending.Count >= limit)
            Flush();
    }

    public int[] Finish()
    {
        if (_pending.Count > 0 || _constant >= 0)
            Flush();
        return _sum!;
    }

    private void Flush()
    {
        _sum = builder.Emit(
            StripOp.ExtDot,
            Quintic.Degree,
            [.. _pending.Select(p => p.Register), .. _sum ?? []],
            [_pending.Count, _constant, _sum is null ? 0 : 1, .. _pending.Select(p => p.Scalar)]);
        _constant = -1;
        _pending.Clear();
    }
}
