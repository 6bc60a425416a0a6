using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

public sealed class RangeTableTests
{
    private const int TailRows = 20;

    [Fact]
    public void WhatIsInRangeBalances()
    {
        (Circuit circuit, RangeTable range, TableTrace[] traces) = Fill((row, counts) =>
        {
            (int word, int a, int b, int top) = (row * 65535 / 40, row * 6, 255 - row * 6, row * 3);
            counts.Word(word);
            counts.Pair(a, b);
            counts.Top(a, top);
            return (word, a, b, top);
        });
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, traces, []).ToString());
        Assert.Equal(15, RangeTable.LogHeight(TailRows));
        Assert.Equal(range.Table, traces[0].Table.Index);
    }

    [Theory]
    [InlineData(65536, 0, 0, 0, "range16")]
    [InlineData(-1, 0, 0, 0, "range16")]
    [InlineData(0, 256, 0, 0, "bytes")]
    [InlineData(0, 0, -1, 0, "bytes")]
    [InlineData(0, 0, 0, 128, "tops")]
    public void WhatIsNotInRangeHasNoEntry(int word, int a, int b, int top, string bus)
    {
        // Whatever a prover counts, an entry for the value does not exist: the receipt stays unbalanced.
        (Circuit circuit, _, TableTrace[] traces) = Fill((row, counts) =>
        {
            bool bad = row == 7;
            if (!bad || bus != "range16")
                counts.Word(0);
            if (!bad || bus != "bytes")
                counts.Pair(0, 0);
            if (!bad || bus == "range16")
                counts.Top(0, 0);
            else if (bus == "bytes")
                counts.Top(a & 255, 0);
            return bad ? (word, a, b, top) : (0, 0, 0, 0);
        });
        CheckReport report = ConstraintChecker.Check(circuit, traces, []);
        Assert.Contains(report.Imbalances, i => i.Bus == bus && i.Net == Quintic.From(-1) && i.Uses.Any(u => u.Table == "user" && u.Row == 7));
    }

    [Fact]
    public void CountsMerge()
    {
        var builder = new CircuitBuilder("range");
        var range = new RangeTable(builder);
        Circuit circuit = builder.Build();
        (RangeCounts one, RangeCounts two) = (new RangeCounts(), new RangeCounts());
        one.Word(65535, 3);
        two.Word(65535);
        two.Top(255, 127, 9);
        one.Merge(two);
        using var trace = new TableTrace(circuit, range.Table, 15, TailRows);
        one.Fill(range, trace);
        Assert.Equal(KoalaBear.From(4), trace.Phase(0)[RangeTable.EntryRows - 1, range.Words[3].Offset]);
        Assert.Equal(KoalaBear.From(9), trace.Phase(0)[RangeTable.EntryRows - 1, range.TopPairs[1].Offset]);
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Pair(256, 0));
    }

    [Fact]
    public void TooFewRowsAreRefused()
    {
        var builder = new CircuitBuilder("range");
        var range = new RangeTable(builder);
        Circuit circuit = builder.Build();
        Assert.Throws<ArgumentException>(() => circuit.Tables[range.Table].CreatePreprocessed(14, TailRows));
    }

    private static (Circuit Circuit, RangeTable Range, TableTrace[] Traces) Fill(Func<int, RangeCounts, (int Word, int A, int B, int Top)> row)
    {
        var builder = new CircuitBuilder("range");
        var range = new RangeTable(builder);
        TableBuilder user = builder.Table("user");
        (Expr word, Expr a, Expr b, Expr top) = (user.Column("word"), user.Column("a"), user.Column("b"), user.Column("top"));
        user.Receive(range.Range16, "word", 1, word);
        user.Receive(range.Bytes, "pair", 1, a, b);
        user.Receive(range.Tops, "top", 1, a, top);
        Circuit circuit = builder.Build();
        TableTrace[] traces = [new(circuit, 0, 15, TailRows), new(circuit, 1, 6, TailRows)];
        var counts = new RangeCounts();
        const int Used = 41;
        for (int i = 0; i < Used; i++)
        {
            (int Word, int A, int B, int Top) values = row(i, counts);
            Matrix matrix = traces[1].Phase(0);
            matrix[i, word.Offset] = KoalaBear.From(values.Word);
            matrix[i, a.Offset] = KoalaBear.From(values.A);
            matrix[i, b.Offset] = KoalaBear.From(values.B);
            matrix[i, top.Offset] = KoalaBear.From(values.Top);
        }
        counts.IdleRows(range, circuit.Tables[1], traces[1].ActiveRows - Used);
        counts.Fill(range, traces[0]);
        return (circuit, range, traces);
    }
}
