using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>
/// A rulebook as tables of a circuit: a row for each account, item, group and scenario of these, and the public tables that they look up, which together are satisfied exactly if the
/// definitions are worth what the interpreter says.
/// </summary>
/// <remarks>Challenges 0 and 1 of the circuit are its random points r and γ, drawn after phase 0.</remarks>
public sealed class Lowering
{
    private readonly Lowerer _lowerer;
    private readonly List<object> _values = [];
    private readonly List<PublicTable> _publicTables = [];
    private readonly RangeTable _range;

    /// <summary>Adds a rulebook's tables to a circuit.</summary>
    /// <param name="circuit">Without challenges so far.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text, for names; null without a text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or a number is too wide.</exception>
    public Lowering(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, CoreRulebook rulebook, Func<int, int>? lineOf = null)
        : this(circuit, range, r, gamma, rulebook, lineOf, null)
    {
    }

    /// <summary>The same, and whatever a statement adds to the tables before they are closed.</summary>
    internal Lowering(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, CoreRulebook rulebook, Func<int, int>? lineOf, Action<Lowering>? extend)
    {
        Rulebook = rulebook;
        _range = range;
        _lowerer = new Lowerer(circuit, range, r, gamma, rulebook.Schema, lineOf);
        foreach (CoreDefinition definition in rulebook.Definitions) _values.Add(_lowerer.Definition(definition));
        extend?.Invoke(this);
        _lowerer.FinishRecordSums();
        int sums = 0;
        for (int table = -1; table < rulebook.Schema.Tables.Length + _lowerer.Outcomes.Count; table++)
        {
            PublicLookup[] lookups = [.. _lowerer.Lookups.Where(lookup => lookup.Table == table)];
            if (lookups.Length > 0) _publicTables.Add(new PublicTable(circuit, table < 0 ? "market" : $"records of {_lowerer.NameOf(table)}", table, lookups));
        }
        foreach (PieceLookup ladder in _lowerer.Ladders) ladder.Finish();
        foreach (Link link in _lowerer.Links) sums = Math.Max(sums, link.Finish());
        foreach (Domain domain in _lowerer.Domains) domain.Finish();
        RandomPointDegree = Math.Max(sums, _lowerer.RecordsDegree) + _lowerer.Domains.Max(domain => domain.MaxDegree);
    }

    /// <summary>The rulebook.</summary>
    public CoreRulebook Rulebook { get; }

    /// <summary>The total degree in (r, γ) of the identities that are checked there; for <see cref="CircuitBuilder.RandomPoint"/>.</summary>
    public int RandomPointDegree { get; }

    /// <summary>What the rulebook costs, once the circuit is built.</summary>
    /// <param name="circuit">The built circuit.</param>
    public RulebookCost Cost(Circuit circuit)
    {
        IEnumerable<TableCost> tables =
        [
            .. _lowerer.Domains.Select(domain => Of(domain.Table.Index, RowsOf(domain))),
            .. _publicTables.Select(table => Of(table.Index, "public record")),
            .. Ladders.Select(ladder => Of(ladder.Index, "public piece")),
            .. Matrices.Select(matrix => Of(matrix.Index, "public entry")),
        ];
        return new RulebookCost([.. tables], [.. _lowerer.Ledger.Entries.OrderBy(entry => entry.Domain.Table.Index).Select(entry => new LineCost(entry.Domain.Name, entry.Place, entry.Cells))]);

        TableCost Of(int index, string rows)
        {
            Table table = circuit.Tables[index];
            int points = circuit.Phases > 2 ? table.PhaseWidth(1) : 0;
            return new TableCost(table.Name, rows, table.PhaseWidth(0), points, table.PhaseWidth(circuit.LogUpPhase), table.Interactions.Count, table.Constraints.Count, table.MaxDegree);
        }
    }

    private static string RowsOf(Domain domain) => domain switch
    {
        { Pair: not null } => "pair",
        { Source: CoreSource.Items } => "item",
        { Source: CoreSource.Groups } => "group",
        { Source: CoreSource.Table } => "record of a row",
        _ => "account",
    };

    internal IReadOnlyList<Domain> Domains => _lowerer.Domains;

    internal Lowerer Lowerer => _lowerer;

    internal IReadOnlyList<PublicTable> PublicTables => _publicTables;

    internal IEnumerable<PieceLookup> Ladders => _lowerer.Ladders;

    internal IEnumerable<MatrixLookup> Matrices => _lowerer.Matrices;

    internal RangeTable Range => _range;

    /// <summary>What a definition is in the account's rows: a <see cref="NumberValue"/> or a <see cref="SmallValue"/>.</summary>
    internal object ValueOf(int definition) => _values[definition];
}
