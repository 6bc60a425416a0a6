namespace Fermat.Air;

/// <summary>
/// One fraction multiplicity / fingerprint of the bus argument. The fingerprint is kept as a scalar part and the row-dependent elements, so that the product of two short ones can be written out:
/// (S + β·v)(S + β·w) = S² + (S·β)·(v + w) + β²·(v·w) costs two base-field operations and a few scalars where a product of extension elements costs twenty-five.
/// </summary>
internal sealed class LogUpTerm
{
    /// <summary>The most products of elements that are written out.</summary>
    private const int MaxProducts = 4;

    private readonly Expr _scalar;
    private readonly List<(Expr Power, Expr Element)> _elements = [];

    public LogUpTerm(Interaction interaction, Expr alpha, Expr beta)
    {
        Interaction = interaction;
        _scalar = alpha + (interaction.Bus.Index + 1);
        Expr power = beta;
        foreach (Expr element in interaction.Message)
        {
            if (element.Traits.IsScalar)
                _scalar += power * element;
            else
                _elements.Add((power, element));
            power *= beta;
        }
    }

    public Interaction Interaction { get; }

    /// <summary>The degree of the fingerprint.</summary>
    public int Degree => _elements.Count == 0 ? 0 : _elements.Max(e => e.Element.Degree);

    private Expr Fingerprint
    {
        get
        {
            Expr sum = _scalar;
            foreach ((Expr power, Expr element) in _elements)
                sum += power * element;
            return sum;
        }
    }

    private bool IsShort => !Interaction.Multiplicity.IsExtension && _elements.All(e => !e.Element.IsExtension);

    /// <summary>The sum of the fractions, as one.</summary>
    public static (Expr Numerator, Expr Denominator) Sum(IReadOnlyList<LogUpTerm> terms)
    {
        (Expr numerator, Expr denominator, int used) = MayWriteOut(terms)
            ? (NumeratorOfTwo(terms[0], terms[1]), DenominatorOfTwo(terms[0], terms[1]), 2)
            : (terms[0].Interaction.Multiplicity, terms[0].Fingerprint, 1);
        foreach (LogUpTerm term in terms.Skip(used))
        {
            numerator = numerator * term.Fingerprint + term.Interaction.Multiplicity * denominator;
            denominator *= term.Fingerprint;
        }
        return (numerator, denominator);
    }

    private static bool MayWriteOut(IReadOnlyList<LogUpTerm> terms) =>
        terms.Count >= 2 && terms[0].IsShort && terms[1].IsShort && terms[0]._elements.Count * terms[1]._elements.Count is > 0 and <= MaxProducts;

    /// <summary>m_x·(S_y + Σ β^j·y_j) + m_y·(S_x + Σ β^i·x_i), by powers of β.</summary>
    private static Expr NumeratorOfTwo(LogUpTerm x, LogUpTerm y)
    {
        var sum = new ByFactor();
        sum.Add(y._scalar, x.Interaction.Multiplicity);
        sum.Add(x._scalar, y.Interaction.Multiplicity);
        foreach ((Expr power, Expr element) in y._elements)
            sum.Add(power, x.Interaction.Multiplicity * element);
        foreach ((Expr power, Expr element) in x._elements)
            sum.Add(power, y.Interaction.Multiplicity * element);
        return sum.Total();
    }

    /// <summary>(S_x + Σ β^i·x_i)·(S_y + Σ β^j·y_j), by powers of β.</summary>
    private static Expr DenominatorOfTwo(LogUpTerm x, LogUpTerm y)
    {
        var sum = new ByFactor();
        foreach ((Expr power, Expr element) in x._elements)
            sum.Add(power * y._scalar, element);
        foreach ((Expr power, Expr element) in y._elements)
            sum.Add(power * x._scalar, element);
        foreach ((Expr leftPower, Expr left) in x._elements)
        {
            foreach ((Expr rightPower, Expr right) in y._elements)
                sum.Add(leftPower * rightPower, left * right);
        }
        return x._scalar * y._scalar + sum.Total();
    }

    /// <summary>Σ factor · term with the terms of equal scalar factors added first.</summary>
    private sealed class ByFactor
    {
        private readonly List<(Expr Factor, Expr Sum)> _sums = [];

        public void Add(Expr factor, Expr term)
        {
            int position = _sums.FindIndex(s => s.Factor == factor);
            if (position < 0)
                _sums.Add((factor, term));
            else
                _sums[position] = (factor, _sums[position].Sum + term);
        }

        public Expr Total()
        {
            Expr total = 0;
            foreach ((Expr factor, Expr sum) in _sums)
                total += factor * sum;
            return total;
        }
    }
}
