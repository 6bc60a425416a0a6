using System.Collections.Immutable;

namespace Fermat.Rules.Inputs;

/// <summary>What a ledger counts in: it rounds amounts and sizes to these, in units of the rulebook's quantities.</summary>
/// <param name="Amounts">By record of the table of assets, 1 to <see cref="Max"/>: of an asset with 6 decimals 100 where the rulebook's amounts have 8.</param>
/// <param name="Sizes">By record of the table of instruments, 1 to <see cref="Max"/>; empty where accounts have no positions.</param>
public sealed record LedgerUnits(ImmutableArray<long> Amounts, ImmutableArray<long> Sizes)
{
    /// <summary>The coarsest unit.</summary>
    public const long Max = 1L << 62;

    /// <summary>Those of a ledger that counts in the rulebook's units.</summary>
    /// <param name="assets">How many assets have a record.</param>
    /// <param name="instruments">How many instruments have one.</param>
    public static LedgerUnits Finest(int assets, int instruments) => new([.. Enumerable.Repeat(1L, assets)], [.. Enumerable.Repeat(1L, instruments)]);
}
