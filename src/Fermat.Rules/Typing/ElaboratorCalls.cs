using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>Functions: those of the rulebook are put in the place of their calls, those of the language become their nodes.</summary>
internal sealed partial class Elaborator
{
    private Value? Call(CallExpression call, Context context)
    {
        Context inner = context with { Expected = null };
        if (call.Block is null && Predefined.Functions.ContainsKey(call.Name.Text))
        {
            return call.Name.Text switch
            {
                "abs" => Simple(call, inner, arguments => _builder.Absolute(arguments[0])),
                "min" => Simple(call, inner, arguments => arguments.Aggregate(_builder.Minimum)),
                "max" => Simple(call, inner, arguments => arguments.Aggregate(_builder.Maximum)),
                "clamp" => Simple(call, inner, arguments => _builder.Minimum(_builder.Maximum(arguments[0], arguments[1]), arguments[2])),
                "tiered" => Simple(call, inner, arguments => _builder.Tiered(arguments[0], arguments[1])),
                _ when Predefined.Roundings.TryGetValue(call.Name.Text, out Rounding rounding) => Rounded(call, rounding, inner),
                _ => OnlyUnderRounding(call, call.Name.Text is "sqrt" or "interpolate" ? "down" : "nearest"),
            };
        }
        DefinitionSymbol? definition = call.Block is { } block
            ? _symbols.InBlocks.GetValueOrDefault($"{block.Text}.{call.Name.Text}")
            : _symbols.Find(call.Name.Text, _frame.Definition.Block) as DefinitionSymbol;
        Value?[] given = [.. call.Arguments.Select(argument => Evaluate(argument, inner))];
        return definition is null || _broken.Contains(definition) ? null : Inline(definition, call, given);
    }

    private Value? OnlyUnderRounding(CallExpression call, string rounding)
    {
        Report(DiagnosticCodes.OnlyRounded, call.Name.Span, $"`{call.Name.Text}` is not exact", $"it directly under a rounding: `{rounding}({call.Name.Text}(…), Q)`");
        return null;
    }

    private NodeValue? Simple(CallExpression call, Context context, Func<CoreNode[], CoreNode> make)
        => Nodes(call, context) is { } nodes ? Make(call.Span, () => make(nodes)) : null;

    private CoreNode[]? Nodes(CallExpression call, Context context)
    {
        CoreNode?[] nodes = [.. call.Arguments.Select(argument => EvaluateNode(argument, context)?.Node)];
        return nodes.Contains(null) ? null : [.. nodes.OfType<CoreNode>()];
    }

    /// <summary>down(x, Q) and the like. What is not exact may stand directly in it.</summary>
    private Value? Rounded(CallExpression call, Rounding rounding, Context context)
    {
        Expression operand = call.Arguments[0].Bare;
        Quantity? target = call.Arguments.Length == 2
            ? (call.Arguments[1] is NameExpression { Name: var name } && _symbols.Globals.GetValueOrDefault(name.Text) is QuantitySymbol symbol ? symbol.Quantity : null)
            : context.Target;
        if (target is null)
        {
            Report(DiagnosticCodes.Target, call.Name.Span, $"this does not say what `{call.Name.Text}` rounds to", $"a quantity: `{call.Name.Text}(…, Q)`",
                "or give the definition an annotation: `name: Q = …`");
        }
        switch (operand)
        {
            case BinaryExpression { Kind: BinaryKind.Divide } division:
                NodeValue? numerator = EvaluateNode(division.Left, context), denominator = EvaluateNode(division.Right, context);
                return target is null || numerator is null || denominator is null ? null : Make(division.Span, () => _builder.Divide(rounding, numerator.Node, denominator.Node, target), division.Right.Span);
            case CallExpression { Block: null, Name.Text: "sqrt", Arguments.Length: 1 } root:
                return Nodes(root, context) is { } radicand && target is not null ? Make(root.Span, () => _builder.SquareRoot(rounding, radicand[0], target)) : null;
            case CallExpression { Block: null, Name.Text: "interpolate", Arguments.Length: 2 } curve:
                return Nodes(curve, context) is { } line && target is not null ? Make(curve.Span, () => _builder.Interpolate(rounding, line[0], line[1], target)) : null;
            case CallExpression { Block: null } function when Predefined.PublicFunctions.TryGetValue(function.Name.Text, out FunctionKind kind):
                if (rounding != Rounding.Nearest)
                {
                    Report(DiagnosticCodes.OnlyRounded, call.Name.Span, $"`{function.Name.Text}` is known to the nearest unit, not `{call.Name.Text}`", $"`nearest({function.Name.Text}(…), Q)`");
                    return null;
                }
                return Nodes(function, context) is { } arguments && target is not null ? Make(function.Span, () => _builder.Call(kind, arguments, target)) : null;
            default:
                return EvaluateNode(operand, context) is { } value && target is not null ? Make(call.Span, () => _builder.Round(rounding, value.Node, target)) : null;
        }
    }

    /// <summary>A function in the place of its call; the same one with the same arguments is the same expression.</summary>
    private Value? Inline(DefinitionSymbol definition, CallExpression call, Value?[] given)
    {
        var locals = new List<(string Name, Value? Value)>();
        for (int i = 0; i < given.Length; i++)
        {
            ParameterSyntax parameter = definition.Parameters[i];
            Value? value = given[i];
            if (value is ChoiceValue)
                value = Settled(value, ContextOf(parameter.Annotation, default).Expected, call.Arguments[i].Span);
            given[i] = value;
            locals.Add((parameter.Name.Text, value));
        }
        string key = string.Join(',', given.Select(KeyOf));
        if (_calls.TryGetValue((definition, key), out Value? known)) return known;
        if (given.Contains(null)) return null;

        (Frame caller, Frame frame) = (_frame, new Frame(definition, _frame, call.Span));
        bool complete = true;
        for (int i = 0; i < locals.Count; i++)
        {
            Value? value = definition.Parameters[i].Annotation is { } annotation ? Annotated(annotation, locals[i].Value, call.Arguments[i].Span) : locals[i].Value;
            complete &= value is not null;
            frame.Locals[locals[i].Name] = value;
        }
        Value? result = null;
        if (complete)
        {
            _frame = frame;
            result = Body(definition);
            _frame = caller;
            result = Wrap($"{definition.FullName}({string.Join(", ", call.Arguments.Select((argument, i) => Shown(given[i], argument)))})", result, call.Span);
        }
        _calls[(definition, key)] = result;
        return result;
    }

    private static string KeyOf(Value? value) => value switch
    {
        NodeValue node => $"n{node.Node.Id}",
        VariableValue variable => $"v{variable.Variable.Id}",
        OldRecordValue old => $"o{old.Record.Id}",
        _ => "?",
    };

    /// <summary>An argument in a name for explanations: <c>b</c>, <c>p.instrument</c>, <c>…</c> for longer ones.</summary>
    private static string Shown(Value? value, Expression argument) => (value, argument.Bare) switch
    {
        (VariableValue variable, _) => variable.Variable.Name,
        (_, NameExpression name) => name.Name.Text,
        (_, MemberExpression { Target: NameExpression target } member) => $"{target.Name.Text}.{member.Member.Text}",
        (_, NumberLiteral number) => Numeral.Write(number.Mantissa, number.Scale),
        (_, FlagLiteral flag) => flag.Value ? "true" : "false",
        _ => "…",
    };
}
