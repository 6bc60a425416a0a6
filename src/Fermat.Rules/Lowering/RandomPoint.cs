using System.Collections.Concurrent;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>The random points r and γ, powers of r, and public elements that depend on them, by record. Thread-safe.</summary>
internal sealed class RandomPoint
{
    private const int Powers = 256;

    /// <summary>Coefficients up to this are multiplied and added as integers: 256 · 2^23 · p is below 2^63.</summary>
    private const long Small = 1 << 23;

    private readonly uint[] _powers;
    private readonly uint[] _mirrored;
    private readonly ConcurrentDictionary<object, Quintic[]> _tables = new(ReferenceEqualityComparer.Instance);

    public RandomPoint(Quintic r, Quintic gamma)
    {
        (R, Gamma) = (r, gamma);
        (_powers, _mirrored) = (PowersOf(r), PowersOf(-r));
    }

    /// <summary>Where numbers are seen.</summary>
    public Quintic R { get; }

    /// <summary>What tells sums apart.</summary>
    public Quintic Gamma { get; }

    /// <summary>A polynomial at r.</summary>
    /// <param name="coefficients">At most 256.</param>
    public Quintic At(ReadOnlySpan<long> coefficients) => Sum(coefficients, _powers);

    /// <summary>A polynomial at −r.</summary>
    /// <param name="coefficients">At most 256.</param>
    public Quintic AtMirror(ReadOnlySpan<long> coefficients) => Sum(coefficients, _mirrored);

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

    /// <summary>The five components of each power, in Montgomery form: an integer multiple of such a representation is that of the multiple.</summary>
    private static uint[] PowersOf(Quintic point)
    {
        var powers = new uint[Powers * Quintic.Degree];
        Quintic power = Quintic.One;
        for (int i = 0; i < Powers; i++, power *= point)
            for (int c = 0; c < Quintic.Degree; c++) powers[i * Quintic.Degree + c] = power[c].Raw;
        return powers;
    }

    private static Quintic Sum(ReadOnlySpan<long> coefficients, ReadOnlySpan<uint> powers)
    {
        Span<long> sum = stackalloc long[Quintic.Degree];
        sum.Clear();
        for (int i = 0; i < coefficients.Length; i++)
        {
            long one = coefficients[i];
            if (one is < -Small or > Small) one = KoalaBear.From(one).Value; // at most 2^31: the sums of such are reduced at once
            ReadOnlySpan<uint> power = powers.Slice(i * Quintic.Degree, Quintic.Degree);
            if (one > Small)
            {
                for (int c = 0; c < power.Length; c++) sum[c] = (sum[c] + one * power[c] % KoalaBear.Modulus) % KoalaBear.Modulus;
                continue;
            }
            for (int c = 0; c < power.Length; c++) sum[c] += one * power[c];
        }
        Span<KoalaBear> parts = stackalloc KoalaBear[Quintic.Degree];
        for (int c = 0; c < parts.Length; c++)
        {
            long rest = sum[c] % KoalaBear.Modulus;
            parts[c] = KoalaBear.FromRaw((uint)(rest < 0 ? rest + KoalaBear.Modulus : rest));
        }
        return Quintic.From(parts);
    }
}
