using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;

namespace Fermat.Statements.Tests.Lies;

/// <summary>
/// Fills how often each public or preprocessed entry is looked up by reading the messages off the trace, whatever its cells are: the best a lying
/// prover can do. What no entry offers stays unanswered.
/// </summary>
internal static class LookupCounter
{
    public static void Fill(SolvencyCircuit circuit, IReadOnlyList<TableTrace> traces, Func<int, Expr, int, long, long> put)
    {
        var words = new long[1 << 16];
        var pairs = new long[1 << 16];
        var tops = new long[1 << 15];
        var intervals = new Dictionary<Quintic, long>();
        var assets = new Dictionary<Quintic, long>();
        foreach (TableTrace trace in traces)
        {
            Interaction[] lookups = [.. trace.Table.Interactions.Where(i => !i.IsSend && !i.IsGenerated
                && (i.Bus == circuit.Range.Range16 || i.Bus == circuit.Range.Bytes || i.Bus == circuit.Range.Tops || i.Bus.Name is "tier" or "asset"))];
            if (lookups.Length == 0) continue;
            var values = new RowEvaluator(trace, Scene.Challenges, lookups.SelectMany(i => i.Message.Append(i.Multiplicity)));
            for (int row = 0; row < trace.ActiveRows; row++)
            {
                values.MoveTo(row);
                foreach (Interaction lookup in lookups)
                {
                    if (values[lookup.Multiplicity].IsZero) continue;
                    Quintic[] message = [.. lookup.Message.Select(element => values[element])];
                    if (lookup.Bus == circuit.Range.Range16) CountWord(words, message[0].C0.Value);
                    else if (lookup.Bus == circuit.Range.Bytes) CountPair(pairs, message[0].C0.Value, message[1].C0.Value);
                    else if (lookup.Bus == circuit.Range.Tops) CountPair(tops, message[0].C0.Value, message[1].C0.Value);
                    else Count(lookup.Bus.Name == "tier" ? intervals : assets, message);
                }
            }
        }
        RangeTable range = circuit.Range;
        for (int row = 0; row < RangeTable.EntryRows; row++)
            for (int slot = 0; slot < RangeTable.Slots; slot++)
            {
                int entry = row + RangeTable.EntryRows * slot;
                put(range.Table, range.Words[slot], row, words[entry]);
                put(range.Table, range.Pairs[slot], row, pairs[entry]);
                if (slot < RangeTable.TopSlots) put(range.Table, range.TopPairs[slot], row, tops[entry]);
            }
        FillOffers(traces[circuit.Intervals.Table], circuit.Intervals.Uses, intervals, put);
        FillOffers(traces[circuit.Assets.Table], circuit.Assets.Uses, assets, put);
    }

    private static void FillOffers(TableTrace trace, Expr uses, Dictionary<Quintic, long> counts, Func<int, Expr, int, long, long> put)
    {
        Interaction offer = trace.Table.Interactions.Single(i => i.IsSend && !i.IsGenerated);
        var values = new RowEvaluator(trace, Scene.Challenges, offer.Message);
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            if (!trace.Public!.Row(row).ContainsAnyExcept(KoalaBear.Zero)) break;
            values.MoveTo(row);
            put(trace.Table.Index, uses, row, counts.GetValueOrDefault(Fingerprint([.. offer.Message.Select(element => values[element])])));
        }
    }

    private static void CountWord(long[] words, uint word)
    {
        if (word < words.Length) words[word]++;
    }

    private static void CountPair(long[] pairs, uint first, uint second)
    {
        if (first < 256 && second < pairs.Length / 256) pairs[first + 256 * second]++;
    }

    private static void Count(Dictionary<Quintic, long> counts, Quintic[] message)
    {
        Quintic key = Fingerprint(message);
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    private static Quintic Fingerprint(Quintic[] message)
    {
        Quintic sum = Quintic.Zero;
        foreach (Quintic element in message) sum = sum * Scene.Challenges[^1] + element;
        return sum;
    }
}
