using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Updates;

/// <summary>
/// Judges updates of parameters and market records by a rulebook's block <c>meta</c>. Exact, deterministic, thread-safe. Records before and after belong together by their symbols; one that
/// is new is compared with itself, so that it has no step; one of a table that a rule compares may not leave, since it could come back with a step that no rule has seen.
/// </summary>
public sealed class UpdateRules
{
    /// <summary>The name of the rule that compared records stay; no rule of a rulebook can be called so.</summary>
    public const string RecordsStay = "records stay";

    private readonly CoreRulebook _rulebook;
    private readonly CoreMeta? _meta;

    /// <summary>Takes a rulebook. One without a block <c>meta</c> has no rules: every update holds.</summary>
    public UpdateRules(CoreRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        (_rulebook, _meta) = (rulebook, rulebook.Meta);
    }

    /// <summary>Whether there are rules.</summary>
    public bool Any => _meta is not null;

    /// <summary>The aggregates that the rules speak of, in the order of the text.</summary>
    public ImmutableArray<SchemaField> System => _meta?.System ?? [];

    /// <summary>Judges an update.</summary>
    /// <param name="before">Parameters and records before it.</param>
    /// <param name="after">Parameters and records after it.</param>
    /// <param name="aggregates">By <see cref="System"/>, in the units of their quantities.</param>
    /// <exception cref="ArgumentException">Aggregates are missing, too many or out of their quantities' bounds; or the two sets are not of this rulebook's schema.</exception>
    public UpdateVerdict Judge(MarketData before, MarketData after, ImmutableArray<BigInteger> aggregates)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (_meta is null) return new UpdateVerdict([]);
        if (Problem(aggregates) is { } problem) throw new ArgumentException(problem, nameof(aggregates));
        foreach (MarketData set in (MarketData[])[before, after])
            if (set.Parameters.Length != _rulebook.Schema.Parameters.Length || set.Tables.Length != _rulebook.Schema.Tables.Length) throw new ArgumentException("these are the parameters of another rulebook", nameof(after));
        var verdicts = ImmutableArray.CreateBuilder<RuleVerdict>();
        if (Left(before, after) is { } left) verdicts.Add(new RuleVerdict(RecordsStay, false, left));
        var interpreter = new Interpreter(_meta.Program, Merge(before, after, aggregates));
        foreach (string rule in _meta.Rules)
        {
            CoreNode node = _meta.Program.Find(rule)!.Value;
            string name = rule[(rule.IndexOf('.', StringComparison.Ordinal) + 1)..];
            (bool holds, string why) = (false, "");
            try
            {
                holds = interpreter.EvaluatePublic(node).IsOne;
                why = interpreter.Reason(node); // may look at more than the rule does, such as the other side of an `if`
            }
            catch (RuleEvaluationException fault)
            {
                why = fault.Message;
            }
            verdicts.Add(new RuleVerdict(name, holds, why));
        }
        return new UpdateVerdict(verdicts.ToImmutable());
    }

    /// <summary>What is wrong with aggregates, or null.</summary>
    /// <param name="aggregates">By <see cref="System"/>.</param>
    public string? Problem(ImmutableArray<BigInteger> aggregates)
    {
        if (aggregates.IsDefault || aggregates.Length != System.Length) return $"{(aggregates.IsDefault ? 0 : aggregates.Length)} aggregates for {System.Length}";
        foreach ((SchemaField field, BigInteger value) in System.Zip(aggregates))
        {
            Bounds bounds = field.Type switch
            {
                FieldType.Number number => number.Quantity.Bounds,
                FieldType.Choice choice => new Bounds(0, choice.Type.Values.Length - 1),
                _ => Bounds.Flag,
            };
            if (!bounds.Contains(value)) return $"the aggregate {field.Name} is out of its bounds";
        }
        return null;
    }

    private string? Left(MarketData before, MarketData after)
    {
        foreach (int table in _meta!.Compared)
            foreach (MarketRecord record in before.Tables[table])
                if (after.IndexOf(table, record.Symbol) < 0) return $"{_rulebook.Schema.Tables[table].Name} {record.Symbol} is not there any more, and the rules compare it with what it was";
        return null;
    }

    /// <summary>The data of the program: parameters after, before, aggregates; of each record the fields after and before.</summary>
    private MarketData Merge(MarketData before, MarketData after, ImmutableArray<BigInteger> aggregates)
    {
        ImmutableArray<MarketTable> tables = _rulebook.Schema.Tables;
        return new MarketData(
            [.. after.Parameters, .. before.Parameters, .. aggregates.Select(value => new FieldValue(value))],
            [.. after.Tables.Select((records, table) => records.Select(record => record with { Fields = [.. record.Fields, .. Old(table, record)] }).ToImmutableArray())]);

        IEnumerable<FieldValue> Old(int table, MarketRecord record)
        {
            int at = before.IndexOf(table, record.Symbol);
            return at < 0 ? record.Fields : before.Tables[table][at].Fields.Select((value, field) => tables[table].Fields[field].Type is FieldType.Reference reference ? Moved(value, reference.Table) : value);
        }

        // a reference is an index, and records have moved; where the record has left, no rule reads it (it would have to stay)
        FieldValue Moved(FieldValue value, int table) => new(Math.Max(after.IndexOf(table, before.Tables[table][(int)value.Integer].Symbol), 0));
    }
}
