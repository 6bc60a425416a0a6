using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>
/// What the health of one account asks of a proof, in tables of 2^10 rows: the account's leaf, of eight signed balances, is opened under a public state root, and
/// Σ balance · weight ≥ 0 with a public weight for each asset and sign. A benchmark of latency; the statements of the product are in Fermat.Statements.
/// </summary>
/// <remarks>
/// A leaf is the sponge of its blocks of eight elements: the account's public id, its secret salt, then for each asset the sign and four 16-bit words of the balance.
/// Integers are bytes, looked up in a table of 256; sums of their products are carried byte by byte, far below p.
/// </remarks>
public sealed class HealthCircuit
{
    /// <summary>Assets, each with one balance.</summary>
    public const int Assets = 8;

    /// <summary>Levels from the leaf to the root.</summary>
    public const int Depth = 20;

    internal const int BalanceBytes = 8;
    internal const int WeightBytes = 4;
    internal const int ValueBytes = BalanceBytes + WeightBytes;
    internal const int MarginBytes = ValueBytes + 1;
    internal const int FirstItem = 2;
    internal const int Blocks = FirstItem + Assets;
    internal const int RootRow = Blocks + Depth - 1;
    internal const int Half = Poseidon16.Width / 2;

    /// <summary>What is added to a carry of the margin, which may be negative, before it is split into two bytes.</summary>
    internal const int CarryBias = 1 << 15;

    /// <summary>The capacity of a leaf's first block.</summary>
    internal static readonly KoalaBear[] LeafIv = FieldConstants.Derive("fermat benchmark account leaf", Half);

    /// <summary>Builds the circuit.</summary>
    public HealthCircuit()
    {
        var builder = new CircuitBuilder("benchmark: health of one account");
        Bus blocks = builder.Bus("blocks"), bytes = builder.Bus("bytes");
        HashTable(builder.Table("hash"), blocks);
        ItemTable(builder.Table("items"), blocks, bytes);
        TableBuilder numbers = builder.Table("bytes");
        numbers.Send(bytes, "byte", numbers.Column("uses"), numbers.Preprocessed("byte"));
        numbers.PreprocessedValues((matrix, _) =>
        {
            for (int b = 0; b < 256; b++) matrix[b, 0] = KoalaBear.From(b);
        });
        Circuit = builder.Build();
    }

    /// <summary>The circuit: tables hash, items, bytes.</summary>
    public Circuit Circuit { get; }

    internal PoseidonRow Permutation { get; private set; } = null!;

    internal Expr Right { get; private set; }

    internal Expr Negative { get; private set; }

    internal Expr[] Balance { get; private set; } = [];

    internal Expr[] Value { get; private set; } = [];

    internal Expr[] CarryLow { get; private set; } = [];

    internal Expr[] CarryHigh { get; private set; } = [];

    internal Expr[] Sums { get; private set; } = [];

    internal Expr[] Margin { get; private set; } = [];

    internal Expr[] MarginCarryLow { get; private set; } = [];

    internal Expr[] MarginCarryHigh { get; private set; } = [];

    /// <summary>Rows 0 to Blocks − 1 are the leaf's sponge, the rows after them the path up; on the others any permutation stands.</summary>
    private void HashTable(TableBuilder table, Bus blocks)
    {
        Expr index = table.Preprocessed("block"), absorbs = table.Preprocessed("absorbs"), item = table.Preprocessed("item");
        Expr climbs = table.Preprocessed("climbs"), tag = table.Preprocessed("tag"), top = table.Preprocessed("top");
        table.PreprocessedValues(FillSchedule);
        Expr[] given = [.. Enumerable.Range(0, Half).Select(i => table.PublicColumn($"given[{i}]"))]; // the id on row 0, the root on the path's last
        Permutation = new PoseidonRow(table, new PoseidonGadget(Poseidon16.RoundConstants, Poseidon16.Mds), "");
        Right = table.Column("right");
        table.ConstrainBoolean("right is a bit", Right);
        Expr[] digest = Permutation.Digest(Half);
        Expr[] left = Permutation.Input[..Half];
        for (int i = 0; i < Half; i++)
        {
            table.ConstrainFirst($"id[{i}]", Permutation.Input[i] - given[i]);
            table.ConstrainFirst($"capacity[{i}] starts", Permutation.Input[Half + i] - LeafIv[i]);
            table.ConstrainTransition($"capacity[{i}] goes on", table.Next(absorbs) * (table.Next(Permutation.Input[Half + i]) - Permutation.Output[Half + i]));
            Expr nextRight = table.Next(Permutation.Input[Half + i]) - (i == Half - 1 ? table.Next(tag) : 0);
            table.ConstrainTransition(
                $"child[{i}] is the digest below",
                table.Next(climbs) * (table.Next(left[i]) + (table.Next(Right) * (nextRight - table.Next(left[i]))) - digest[i]));
            table.Constrain($"root[{i}]", top * (digest[i] - given[i]));
        }

        table.Receive(blocks, "item block", item, [index, .. Permutation.Input[..Half]]);
    }

    private static void FillSchedule(Matrix matrix, int activeRows)
    {
        if (activeRows <= RootRow) throw new ArgumentException($"the path ends on row {RootRow}, {activeRows} are active", nameof(activeRows));
        for (int row = 0; row <= RootRow; row++)
        {
            bool climbs = row >= Blocks;
            matrix[row, 0] = KoalaBear.From(climbs ? 0 : row);
            matrix[row, 1] = KoalaBear.From(!climbs && row > 0 ? 1 : 0);
            matrix[row, 2] = KoalaBear.From(!climbs && row >= FirstItem ? 1 : 0);
            matrix[row, 3] = KoalaBear.From(climbs ? 1 : 0);
            matrix[row, 4] = climbs ? StateTreeHash.NodeTag + KoalaBear.From(row - Blocks + 1) : KoalaBear.Zero;
            matrix[row, 5] = KoalaBear.From(row == RootRow ? 1 : 0);
        }
    }

    /// <summary>One asset a row; on rows without one the weights are zero, and so is the value.</summary>
    private void ItemTable(TableBuilder table, Bus blocks, Bus bytes)
    {
        table.MaxLogHeight = 12; // so that a sum of bytes over all rows stays below 2^20
        Expr index = table.Preprocessed("block"), used = table.Preprocessed("used");
        table.PreprocessedValues((matrix, _) =>
        {
            for (int row = 0; row < Assets; row++)
                (matrix[row, 0], matrix[row, 1]) = (KoalaBear.From(FirstItem + row), KoalaBear.One);
        });
        Expr[] collateral = [.. Enumerable.Range(0, WeightBytes).Select(i => table.PublicColumn($"weight of a claim[{i}]"))];
        Expr[] debt = [.. Enumerable.Range(0, WeightBytes).Select(i => table.PublicColumn($"weight of a debt[{i}]"))];
        Negative = table.Column("negative");
        table.ConstrainBoolean("negative is a bit", Negative);
        Balance = Bytes("balance", BalanceBytes);
        Value = Bytes("value", ValueBytes);
        CarryLow = Bytes("carry.low", ValueBytes - 1);
        CarryHigh = Bytes("carry.high", ValueBytes - 1);
        Sums = table.Columns("sum", ValueBytes);
        Margin = Bytes("margin", MarginBytes);
        MarginCarryLow = Bytes("margin carry.low", ValueBytes);
        MarginCarryHigh = Bytes("margin carry.high", ValueBytes);
        Products(table, collateral, debt);
        Totals(table);
        Expr Word(int i) => Balance[2 * i] + (256 * Balance[(2 * i) + 1]);
        table.Send(blocks, "item block", used, index, Negative, Word(0), Word(1), Word(2), Word(3), 0, 0, 0);

        Expr[] Bytes(string name, int count)
        {
            Expr[] columns = table.Columns(name, count);
            for (int i = 0; i < count; i++) table.Receive(bytes, $"{name}[{i}] is a byte", 1, columns[i]);
            return columns;
        }
    }

    /// <summary>value = balance · weight, byte by byte: a sum is below 4 · 255² + 2^16, a carry below 2^16, so nothing wraps.</summary>
    private void Products(TableBuilder table, Expr[] collateral, Expr[] debt)
    {
        for (int k = 0; k < ValueBytes; k++)
        {
            Expr sum = k > 0 ? Carry(k - 1) : 0;
            for (int j = Math.Max(0, k - BalanceBytes + 1); j < WeightBytes && j <= k; j++)
                sum += Balance[k - j] * (collateral[j] + (Negative * (debt[j] - collateral[j])));
            table.Constrain($"value[{k}]", sum - Value[k] - (k < ValueBytes - 1 ? 256 * Carry(k) : 0));
        }

        Expr Carry(int k) => CarryLow[k] + (256 * CarryHigh[k]);
    }

    /// <summary>Sums of signed bytes, and on the last row the margin they make, which is not negative: its bytes, by signed carries.</summary>
    private void Totals(TableBuilder table)
    {
        for (int k = 0; k < ValueBytes; k++)
        {
            Expr signed = (1 - (2 * Negative)) * Value[k];
            table.ConstrainFirst($"sum[{k}] starts", Sums[k] - signed);
            table.ConstrainTransition($"sum[{k}] goes on", table.Next(Sums[k]) - Sums[k] - ((1 - (2 * table.Next(Negative))) * table.Next(Value[k])));
            Expr incoming = k > 0 ? Carry(k - 1) : 0;
            table.ConstrainLast($"margin[{k}]", Sums[k] + incoming - Margin[k] - (256 * Carry(k)));
        }

        table.ConstrainLast("margin's top", Carry(ValueBytes - 1) - Margin[ValueBytes]);

        Expr Carry(int k) => MarginCarryLow[k] + (256 * MarginCarryHigh[k]) - CarryBias;
    }
}
