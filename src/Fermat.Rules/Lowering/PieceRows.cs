using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>The rows of a table of pieces: those of each record, as far as words reach, one after another.</summary>
internal sealed class PieceRows
{
    private readonly int[] _first;
    private readonly int[] _record;
    private readonly long[][] _low;
    private readonly long[][] _high;
    private readonly long[][][] _digits;

    public PieceRows(int records, Func<int, PublicPiece[]> pieces, BigInteger shift, int words, DigitFormat[] formats)
    {
        (BigInteger begin, BigInteger end) = (-shift, (BigInteger.One << (16 * words)) - 1 - shift);
        _first = new int[records + 1];
        var all = new List<PublicPiece>();
        var of = new List<int>();
        for (int record = 0; record < records; record++)
        {
            foreach (PublicPiece piece in pieces(record).Where(piece => piece.Low <= end && piece.High >= begin))
            {
                all.Add(piece with { Low = BigInteger.Max(piece.Low, begin), High = BigInteger.Min(piece.High, end) });
                of.Add(record);
            }
            _first[record + 1] = all.Count;
        }
        (All, _record) = ([.. all], [.. of]);
        _low = [.. All.Select(piece => Words(piece.Low))];
        _high = [.. All.Select(piece => Words(piece.High))];
        _digits = [.. All.Select(piece => piece.Values.Select((value, i) => formats[i].Digits(value)).ToArray())];

        long[] Words(BigInteger end)
        {
            var result = new long[words];
            Limbs.ToWords(end + shift, result, wrap: false);
            return result;
        }
    }

    /// <summary>The pieces of several functions of one number: cut wherever one of them begins another piece, with the values of all.</summary>
    public static PublicPiece[] Together(PublicPiece[][] functions)
    {
        if (functions.Length == 1) return functions[0];
        BigInteger begin = functions.Max(pieces => pieces[0].Low), end = functions.Min(pieces => pieces[^1].High);
        var at = new int[functions.Length];
        var together = new List<PublicPiece>();
        for (BigInteger low = begin; low <= end; low = together[^1].High + 1)
        {
            for (int f = 0; f < at.Length; f++)
                while (functions[f][at[f]].High < low) at[f]++;
            PublicPiece[] here = [.. functions.Select((pieces, f) => pieces[at[f]])];
            together.Add(new PublicPiece(low, here.Min(piece => piece.High), [.. here.SelectMany(piece => piece.Values)]));
        }
        return [.. together];
    }

    /// <summary>All pieces.</summary>
    public PublicPiece[] All { get; }

    /// <summary>Whose piece a row is.</summary>
    public int RecordOf(int row) => _record[row];

    /// <summary>The words of where a piece begins, as a distance to the lowest number.</summary>
    public ReadOnlySpan<long> Low(int row) => _low[row];

    /// <summary>The words of the last number of a piece.</summary>
    public ReadOnlySpan<long> High(int row) => _high[row];

    /// <summary>The digits of one of a piece's values.</summary>
    public long[] Digits(int row, int part) => _digits[row][part];

    /// <summary>One of the values of all pieces at the random point.</summary>
    public Quintic[] Points(int part, RandomPoint at) => [.. _digits.Select(values => at.At(values[part]))];

    /// <summary>One of the values of all pieces at −r.</summary>
    public Quintic[] Mirrors(int part, RandomPoint at) => [.. _digits.Select(values => at.AtMirror(values[part]))];

    /// <summary>The row of the piece of a record that a number lies in; of the first record where there is no such record, as no honest row names.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public int RowOf(int record, BigInteger x)
    {
        if ((uint)record >= (uint)(_first.Length - 1)) record = 0;
        for (int row = _first[record + 1] - 1; row >= _first[record]; row--)
            if (All[row].Low <= x) return row;
        throw new InvalidOperationException($"{x} is before the first piece");
    }
}
