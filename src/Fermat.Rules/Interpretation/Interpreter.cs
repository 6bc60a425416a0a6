using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Interpretation;

/// <summary>
/// The meaning of a rulebook: what its definitions are worth for an account, in integers of any size. Circuits are compared with this. Thread-safe; public values are computed once for all
/// accounts.
/// </summary>
public sealed partial class Interpreter
{
    private const int MaxKnown = 1 << 22;
    private readonly ConcurrentDictionary<MemoKey, BigInteger> _public = new();
    private readonly int _variables;
    private long _publicEvaluations;

    /// <summary>Prepares a rulebook for evaluation.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="market">Data for its schema.</param>
    public Interpreter(CoreRulebook rulebook, MarketData market)
    {
        Rulebook = rulebook;
        Market = market;
        var seen = new HashSet<CoreNode>(ReferenceEqualityComparer.Instance); // numbers of nodes repeat where a statement adds expressions of its own
        IEnumerable<int> nodes = rulebook.Definitions.Select(d => d.Value).Concat(rulebook.Solvency?.Nodes ?? []).Select(node => LastVariable(node, seen));
        _variables = 1 + nodes.Concat((rulebook.Solvency?.Variables ?? []).Select(v => v.Id)).DefaultIfEmpty(-1).Max();
    }

    /// <summary>The rulebook.</summary>
    public CoreRulebook Rulebook { get; }

    /// <summary>The public data.</summary>
    public MarketData Market { get; }

    /// <summary>All definitions for an account, in their order.</summary>
    /// <exception cref="RuleEvaluationException">A public value does not exist.</exception>
    public ImmutableArray<BigInteger> Evaluate(AccountData account)
    {
        var frame = new Frame(account, _variables);
        return [.. Rulebook.Definitions.Select(definition => Evaluate(definition.Value, frame))];
    }

    /// <summary>A public or keyed value, for market records in the place of its variables.</summary>
    /// <param name="node">Its free variables are over tables.</param>
    /// <param name="records">For each variable the index of a record.</param>
    /// <exception cref="RuleEvaluationException">The value does not exist.</exception>
    public BigInteger EvaluatePublic(CoreNode node, params ReadOnlySpan<(CoreVariable Variable, int Record)> records)
    {
        var frame = new Frame(null, _variables);
        foreach ((CoreVariable variable, int record) in records) frame.Bound[variable.Id] = record;
        return Evaluate(node, frame);
    }

    /// <summary>A ladder, for market records in the place of its variables.</summary>
    internal LadderData EvaluateLadder(CoreNode node, params ReadOnlySpan<(CoreVariable Variable, int Record)> records)
    {
        var frame = new Frame(null, _variables);
        foreach ((CoreVariable variable, int record) in records) frame.Bound[variable.Id] = record;
        return Ladder(node, frame);
    }

    internal Frame Open(AccountData account) => new(account, _variables);

    internal BigInteger Evaluate(CoreNode node, Frame frame)
    {
        if (node is not (Named or Reduce or Function or Quotient or SquareRoot or Interpolate or ProRata) || node.Free.Length > 3) return Compute(node, frame);
        var key = new MemoKey(node.Id, Binding(node, 0, frame), Binding(node, 1, frame), Binding(node, 2, frame));
        if (node.Stage == Stage.Private)
        {
            if (frame.Known.TryGetValue(key, out BigInteger known)) return known;
            BigInteger value = Compute(node, frame);
            frame.Known[key] = value;
            return value;
        }
        if (_public.TryGetValue(key, out BigInteger shared)) return shared;
        long evaluations = Interlocked.Increment(ref _publicEvaluations);
        if (evaluations > RuleLimits.MaxPublicEvaluations)
            throw Fail(node, frame, $"more than {RuleLimits.MaxPublicEvaluations} public values are needed");
        BigInteger computed = Compute(node, frame);
        if (evaluations <= MaxKnown) _public.TryAdd(key, computed); // what the dictionary counts itself, it counts under all of its locks
        return computed;
    }

    /// <summary>What a free variable stands for; of the variable behind a keyed value's reference, the record referred to.</summary>
    private static int Binding(CoreNode node, int position, Frame frame)
    {
        if (position >= node.Free.Length) return -1;
        CoreVariable variable = node.Free[position];
        if (node.Reference is { } reference && reference.Variable == variable) return (int)Referred(reference, frame);
        return frame.Bound[variable.Id];
    }

    /// <summary>The record that a private reference names. Without an account the variable itself stands for the record.</summary>
    private static BigInteger Referred(CoreKey reference, Frame frame) => frame.Account is null
        ? frame.Bound[reference.Variable.Id]
        : reference.Variable.Source is CoreSource.Groups ? frame.GroupOf(reference.Variable).Keys[reference.Index] : frame.Item(reference.Variable)[reference.Index];

    private BigInteger Compute(CoreNode node, Frame frame) => node switch
    {
        Literal literal => literal.Value,
        Parameter parameter => Market.Parameters[parameter.Index].Integer,
        AccountField scalar => frame.Account!.Scalars[scalar.Index],
        RecordVariable record => frame.Bound[record.Variable.Id],
        RecordField field => Value(field, frame).Integer,
        ItemField { Stage: Stage.Keyed } reference => Referred(reference.Reference!.Value, frame),
        ItemField field => frame.Item(field.Variable)[field.Field],
        GroupKey { Stage: Stage.Keyed } reference => Referred(reference.Reference!.Value, frame),
        GroupKey key => frame.GroupOf(key.Variable).Keys[key.Index],
        Add add => Evaluate(add.Left, frame) + Evaluate(add.Right, frame),
        Multiply multiply => Evaluate(multiply.Left, frame) * Evaluate(multiply.Right, frame),
        Negate negate => -Evaluate(negate.Operand, frame),
        Rescale rescale => Evaluate(rescale.Operand, frame) * BigInteger.Pow(10, rescale.Digits),
        Absolute absolute => BigInteger.Abs(Evaluate(absolute.Operand, frame)),
        Extremum { IsMaximum: true } max => BigInteger.Max(Evaluate(max.Left, frame), Evaluate(max.Right, frame)),
        Extremum min => BigInteger.Min(Evaluate(min.Left, frame), Evaluate(min.Right, frame)),
        Compare compare => Bit(Holds(compare.Operator, Evaluate(compare.Left, frame).CompareTo(Evaluate(compare.Right, frame)))),
        Not not => 1 - Evaluate(not.Operand, frame),
        Connective { IsAnd: true } and => Evaluate(and.Left, frame) & Evaluate(and.Right, frame),
        Connective or => Evaluate(or.Left, frame) | Evaluate(or.Right, frame),
        Conditional conditional => Choose(conditional, frame),
        Quotient quotient => Divide(quotient, frame),
        SquareRoot root => Root(root, frame),
        Function function => Within(function, Call(function, frame), frame),
        Tiered tiered => Tier(tiered, frame),
        Interpolate interpolate => Within(
            interpolate, Ladder(interpolate.Curve, frame).Interpolate(Evaluate(interpolate.X, frame), interpolate.Rounding, interpolate.Number.Scale), frame),
        CorrelationEntry entry => Market.Parameters[entry.Parameter].Matrix[(int)Evaluate(entry.Row, frame)][(int)Evaluate(entry.Column, frame)],
        Reduce reduce => Reduction(reduce, frame),
        ProRata share => Share(share, frame),
        Named named => Evaluate(named.Value, frame),
        Outcome outcome => Of(outcome, frame),
        _ => throw new InvalidOperationException($"no meaning for {node.GetType().Name}"),
    };

    /// <summary>The value for the outcome that a slot of the row holds.</summary>
    private BigInteger Of(Outcome node, Frame frame)
    {
        int id = node.Row.Id, row = frame.Bound[id];
        (int record, int branch) = node.Rows.At(row, node.Slot, Market.Tables[node.Rows.MarketTable].Length);
        foreach ((int own, int first) in node.Bound[branch]) frame.Bound[own] = frame.Bound[first];
        frame.Bound[id] = record;
        try
        {
            return Evaluate(node.Branches[branch], frame);
        }
        finally
        {
            frame.Bound[id] = row;
        }
    }

    private FieldValue Value(RecordField field, Frame frame)
    {
        int table = ((CoreType.Record)field.Record.Type).Table, record = (int)Evaluate(field.Record, frame);
        return Market.Tables[table][record].Fields[field.Field];
    }

    private LadderData Ladder(CoreNode node, Frame frame) =>
        (node switch
        {
            RecordField field => Value(field, frame),
            Parameter parameter => Market.Parameters[parameter.Index],
            Conditional conditional => new FieldValue(0, Ladder(Evaluate(conditional.Condition, frame).IsOne ? conditional.Then : conditional.Else, frame)),
            Named named => new FieldValue(0, Ladder(named.Value, frame)),
            _ => throw new InvalidOperationException($"{node.GetType().Name} is no ladder"),
        }).Ladder!;

    /// <summary>A public condition chooses one side; a private one is a circuit's, where both sides exist.</summary>
    private BigInteger Choose(Conditional node, Frame frame)
    {
        bool holds = Evaluate(node.Condition, frame).IsOne;
        if (node.Condition.Stage != Stage.Private) return Evaluate(holds ? node.Then : node.Else, frame);
        BigInteger then = Evaluate(node.Then, frame), @else = Evaluate(node.Else, frame);
        return holds ? then : @else;
    }

    private BigInteger Divide(Quotient node, Frame frame)
    {
        BigInteger denominator = Evaluate(node.Denominator, frame);
        if (denominator.Sign <= 0) throw Fail(node, frame, denominator.IsZero ? "division by zero" : "division by a negative number");
        return Within(node, RoundedDivision.Divide(Evaluate(node.Numerator, frame), denominator, node.Rounding), frame);
    }

    private BigInteger Root(SquareRoot node, Frame frame)
    {
        BigInteger square = Evaluate(node.Operand, frame);
        if (square.Sign < 0) throw Fail(node, frame, "the square root of a negative number");
        return Within(node, RoundedRoot(square, node.Rounding), frame);
    }

    /// <summary>√square of a number that is not negative, to an integer.</summary>
    internal static BigInteger RoundedRoot(BigInteger square, Rounding rounding)
    {
        BigInteger root = PublicMath.Fixed96.SquareRoot(square);
        BigInteger rest = square - root * root;
        bool up = rounding switch
        {
            Rounding.Up => !rest.IsZero,
            Rounding.Nearest => rest > root, // √x ≥ root + ½ exactly if x ≥ root² + root + ¼
            _ => false,
        };
        return up ? root + 1 : root;
    }

    private BigInteger Tier(Tiered node, Frame frame)
    {
        BigInteger x = Evaluate(node.X, frame);
        return x.Sign < 0 ? throw Fail(node, frame, "tiers begin at zero, and this is negative") : Ladder(node.Ladder, frame).Evaluate(x);
    }

    /// <summary>Rounded public values are checked against the quantity that they were declared as.</summary>
    private BigInteger Within(CoreNode node, BigInteger value, Frame frame)
    {
        if (node.Bounds.Contains(value)) return value;
        int scale = node.Number.Scale;
        throw Fail(node, frame, $"{ScaledNumber.Format(value, scale)} is outside {ScaledNumber.Format(node.Bounds.Min, scale)} to {ScaledNumber.Format(node.Bounds.Max, scale)}");
    }

    private RuleEvaluationException Fail(CoreNode node, Frame frame, string message)
    {
        var records = new List<string>();
        foreach (CoreVariable variable in node.Free)
        {
            (int table, BigInteger record) = variable.Source is CoreSource.Table source
                ? (source.Index, frame.Bound[variable.Id])
                : node.Reference is { } reference && reference.Variable == variable ? (TableOf(reference), Referred(reference, frame)) : (-1, 0);
            if (table >= 0) records.Add($"{Rulebook.Schema.Tables[table].Name} {Market.Tables[table][(int)record].Symbol}");
        }
        return new RuleEvaluationException(message, node.Span, records);
    }

    private int TableOf(CoreKey reference) => reference.Variable.Source is CoreSource.Groups groups
        ? ((CoreType.Record)groups.Keys[reference.Index].Value.Type).Table
        : ((Schema.FieldType.Reference)Rulebook.Schema.Collections[reference.Variable.Source.Collection].Fields[reference.Index].Type).Table;

    private static BigInteger Bit(bool value) => value ? BigInteger.One : BigInteger.Zero;

    private static bool Holds(Comparison comparison, int order) => comparison switch
    {
        Comparison.Less => order < 0,
        Comparison.LessOrEqual => order <= 0,
        _ => order == 0,
    };

    private static int LastVariable(CoreNode node, HashSet<CoreNode> seen)
    {
        if (!seen.Add(node)) return -1;
        int last = node.Free.Select(v => v.Id).DefaultIfEmpty(-1).Max();
        if (node is Reduce reduce)
        {
            last = Math.Max(last, reduce.Variable.Id);
            if (reduce.Variable.Source is CoreSource.Groups groups) last = Math.Max(last, groups.Item.Id);
        }
        if (node is ProRata share) last = Math.Max(last, share.Variable.Id);
        foreach (CoreNode child in node.Children) last = Math.Max(last, LastVariable(child, seen));
        return last;
    }
}
