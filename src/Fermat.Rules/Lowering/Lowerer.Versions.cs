using Fermat.Air;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>What statements need in a rulebook's tables beside the rulebook's values.</summary>
internal sealed partial class Lowerer
{
    /// <summary>A lookup that no expression of the rulebook makes: one for each column that names records, also where two name records of one table.</summary>
    public PublicLookup LookUp(Domain domain, SmallValue record, int table, string name)
    {
        int key = -2;
        while (_lookups.TryGetValue((domain, key), out PublicLookup? known) && (known.Table != table || !ReferenceEquals(known.Record, record))) key--;
        return Lookup(domain, key, record, table, name);
    }

    /// <summary>Constrains rows to rise strictly; 1 on rows on which the first part rises, and on the first row.</summary>
    public static Expr Rise(Domain domain, IReadOnlyList<OrderPart> parts) => Rising(domain, parts);

    /// <summary>1 on active rows where an integer that is smaller than p in magnitude is zero.</summary>
    public SmallValue IsZero(Domain domain, string name, Expr x, Func<WitnessRow, long> value) => Within(name, () => IsZero(domain, x, value));

    /// <summary>⌊n / d⌋ in digits, of n of degree 3 at most. Nothing satisfies it where d ≤ 0.</summary>
    public DigitColumns Floor(Domain domain, string name, NumberValue n, NumberValue d, Bounds bounds) =>
        Within(name, () => Floor(new Dividend(n), null, d, Combine(d, Fixed(1), -1, d.Bounds + Bounds.Of(-1), domain), bounds, domain).Digits!);

    private T Within<T>(string name, Func<T> make)
    {
        _path.Add(name);
        try
        {
            return make();
        }
        finally
        {
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>Constrains that an integer smaller than p in magnitude is not zero on active rows.</summary>
    public static void IsNotZero(Domain domain, string name, Expr x, Func<WitnessRow, long> value) => NotZero(domain, name, x, value);
}
