using Fermat.Algebra;

namespace Fermat.Stark.Tests.Second;

/// <summary>The slow definitions.</summary>
internal static class SecondPolynomials
{
    public static int Reverse(int value, int bits) => Enumerable.Range(0, bits).Sum(i => ((value >> i) & 1) << (bits - 1 - i));

    public static KoalaBear Root(int log) => KoalaBear.From(3).Pow((KoalaBear.Modulus - 1) >> log);

    /// <summary>The value at x of the polynomial of least degree through the points.</summary>
    public static Quintic Interpolate(KoalaBear[] points, Quintic[] values, Quintic x)
    {
        Quintic sum = Quintic.Zero;
        for (int i = 0; i < points.Length; i++)
        {
            Quintic term = values[i];
            for (int j = 0; j < points.Length; j++)
            {
                if (j != i) term *= (x - points[j]) * (points[i] - points[j]).Inverse();
            }

            sum += term;
        }

        return sum;
    }

    /// <summary>The value at x of the polynomial that takes the values on the n-th roots of unity: Σ v_i·ω^i·(x^n − 1) / (n·(x − ω^i)).</summary>
    public static Quintic OnSubgroup(Func<int, KoalaBear> values, int log, Quintic x)
    {
        KoalaBear omega = Root(log), point = KoalaBear.One;
        Quintic sum = Quintic.Zero;
        for (int i = 0; i < 1 << log; i++, point *= omega) sum += (x - point).Inverse() * (values(i) * point);
        return sum * (x.Pow(1UL << log) - Quintic.One) * KoalaBear.From(1 << log).Inverse();
    }
}

/// <summary>The transparent polynomials of a table at a point.</summary>
internal sealed class SecondSelectors
{
    private readonly int _log;
    private readonly KoalaBear[] _tail;
    private readonly Quintic _point;

    public SecondSelectors(int log, int tailRows, Quintic point)
    {
        (_log, _point) = (log, point);
        Active = (1 << log) - tailRows;
        _tail = [.. Enumerable.Range(Active, tailRows).Select(Row)];
        Vanishing = (point.Pow(1UL << log) - Quintic.One) * _tail.Aggregate(Quintic.One, (product, row) => product * (point - row)).Inverse();
    }

    public int Active { get; }

    public Quintic Vanishing { get; }

    public Quintic Of(int kind) => kind switch
    {
        0 => Lagrange(0),
        1 => Lagrange(Active - 1),
        2 => _point - Row(Active - 1),
        3 => Enumerable.Range(0, 5).Aggregate(Quintic.Zero, (sum, i) => sum + Lagrange(i)),
        _ => Enumerable.Range(0, 5).Aggregate(Quintic.Zero, (sum, i) => sum + Lagrange(i) * KoalaBear.From(i)),
    };

    private KoalaBear Row(int i) => SecondPolynomials.Root(_log).Pow((ulong)i);

    private Quintic Lagrange(int i)
    {
        KoalaBear scale = _tail.Aggregate(Row(i), (product, row) => product * (Row(i) - row)) * KoalaBear.From(1 << _log).Inverse();
        return Vanishing * (_point - Row(i)).Inverse() * scale;
    }
}
