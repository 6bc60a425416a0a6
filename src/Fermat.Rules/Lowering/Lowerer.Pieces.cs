using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<(DigitColumns X, SmallValue? Record, int Table), PieceLookup> _ladders = [];
    private readonly Dictionary<(DigitColumns X, int Ladder, string Use), LimbForm[]> _piecesOf = [];

    /// <summary>The public tables of ladders.</summary>
    public IEnumerable<PieceLookup> Ladders => _ladders.Values;

    /// <summary>slope · x + offset with the piece that x lies in, exact.</summary>
    private NumberValue Tier(Tiered node, Domain domain)
    {
        NumberValue x = Number(node.X, domain);
        if (x.Form.Constant is not null) throw Homes.NotYet("tiers of a constant");
        if (x.Bounds.Min.Sign < 0) throw new CoreException("overflow", "tiers begin at zero, and this can be negative");
        DigitColumns digits = Commit(x, domain, Name("digits"));
        FieldType.Ladder type = ((CoreType.Ladder)node.Ladder.Type).Field;
        BigInteger most = 2 * BigInteger.Max(type.X.Bounds.Magnitude, x.Bounds.Magnitude) * type.Y.Bounds.Magnitude;
        LimbForm[] values = Ladder(
            node.Ladder, "tiers", digits, DigitFormat.Of(x.Bounds), [DigitFormat.Of(type.Y.Bounds), DigitFormat.Of(new Bounds(-most, most))], domain,
            ladder => [.. ladder.Pieces.Select(piece => new PublicPiece(piece.Low, piece.High ?? Far, piece.Slope, piece.Offset))]);
        (LimbForm slope, LimbForm offset) = (values[0], values[1]);
        var product = Product(new NumberValue(slope, type.Y.Bounds), x, node.Bounds, domain);
        return new NumberValue(LimbForm.Add(product.Form, offset), node.Bounds);
    }

    /// <summary>
    /// The curve's rational value at x, (slope · x + offset) / width, rounded once: constant before the first knot and after the last, straight in between, from just after a knot to the next.
    /// </summary>
    private NumberValue OnCurve(Interpolate node, Domain domain)
    {
        NumberValue x = Number(node.X, domain);
        if (x.Form.Constant is not null) throw Homes.NotYet("a curve at a constant");
        DigitColumns digits = Commit(x, domain, Name("digits"));
        FieldType.Ladder type = ((CoreType.Ladder)node.Curve.Type).Field;
        int finer = node.Number.Scale - type.Y.Scale;
        (BigInteger above, BigInteger below) = (BigInteger.Pow(10, Math.Max(finer, 0)), BigInteger.Pow(10, Math.Max(-finer, 0)));
        BigInteger width = 2 * type.X.Bounds.Magnitude * below, height = 2 * type.Y.Bounds.Magnitude * above;
        BigInteger most = 2 * height * (type.X.Bounds.Magnitude + 1);
        LimbForm[] values = Ladder(
            node.Curve, $"curve {finer}", digits, DigitFormat.Of(x.Bounds),
            [DigitFormat.Of(new Bounds(-height, height)), DigitFormat.Of(new Bounds(-most, most)), DigitFormat.Of(new Bounds(1, BigInteger.Max(1, width)))], domain,
            ladder => CurvePieces(ladder, above, below));
        NumberValue slope = new(values[0], new Bounds(-height, height)), offset = new(values[1], new Bounds(-most, most));
        Bounds range = new Bounds(BigInteger.Min(type.Y.Bounds.Min, 0), BigInteger.Max(type.Y.Bounds.Max, 0)) * Bounds.Of(above * BigInteger.Max(1, 2 * type.X.Bounds.Magnitude));
        NumberValue numerator = Combine(Product(slope, x, slope.Bounds * x.Bounds, domain), offset, 1, range, domain);
        return Quotient(node.Rounding, new Dividend(new NumberValue(numerator.Form, range)), new NumberValue(values[2], new Bounds(1, BigInteger.Max(1, width))), node.Bounds, domain);
    }

    private static PublicPiece[] CurvePieces(LadderData curve, BigInteger above, BigInteger below)
    {
        var pieces = new List<PublicPiece> { new(-Far, curve.Knots[0][0], 0, curve.Knots[0][1] * above, below) };
        for (int i = 1; i < curve.Knots.Length; i++)
        {
            (BigInteger x0, BigInteger y0, BigInteger x1, BigInteger y1) = (curve.Knots[i - 1][0], curve.Knots[i - 1][1], curve.Knots[i][0], curve.Knots[i][1]);
            pieces.Add(new PublicPiece(x0 + 1, x1, (y1 - y0) * above, (y0 * (x1 - x0) - (y1 - y0) * x0) * above, (x1 - x0) * below));
        }
        pieces.Add(new PublicPiece(curve.Knots[^1][0] + 1, Far, 0, curve.Knots[^1][1] * above, below));
        return [.. pieces];
    }

    private static readonly BigInteger Far = BigInteger.One << 600;

    /// <summary>The values of the piece that a number lies in; all functions of one record's that it is looked up in share a table.</summary>
    private LimbForm[] Ladder(CoreNode ladder, string use, DigitColumns x, DigitFormat format, DigitFormat[] values, Domain domain, Func<LadderData, PublicPiece[]> pieces)
    {
        (DigitColumns, int, string) used = (x, KeyOf(ladder, domain), use);
        if (_piecesOf.TryGetValue(used, out LimbForm[]? known)) return known;
        (SmallValue? record, int table, Func<Interpreter, int, LadderData> of) = LadderOf(ladder, domain);
        if (!_ladders.TryGetValue((x, record, table), out PieceLookup? lookup))
            _ladders.Add((x, record, table), lookup = new PieceLookup(_circuit, domain, Unique($"pieces of {Place()} for {domain.Name}"), Name("pieces"), record, table, x, format));
        LimbForm[] found = lookup.Find(values, (interpreter, index) => pieces(of(interpreter, index)));
        _piecesOf.Add(used, found);
        return found;
    }

    /// <summary>Whose ladder it is, as the row says.</summary>
    private (SmallValue? Record, int Table, Func<Interpreter, int, LadderData> Of) LadderOf(CoreNode ladder, Domain domain)
    {
        if (domain.Pair is not null && ladder.Free.Length > 0) throw Homes.NotYet("a ladder of one of a pair");
        if (ladder.Free.Length > 1 || ladder.Stage == Stage.Private) throw Homes.NotYet("a ladder that depends on more than one reference");
        if (ladder.Stage == Stage.Keyed)
        {
            CoreKey key = ladder.Reference!.Value;
            if (DomainOf(Homes.Of(ladder)) != domain) throw Homes.NotYet($"a ladder of {key.Variable.Name} used for {domain.Name}");
            return ((SmallValue)domain.Fields[key.Index], TableOf(key), (interpreter, record) => interpreter.EvaluateLadder(ladder, (key.Variable, record)));
        }
        if (ladder.Free.Length == 0) return (null, -1, (interpreter, _) => interpreter.EvaluateLadder(ladder));
        CoreVariable variable = ladder.Free[0];
        if (domain.Source is not CoreSource.Table table || variable.Source is not CoreSource.Table { Index: var index } || index != table.Index)
            throw Homes.NotYet($"a ladder of {variable.Name} used for {domain.Name}");
        return (domain.Key, index, (interpreter, record) => interpreter.EvaluateLadder(ladder, (variable, record)));
    }
}
