using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Batches;

internal sealed partial class BatchRun
{
    private enum Operation
    {
        Add,
        SubtractFrom,
        Multiply,
        Absolute,
        Minimum,
        Maximum,
        Less,
        LessOrEqual,
        Equal,
    }

    private Column Binary(CoreNode node, CoreNode leftNode, CoreNode rightNode, Space space, Operation operation)
    {
        Column left = Evaluate(leftNode, space);
        if (rightNode is Literal constant) return WithConstant(node, left, constant.Value, operation);
        Column right = Evaluate(rightNode, space);
        if (node.IsInWords)
        {
            Int128[] result = Room(left.Count);
            Loop<Int128>(operation, left.Narrow!, right.Narrow!, result);
            return new Column(result);
        }
        var wide = new BigInteger[left.Count];
        Loop<BigInteger>(operation, left.AsWide(), right.AsWide(), wide);
        return new Column(wide);
    }

    /// <summary>The same where the right side is one number for all rows.</summary>
    private Column WithConstant(CoreNode node, Column left, BigInteger right, Operation operation)
    {
        if (node.IsInWords)
        {
            Int128[] result = Room(left.Count);
            Loop<Int128>(operation, left.Narrow!, (Int128)right, result);
            return new Column(result);
        }
        var wide = new BigInteger[left.Count];
        Loop<BigInteger>(operation, left.AsWide(), right, wide);
        return new Column(wide);
    }

    private static void Loop<T>(Operation operation, ReadOnlySpan<T> a, T b, Span<T> result)
        where T : struct, INumber<T>
    {
        result = result[..a.Length];
        switch (operation)
        {
            case Operation.Add: for (int i = 0; i < a.Length; i++) result[i] = a[i] + b; break;
            case Operation.SubtractFrom: for (int i = 0; i < a.Length; i++) result[i] = b - a[i]; break;
            case Operation.Multiply: for (int i = 0; i < a.Length; i++) result[i] = a[i] * b; break;
            case Operation.Absolute: for (int i = 0; i < a.Length; i++) result[i] = T.Abs(a[i]); break;
            case Operation.Minimum: for (int i = 0; i < a.Length; i++) result[i] = a[i] < b ? a[i] : b; break;
            case Operation.Maximum: for (int i = 0; i < a.Length; i++) result[i] = a[i] > b ? a[i] : b; break;
            case Operation.Less: for (int i = 0; i < a.Length; i++) result[i] = a[i] < b ? T.One : T.Zero; break;
            case Operation.LessOrEqual: for (int i = 0; i < a.Length; i++) result[i] = a[i] <= b ? T.One : T.Zero; break;
            case Operation.Equal: for (int i = 0; i < a.Length; i++) result[i] = a[i] == b ? T.One : T.Zero; break;
            default: throw new InvalidOperationException();
        }
    }

    private static void Loop<T>(Operation operation, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> result)
        where T : struct, INumber<T>
    {
        b = b[..a.Length];
        result = result[..a.Length];
        switch (operation)
        {
            case Operation.Add: for (int i = 0; i < a.Length; i++) result[i] = a[i] + b[i]; break;
            case Operation.Multiply: for (int i = 0; i < a.Length; i++) result[i] = a[i] * b[i]; break;
            case Operation.Minimum: for (int i = 0; i < a.Length; i++) result[i] = a[i] < b[i] ? a[i] : b[i]; break;
            case Operation.Maximum: for (int i = 0; i < a.Length; i++) result[i] = a[i] > b[i] ? a[i] : b[i]; break;
            case Operation.Less: for (int i = 0; i < a.Length; i++) result[i] = a[i] < b[i] ? T.One : T.Zero; break;
            case Operation.LessOrEqual: for (int i = 0; i < a.Length; i++) result[i] = a[i] <= b[i] ? T.One : T.Zero; break;
            case Operation.Equal: for (int i = 0; i < a.Length; i++) result[i] = a[i] == b[i] ? T.One : T.Zero; break;
            default: throw new InvalidOperationException();
        }
    }

    private Column Choose(CoreNode node, Column condition, Column then, Column @else)
    {
        if (node.IsInWords)
        {
            (Int128[] c, Int128[] a, Int128[] b) = (condition.Narrow!, then.Narrow!, @else.Narrow!);
            Int128[] result = Room(c.Length);
            for (int i = 0; i < c.Length; i++) result[i] = c[i] == 0 ? b[i] : a[i];
            return new Column(result);
        }
        return Rows(condition.Count, i => condition[i].IsZero ? @else[i] : then[i]);
    }

    private Column Divide(Quotient node, Space space)
    {
        Column numerator = Evaluate(node.Numerator, space);
        if (node.IsInWords)
        {
            Int128[] result = Room(numerator.Count);
            Divide(numerator.Narrow!, new Reciprocal((ulong)((Literal)node.Denominator).Value), node.Rounding, result);
            return new Column(result);
        }
        Column denominator = Evaluate(node.Denominator, space);
        return Rows(space.Count, i => denominator[i].Sign > 0
            ? RoundedDivision.Divide(numerator[i], denominator[i], node.Rounding)
            : throw new RuleEvaluationException(denominator[i].IsZero ? "division by zero" : "division by a negative number", node.Span, []));
    }

    private static void Divide(ReadOnlySpan<Int128> numerators, Reciprocal by, Rounding rounding, Span<Int128> result)
    {
        for (int i = 0; i < numerators.Length; i++)
        {
            Int128 numerator = numerators[i];
            bool negative = Int128.IsNegative(numerator);
            (UInt128 quotient, ulong remainder) = by.Divide((UInt128)(negative ? -numerator : numerator));
            bool away = rounding switch
            {
                Rounding.Up => !negative && remainder != 0,
                Rounding.Down => negative && remainder != 0,
                Rounding.Nearest => remainder >= by.Divisor - remainder, // never for a remainder of zero, since the divisor is not zero
                _ => false,
            };
            if (away) quotient++;
            result[i] = negative ? -(Int128)quotient : (Int128)quotient;
        }
    }

    private LadderData[] Ladders(CoreNode node, Space space)
    {
        var market = _evaluator.Interpreter.Market;
        var ladders = new LadderData[space.Count];
        switch (node)
        {
            case Named named:
                return Ladders(named.Value, space);
            case Parameter parameter:
                Array.Fill(ladders, market.Parameters[parameter.Index].Ladder!);
                return ladders;
            case RecordField field:
                Column records = Evaluate(field.Record, space);
                var table = market.Tables[((CoreType.Record)field.Record.Type).Table];
                for (int i = 0; i < ladders.Length; i++) ladders[i] = table[(int)records.Narrow![i]].Fields[field.Field].Ladder!;
                return ladders;
            default:
                throw new InvalidOperationException($"{node.GetType().Name} is no ladder");
        }
    }

    private Column Tier(CoreNode node, LadderData[] ladders, Column x)
    {
        if (!node.IsInWords) return Rows(ladders.Length, i => ladders[i].Evaluate(x[i]));
        Int128[] narrow = x.Narrow!;
        Int128[] result = Room(narrow.Length);
        for (int i = 0; i < narrow.Length; i++) result[i] = ladders[i].Evaluate(narrow[i]);
        return new Column(result);
    }

    private static Column Rows(int count, Func<int, BigInteger> value)
    {
        var wide = new BigInteger[count];
        for (int i = 0; i < count; i++) wide[i] = value(i);
        return new Column(wide);
    }
}
