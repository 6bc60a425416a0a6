using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>Names, fields and operators.</summary>
internal sealed partial class Elaborator
{
    private Value? Evaluate(Expression expression, Context context)
    {
        if (++_steps > MaxSteps || ++_depth > RuleLimits.MaxInlinedDepth)
        {
            Report(DiagnosticCodes.Limit, expression.Span, _steps > MaxSteps
                ? $"the rulebook has more than {RuleLimits.MaxNodes} expressions once its functions are put in the place of their calls"
                : $"functions that call functions are nested deeper than {RuleLimits.MaxInlinedDepth} expressions", hint: "give intermediate values a definition without arguments");
            throw new Stop();
        }
        Value? value = expression switch
        {
            NumberLiteral number => Make(number.Span, () => _builder.Literal(number.Mantissa, number.Scale)),
            FlagLiteral flag => Leaf("flag", flag.Value ? 1 : 0, 0, flag.Span, () => _builder.Flag(flag.Value)),
            NameExpression name => Name(name.Name),
            MemberExpression member => Member(member, context),
            CallExpression call => Call(call, context),
            IndexExpression index => Index(index, context),
            Parenthesized inner => Evaluate(inner.Inner, context),
            UnaryExpression unary => Unary(unary, context),
            BinaryExpression binary => Binary(binary, context with { Expected = null }),
            IfExpression choice => If(choice, context),
            ReductionExpression reduction => Reduction(reduction, context with { Expected = null }),
            ProRataExpression prorata => ProRata(prorata, context with { Expected = null }),
            _ => null,
        };
        _depth--;
        if (value is not null) _values?.TryAdd(expression.Span, value);
        return value;
    }

    private NodeValue? EvaluateNode(Expression expression, Context context) => Settled(Evaluate(expression, context), context.Expected, expression.Span);

    private Value? Name(Identifier name)
    {
        if (_frame.Locals.TryGetValue(name.Text, out Value? local)) return local;
        return _symbols.Find(name.Text, _frame.Definition.Block) switch
        {
            DefinitionSymbol definition => Seen(definition, name.Span),
            ParameterSymbol parameter => Leaf("parameter", parameter.Index, 0, name.Span, () => _builder.Parameter(parameter.Index)),
            ScalarSymbol scalar => Leaf("account", scalar.Index, 0, name.Span, () => _builder.AccountField(scalar.Index)),
            null => new ChoiceValue(name),
            _ => null,
        };
    }

    private Value? Member(MemberExpression member, Context context)
    {
        if (member.Target is NameExpression { Name: var set } && _frame.Definition.IsMeta && Keywords.IsSet(set.Text)) return OfSet(set, member.Member, member.Span);
        if (member.Target is NameExpression { Name: var block } && !_frame.Locals.ContainsKey(block.Text) && _symbols.Globals.GetValueOrDefault(block.Text) is BlockSymbol)
            return _symbols.InBlocks.TryGetValue($"{block.Text}.{member.Member.Text}", out DefinitionSymbol? definition) ? Seen(definition, member.Span) : null;
        Value? target = Evaluate(member.Target, context with { Expected = null });
        return target is null ? null : Field(target, member.Member, member.Target.Span, member.Span);
    }

    private Value? Field(Value target, Identifier name, SourceSpan targetSpan, SourceSpan span)
    {
        if (target is VariableValue { Variable: { Source: CoreSource.Groups groups } group })
        {
            int key = IndexOf(groups.Keys, name.Text);
            return key >= 0
                ? Leaf("key", group.Id, key, span, () => _builder.GroupKey(group, key))
                : NoField(name, $"the group `{group.Name}`", groups.Keys.Select(k => k.Name));
        }
        if (target is VariableValue { Variable: { Source: CoreSource.Items or CoreSource.Members } item })
        {
            Collection collection = _schema.Collections[item.Source.Collection];
            int field = collection.FieldOf(name.Text);
            return field >= 0
                ? Leaf("item", item.Id, field, span, () => _builder.ItemField(item, field))
                : NoField(name, $"an item of `{collection.Name}`", collection.Fields.Select(f => f.Name));
        }
        if (Settled(target, null, targetSpan) is not { } value) return null;
        if (value.Node.Type is not CoreType.Record { Table: var index })
        {
            Report(DiagnosticCodes.UnknownField, name.Span, $"there is no field `{name.Text}`: what stands before it is no record", hint: "only items, groups and market records have fields");
            return null;
        }
        MarketTable table = _schema.Tables[index];
        int at = table.FieldOf(name.Text);
        if (at >= 0 && target is OldRecordValue) return OldField(value.Node, table, at, span);
        return at >= 0
            ? Leaf("field", value.Node.Id, at, span, () => _builder.Field(value.Node, at))
            : NoField(name, $"`{table.Name}`", table.Fields.Select(f => f.Name));
    }

    private Value? NoField(Identifier name, string owner, IEnumerable<string> fields)
    {
        string[] names = [.. fields];
        Report(DiagnosticCodes.UnknownField, name.Span, $"{owner} has no field `{name.Text}`", names.Length == 0 ? null : $"one of {string.Join(", ", names.Take(12).Select(field => $"`{field}`"))}", Suggestions.DidYouMean(name.Text, names));
        return null;
    }

    private static int IndexOf(IReadOnlyList<(string Name, CoreNode Value)> keys, string name)
    {
        for (int i = 0; i < keys.Count; i++)
            if (keys[i].Name == name) return i;
        return -1;
    }

    private Value? Index(IndexExpression index, Context context)
    {
        NodeValue? row = EvaluateNode(index.Row, context with { Expected = null }), column = EvaluateNode(index.Column, context with { Expected = null });
        return row is null || column is null || _symbols.Globals.GetValueOrDefault(index.Name.Text) is not ParameterSymbol parameter
            ? null
            : Make(index.Span, () => _builder.Correlation(parameter.Index, row.Node, column.Node));
    }

    private Value? Unary(UnaryExpression unary, Context context)
    {
        if (EvaluateNode(unary.Operand, context with { Expected = null }) is not { } operand) return null;
        if (unary.Kind == UnaryKind.Not && !IsFlag(operand, unary.Operand.Span, "`not` takes")) return null;
        return Make(unary.Span, () => unary.Kind == UnaryKind.Negate ? _builder.Negate(operand.Node) : _builder.Not(operand.Node));
    }

    private Value? Binary(BinaryExpression binary, Context context)
    {
        Value? first = Evaluate(binary.Left, context), second = Evaluate(binary.Right, context);
        NodeValue? left = Settled(first, EnumOf(second), binary.Left.Span), right = Settled(second, EnumOf(first), binary.Right.Span);
        if (binary.Kind == BinaryKind.Divide)
        {
            Report(DiagnosticCodes.OnlyRounded, binary.Operator, "a division is not exact", "it directly under a rounding: `down(a / b, Q)`",
                "round the quotient; in a longer product write the division last: `down(a * c / b, Q)`");
            return null;
        }
        if (left is null || right is null) return null;
        if (binary.Kind is BinaryKind.And or BinaryKind.Or)
        {
            string takes = binary.Kind == BinaryKind.And ? "`and` takes" : "`or` takes";
            if (!IsFlag(left, binary.Left.Span, takes) | !IsFlag(right, binary.Right.Span, takes)) return null;
        }
        (CoreNode a, CoreNode b) = (left.Node, right.Node);
        return Make(binary.Span, () => binary.Kind switch
        {
            BinaryKind.Add => _builder.Add(a, b),
            BinaryKind.Subtract => _builder.Subtract(a, b),
            BinaryKind.Multiply => _builder.Multiply(a, b),
            BinaryKind.And => _builder.And(a, b),
            BinaryKind.Or => _builder.Or(a, b),
            BinaryKind.Less => _builder.Compare(Comparison.Less, a, b),
            BinaryKind.LessOrEqual => _builder.Compare(Comparison.LessOrEqual, a, b),
            BinaryKind.Greater => _builder.Compare(Comparison.Less, b, a),
            BinaryKind.GreaterOrEqual => _builder.Compare(Comparison.LessOrEqual, b, a),
            BinaryKind.Equal => _builder.Compare(Comparison.Equal, a, b),
            _ => _builder.Not(_builder.Compare(Comparison.Equal, a, b)),
        });
    }

    /// <summary>Reports a value that is not true or false at its own place.</summary>
    private bool IsFlag(NodeValue value, SourceSpan span, string what, string? hint = null)
    {
        if (value.Node.Type is CoreType.Flag) return true;
        Report(DiagnosticCodes.Type, span, $"{what} true or false, and this is {(value.Node.Type is CoreType.Number ? "a number" : "neither")}", hint: hint ?? (value.Node.Type is CoreType.Number ? "compare it with something" : null));
        return false;
    }

    private static EnumType? EnumOf(Value? value) => (value as NodeValue)?.Node.Type is CoreType.Choice choice ? choice.Type : null;

    private Value? If(IfExpression choice, Context context)
    {
        NodeValue? condition = EvaluateNode(choice.Condition, context with { Expected = null });
        Value? first = Evaluate(choice.Then, context), second = Evaluate(choice.Else, context);
        if (first is OldRecordValue || second is OldRecordValue)
        {
            Report(DiagnosticCodes.Meta, choice.Span, "an `if` cannot choose between a record before the update and another", "numbers, flags or choices", "choose between their fields");
            return null;
        }
        NodeValue? then = Settled(first, EnumOf(second) ?? context.Expected, choice.Then.Span), @else = Settled(second, EnumOf(first) ?? context.Expected, choice.Else.Span);
        if (condition is not null && !IsFlag(condition, choice.Condition.Span, "a condition is")) return null;
        return condition is null || then is null || @else is null ? null : Make(choice.Span, () => _builder.If(condition.Node, then.Node, @else.Node));
    }

    private Value? Reduction(ReductionExpression reduction, Context context)
    {
        NodeValue? empty = reduction.Else is null ? null : EvaluateNode(reduction.Else, context);
        if (Bind(reduction.Variable, reduction.Source) is not { } variable) return null;
        NodeValue? filter, body;
        using (Local(reduction.Variable, variable))
        {
            filter = reduction.Where is null ? null : EvaluateNode(reduction.Where, context);
            body = EvaluateNode(reduction.Body, context);
        }
        if (body is null || (filter is null && reduction.Where is not null) || (empty is null && reduction.Else is not null)) return null;
        if (filter is not null && !IsFlag(filter, reduction.Where!.Span, "a condition is")) return null;
        if (reduction.Kind is ReduceKind.Count or ReduceKind.All or ReduceKind.Any
            && !IsFlag(body, reduction.Body.Span, $"`{Parser.Word(reduction.Kind)}` takes", reduction.Kind == ReduceKind.Count ? "compare it with something, in parentheses: `count x in …: (… > 0)`" : null)) return null;
        return Make(reduction.Span, () => _builder.Reduce(reduction.Kind, variable, filter?.Node, body.Node, empty?.Node));
    }

    private Value? ProRata(ProRataExpression prorata, Context context)
    {
        NodeValue? total = EvaluateNode(prorata.Total, context);
        if (Name(prorata.Of) is not VariableValue { Variable: var of })
        {
            Report(DiagnosticCodes.Source, prorata.Of.Span, $"`{prorata.Of.Text}` is not an item", "the name of the item whose share it is");
            return null;
        }
        if (Bind(prorata.Variable, prorata.Source) is not { } variable) return null;
        NodeValue? weight;
        using (Local(prorata.Variable, variable))
            weight = EvaluateNode(prorata.Weight, context);
        return total is null || weight is null ? null : Make(prorata.Span, () => _builder.ProRata(total.Node, variable, weight.Node, prorata.Rest, of));
    }

    private readonly struct Scope(Dictionary<string, Value?> locals, string name) : IDisposable
    {
        public void Dispose() => locals.Remove(name);
    }

    private Scope Local(Identifier name, CoreVariable variable)
    {
        _frame.Locals[name.Text] = new VariableValue(variable);
        _values?.TryAdd(name.Span, new VariableValue(variable));
        return new Scope(_frame.Locals, name.Text);
    }

    /// <summary>A variable over a source; for a source with keys, over its groups.</summary>
    private CoreVariable? Bind(Identifier name, SourceSyntax syntax)
    {
        if (SourceOf(syntax) is not { } source) return null;
        if (syntax.Keys.IsEmpty) return Guard(syntax.Span, () => _builder.Bind(name.Text, source));
        if (source is not (CoreSource.Items or CoreSource.Members))
        {
            Report(DiagnosticCodes.Source, syntax.Name.Span, $"`{syntax.Name.Text}` cannot be grouped", "a collection of the account, or a group of its items");
            return null;
        }
        if (Guard(syntax.Span, () => _builder.Bind(syntax.Name.Text, source)) is not { } item) return null;
        var keys = new List<(string Name, CoreNode Value)>();
        foreach (var path in syntax.Keys)
        {
            Value? value = new VariableValue(item);
            SourceSpan span = path[0].Span;
            foreach (Identifier step in path)
            {
                SourceSpan through = SourceSpan.Between(path[0].Span, step.Span);
                value = value is null ? null : Field(value, step, span, through);
                span = through;
            }
            if (value is not NodeValue { Node: var node }) return null;
            if (IndexOf(keys, path[^1].Text) >= 0)
            {
                Report(DiagnosticCodes.Duplicate, path[^1].Span, $"two keys of the group are called `{path[^1].Text}`", hint: "a key has the last name of its path");
                return null;
            }
            keys.Add((path[^1].Text, node));
        }
        return Guard(syntax.Span, () => _builder.Bind(name.Text, new CoreSource.Groups(source, item, keys)));
    }

    private CoreSource? SourceOf(SourceSyntax syntax)
    {
        if (_frame.Locals.TryGetValue(syntax.Name.Text, out Value? local))
        {
            if (local is not null) _values?.TryAdd(syntax.Name.Span, local);
            if (local is VariableValue { Variable: { Source: CoreSource.Groups } group }) return new CoreSource.Members(group);
            if (local is not null)
                Report(DiagnosticCodes.Source, syntax.Name.Span, $"`{syntax.Name.Text}` is one {(local is VariableValue ? "record" : "value")} and cannot be run over", "a collection, a market record or a group");
            return null;
        }
        return _symbols.Globals.GetValueOrDefault(syntax.Name.Text) switch
        {
            CollectionSymbol collection => new CoreSource.Items(collection.Index),
            TableSymbol table => new CoreSource.Table(table.Index),
            _ => null,
        };
    }
}
