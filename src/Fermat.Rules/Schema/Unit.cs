using System.Collections.Immutable;

namespace Fermat.Rules.Schema;

/// <summary>The unit of a number as a product of powers of base names: <c>USD/coin</c> is USD¹·coin⁻¹. Two units are the same exactly if their texts are.</summary>
public sealed class Unit : IEquatable<Unit>
{
    private readonly ImmutableSortedDictionary<string, int> _powers;

    private Unit(ImmutableSortedDictionary<string, int> powers)
    {
        _powers = powers;
        Text = Write(powers);
    }

    /// <summary>The unit of a pure number; its text is <c>1</c>.</summary>
    public static Unit None { get; } = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal));

    /// <summary>The canonical text: <c>1</c>, <c>USD</c>, <c>USD/coin</c>, <c>1/year</c>, <c>USD·USD</c>.</summary>
    public string Text { get; }

    /// <summary>Whether it is <see cref="None"/>.</summary>
    public bool IsNone => _powers.IsEmpty;

    /// <summary>A base unit.</summary>
    public static Unit Of(string name) => new(None._powers.Add(name, 1));

    /// <summary>The unit of a product.</summary>
    public static Unit operator *(Unit a, Unit b) => Combine(a, b, 1);

    /// <summary>The unit of a quotient.</summary>
    public static Unit operator /(Unit a, Unit b) => Combine(a, b, -1);

    /// <summary>The unit of a square root, or null when a power is odd.</summary>
    public Unit? SquareRoot() => _powers.Values.Any(power => power % 2 != 0)
        ? null
        : new Unit(_powers.ToImmutableSortedDictionary(p => p.Key, p => p.Value / 2, StringComparer.Ordinal));

    /// <inheritdoc/>
    public bool Equals(Unit? other) => other is not null && other.Text == Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Unit);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static Unit Combine(Unit a, Unit b, int sign)
    {
        ImmutableSortedDictionary<string, int> powers = a._powers;
        foreach ((string name, int power) in b._powers)
        {
            int sum = powers.GetValueOrDefault(name) + sign * power;
            powers = sum == 0 ? powers.Remove(name) : powers.SetItem(name, sum);
        }
        return new Unit(powers);
    }

    private static string Write(ImmutableSortedDictionary<string, int> powers)
    {
        IEnumerable<string> Names(int sign) => powers.Where(p => p.Value * sign > 0).SelectMany(p => Enumerable.Repeat(p.Key, Math.Abs(p.Value)));
        string above = string.Join('·', Names(1)), below = string.Concat(Names(-1).Select(name => "/" + name));
        return (above.Length == 0 ? "1" : above) + below;
    }
}
