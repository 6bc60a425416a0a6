using Fermat.Air;

namespace Fermat.Statements.Solvency;

/// <summary>The buses of statement S: what the tables say to each other. Range checks have their own, from the range table.</summary>
internal sealed class SolvencyBuses(CircuitBuilder circuit)
{
    /// <summary>(asset, kind, low: 4 limbs, high: 4 limbs, slope(r), offset(r)): items look up the linear piece an amount falls into.</summary>
    public Bus Tier { get; } = circuit.Bus("tier");

    /// <summary>(asset, weight100(r)): items look up their asset's weight; the asset exists.</summary>
    public Bus Asset { get; } = circuit.Bus("asset");

    /// <summary>(leaf, step, 8 elements): a leaf's hashed blocks become the cells of accounts and items, a boundary's those of totals.</summary>
    public Bus Block { get; } = circuit.Bus("block");

    /// <summary>(level, index, 8 elements): digests rise through the state tree, each consumed once.</summary>
    public Bus Digest { get; } = circuit.Bus("digest");

    /// <summary>(leaf), with the value as multiplicity: items' contributions add up to their account's surplus, net equity and item count.</summary>
    public Bus AccountSum { get; } = circuit.Bus("account sum");

    /// <summary>(key), with the value as multiplicity: contributions of items and accounts add up to the segment's totals.</summary>
    public Bus Total { get; } = circuit.Bus("total");
}
