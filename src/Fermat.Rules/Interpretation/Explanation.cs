using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Interpretation;

/// <summary>A value of an account and what it came from.</summary>
/// <param name="Label">The definition's name, an element's (<c>BTC</c>), or what was decided (<c>tier 2</c>).</param>
/// <param name="Value">The value as text, with its unit.</param>
/// <param name="Span">Where in the rulebook's text: first character and length.</param>
/// <param name="Note">Which element was the worst, which side of an if was taken; or null.</param>
/// <param name="Parts">What it came from.</param>
public sealed record Explanation(string Label, string Value, (int Start, int Length) Span, string? Note, IReadOnlyList<Explanation> Parts);

public sealed partial class Interpreter
{
    private const int MaxParts = 20_000;

    /// <summary>All definitions for an account, each with the named values, tiers and worst elements that made it. What is used twice is taken apart once.</summary>
    /// <param name="account">The account.</param>
    /// <exception cref="RuleEvaluationException">A public value does not exist.</exception>
    public IReadOnlyList<Explanation> Explain(AccountData account)
    {
        var explainer = new Explainer(this, new Frame(account, _variables));
        return [.. Rulebook.Definitions.Select(definition => explainer.Definition(definition))];
    }

    private sealed class Explainer(Interpreter interpreter, Frame frame)
    {
        private readonly HashSet<int> _shown = [];
        private int _parts;

        public Explanation Definition(CoreDefinition definition)
        {
            CoreNode body = definition.Value is Named named && named.Name == definition.Name ? named.Value : definition.Value;
            return Line(definition.Name, definition.Value, body);
        }

        private Explanation Line(string label, CoreNode node, CoreNode body)
        {
            string value = interpreter.Show(node, interpreter.Evaluate(node, frame));
            if (node.Free.Length == 0 && !_shown.Add(node.Id)) return new Explanation(label, value, body.Span, "see above", []);
            var parts = new List<Explanation>();
            string? note = Take(body, parts);
            return new Explanation(label, value, body.Span, note, parts);
        }

        /// <summary>Adds what a value came from; returns a note about the value itself.</summary>
        private string? Take(CoreNode node, List<Explanation> parts)
        {
            if (++_parts > MaxParts) return "cut short: too many parts";
            switch (node)
            {
                case Named named:
                    Explanation line = Line(named.Name, named, named.Value);
                    if (!parts.Exists(part => part.Label == line.Label && part.Value == line.Value)) parts.Add(line);
                    return null;
                case Reduce reduce:
                    return Elements(reduce, parts);
                case Conditional conditional:
                    bool holds = interpreter.Evaluate(conditional.Condition, frame).IsOne;
                    Take(conditional.Condition, parts);
                    string? inner = Take(holds ? conditional.Then : conditional.Else, parts);
                    return inner ?? (holds ? "the condition holds" : "the condition does not hold");
                case Tiered tiered:
                    Take(tiered.X, parts);
                    LadderData ladder = interpreter.Ladder(tiered.Ladder, frame);
                    int piece = ladder.PieceOf(interpreter.Evaluate(tiered.X, frame));
                    string from = ScaledNumber.Format(ladder.Pieces[piece].Low, ladder.Type.X.Scale), rate = ScaledNumber.Format(ladder.Pieces[piece].Slope, ladder.Type.Y.Scale);
                    return $"{(ladder.Type.Kind == LadderKind.Tiers ? "tier" : "bracket")} {piece + 1} of {ladder.Pieces.Length}: from {from}, rate {rate}";
                default:
                    string? note = null;
                    foreach (CoreNode child in node.Children)
                        if (child.Stage != Stage.Public) note = Take(child, parts) ?? note;
                    return note;
            }
        }

        private string? Elements(Reduce reduce, List<Explanation> parts)
        {
            int slot = reduce.Variable.Id;
            int? chosen = null;
            BigInteger best = 0;
            bool extremum = reduce.Kind is ReduceKind.Min or ReduceKind.Max;
            foreach (int element in interpreter.Elements(reduce.Variable.Source, frame).ToArray())
            {
                frame.Bound[slot] = element;
                if (reduce.Filter is not null && interpreter.Evaluate(reduce.Filter, frame).IsZero) continue;
                BigInteger value = interpreter.Evaluate(reduce.Body, frame);
                if (extremum)
                {
                    if (chosen is null || (reduce.Kind == ReduceKind.Min ? value < best : value > best)) (chosen, best) = (element, value);
                    continue;
                }
                parts.Add(Element(reduce, element));
            }
            if (!extremum) return null;
            if (chosen is null) return "of nothing";
            frame.Bound[slot] = chosen.Value;
            parts.Add(Element(reduce, chosen.Value));
            return $"{(reduce.Kind == ReduceKind.Min ? "smallest" : "largest")} at {interpreter.Label(reduce.Variable, chosen.Value, frame)}";
        }

        private Explanation Element(Reduce reduce, int element)
        {
            var inner = new List<Explanation>();
            string? note = Take(reduce.Body, inner);
            return new Explanation(
                interpreter.Label(reduce.Variable, element, frame), interpreter.Show(reduce.Body, interpreter.Evaluate(reduce.Body, frame)), reduce.Body.Span, note, inner);
        }
    }

    /// <summary>A value as people read it: decimal with unit, true or false, the name of a choice or record.</summary>
    public string Show(CoreNode node, BigInteger value) => node.Type switch
    {
        CoreType.Number number => ScaledNumber.Format(value, number.Scale) + (number.Unit is null or { IsNone: true } ? "" : " " + number.Unit),
        CoreType.Choice choice => choice.Type.Values[(int)value],
        CoreType.Record record => Market.Tables[record.Table][(int)value].Symbol,
        _ => value.IsZero ? "false" : "true",
    };

    private string Label(CoreVariable variable, int element, Frame frame)
    {
        switch (variable.Source)
        {
            case CoreSource.Table table:
                return Market.Tables[table.Index][element].Symbol;
            case CoreSource.Groups groups:
                Group group = frame.GroupOf(variable);
                return string.Join(", ", groups.Keys.Select((key, i) => Show(key.Value, group.Keys[i])));
            default:
                Collection collection = Rulebook.Schema.Collections[variable.Source.Collection];
                return string.Join(", ", frame.Account!.Items[variable.Source.Collection][element]
                    .Zip(collection.Fields)
                    .Where(pair => pair.Second.Type is FieldType.Reference)
                    .Select(pair => Market.Tables[((FieldType.Reference)pair.Second.Type).Table][(int)pair.First].Symbol));
        }
    }
}
