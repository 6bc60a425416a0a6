using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Balances buses message by message. Messages are told apart by a 155-bit fingerprint with fixed coefficients: good against chance, which is all a
/// checker of one's own traces needs.
/// </summary>
internal static class BusChecker
{
    private const int UsesListed = 4;

    private static readonly Quintic Separator = new(
        KoalaBear.From(1318699U), KoalaBear.From(824512807U), KoalaBear.From(1999999973U), KoalaBear.From(37U), KoalaBear.From(611953U));

    public static (List<BusImbalance> Listed, long Count) Check(
        Circuit circuit, IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges, int limit)
    {
        var net = new Dictionary<Quintic, Quintic>();
        foreach (TableTrace trace in traces)
        {
            ForEachMessage(trace, challenges, (key, _, multiplicity, _, _) =>
            {
                ref Quintic sum = ref CollectionsMarshal.GetValueRefOrAddDefault(net, key, out _);
                sum += multiplicity;
            });
        }
        var unbalanced = net.Where(n => !n.Value.IsZero).ToDictionary(n => n.Key, n => n.Value);
        return (unbalanced.Count == 0 ? [] : Describe(traces, challenges, unbalanced, limit), unbalanced.Count);
    }

    private static List<BusImbalance> Describe(
        IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges, Dictionary<Quintic, Quintic> unbalanced, int limit)
    {
        var listed = new List<BusImbalance>();
        var uses = new Dictionary<Quintic, List<MessageUse>>();
        foreach (TableTrace trace in traces)
        {
            ForEachMessage(trace, challenges, (key, interaction, multiplicity, row, evaluator) =>
            {
                if (!unbalanced.TryGetValue(key, out Quintic sum))
                    return;
                if (!uses.TryGetValue(key, out List<MessageUse>? list))
                {
                    if (listed.Count >= limit)
                        return;
                    list = [];
                    uses.Add(key, list);
                    listed.Add(new BusImbalance(interaction.Bus.Name, [.. interaction.Message.Select(evaluator.Value)], sum, list));
                }
                if (list.Count < UsesListed)
                    list.Add(new MessageUse(trace.Table.Name, interaction.Name, row, multiplicity));
            });
        }
        return listed;
    }

    private static void ForEachMessage(
        TableTrace trace, IReadOnlyList<Quintic> challenges, Action<Quintic, Interaction, Quintic, int, RowEvaluator> visit)
    {
        IReadOnlyList<Interaction> interactions = trace.Table.Interactions;
        if (interactions.Count == 0)
            return;
        var evaluator = new RowEvaluator(trace, interactions.SelectMany(i => i.Message.Append(i.Multiplicity)), challenges, default);
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            evaluator.Evaluate(row);
            foreach (Interaction interaction in interactions)
            {
                Quintic multiplicity = evaluator.Value(interaction.Multiplicity);
                if (!multiplicity.IsZero)
                    visit(Key(interaction, evaluator), interaction, multiplicity, row, evaluator);
            }
        }
    }

    public static Quintic Key(Interaction interaction, RowEvaluator evaluator)
    {
        Quintic key = Quintic.From(interaction.Bus.Index + 1);
        foreach (Expr element in interaction.Message)
            key = key * Separator + evaluator.Value(element);
        return key;
    }
}
