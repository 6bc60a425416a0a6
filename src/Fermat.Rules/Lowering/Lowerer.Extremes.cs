using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private NumberValue Chosen(Reduce node, SmallValue? filter, Domain rows, Link link, Domain domain)
    {
        bool max = node.Kind == ReduceKind.Max;
        IReadOnlyList<Dividend>? inRecord = filter is null && rows.IsOfRecords ? [.. Parts(node.Body, max).Select(part => Undigested(part, rows))] : null;
        NumberValue? body = inRecord is null ? Number(node.Body, rows) : null;
        SmallValue? empty = null;
        if (node.Empty is not null)
        {
            NumberValue count = Total(Counted(SmallValue.Constant(1), filter, rows), rows, link, new Bounds(0, link.MaxRows), domain);
            empty = count.Form.Constant is not null ? SmallValue.Constant(1) : IsZero(domain, count.Digits!.CellSum, count.Digits.SumOf);
        }
        if (empty is { IsConstant: true }) return Number(node.Empty!, domain);
        DigitColumns digits = inRecord is not null ? Extremal(inRecord, node.Body.Bounds, max, rows, link, domain, empty) : Extremal(body!, filter, max, rows, link, domain, empty);
        if (empty is null) return new NumberValue(digits.Form, node.Bounds);
        NumberValue otherwise = Number(node.Empty!, domain);
        Within(otherwise, domain, 1, LimbForm.Limit / 4);
        return new NumberValue(LimbForm.Add(digits.Form, LimbForm.Scale(otherwise.Form, empty)), node.Bounds);
    }

    /// <summary>
    /// The smallest or the largest: a committed number that no element goes beyond (the distance is not negative) and that one selected element equals. Where there is none, its digits are zero.
    /// </summary>
    private DigitColumns Extremal(NumberValue body, SmallValue? filter, bool max, Domain rows, Link link, Domain domain, SmallValue? empty)
    {
        if (body.Form.Constant is not null) body = new NumberValue(Additive(body, rows), body.Bounds);
        Within(body, rows, filter is null ? MaxDegree : 1, LimbForm.Limit / 4);
        SmallValue counted = filter is null || filter.IsConstant ? new SmallValue(rows.Active * (filter?.At ?? 1), 1, row => filter?.Of(row) ?? 1) : filter;
        string name = Name(max ? "largest" : "smallest");
        DigitColumns digits = Best(name, body.Bounds, max, domain, row => row.Children(rows).Where(one => counted.Of(one) == 1).Select(body.Form.Integer));
        LimbForm here = link.Pass($"{name}, of the row's owner", digits.Form);
        LimbForm distance = max ? LimbForm.Subtract(here, body.Form) : LimbForm.Subtract(body.Form, here);
        if (filter is { IsConstant: false }) distance = LimbForm.Scale(distance, filter);
        BigInteger most = body.Bounds.Max - body.Bounds.Min;
        var slack = new DigitColumns(rows, Unique($"{name}, distance"), DigitFormat.Of(new Bounds(0, most)), distance);
        Carries.Zero(rows, Unique($"{name}: no element goes beyond it"), LimbForm.Subtract(distance, slack.Form));
        MemoSlot first = domain.NewSlot(1, MemoKind.Part);
        void FirstOf(WitnessRow row, Span<long> into)
        {
            into[0] = -1;
            foreach (WitnessRow one in row.Children(rows))
                if (counted.Of(one) == 1 && slack.IsZero(one))
                {
                    into[0] = one.Index;
                    return;
                }
        }
        SmallValue selected = rows.Bit(Unique($"{name}, selected"), row => row.In(domain).Remember(first, FirstOf)[0] == row.Index);
        rows.Table.Constrain(Unique($"{name}: the selected element equals it"), selected.At * slack.CellSum);
        if (filter is not null) rows.Table.Constrain(Unique($"{name}: the selected element counts"), selected.At * (1 - counted.At));
        link.Equal(selected.At, empty is null ? domain.Active : domain.Active - empty.At);
        if (empty is not null) domain.Table.Constrain(Unique($"{name}: nothing is 0"), empty.At * digits.CellSum);
        return digits;
    }

    /// <summary>
    /// The same of several elements in each record, which are not brought to digits: an element differs from what is passed on by a distance in words, and one distance of one row, which is
    /// selected, is zero.
    /// </summary>
    /// <param name="elements">Of each row.</param>
    /// <param name="bounds">Of the smallest or largest.</param>
    /// <param name="max">Whether the largest is sought.</param>
    /// <param name="rows">The rows of records.</param>
    /// <param name="link">From them to their owners.</param>
    /// <param name="domain">The owners.</param>
    /// <param name="empty">1 where an owner has no rows; null where it always has some.</param>
    private DigitColumns Extremal(IReadOnlyList<Dividend> elements, Bounds bounds, bool max, Domain rows, Link link, Domain domain, SmallValue? empty)
    {
        string name = Name(max ? "largest" : "smallest");
        LimbForm[] forms = [.. elements.Select(element => element.In(rows))];
        DigitColumns digits = Best(name, bounds, max, domain, row => row.Children(rows).SelectMany(_ => forms, (one, form) => form.Integer(one)));
        LimbForm here = link.Pass($"{name}, of the row's owner", digits.Form);
        WordColumns[] distances = [.. elements.Select((element, i) =>
        {
            BigInteger most = max ? bounds.Max - element.Bounds.Min : element.Bounds.Max - bounds.Min;
            var distance = new WordColumns(rows, Unique($"{name}, distance"), most, max ? LimbForm.Subtract(here, forms[i]) : LimbForm.Subtract(forms[i], here));
            if (element.Sum is not null) rows.Table.Constrain(Unique($"padding: {name}, no distance"), (1 - rows.Active) * distance.Form.At);
            element.Is(rows, Unique($"{name}: no element goes beyond it"), max ? LimbForm.Subtract(here, distance.Form) : LimbForm.Add(here, distance.Form));
            return distance;
        })];
        MemoSlot first = domain.NewSlot(2, MemoKind.Part);
        void FirstOf(WitnessRow row, Span<long> into)
        {
            into[0] = -1;
            foreach (WitnessRow one in row.Children(rows))
                for (int i = 0; i < distances.Length; i++)
                    if (distances[i].SumOf(one) == 0)
                    {
                        (into[0], into[1]) = (one.Index, i);
                        return;
                    }
        }
        Expr all = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            int element = i;
            Expr selected = rows.Bit(Unique($"{name}, selected"), row => row.In(domain).Remember(first, FirstOf) is [var index, var which] && index == row.Index && which == element).At;
            rows.Table.Constrain(Unique($"{name}: the selected element equals it"), selected * distances[i].CellSum);
            all += selected;
        }
        link.Equal(all, empty is null ? domain.Active : domain.Active - empty.At);
        if (empty is not null) domain.Table.Constrain(Unique($"{name}: nothing is 0"), empty.At * digits.CellSum);
        return digits;
    }

    private static DigitColumns Best(string name, Bounds bounds, bool max, Domain domain, Func<WitnessRow, IEnumerable<BigInteger>> values) =>
        new(domain, name, DigitFormat.Of(bounds), row => values(row).Aggregate((BigInteger?)null, (best, value) => best is not { } known ? value : max ? BigInteger.Max(known, value) : BigInteger.Min(known, value)) ?? 0,
            isZeroOnPadding: true);

    /// <summary>What the smallest (or largest) of an expression and others is the smallest of: min(a, min(b, c)) is one of three.</summary>
    private static IEnumerable<CoreNode> Parts(CoreNode node, bool max) => node switch
    {
        Extremum extremum when extremum.IsMaximum == max => Parts(extremum.Left, max).Concat(Parts(extremum.Right, max)),
        Rescale { Digits: 0, Operand: Extremum extremum } when extremum.IsMaximum == max => Parts(extremum, max),
        _ => [node],
    };

    /// <summary>A number that one identity reads: a sum over other rows without digits of its own, or an expression of degree up to 3.</summary>
    private Dividend Undigested(CoreNode node, Domain domain)
    {
        if (Summed(node, domain) is { } sum) return sum;
        NumberValue number = Operand(node, domain);
        Within(number, domain, MaxDegree + 1, LimbForm.Limit / 8);
        return new Dividend(number);
    }
}
