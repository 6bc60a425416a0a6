using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>What a table's constraints read at some points: matrices that share row numbers, one row for each point and for the next row's.</summary>
internal sealed class ConstraintColumns : IDisposable
{
    private readonly Matrix? _ownedPublic;
    private readonly bool _ownsSelectors;

    private ConstraintColumns(StripMatrix? preprocessed, StripMatrix?[] phases, Matrix? publics, Matrix selectors, bool ownsSelectors)
    {
        Preprocessed = preprocessed;
        Phases = phases;
        _ownedPublic = publics;
        Selectors = selectors;
        _ownsSelectors = ownsSelectors;
    }

    /// <summary>Preprocessed columns.</summary>
    public StripMatrix? Preprocessed { get; }

    /// <summary>Columns by phase.</summary>
    public StripMatrix?[] Phases { get; }

    /// <summary>Public columns.</summary>
    public StripMatrix? Public => _ownedPublic is null ? default(StripMatrix?) : new StripMatrix(_ownedPublic);

    /// <summary>Selectors and 1 / Z_act.</summary>
    public Matrix Selectors { get; }

    /// <summary>The columns on one coset: blocks of the committed codewords; public columns and selectors made for it.</summary>
    /// <param name="domain">The table's rows.</param>
    /// <param name="coset">Which coset.</param>
    /// <param name="preprocessed">Extended preprocessed columns.</param>
    /// <param name="phases">Extended columns by phase.</param>
    /// <param name="publics">Public columns in natural order.</param>
    /// <param name="selectors">The selectors if they are known, which are not taken over.</param>
    /// <param name="ct">Cancels.</param>
    public static ConstraintColumns OnCoset(
        TraceDomain domain, int coset, Matrix? preprocessed, Matrix?[] phases, Matrix? publics, DomainSelectors? selectors, CancellationToken ct)
    {
        StripMatrix? Block(Matrix? extended) => extended is null ? default(StripMatrix?) : new StripMatrix(extended, coset * domain.Rows);
        KoalaBear shift = QuotientDomain.Shift(domain.LogHeight, coset);
        Matrix? extendedPublics = publics is null ? null : Lde.Extend(publics, 0, shift, ct);
        return new ConstraintColumns(
            Block(preprocessed),
            [.. phases.Select(Block)],
            extendedPublics,
            selectors?.OnCoset(domain.LogHeight, coset) ?? Air.Selectors.OverCoset(domain.LogHeight, domain.TailRows, shift),
            ownsSelectors: selectors is null);
    }

    /// <summary>The columns on the tail rows, with row 0 behind them as the next row of the last.</summary>
    /// <param name="domain">The table's rows.</param>
    /// <param name="tails">The tails kept of preprocessed columns and phases.</param>
    /// <param name="publics">Public columns in natural order.</param>
    /// <param name="selectors">The selectors if they are known, which are not taken over.</param>
    public static ConstraintColumns OnTail(TraceDomain domain, TableTails tails, Matrix? publics, DomainSelectors? selectors)
    {
        StripMatrix? Whole(Matrix? tail) => tail is null ? default(StripMatrix?) : new StripMatrix(tail);
        return new ConstraintColumns(
            Whole(tails.Preprocessed),
            [.. tails.Phases.Select(Whole)],
            publics is null ? null : TableTails.Copy(publics, domain.ActiveRows),
            selectors?.OnTail(domain.LogHeight) ?? Air.Selectors.OverTail(domain.LogHeight, domain.TailRows),
            ownsSelectors: selectors is null);
    }

    /// <summary>Frees what was made for these points.</summary>
    public void Dispose()
    {
        _ownedPublic?.Dispose();
        if (_ownsSelectors) Selectors.Dispose();
    }
}
