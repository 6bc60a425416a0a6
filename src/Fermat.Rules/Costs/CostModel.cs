using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;

namespace Fermat.Rules.Costs;

/// <summary>What a rulebook costs to prove: its tables as a circuit of their own, all definitions, without the leaves and totals of a statement.</summary>
public sealed class CostModel
{
    private readonly Lowering.Lowering _lowering;
    private readonly ImmutableArray<int> _tables;

    /// <summary>Lowers a rulebook.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of its text; null without a text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    public CostModel(CoreRulebook rulebook, Func<int, int>? lineOf = null)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        var builder = new CircuitBuilder("cost of a rulebook");
        Expr r = builder.Challenge("r", phase: 0), gamma = builder.Challenge("gamma", phase: 0);
        _lowering = new Lowering.Lowering(builder, new RangeTable(builder), r, gamma, rulebook, lineOf);
        builder.RandomPoint("rulebook at (r, gamma)", phase: 0, _lowering.RandomPointDegree);
        Circuit circuit = builder.Build();
        Cost = _lowering.Cost(circuit);
        var byName = circuit.Tables.GroupBy(table => table.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => new Queue<int>(group.Select(table => table.Index)), StringComparer.Ordinal);
        _tables = [.. Cost.Tables.Select(table => byName[table.Table].Dequeue())];
    }

    /// <summary>The cost of a row of each table, and of each line of the text.</summary>
    public RulebookCost Cost { get; }

    /// <summary>How many rows a book fills in each table of <see cref="Cost"/>.</summary>
    /// <param name="market">Parameters and market data.</param>
    /// <param name="accounts">The accounts.</param>
    /// <exception cref="RuleEvaluationException">A public value that an account needs does not exist.</exception>
    public ImmutableArray<int> Rows(MarketData market, IReadOnlyList<AccountData> accounts)
    {
        ArgumentNullException.ThrowIfNull(market);
        ArgumentNullException.ThrowIfNull(accounts);
        var rows = new LoweringTrace(_lowering, new Interpreter(_lowering.Rulebook, market), accounts);
        return [.. _tables.Select(rows.RowsOf)];
    }
}
