using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using RowEvaluator = Fermat.Statements.Tests.Checking.RowEvaluator;

namespace Fermat.Statements.Tests.Lies;

/// <summary>
/// Fills how often each entry of the range table is looked up by reading the messages off finished traces, whatever their cells are: the best that a lying prover can do. What no entry offers stays unanswered.
/// </summary>
internal static class RangeRecount
{
    /// <summary>Fills the multiplicities.</summary>
    /// <param name="range">The range table.</param>
    /// <param name="traces">All traces of the circuit, phase 0 and public columns filled.</param>
    /// <param name="challenges">Those of the messages' expressions.</param>
    public static void Fill(RangeTable range, IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges)
    {
        var counts = new RangeCounts();
        foreach (TableTrace trace in traces)
        {
            Interaction[] lookups = [.. trace.Table.Interactions.Where(i => !i.IsSend && !i.IsGenerated && (i.Bus == range.Range16 || i.Bus == range.Bytes || i.Bus == range.Tops))];
            if (lookups.Length == 0) continue;
            var values = new RowEvaluator(trace, challenges, lookups.SelectMany(i => i.Message.Append(i.Multiplicity)));
            for (int row = 0; row < trace.ActiveRows; row++)
            {
                values.MoveTo(row);
                foreach (Interaction lookup in lookups)
                {
                    if (values[lookup.Multiplicity].IsZero) continue;
                    uint[] message = [.. lookup.Message.Select(element => values[element].C0.Value)];
                    if (lookup.Bus == range.Range16 && message[0] < 1 << 16) counts.Word((int)message[0]);
                    if (lookup.Bus == range.Bytes && message.All(value => value < 256)) counts.Pair((int)message[0], (int)message[1]);
                    if (lookup.Bus == range.Tops && message[0] < 256 && message[1] < 128) counts.Top((int)message[0], (int)message[1]);
                }
            }
        }
        counts.Fill(range, traces[range.Table]);
    }
}
