using System.Collections.Concurrent;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>The random points r and γ, powers of r, and public elements that depend on them, by record. Thread-safe.</summary>
internal sealed class RandomPoint
{
    private readonly Quintic[] _powers = new Quintic[256];
    private readonly ConcurrentDictionary<object, Quintic[]> _tables = new(ReferenceEqualityComparer.Instance);

    public RandomPoint(Quintic r, Quintic gamma)
    {
        (R, Gamma) = (r, gamma);
        _powers[0] = Quintic.One;
        for (int i = 1; i < _powers.Length; i++) _powers[i] = _powers[i - 1] * r;
    }

    /// <summary>Where numbers are seen.</summary>
    public Quintic R { get; }

    /// <summary>What tells sums apart.</summary>
    public Quintic Gamma { get; }

    /// <summary>A polynomial at r.</summary>
    public Quintic At(ReadOnlySpan<long> coefficients)
    {
        Quintic sum = Quintic.Zero;
        for (int i = 0; i < coefficients.Length; i++)
            if (coefficients[i] != 0) sum += _powers[i] * KoalaBear.From(coefficients[i]);
        return sum;
    }

    /// <summary>A polynomial at −r.</summary>
    public Quintic AtMirror(ReadOnlySpan<long> coefficients)
    {
        Quintic sum = Quintic.Zero;
        for (int i = 0; i < coefficients.Length; i++)
            if (coefficients[i] != 0) sum += _powers[i] * KoalaBear.From(i % 2 == 0 ? coefficients[i] : -coefficients[i]);
        return sum;
    }

    /// <summary>(r + 256) · f(r) + (r − 256) · f(−r): <see cref="LimbForm.Paired"/>.</summary>
    public Quintic Paired(Quintic at, Quintic mirror) => (R + Quintic.From(256)) * at + (R - Quintic.From(256)) * mirror;

    /// <summary>Elements that are computed already, or null.</summary>
    public Quintic[]? Known(object key) => _tables.GetValueOrDefault(key);

    /// <summary>Elements that are computed once for each record.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="make">Computes all.</param>
    public Quintic[] Table(object key, Func<Quintic[]> make) => _tables.TryGetValue(key, out Quintic[]? known) ? known : _tables.GetOrAdd(key, _ => make());

    /// <summary>Writes an element into an extension column.</summary>
    public static void Write(Quintic value, Span<KoalaBear> cells, int offset)
    {
        for (int i = 0; i < Quintic.Degree; i++) cells[offset + i] = value[i];
    }
}
