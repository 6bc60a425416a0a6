using Fermat.Air;

namespace Fermat.Rules.Lowering;

/// <summary>What tables of an account's versions need beside the rulebook's values.</summary>
internal sealed partial class Lowerer
{
    /// <summary>A lookup that no expression of the rulebook makes.</summary>
    public PublicLookup LookUp(Domain domain, SmallValue record, int table, string name) => Lookup(domain, -2 - table, record, table, name);

    /// <summary>Constrains rows to rise strictly; 1 on rows on which the first part rises, and on the first row.</summary>
    public static Expr Rise(Domain domain, IReadOnlyList<OrderPart> parts) => Rising(domain, parts);

    /// <summary>Constrains that an integer smaller than p in magnitude is not zero on active rows.</summary>
    public static void IsNotZero(Domain domain, string name, Expr x, Func<WitnessRow, long> value) => NotZero(domain, name, x, value);
}
