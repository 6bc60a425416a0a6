using System.Numerics;
using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

public sealed class LimbGadgetTests
{
    private static readonly BigInteger Max64 = ulong.MaxValue;

    private readonly GadgetBench _bench = new();
    private readonly Random _random = new(17);

    [Fact]
    public void AnExactProductHasOneValue()
    {
        LimbInteger a = Bytes("a", 8), b = Bytes("b", 8), product = Bytes("product", 16);
        var chain = new CarryChain(_bench.Table, _bench.Range, "a·b", a.Value * b.Value - product.Value, _bench.Enabled);
        (BigInteger A, BigInteger B)[] cases = [(3, 5), (Max64, Max64), (1, Max64), .. Enumerable.Range(0, 12).Select(_ => (Random(64), Random(40)))];
        _bench.Check(cases, (value, row, counts) =>
        {
            a.Fill(row, value.A, counts);
            b.Fill(row, value.B, counts);
            product.Fill(row, value.A * value.B, counts);
            chain.Fill(row, counts);
        });
    }

    [Fact]
    public void AFalseProductIsRefusedByTheFillerAndTheCircuit()
    {
        LimbInteger a = Bytes("a", 2), product = Bytes("product", 4);
        var chain = new CarryChain(_bench.Table, _bench.Range, "a²", a.Value * a.Value - product.Value, _bench.Enabled);
        IReadOnlyList<ConstraintViolation> violations = _bench.Violations((row, counts) =>
        {
            a.Fill(row, 1000, counts);
            product.Fill(row, 1_000_001, counts);
            var copy = row.ToArray();
            Assert.Throws<InvalidOperationException>(() => chain.Fill(copy, counts));
        });
        Assert.Contains(violations, v => v.Constraint == "a², limb 0");
    }

    [Theory]
    [InlineData(Rounding.Down)]
    [InlineData(Rounding.Up)]
    [InlineData(Rounding.HalfUp)]
    public void QuotientsAreRoundedAsNamed(Rounding rounding)
    {
        LimbInteger a = Bytes("a", 7), b = Bytes("b", 4);
        var division = new Division(_bench.Table, _bench.Range, "a / b", a.Value, b.Value, 8, rounding, _bench.Enabled);
        (BigInteger A, BigInteger B)[] cases =
        [
            (0, 1), (7, 2), (8, 2), (9, 2), (5, 10), (4, 10), (6, 10), (BigInteger.Pow(2, 56) - 1, 1), (1, uint.MaxValue), (3, 3),
            .. Enumerable.Range(0, 12).Select(_ => (Random(56), 1 + Random(_random.Next(2, 31)))),
        ];
        _bench.Check(cases, (value, row, counts) =>
        {
            a.Fill(row, value.A, counts);
            b.Fill(row, value.B, counts);
            division.Fill(row, counts);
            BigInteger expected = rounding switch
            {
                Rounding.Down => BigInteger.Divide(value.A, value.B),
                Rounding.Up => BigInteger.Divide(value.A, value.B) + (value.A % value.B == 0 ? 0 : 1),
                _ => BigInteger.Divide(value.A, value.B) + (2 * (value.A % value.B) >= value.B ? 1 : 0),
            };
            Assert.Equal(expected, division.Quotient.Value.Evaluate(row));
        });
    }

    [Fact]
    public void DivisionByZeroIsRefused()
    {
        LimbInteger a = Bytes("a", 2), b = Bytes("b", 2);
        var division = new Division(_bench.Table, _bench.Range, "a / b", a.Value, b.Value, 2, Rounding.Down, _bench.Enabled);
        IReadOnlyList<ConstraintViolation> violations = _bench.Violations((row, counts) =>
        {
            var copy = row.ToArray();
            Assert.Throws<DivideByZeroException>(() => division.Fill(copy, counts));
        });
        Assert.Contains(violations, v => v.Constraint.StartsWith("a / b: remainder < denominator"));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void ComparisonsTellTheOrder(int baseLog2)
    {
        LimbInteger a = Integer("a", baseLog2), b = Integer("b", baseLog2);
        var comparison = new Comparison(_bench.Table, _bench.Range, "a ≥ b", a.Value, b.Value, 64 / baseLog2, _bench.Enabled);
        (BigInteger A, BigInteger B)[] cases =
        [
            (0, 0), (0, 1), (1, 0), (Max64, 0), (0, Max64), (Max64, Max64), (65536, 65535), (65535, 65536),
            .. Enumerable.Range(0, 12).Select(_ => (Random(_random.Next(1, 64)), Random(_random.Next(1, 64)))),
        ];
        _bench.Check(cases, (value, row, counts) =>
        {
            a.Fill(row, value.A, counts);
            b.Fill(row, value.B, counts);
            comparison.Fill(row, counts);
            Assert.Equal(value.A >= value.B ? 1 : 0, comparison.AtLeast.Value(row));
        });
    }

    [Fact]
    public void AtMostHoldsForNothingElse()
    {
        LimbInteger a = Words("a"), b = Words("b");
        var bound = new AtMost(_bench.Table, _bench.Range, "a ≤ b", a.Value, b.Value, 4, _bench.Enabled);
        (BigInteger A, BigInteger B)[] cases = [(0, 0), (Max64, Max64), (0, Max64), .. Enumerable.Range(0, 8).Select(_ => (Random(40), Random(20) + (BigInteger.One << 41)))];
        _bench.Check(cases, (value, row, counts) =>
        {
            a.Fill(row, value.A, counts);
            b.Fill(row, value.B, counts);
            bound.Fill(row, counts);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var row = new KoalaBear[64];
            a.Fill(row, 5, new RangeCounts());
            b.Fill(row, 4, new RangeCounts());
            bound.Fill(row, new RangeCounts());
        });
    }

    [Fact]
    public void SignedIntegersHaveOneForm()
    {
        var x = new SignedInteger(_bench.Table, _bench.Range, "x", 6);
        LimbInteger offset = Bytes("offset", 7);
        LimbPolynomial shift = LimbPolynomial.Constant(8, BigInteger.Pow(2, 48));
        LimbPolynomial scaled = new(8, Enumerable.Range(0, shift.Count).Select(i => shift[i] * new LimbTerm(_bench.Enabled, 0, 1, _ => 1)));
        var chain = new CarryChain(_bench.Table, _bench.Range, "x + 2^48", x.Value + scaled - offset.Value, _bench.Enabled);
        BigInteger[] cases = [0, -1, 1, -BigInteger.Pow(2, 48), BigInteger.Pow(2, 48) - 1, .. Enumerable.Range(0, 10).Select(_ => Random(48) - Random(48))];
        _bench.Check(cases, (value, row, counts) =>
        {
            x.Fill(row, value, counts);
            offset.Fill(row, value + BigInteger.Pow(2, 48), counts);
            chain.Fill(row, counts);
            Assert.Equal(value, x.Value.Evaluate(row));
        });
    }

    [Fact]
    public void ZeroIsToldFromEverythingElse()
    {
        LimbInteger x = Bytes("x", 2);
        var test = new IsZero(_bench.Table, "x", x.Value[0] + x.Value[1], _bench.Enabled);
        int[] cases = [0, 1, 255, 256, 65535];
        // The bytes of x are free: nothing else reads them.
        _bench.Check(cases, (value, row, counts) =>
        {
            x.Fill(row, value, counts);
            test.Fill(row);
            Assert.Equal(value == 0 ? 1 : 0, test.Bit.Value(row));
        }, [.. x.Limbs]);
    }

    [Fact]
    public void SelectionTakesOneOrTheOther()
    {
        LimbInteger a = Bytes("a", 3), b = Bytes("b", 5), chosen = Bytes("chosen", 5);
        Expr bit = _bench.Table.Column("bit");
        _bench.Table.ConstrainBoolean("bit is a bit", bit);
        LimbPolynomial selected = LimbPolynomial.Select(LimbTerm.Column(bit, 1), a.Value, b.Value);
        var chain = new CarryChain(_bench.Table, _bench.Range, "chosen", selected - chosen.Value, _bench.Enabled);
        (int Bit, BigInteger A, BigInteger B)[] cases = [(0, 5, 7), (1, 5, 7), .. Enumerable.Range(0, 8).Select(i => (i & 1, Random(24), Random(40)))];
        _bench.Check(cases, (value, row, counts) =>
        {
            row[bit.Offset] = KoalaBear.From(value.Bit);
            a.Fill(row, value.A, counts);
            b.Fill(row, value.B, counts);
            chosen.Fill(row, value.Bit == 1 ? value.A : value.B, counts);
            chain.Fill(row, counts);
        }, [.. a.Limbs, .. b.Limbs]);
    }

    [Fact]
    public void IntervalsAreFoundByTheirEnds()
    {
        LimbInteger amount = Bytes("amount", 8);
        var lookup = new IntervalLookup(_bench.Table, _bench.Range, "tier", amount.Value.Regroup(2));
        LimbInteger low = Words("low"), high = Words("high");
        for (int i = 0; i < 4; i++)
        {
            // The ladder's table stands for these columns: proper digits.
            _bench.Table.Constrain($"low[{i}] found", lookup.Low[i] - low.Limbs[i]);
            _bench.Table.Constrain($"high[{i}] found", lookup.High[i] - high.Limbs[i]);
        }
        (BigInteger Low, BigInteger Amount, BigInteger High)[] cases =
        [
            (0, 0, 0), (0, 0, Max64), (0, Max64, Max64), (Max64, Max64, Max64), (65535, 65536, 65537),
            .. Enumerable.Range(0, 10).Select(_ => (Random(30), Random(30) + (BigInteger.One << 31), Random(60) + (BigInteger.One << 33))),
        ];
        _bench.Check(cases, (value, row, counts) =>
        {
            amount.Fill(row, value.Amount, counts);
            low.Fill(row, value.Low, counts);
            high.Fill(row, value.High, counts);
            lookup.Fill(row, value.Low, value.High, counts);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => lookup.Fill(new KoalaBear[64], 1, 2, new RangeCounts()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(-100, 100)]
    [InlineData(-300, 4000)]
    [InlineData(-(1 << 22), (1 << 22) - 1)]
    public void BoundedColumnsHoldTheirRange(long min, long max)
    {
        BoundedColumn column = BoundedColumn.Declare(_bench.Table, _bench.Range, "c", min, max, _bench.Enabled);
        LimbInteger check = Bytes("check", 4);
        LimbTerm offset = new LimbTerm(_bench.Enabled, 0, 1, _ => 1) * (1L << 22);
        var chain = new CarryChain(_bench.Table, _bench.Range, "c + 2^22", new LimbPolynomial(8, column.Term + offset) - check.Value, _bench.Enabled);
        Assert.True(column.Term.Min <= min && column.Term.Max >= max);
        long[] cases = [.. new[] { min, max, 0, (min + max) / 2 }.Distinct()];
        _bench.Check(cases, (value, row, counts) =>
        {
            column.Fill(row, value, counts);
            check.Fill(row, value + (1L << 22), counts);
            chain.Fill(row, counts);
            Assert.Equal(value, column.Term.Value(row));
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Fill(new KoalaBear[99], column.Term.Max + 1, new RangeCounts()));
    }

    [Fact]
    public void WhatCouldWrapIsRefusedWhenDeclared()
    {
        LimbInteger a = Words("a"), b = Words("b");
        Assert.Contains("may wrap", Assert.Throws<CircuitException>(() => a.Value * b.Value).Message);
        LimbPolynomial wide = new(16, new LimbTerm(a.Limbs[0], 0, LimbTerm.Limit, _ => 0), new LimbTerm(a.Limbs[1], 0, 1, _ => 0));
        Assert.Contains("wrap around p", Assert.Throws<CircuitException>(() => new CarryChain(_bench.Table, _bench.Range, "wide", wide, 1)).Message);
        Assert.Throws<CircuitException>(() => BoundedColumn.Declare(_bench.Table, _bench.Range, "c", 0, 1 << 23, 1));
        Assert.Throws<CircuitException>(() => a.Value + Bytes("c", 2).Value);
    }

    [Fact]
    public void IntegersBeyondTheirLimbsAreRefused()
    {
        LimbInteger a = LimbInteger.Bytes(_bench.Table, _bench.Range, "a", 8, topHalved: true);
        Assert.Equal(63, a.Bits);
        var row = new KoalaBear[16];
        a.Fill(row, long.MaxValue, new RangeCounts());
        Assert.Throws<ArgumentOutOfRangeException>(() => a.Fill(row, (BigInteger)long.MaxValue + 1, new RangeCounts()));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.Fill(row, -1, new RangeCounts()));
    }

    private LimbInteger Bytes(string name, int count) => LimbInteger.Bytes(_bench.Table, _bench.Range, name, count);

    private LimbInteger Words(string name) => LimbInteger.Words(_bench.Table, _bench.Range, name, 4);

    private LimbInteger Integer(string name, int baseLog2) => baseLog2 == 8 ? Bytes(name, 8) : Words(name);

    private BigInteger Random(int bits)
    {
        BigInteger value = 0;
        for (int i = 0; i < bits; i++)
            value = (value << 1) + _random.Next(2);
        return value;
    }
}
