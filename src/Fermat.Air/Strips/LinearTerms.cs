using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>The operands of one base-field sum, and the choice of the cheapest instruction for it.</summary>
internal sealed class LinearTerms
{
    /// <summary>Factors other than ±1 from which on splitting pairs pays, even when each pair is used once.</summary>
    private const int MinPairTerms = 6;

    private readonly List<(int Register, int Factor, KoalaBear Value)> _multiples = [];
    private readonly List<(int X, int Y, bool Negated)> _products = [];

    /// <summary>Registers that are added.</summary>
    public List<int> Plus { get; } = [];

    /// <summary>Registers that are subtracted.</summary>
    public List<int> Minus { get; } = [];

    /// <summary>Registers whose cubes are subtracted.</summary>
    public List<int> MinusCubes { get; } = [];

    /// <summary>The word of the constant among the scalars, or −1.</summary>
    public int Constant { get; set; } = -1;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _multiples.Count + _products.Count + Plus.Count + Minus.Count + MinusCubes.Count == 0 && Constant < 0;

    public void AddMultiple(int register, int factor, KoalaBear value) => _multiples.Add((register, factor, value));

    public void AddProduct(int x, int y, bool negated) => _products.Add((x, y, negated));

    /// <summary>Emits the sum.</summary>
    public int Emit(StripBuilder builder, StripScalars scalars)
    {
        bool bare = _multiples.Count + _products.Count == 0 && Constant < 0;
        if (MinusCubes.Count > 0)
        {
            int cube = MinusCubes[^1];
            MinusCubes.RemoveAt(MinusCubes.Count - 1);
            if (IsEmpty)
                Constant = scalars.Zero;
            return builder.Emit(StripOp.SubCube, 1, [Emit(builder, scalars), cube])[0];
        }
        if (bare && Plus.Count == 1 && Minus.Count == 0)
            return Plus[0];
        if (bare && Plus.Count == 2 && Minus.Count == 0)
            return builder.Emit(StripOp.Add, 1, [Plus[0], Plus[1]])[0];
        if (bare && Plus.Count == 1 && Minus.Count == 1)
            return builder.Emit(StripOp.Sub, 1, [Plus[0], Minus[0]])[0];
        if (_products.Count == 1 && !_products[0].Negated && _multiples.Count + Plus.Count + Minus.Count == 0 && Constant < 0)
            return builder.Emit(StripOp.Mul, 1, [_products[0].X, _products[0].Y])[0];
        if (_products.Count == 0 && _multiples.Count >= MinPairTerms && SmallTerms() is { } terms)
            return EmitPairs(builder, terms);
        return _products.Count == 0 && _multiples.Count > 0 && SmallSum() <= StripLowering.SmallSum / 2
            ? EmitSmall(builder)
            : EmitGeneral(builder, scalars);
    }

    private int EmitGeneral(StripBuilder builder, StripScalars scalars) => builder.Emit(
        StripOp.Linear,
        1,
        [.. _multiples.Select(m => m.Register), .. _products.SelectMany(p => new[] { p.X, p.Y }), .. Plus, .. Minus],
        [
            _multiples.Count, _products.Count, Plus.Count, Minus.Count, Constant,
            .. _multiples.Select(m => scalars.OffsetOf(m.Factor)), .. _products.Select(p => p.Negated ? 1 : 0),
        ])[0];

    private int EmitSmall(StripBuilder builder)
    {
        var positive = _multiples.Where(m => Signed(m.Value) > 0).ToList();
        var negative = _multiples.Where(m => Signed(m.Value) < 0).ToList();
        return builder.Emit(
            StripOp.LinearSmall,
            1,
            [.. positive.Concat(negative).Select(m => m.Register), .. Plus, .. Minus],
            [
                positive.Count, negative.Count, Plus.Count, Minus.Count, Constant,
                .. positive.Concat(negative).Select(m => (int)Math.Abs(Signed(m.Value))),
            ])[0];
    }

    /// <summary>
    /// All terms as (register, small integer), by register, so that sums over the same registers split the same pairs; null if the integers are not small.
    /// </summary>
    private List<(int Register, long K)>? SmallTerms()
    {
        List<(int Register, long K)> terms =
        [
            .. _multiples.Select(m => (m.Register, Signed(m.Value)))
                .Concat(Plus.Select(r => (r, 1L)))
                .Concat(Minus.Select(r => (r, -1L)))
                .GroupBy(t => t.Item1, (register, group) => (register, group.Sum(t => t.Item2)))
                .OrderBy(t => t.register),
        ];
        return terms.Sum(t => Math.Abs(t.K)) <= PairLanes.SmallSum ? terms : null;
    }

    private int EmitPairs(StripBuilder builder, List<(int Register, long K)> terms)
    {
        if (terms.Count % 2 != 0)
            terms.Add((terms[^1].Register, 0));
        var halves = new List<int>();
        var factors = new List<int>();
        for (int i = 0; i < terms.Count; i += 2)
        {
            halves.AddRange(builder.Split(terms[i].Register, terms[i + 1].Register));
            factors.Add(PairLanes.Pack(terms[i].K, terms[i + 1].K));
        }
        return builder.Emit(StripOp.PairSum, 1, [.. halves], [factors.Count, Constant, .. factors])[0];
    }

    /// <summary>Σ|k| over the multiples, the negative ones twice for their bias.</summary>
    private long SmallSum() => _multiples.Sum(m => Signed(m.Value) is var k && k < 0 ? -2 * k : k);

    private static long Signed(KoalaBear value) => value.Value > KoalaBear.Modulus / 2 ? (long)value.Value - KoalaBear.Modulus : value.Value;
}
