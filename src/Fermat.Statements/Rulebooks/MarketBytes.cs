using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Rulebooks;

/// <summary>
/// The byte strings of parameters and of market data. Parameters: <c>FRMTPAR1</c>, then their values in the schema's order. Market data: <c>FRMTMKT1</c>, then each table's number of records (4) and its records, a symbol and
/// the fields. A number, flag, choice or reference is its integer (length in 4 bytes, two's complement); a ladder its knots (how many, 4), integer by integer; a matrix its size (4), then its entries row by row.
/// </summary>
internal static class MarketBytes
{
    public static byte[] OfParameters(MarketData market)
    {
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTPAR1"u8);
        Fields(bytes, market.Parameters);
        return bytes.ToArray();
    }

    public static byte[] OfTables(RulebookSchema schema, MarketData market)
    {
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTMKT1"u8);
        for (int table = 0; table < schema.Tables.Length; table++)
        {
            bytes.UInt32((uint)market.Tables[table].Length);
            foreach (MarketRecord record in market.Tables[table])
            {
                bytes.Text(record.Symbol);
                Fields(bytes, record.Fields);
            }
        }
        return bytes.ToArray();
    }

    private static void Fields(CanonicalWriter bytes, IEnumerable<FieldValue> fields)
    {
        foreach (FieldValue field in fields)
        {
            if (field.Ladder is { } ladder)
            {
                bytes.UInt32((uint)ladder.Knots.Length);
                foreach (BigInteger number in ladder.Knots.SelectMany(knot => knot)) Integer(bytes, number);
            }
            else if (!field.Matrix.IsDefault)
            {
                bytes.UInt32((uint)field.Matrix.Length);
                foreach (BigInteger entry in field.Matrix.SelectMany(row => row)) Integer(bytes, entry);
            }
            else
            {
                Integer(bytes, field.Integer);
            }
        }
    }

    private static void Integer(CanonicalWriter bytes, BigInteger value)
    {
        byte[] digits = value.ToByteArray();
        bytes.UInt32((uint)digits.Length);
        bytes.Bytes(digits);
    }
}
