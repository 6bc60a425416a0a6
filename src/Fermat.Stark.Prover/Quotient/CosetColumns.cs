using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>All that a table's constraints read on one coset of the quotient's domain: blocks of committed codewords, or columns made for it.</summary>
internal sealed class CosetColumns : IDisposable
{
    private readonly List<Matrix> _owned = [];

    /// <summary>Preprocessed columns.</summary>
    public StripMatrix? Preprocessed { get; private set; }

    /// <summary>Columns by phase.</summary>
    public StripMatrix?[] Phases { get; private set; } = [];

    /// <summary>Public columns.</summary>
    public StripMatrix? Public { get; private set; }

    /// <summary>Selectors and 1 / Z_act.</summary>
    public required Matrix Selectors { get; init; }

    /// <summary>Takes what is committed and makes what is not.</summary>
    public static CosetColumns Take(
        ProofShape shape, TraceDomain domain, int coset, Matrix? preprocessed, Matrix?[] phases, Matrix? publics, CancellationToken ct)
    {
        KoalaBear shift = QuotientDomain.Shift(domain.LogHeight, coset);
        bool committed = coset < QuotientDomain.Committed(shape.Options.BlowupLog2);
        var columns = new CosetColumns { Selectors = Air.Selectors.OverCoset(domain.LogHeight, domain.TailRows, shift) };
        try
        {
            columns._owned.Add(columns.Selectors);
            StripMatrix? OnCoset(Matrix? extended)
            {
                if (extended is null) return null;
                if (committed) return new StripMatrix(extended, coset * domain.Rows);
                return columns.Own(Lde.Recoset(extended, 0, domain.Rows, TraceDomain.CosetShift, shift, ct));
            }

            columns.Preprocessed = OnCoset(preprocessed);
            columns.Phases = [.. phases.Select(OnCoset)];
            if (publics is not null) columns.Public = columns.Own(Lde.Extend(publics, 0, shift, ct));
            return columns;
        }
        catch
        {
            columns.Dispose();
            throw;
        }
    }

    /// <summary>Frees what was made for the coset.</summary>
    public void Dispose()
    {
        foreach (Matrix matrix in _owned) matrix.Dispose();
    }

    private StripMatrix Own(Matrix matrix)
    {
        _owned.Add(matrix);
        return matrix;
    }
}
