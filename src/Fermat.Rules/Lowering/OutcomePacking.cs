using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Puts several outcomes into a row. <c>min s in Scenario: min(f(s, a), f(s, b))</c> is the smallest of two outcomes of each record, which differ in public values alone; what a row costs whatever
/// is in it is then shared by more of them. The row's expression is built once for each slot, from what the outcomes have in common, with an <see cref="Outcome"/> in the place of what they have not.
/// </summary>
internal sealed class OutcomePacking(RulebookSchema schema, StructuralKeys keys)
{
    /// <summary>The most outcomes that a row holds.</summary>
    public const int MostSlots = 10;

    /// <summary>A full table has at least so many rows: of fewer, slots that hold nothing of their own would be too many.</summary>
    public const int FewestRows = 64;

    private readonly StructuralKeys _keys = keys;
    private readonly List<OutcomeRows> _rows = [];
    private int _nodes = 1 << 30; // numbers of no rulebook

    /// <summary>The rows that were made.</summary>
    public IReadOnlyList<OutcomeRows> Rows => _rows;

    /// <summary>The rows of a table's number; null where it is a table of the schema.</summary>
    public OutcomeRows? Of(int table) => table < schema.Tables.Length ? null : _rows[table - schema.Tables.Length];

    /// <summary>The same reduction over rows of several outcomes; the reduction itself where there are few, or where outcomes differ in more than public values.</summary>
    /// <param name="node">A reduction.</param>
    /// <param name="parts">What the smallest (or largest) in a record is the smallest of.</param>
    public Reduce Pack(Reduce node, Func<CoreNode, bool, IEnumerable<CoreNode>> parts)
    {
        if (node.Kind is not (ReduceKind.Min or ReduceKind.Max) || node.Filter is not null || node.Body.Stage != Stage.Private || node.Variable.Source is not CoreSource.Table { Index: var table }) return node;
        if (table >= schema.Tables.Length || node.Free.Any(v => v.Source is CoreSource.Table)) return node;
        CoreNode[] outcomes = [.. parts(node.Body, node.Kind == ReduceKind.Max)];
        int slots = Math.Min(MostSlots, schema.Tables[table].MaxRecords * outcomes.Length / FewestRows);
        if (slots <= outcomes.Length) return node;
        OutcomeRows rows = _rows.FirstOrDefault(known => known.MarketTable == table && known.PerRecord == outcomes.Length) ?? new OutcomeRows(schema.Tables.Length + _rows.Count, table, outcomes.Length, slots);
        var row = new CoreVariable(node.Variable.Id, node.Variable.Name, new CoreSource.Table(rows.Table));
        var slot = new Slot(this, node, rows, row, outcomes.Length);
        var bodies = new List<CoreNode>();
        for (int i = 0; i < slots; i++)
        {
            slot.Begin(i);
            if (!slot.TryCommon(outcomes, out CoreNode? body) || !IsProvable(body, row, new(ReferenceEqualityComparer.Instance))) return node;
            bodies.Add(body);
        }
        if (!_rows.Contains(rows)) _rows.Add(rows);
        CoreNode smallest = bodies[^1];
        for (int i = slots - 2; i >= 0; i--) smallest = Made(new Extremum(node.Kind == ReduceKind.Max, bodies[i], smallest), node.Body, node.Body.Type, row);
        return Made(new Reduce(node.Kind, row, null, smallest, node.Empty), node, node.Type, null);
    }

    /// <summary>
    /// Whether every value of a reference that differs between outcomes is a factor of a sum that is linear in the referring item's numbers, the only one in its term: a value of a reference and a
    /// row at once is not looked up anywhere else.
    /// </summary>
    private static bool IsProvable(CoreNode node, CoreVariable row, HashSet<CoreNode> seen) => !seen.Add(node) || node switch
    {
        Outcome outcome => outcome.Reference is null,
        _ when !node.Free.Contains(row) => true,
        Reduce sum when TermsOf(sum, row) is { } terms => terms.All(term =>
        {
            CoreKey[] keys = [.. term.Publics.Select(factor => factor.Value.Reference).OfType<CoreKey>().Distinct()];
            return keys.Length == 0 || (keys.Length == 1 && keys[0].Variable == sum.Variable);
        }),
        _ => node.Children.All(child => IsProvable(child, row, seen)),
    };

    /// <summary>The terms of a sum over items that is linear in their numbers; null of anything else.</summary>
    private static IReadOnlyList<LinearTerm>? TermsOf(Reduce node, CoreVariable record) =>
        node.Kind == ReduceKind.Sum && node.Variable.Source is CoreSource.Items or CoreSource.Members ? LinearTerm.TryOf(node, record) : null;

    /// <summary>A node in the place of another one.</summary>
    private T Made<T>(T node, CoreNode like, CoreType type, CoreVariable? row)
        where T : CoreNode
    {
        node.Id = _nodes++;
        node.Type = type;
        node.Span = like.Span;
        node.Stage = Stage.Private;
        IEnumerable<CoreVariable> free = like.Free.Where(v => v.Source is not CoreSource.Table);
        node.Free = [.. (row is not null && node.Children.Any(child => child.Free.Contains(row)) ? free.Append(row) : free).OrderBy(v => v.Id)];
        return node;
    }

    /// <summary>What the outcomes of a record have in common, in one slot of a row.</summary>
    private sealed class Slot(OutcomePacking packing, Reduce reduction, OutcomeRows rows, CoreVariable row, int outcomes)
    {
        /// <summary>By outcome, which of the first outcome's variables its own stand for.</summary>
        private readonly Dictionary<int, CoreVariable>[] _first = [.. Enumerable.Range(0, outcomes).Select(_ => reduction.Free.ToDictionary(v => v.Id))];

        /// <summary>What was built for the slot, by the first outcome's node: the nodes of all, and what the variables free in them stand for.</summary>
        private readonly Dictionary<CoreNode, List<(CoreNode[] Nodes, string Free, CoreNode? Common)>> _known = new(ReferenceEqualityComparer.Instance);

        private int _number;

        /// <summary>Goes on with another slot.</summary>
        public void Begin(int number)
        {
            _number = number;
            _known.Clear();
        }

        /// <summary>One expression for the same place of all outcomes; false where there is none.</summary>
        public bool TryCommon(CoreNode[] nodes, [NotNullWhen(true)] out CoreNode? common)
        {
            string free = string.Join('|', nodes.Select(FreeOf));
            if (!_known.TryGetValue(nodes[0], out List<(CoreNode[] Nodes, string Free, CoreNode? Common)>? known)) _known.Add(nodes[0], known = []);
            int index = known.FindIndex(one => one.Free == free && one.Nodes.SequenceEqual(nodes));
            common = index >= 0 ? known[index].Common : Common(nodes);
            if (index < 0) known.Add((nodes, free, common));
            return common is not null;
        }

        private CoreNode? Common(CoreNode[] nodes)
        {
            CoreNode first = nodes[0];
            if (nodes.Any(node => node is Named))
            {
                if (!TryCommon([.. nodes.Select(node => node is Named named ? named.Value : node)], out CoreNode? value)) return null;
                return first is not Named { Stage: Stage.Private } name || value.Stage != Stage.Private ? value : packing.Made(new Named(name.Name, value), first, value.Type, row);
            }
            if (nodes.All(node => !node.Free.Contains(reduction.Variable)) && nodes.All(node => packing._keys.Of(node) == packing._keys.Of(first)) && nodes.Select(FreeOf).Distinct().Count() == 1) return first;
            if (TypeOf(nodes) is not { } type) return null;
            if (nodes.All(node => node.Stage != Stage.Private)) return Public(nodes, type);
            if (nodes.Any(node => node.GetType() != first.GetType())) return null;
            if (first is Reduce reduce) return Reduction(reduce, [.. nodes.Cast<Reduce>()], type);
            CoreNode[][] children = [.. first.Children.Select((_, i) => nodes.Select(node => node.Children.ElementAt(i)).ToArray())];
            var parts = new CoreNode[children.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                if (!TryCommon(children[i], out CoreNode? part)) return null;
                parts[i] = part;
            }
            return Rebuilt(nodes, parts) is { } made ? packing.Made(made, first, type, row) : null;
        }

        private static CoreNode? Rebuilt(CoreNode[] nodes, CoreNode[] parts) => nodes[0] switch
        {
            Add => new Add(parts[0], parts[1]),
            Multiply => new Multiply(parts[0], parts[1]),
            Negate => new Negate(parts[0]),
            Rescale rescale when nodes.All(node => ((Rescale)node).Digits == rescale.Digits) => new Rescale(parts[0], rescale.Digits),
            Absolute => new Absolute(parts[0]),
            Extremum extremum when nodes.All(node => ((Extremum)node).IsMaximum == extremum.IsMaximum) => new Extremum(extremum.IsMaximum, parts[0], parts[1]),
            Compare compare when nodes.All(node => ((Compare)node).Operator == compare.Operator) => new Compare(compare.Operator, parts[0], parts[1]),
            Core.Not => new Core.Not(parts[0]),
            Connective connective when nodes.All(node => ((Connective)node).IsAnd == connective.IsAnd) => new Connective(connective.IsAnd, parts[0], parts[1]),
            Conditional => new Conditional(parts[0], parts[1], parts[2]),
            Quotient quotient when nodes.All(node => ((Quotient)node).Rounding == quotient.Rounding) => new Quotient(quotient.Rounding, parts[0], parts[1]),
            _ => null,
        };

        /// <summary>A reduction over the same rows in every outcome, whatever its variable is called there.</summary>
        private CoreNode? Reduction(Reduce first, Reduce[] nodes, CoreType type)
        {
            if (first.Variable.Source is CoreSource.Table || nodes.Any(node => node.Kind != first.Kind || (node.Filter is null) != (first.Filter is null) || (node.Empty is null) != (first.Empty is null))) return null;
            if (nodes.Any(node => packing._keys.Of(node.Variable.Source) != packing._keys.Of(first.Variable.Source)) || nodes.Select((node, i) => GroupOf(node.Variable.Source, i)).Distinct().Count() > 1) return null;
            for (int i = 0; i < nodes.Length; i++) _first[i][nodes[i].Variable.Id] = first.Variable;
            CoreNode? filter = null, empty = null;
            if (first.Filter is not null && !TryCommon([.. nodes.Select(node => node.Filter!)], out filter)) return null;
            if (!TryCommon([.. nodes.Select(node => node.Body)], out CoreNode? body)) return null;
            if (first.Empty is not null && !TryCommon([.. nodes.Select(node => node.Empty!)], out empty)) return null;
            Reduce made = packing.Made(new Reduce(first.Kind, first.Variable, filter, body, empty), first, type, row);
            // what is linear in each outcome and not in all of them would need rows of items in each record
            return TermsOf(made, row) is null && nodes.All(node => TermsOf(node, reduction.Variable) is not null) ? null : made;
        }

        /// <summary>The free variables of an outcome's expression, as those of the first that they stand for.</summary>
        private string FreeOf(CoreNode node, int outcome) => string.Join(' ', node.Free.Select(v => _first[outcome].TryGetValue(v.Id, out CoreVariable? first) ? first.Id : int.MinValue + v.Id));

        private int GroupOf(CoreSource source, int outcome) => source switch
        {
            CoreSource.Members members => _first[outcome].TryGetValue(members.Group.Id, out CoreVariable? first) ? first.Id : int.MinValue + members.Group.Id,
            CoreSource.Groups groups => GroupOf(groups.Of, outcome),
            _ => 0,
        };

        /// <summary>A value that everybody can compute, of whichever outcome it is.</summary>
        private Outcome? Public(CoreNode[] nodes, CoreType type)
        {
            CoreKey? reference = null;
            var free = new HashSet<CoreVariable>();
            var bound = ImmutableArray.CreateBuilder<ImmutableArray<(int, int)>>();
            for (int i = 0; i < nodes.Length; i++)
            {
                var own = ImmutableArray.CreateBuilder<(int, int)>();
                foreach (CoreVariable variable in nodes[i].Free)
                {
                    if (variable == reduction.Variable) continue;
                    if (!_first[i].TryGetValue(variable.Id, out CoreVariable? first)) return null;
                    free.Add(first);
                    own.Add((variable.Id, first.Id));
                }
                bound.Add(own.ToImmutable());
                if (nodes[i].Reference is not { } key) continue;
                var of = new CoreKey(_first[i][key.Variable.Id], key.Index);
                if (reference is { } known && known != of) return null;
                reference = of;
            }
            return new Outcome(rows, row, _number, [.. nodes], bound.ToImmutable())
            {
                Id = packing._nodes++,
                Type = type,
                Span = nodes[0].Span,
                Stage = reference is null ? Stage.Public : Stage.Keyed,
                Reference = reference,
                Free = [.. free.Append(row).OrderBy(v => v.Id)],
            };
        }

        /// <summary>What the value is in any of the outcomes; null where that is no one type.</summary>
        private static CoreType? TypeOf(CoreNode[] nodes)
        {
            CoreType type = nodes[0].Type;
            return type switch
            {
                CoreType.Number number => nodes.All(node => node.Type is CoreType.Number other && other.Scale == number.Scale)
                    ? number with { Bounds = nodes.Aggregate(number.Bounds, (bounds, node) => bounds.Union(node.Bounds)) }
                    : null,
                CoreType.Flag => nodes.All(node => node.Type is CoreType.Flag) ? type : null,
                _ => null,
            };
        }
    }
}
