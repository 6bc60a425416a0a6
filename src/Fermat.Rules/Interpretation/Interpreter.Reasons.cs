using Fermat.Rules.Core;

namespace Fermat.Rules.Interpretation;

public sealed partial class Interpreter
{
    private const int MaxReasons = 8;

    /// <summary>Why a public flag is what it is: the parts of a conjunction that fail, the first record that a rule over all fails for, and the values that were compared.</summary>
    /// <param name="node">A flag without free variables.</param>
    /// <exception cref="RuleEvaluationException">A public value does not exist.</exception>
    internal string Reason(CoreNode node)
    {
        var frame = new Frame(null, _variables);
        return Reason(node, frame);
    }

    private string Reason(CoreNode node, Frame frame)
    {
        switch (node)
        {
            case Named { Value.Type: CoreType.Flag } named:
                return Reason(named.Value, frame);
            case Connective { IsAnd: true } both when Evaluate(both, frame).IsZero:
                return Reason(Evaluate(both.Left, frame).IsZero ? both.Left : both.Right, frame);
            case Reduce { Kind: ReduceKind.All, Variable.Source: CoreSource.Table table } all:
                foreach (int record in Elements(table, frame))
                {
                    frame.Bound[all.Variable.Id] = record;
                    if (all.Filter is not null && Evaluate(all.Filter, frame).IsZero) continue;
                    if (Evaluate(all.Body, frame).IsZero) return $"for {Rulebook.Schema.Tables[table.Index].Name} {Label(all.Variable, record, frame)}: {Reason(all.Body, frame)}";
                }
                return $"for every {Rulebook.Schema.Tables[table.Index].Name}";
            default:
                var values = new List<string>();
                Values(node, frame, values, []);
                return string.Join(", ", values);
        }
    }

    /// <summary>What stands in an expression by name: parameters, fields and definitions, each with its value.</summary>
    private void Values(CoreNode node, Frame frame, List<string> values, HashSet<CoreNode> seen)
    {
        if (values.Count >= MaxReasons || !seen.Add(node)) return;
        string? name = node switch
        {
            Parameter { Type: not CoreType.Ladder } parameter => Rulebook.Schema.Parameters[parameter.Index].Name,
            RecordField { Type: not CoreType.Ladder, Record: RecordVariable } field => Rulebook.Schema.Tables[((CoreType.Record)field.Record.Type).Table].Fields[field.Field].Name,
            Named named => named.Name,
            _ => null,
        };
        if (name is not null)
        {
            string value = $"{name} = {Show(node, Evaluate(node, frame))}";
            if (!values.Contains(value)) values.Add(value);
            return;
        }
        if (node is Reduce) return; // what it runs over has no one value
        foreach (CoreNode child in node.Children) Values(child, frame, values, seen);
    }
}
