using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The DEEP combination of a table at one point x of its coset:
/// G(x) = R(x) + Σ_z λ_j·(f_j(x) − f_j(z)) / (x − z) + Σ_zω λ_j·(f_j(x) − f_j(zω)) / (x − zω),
/// over the openings at z and at z·ω, with one independent λ_j to each; R is the mask, absent without zero knowledge.
/// </summary>
public sealed class DeepCombination
{
    private readonly ProofShape _shape;
    private readonly Quintic[] _coefficients;
    private readonly Dictionary<int, ExtensionDot> _weights; // the λ at z of each group, by its first opening
    private readonly Quintic _point;
    private readonly (Quintic AtPoint, Quintic AtNext)[] _openedSums; // Σ λ_j·f_j(z) and Σ λ_j·f_j(zω), by table

    /// <summary>Gives the row of a group's matrix at the point that is being evaluated.</summary>
    public delegate ReadOnlySpan<KoalaBear> RowOfGroup(OpeningGroup group);

    /// <summary>Prepares the combination.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="point">z.</param>
    /// <param name="openings">All openings, in order.</param>
    /// <param name="coefficients">The λ, in the same order.</param>
    public DeepCombination(ProofShape shape, Quintic point, ReadOnlySpan<Quintic> openings, ReadOnlySpan<Quintic> coefficients)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        _point = point;
        _coefficients = coefficients.ToArray();
        _weights = shape.Openings.Groups.ToDictionary(group => group.First, group => new ExtensionDot(_coefficients.AsSpan(group.First, group.Columns)));
        _openedSums = new (Quintic, Quintic)[shape.LogHeights.Length];
        foreach (OpeningGroup group in shape.Openings.Groups)
        {
            ref (Quintic AtPoint, Quintic AtNext) sums = ref _openedSums[group.Table];
            for (int j = group.First; j < group.FirstNext; j++) sums.AtPoint += coefficients[j] * openings[j];
            for (int j = group.FirstNext; j < group.First + group.Count; j++) sums.AtNext += coefficients[j] * openings[j];
        }
    }

    /// <summary>z·ω of a table.</summary>
    public Quintic NextPoint(int table) => _point * _shape.Domain(table).Generator;

    /// <summary>Σ λ_j·f_j(z) and Σ λ_j·f_j(zω) over a table's openings.</summary>
    public (Quintic AtPoint, Quintic AtNext) OpenedSums(int table) => _openedSums[table];

    /// <summary>G(x) of one table.</summary>
    /// <param name="table">Index of the table.</param>
    /// <param name="x">A point of the table's coset.</param>
    /// <param name="rows">The committed rows at x.</param>
    public Quintic Evaluate(int table, KoalaBear x, RowOfGroup rows)
    {
        Quintic atPoint = -_openedSums[table].AtPoint;
        Quintic atNext = -_openedSums[table].AtNext;
        Quintic mask = Quintic.Zero;
        foreach (OpeningGroup group in _shape.Openings.OfTable(table))
        {
            ReadOnlySpan<KoalaBear> row = rows(group);
            atPoint += _weights[group.First].Of(row[..group.Columns]);
            for (int i = 0; i < group.NextColumns.Length; i++) atNext += _coefficients[group.FirstNext + i] * row[group.NextColumns[i]];
            if (row.Length > group.Columns) mask += Quintic.From(row.Slice(group.Columns, Quintic.Degree));
        }

        var position = new Quintic(x);
        return mask + atPoint * (position - _point).Inverse() + atNext * (position - NextPoint(table)).Inverse();
    }
}
