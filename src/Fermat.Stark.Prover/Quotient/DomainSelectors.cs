using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>The selectors of the heights of some tables, on the cosets and on the tail: tables of one height share them.</summary>
internal sealed class DomainSelectors : IDisposable
{
    private readonly Dictionary<int, Matrix[]> _byLogHeight; // by coset, then those of the tail

    /// <summary>Computes them.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="tables">The tables.</param>
    public DomainSelectors(ProofShape shape, int[] tables)
    {
        int[] heights = [.. tables.Select(table => shape.LogHeights[table]).Distinct()];
        _byLogHeight = heights.ToDictionary(log => log, _ => new Matrix[QuotientDomain.Cosets + 1]);
        Parallelism.For(0, heights.Length * (QuotientDomain.Cosets + 1), i =>
        {
            (int height, int part) = (heights[i / (QuotientDomain.Cosets + 1)], i % (QuotientDomain.Cosets + 1));
            _byLogHeight[height][part] = part < QuotientDomain.Cosets
                ? Selectors.OverCoset(height, shape.Options.TailRows, QuotientDomain.Shift(height, part))
                : Selectors.OverTail(height, shape.Options.TailRows);
        });
    }

    /// <summary>Those on a coset.</summary>
    public Matrix OnCoset(int logHeight, int coset) => _byLogHeight[logHeight][coset];

    /// <summary>Those on the tail rows.</summary>
    public Matrix OnTail(int logHeight) => _byLogHeight[logHeight][QuotientDomain.Cosets];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Matrix matrix in _byLogHeight.Values.SelectMany(matrices => matrices)) matrix?.Dispose();
    }
}
