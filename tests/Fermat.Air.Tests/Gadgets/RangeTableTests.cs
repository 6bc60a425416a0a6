using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

public sealed class RangeTableTests
{
    private const int TailRows = 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsInRangeBalances(bool bits)
    {
        (Circuit circuit, RangeTable range, TableTrace[] traces) = Fill((row, counts) =>
        {
            (int word, int a, int b, int top) = (row * 65535 / 40, row * 6, 255 - row * 6, row * 3);
            counts.Word(word);
            counts.Pair(a, b);
            counts.Top(a, top);
            return (word, a, b, top);
        }, bits);
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, traces, []).ToString());
        Assert.Equal(15, RangeTable.LogHeight(TailRows));
        Assert.Equal(range.Table, traces[0].Table.Index);
    }

    [Theory]
    [InlineData(65536, 0, 0, 0, "range16", false)]
    [InlineData(-1, 0, 0, 0, "range16", false)]
    [InlineData(0, 256, 0, 0, "bytes", false)]
    [InlineData(0, 0, -1, 0, "bytes", false)]
    [InlineData(0, 0, 0, 128, "tops", false)]
    [InlineData(65536, 0, 0, 0, "range16", true)]
    [InlineData(-1, 0, 0, 0, "range16", true)]
    [InlineData(0, 256, 0, 0, "bytes", true)]
    [InlineData(0, 0, -1, 0, "bytes", true)]
    [InlineData(0, 0, 0, 128, "tops", true)]
    public void WhatIsNotInRangeHasNoEntry(int word, int a, int b, int top, string bus, bool bits)
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
        }, bits);
        CheckReport report = ConstraintChecker.Check(circuit, traces, []);
        Assert.Contains(report.Imbalances, i => i.Bus == bus && i.Net == Quintic.From(-1) && i.Uses.Any(u => u.Table == "user" && u.Row == 7));
    }

    /// <summary>Every cell of a row of bits, changed by one: no row offers what is out of range.</summary>
    [Fact]
    public void ARowOfBitsOffersWhatItsBitsMake()
    {
        for (int column = 0; column < 19; column++)
        {
            (Circuit circuit, _, TableTrace[] traces) = Fill((_, counts) =>
            {
                counts.Word(0xabcd, 2);
                counts.Pair(0xcd, 0xab);
                return (0xabcd, 0xcd, 0xab, 0);
            }, bits: true, tops: false);
            Matrix matrix = traces[0].Phase(0);
            int row = Enumerable.Range(0, traces[0].ActiveRows).First(r => matrix[r, 15] == KoalaBear.One);
            matrix[row, column] += KoalaBear.One;
            CheckReport report = ConstraintChecker.Check(circuit, traces, []);
            string found = report.ToString();
            Assert.Contains(column < 16 && matrix[row, column] != KoalaBear.One ? $"bit[{column}] is a bit" : column == 18 ? "the highest bit of a top is 0" : "", found, StringComparison.Ordinal);
            Assert.NotEqual("satisfied", found);
        }
    }

    /// <summary>A prover that chooses bits and multiplicities as it likes: bits that make the wanted number, negative and fractional counts, two rows that would share the work.</summary>
    [Theory]
    [InlineData("range16", "is a bit")]
    [InlineData("bytes", "is a bit")]
    [InlineData("tops", "the highest bit of a top is 0")]
    public void NoBitsAndNoCountsOfThemOfferWhatIsOutOfRange(string bus, string noticed)
    {
        // 65536 as a word, (256, 0) as bytes, (0, 128) as a top
        (int Word, int A, int B, int Top) bad = bus switch { "range16" => (65536, 0, 0, 0), "bytes" => (0, 256, 0, 0), _ => (0, 0, 0, 128) };
        (Circuit circuit, RangeTable range, TableTrace[] traces) = Fill((row, counts) =>
        {
            counts.Word(0);
            counts.Pair(0, 0);
            counts.Top(0, 0);
            return row == 7 ? bad : (0, 0, 0, 0);
        }, bits: true, tops: bus == "tops");
        Matrix matrix = traces[0].Phase(0);
        Expr uses = bus switch { "range16" => range.Words[0], "bytes" => range.Pairs[0], _ => range.TopPairs[0] };
        int zero = 0, free = traces[0].ActiveRows - 1;
        if (bus != "tops") matrix[zero, range.TopPairs[0].Offset] = KoalaBear.Zero;
        matrix[zero, uses.Offset] -= KoalaBear.One;
        // bit 15 twice, bit 7 twice, bit 15 once
        matrix[free, range.Bits[bus == "bytes" ? 7 : 15].Offset] = KoalaBear.From(bus == "tops" ? 1 : 2);
        matrix[free, uses.Offset] = KoalaBear.One;
        CheckReport made = ConstraintChecker.Check(circuit, traces, []);
        Assert.Empty(made.Imbalances);
        Assert.Contains(noticed, made.ToString(), StringComparison.Ordinal);

        // the counts of numbers that are in range: any total of theirs leaves the one that is not
        matrix[free, range.Bits[bus == "bytes" ? 7 : 15].Offset] = KoalaBear.Zero;
        foreach (KoalaBear count in (KoalaBear[])[KoalaBear.One, -KoalaBear.One, KoalaBear.From(2).Inverse(), KoalaBear.From(KoalaBear.Modulus - 2)])
        {
            matrix[free, uses.Offset] = count;
            matrix[free - 1, uses.Offset] = KoalaBear.One - count;
            CheckReport counted = ConstraintChecker.Check(circuit, traces, []);
            Assert.Equal(0, counted.ViolationCount);
            Assert.Contains(counted.Imbalances, i => i.Bus == bus && i.Net == Quintic.From(-1));
        }
    }

    [Fact]
    public void MoreIntegersThanRowsAreRefused()
    {
        var builder = new CircuitBuilder("range");
        RangeTable range = RangeTable.OfBits(builder);
        Circuit circuit = builder.Build();
        var counts = new RangeCounts();
        using var trace = new TableTrace(circuit, range.Table, RangeTable.BitsMinLogHeight, TailRows);
        for (int i = 0; i < trace.ActiveRows; i++) counts.Word(i);
        counts.Fill(range, trace);
        counts.Word(65535);
        Assert.Throws<InvalidOperationException>(() => counts.Fill(range, trace));
        Assert.Equal((1, 5, 65536), (range.RowsFor(0), range.RowsFor(4), range.RowsFor(1 << 20)));
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

    private static (Circuit Circuit, RangeTable Range, TableTrace[] Traces) Fill(Func<int, RangeCounts, (int Word, int A, int B, int Top)> row, bool bits, bool tops = true)
    {
        var builder = new CircuitBuilder("range");
        RangeTable range = bits ? RangeTable.OfBits(builder) : new RangeTable(builder);
        TableBuilder user = builder.Table("user");
        (Expr word, Expr a, Expr b, Expr top) = (user.Column("word"), user.Column("a"), user.Column("b"), user.Column("top"));
        user.Receive(range.Range16, "word", 1, word);
        user.Receive(range.Bytes, "pair", 1, a, b);
        if (tops) user.Receive(range.Tops, "top", 1, a, top);
        Circuit circuit = builder.Build();
        TableTrace[] traces = [new(circuit, 0, bits ? RangeTable.BitsMinLogHeight : 15, TailRows), new(circuit, 1, 6, TailRows)];
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
