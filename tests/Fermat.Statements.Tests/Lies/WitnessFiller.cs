using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Lies;

/// <summary>A computed cell that is replaced; what depends on it is computed from the replacement.</summary>
/// <param name="Table">The table's index.</param>
/// <param name="Column">The column.</param>
/// <param name="Row">The row.</param>
/// <param name="Change">From the honest value to the lie.</param>
internal sealed record Lie(int Table, ColumnInfo Column, int Row, Func<long, long> Change);

/// <summary>
/// Fills the traces of a witness slowly and plainly, one cell after another in the order in which they depend on each other, with big integers where the fast builder has digit sums. The
/// reference for the fast builder, and the lying prover of the tests.
/// </summary>
internal sealed class WitnessFiller
{
    private const int Kinds = Asset.Kinds, Digits = SolvencyLimits.AccountBytes;

    private readonly Scene scene;
    private readonly SolvencyCircuit circuit;
    private readonly Witness witness;
    private readonly Lie? lie;
    private readonly IReadOnlyList<TableTrace> traces;
    private Quintic point = Scene.Challenges[0];
    private bool lieTold;
    private readonly Dictionary<int, BigInteger[]> surplusOf = [];
    private readonly Dictionary<int, BigInteger[]> netOf = [];
    private readonly Dictionary<int, BigInteger[]> totals = [];
    private readonly Dictionary<(int Row, bool After), KoalaBear[]> remainders = [];
    private readonly Dictionary<(int Level, long Index), KoalaBear[]> digests = [];

    private WitnessFiller(Scene scene, Witness witness, Lie? lie, IReadOnlyList<TableTrace>? filled = null)
    {
        this.scene = scene;
        this.witness = witness;
        this.lie = lie;
        circuit = scene.Circuit;
        traces = filled ?? [.. circuit.Circuit.Tables.Select(table => new TableTrace(circuit.Circuit, table.Index, scene.LogHeights[table.Index], scene.TailRows))];
    }

    /// <summary>All traces with public columns and phases 0 and 1 filled; the caller disposes of them.</summary>
    public static IReadOnlyList<TableTrace> Fill(Scene scene, Witness witness, Lie? lie = null) =>
        TryFill(scene, witness, lie) ?? throw new InvalidOperationException($"{lie!.Column.Name} is not filled in on row {lie.Row}");

    /// <summary>The same; null when the lie is about a cell that is not filled in.</summary>
    public static IReadOnlyList<TableTrace>? TryFill(Scene scene, Witness witness, Lie? lie)
    {
        var filler = new WitnessFiller(scene, witness, lie);
        filler.Run();
        if (lie is null || filler.lieTold) return filler.traces;
        foreach (TableTrace trace in filler.traces) trace.Dispose();
        return null;
    }

    private RiskParameters Parameters => scene.Inputs.Parameters;

    private void Run()
    {
        foreach (TableTrace trace in traces)
            for (int phase = 0; phase < 2; phase++)
                if (trace.Public is { } columns) scene.Publics.Fill(trace.Table.Index, phase, trace.ActiveRows, Scene.Challenges, columns);
        for (int row = 0; row < witness.Items.Count; row++) FillItem(row, witness.Items[row], row > 0 ? witness.Items[row - 1] : null);
        for (int row = 0; row < witness.Accounts.Count; row++) FillAccount(row, witness.Accounts[row]);
        FillTotals();
        FillHashes();
        FillTree();
        LookupCounter.Fill(circuit, traces, Put);
    }

    private void FillItem(int row, ItemRow item, ItemRow? previous)
    {
        ItemColumns columns = circuit.Items;
        Balance balance = item.Balance;
        Put(columns.Table, columns.Active, row, 1);
        Put(columns.Table, columns.Start, row, item.Start ? 1 : 0);
        Put(columns.Table, columns.Leaf, row, item.Leaf);
        Put(columns.Table, columns.Position, row, item.Position);
        Put(columns.Table, columns.Asset, row, balance.Asset);
        Put(columns.Table, columns.Gap, row, item.Start ? 0 : balance.Asset - previous!.Balance.Asset - 1);
        Amount(columns.Equity, balance.Equity);
        Amount(columns.Debt, balance.Debt);
        BigInteger[] surplus = Sum(surplusOf, item.Leaf), net = Sum(netOf, item.Leaf);
        for (int kind = 0; kind < Kinds; kind++) FillKind(row, item, kind, surplus);
        FillUnpledged(row, balance);

        BigInteger weight = PutWeight(row, balance.Asset);
        AddProduct(surplus, -weight, balance.Debt);
        AddProduct(net, weight, balance.Equity);
        AddProduct(net, -weight, balance.Debt);
        BigInteger[] total = Sum(totals, balance.Asset);
        for (int l = 0; l < SolvencyLimits.AmountBytes; l++) total[l] += Digit(balance.Equity, l) - Digit(balance.Debt, l);

        void Amount(Expr[] bytes, ulong amount)
        {
            for (int l = 0; l < bytes.Length; l++) Put(columns.Table, bytes[l], row, (long)Digit(amount, l));
        }
    }

    private void FillKind(int row, ItemRow item, int kind, BigInteger[] surplus)
    {
        Balance balance = item.Balance;
        CollateralColumns columns = circuit.Items.Collateral[kind];
        int table = circuit.Items.Table;
        ulong amount = balance.Collateral((CollateralKind)kind);
        for (int l = 0; l < columns.Amount.Length; l++) Put(table, columns.Amount[l], row, (long)Digit(amount, l));
        TierInterval interval = Interval(balance.Asset, (CollateralKind)kind, amount, kind == 0 ? item.IntervalShift : 0);
        PutSum(columns.Above, columns.AboveCarry, interval.Low, amount - interval.Low);
        PutSum(columns.Below, columns.BelowCarry, amount, interval.High - amount);
        PutInterval(row, kind, interval);
        AddProduct(surplus, interval.Slope, amount);
        AddProduct(surplus, interval.Offset, 1);

        void PutSum(Expr[] limbs, Expr[] carries, ulong left, ulong right)
        {
            long carry = 0;
            for (int i = 0; i < limbs.Length; i++)
            {
                long limb = Put(table, limbs[i], row, Limb(right, i));
                if (i < carries.Length) carry = Put(table, carries[i], row, Limb(left, i) + limb + carry >> 16);
            }
        }
    }

    /// <summary>Fills phase 1 at challenges of the prover's.</summary>
    public static void FillItemsAt(Quintic r, Scene scene, Witness witness, IReadOnlyList<TableTrace> traces)
    {
        var filler = new WitnessFiller(scene, witness, lie: null, traces) { point = r };
        for (int row = 0; row < witness.Items.Count; row++)
        {
            Balance balance = witness.Items[row].Balance;
            for (int kind = 0; kind < Kinds; kind++)
                filler.PutInterval(row, kind, filler.Interval(balance.Asset, (CollateralKind)kind, balance.Collateral((CollateralKind)kind), kind == 0 ? witness.Items[row].IntervalShift : 0));
            filler.PutWeight(row, balance.Asset);
        }
    }

    private void PutInterval(int row, int kind, TierInterval interval)
    {
        CollateralColumns columns = circuit.Items.Collateral[kind];
        PutPoint(circuit.Items.Table, columns.Slope, row, interval.Slope, SolvencyLimits.SlopeBytes);
        PutPoint(circuit.Items.Table, columns.Offset, row, interval.Offset, SolvencyLimits.OffsetBytes);
    }

    private BigInteger PutWeight(int row, int asset)
    {
        BigInteger weight = asset < Parameters.Assets.Length ? 100 * Parameters.Weight(asset) : 0;
        PutPoint(circuit.Items.Table, circuit.Items.Weight, row, weight, SolvencyLimits.SlopeBytes);
        return weight;
    }

    private TierInterval Interval(int asset, CollateralKind kind, ulong amount, int shift)
    {
        if (asset >= Parameters.Assets.Length) return new TierInterval(0, BookLimits.MaxAmount, 0, 0, 0);
        int index = amount > BookLimits.MaxAmount ? 0 : Parameters.IntervalIndex(asset, kind, amount);
        return Parameters.Intervals(asset, kind)[index + shift];
    }

    private void FillUnpledged(int row, Balance balance)
    {
        ItemColumns columns = circuit.Items;
        ulong unpledged = balance.Equity - balance.Loan - balance.Margin - balance.Portfolio;
        long carry = 0;
        for (int i = 0; i < SolvencyLimits.AmountLimbs; i++)
        {
            long limb = Put(columns.Table, columns.Unpledged[i], row, Limb(unpledged, i));
            if (i + 1 == SolvencyLimits.AmountLimbs) break;
            long sum = Limb(balance.Loan, i) + Limb(balance.Margin, i) + Limb(balance.Portfolio, i) + limb + carry;
            long low = Put(columns.Table, columns.UnpledgedCarry[2 * i], row, sum >> 16 & 1);
            long high = Put(columns.Table, columns.UnpledgedCarry[2 * i + 1], row, sum >> 17);
            carry = low + 2 * high;
        }
    }

    private void FillAccount(int row, AccountRow account)
    {
        AccountColumns columns = circuit.Accounts;
        Put(columns.Table, columns.Active, row, 1);
        Put(columns.Table, columns.Leaf, row, account.Leaf);
        for (int l = 0; l < columns.Nonce.Length; l++) Put(columns.Table, columns.Nonce[l], row, (long)Digit(account.Nonce, l));
        Put(columns.Table, columns.Items, row, account.Items);
        (long liquidatable, _) = FillSum(row, columns.Surplus, Sum(surplusOf, account.Leaf));
        (long bankrupt, long[] magnitude) = FillSum(row, columns.Net, Sum(netOf, account.Leaf));
        BigInteger[] claims = Sum(totals, Aggregates.Claims), shortfall = Sum(totals, Aggregates.Shortfall);
        for (int l = 0; l < Digits; l++)
        {
            claims[l] += (1 - bankrupt) * magnitude[l];
            shortfall[l] += bankrupt * (magnitude[l] + (l == 0 ? 1 : 0));
        }
        Sum(totals, Aggregates.Accounts)[0]++;
        Sum(totals, Aggregates.Liquidatable)[0] += liquidatable;
        Sum(totals, Aggregates.Bankrupt)[0] += bankrupt;
    }

    private (long Sign, long[] Magnitude) FillSum(int row, SignedSumColumns columns, BigInteger[] coefficients)
    {
        int table = circuit.Accounts.Table;
        BigInteger value = Value(coefficients);
        long sign = Put(table, columns.Sign, row, value.Sign < 0 ? 1 : 0);
        BigInteger magnitude = Modulo(sign == 1 ? -value - 1 : value, Digits);
        long[] digits = [.. columns.Magnitude.Select((column, l) => Put(table, column, row, (long)Digit(magnitude, l)))];
        BigInteger carry = 0;
        for (int l = 0; l < columns.CarryLow.Length; l++)
        {
            BigInteger digit = sign == 1 ? -digits[l] - (l == 0 ? 1 : 0) : digits[l];
            carry = PutCarry(table, columns.CarryLow[l], columns.CarryHigh[l], row, coefficients[l] - digit + carry);
        }
        return (sign, digits);
    }

    private void FillTotals()
    {
        TotalsTable columns = circuit.Totals;
        for (int row = 0; row < scene.Publics.Totals.Length; row++)
        {
            SolvencyBound bound = scene.Publics.Totals[row];
            BigInteger[] coefficients = Sum(totals, bound.Key);
            BigInteger shift = scene.Publics.IsFinal ? SegmentBoundary.Shift : 0;
            long[] before = [.. columns.Before.Select((column, l) => Put(columns.Table, column, row, (long)Digit(witness.Before[row], l)))];
            BigInteger left = scene.Publics.IsFinal && bound.Exact ? 0 : Modulo(Value([.. before.Select(d => (BigInteger)d)]) - Value(coefficients) - shift + witness.AddedAfter[row], SolvencyLimits.TotalBytes);
            long[] after = [.. columns.After.Select((column, l) => Put(columns.Table, column, row, (long)Digit(left, l)))];
            remainders[(row, false)] = Packed(before);
            remainders[(row, true)] = Packed(after);
            BigInteger carry = 0;
            for (int l = 0; l < columns.CarryLow.Length; l++)
                carry = PutCarry(columns.Table, columns.CarryLow[l], columns.CarryHigh[l], row, coefficients[l] - before[l] + after[l] + carry);
        }
    }

    /// <summary>Digits, bytes or not, as a boundary's block has them.</summary>
    private static KoalaBear[] Packed(long[] digits) => [.. digits.Chunk(3).Select(part => KoalaBear.From(part.Select((digit, i) => digit << (8 * i)).Sum()))];

    private void FillHashes()
    {
        long slot = 0;
        IEnumerable<LeafRun> boundaries = witness.Boundaries.Select(run => new LeafRun(
            run.Index, [.. run.Header, .. Enumerable.Range(0, scene.Publics.Totals.Length).SelectMany(row => remainders[(row, run.After)]), .. run.Extra]));
        foreach (LeafRun leaf in witness.Leaves.Concat(boundaries))
        {
            KoalaBear[] capacity = [.. LeafSponge.Iv];
            int steps = leaf.Blocks.Length / LeafSponge.BlockLength;
            for (int step = 0; step < steps; step++, slot++)
            {
                (HashSlot columns, int row) = Slot(slot);
                Expr role = step switch { 0 => columns.Salt, 1 => columns.Id, 2 => columns.Owner, _ => columns.Body };
                Put(circuit.Hash.Table, role, row, 1);
                Put(circuit.Hash.Table, columns.Step, row, step);
                Put(circuit.Hash.Table, columns.Index, row, leaf.Index);
                if (step == steps - 1) Put(circuit.Hash.Table, columns.Last, row, 1);
                KoalaBear[] input = [.. leaf.Blocks[(LeafSponge.BlockLength * step)..(LeafSponge.BlockLength * (step + 1))], .. capacity];
                KoalaBear[] output = Permute(columns, row, input);
                capacity = output[LeafSponge.BlockLength..];
                if (step == steps - 1) digests[(0, leaf.Index)] = [.. input.Take(LeafSponge.BlockLength).Select((x, i) => x + output[i])];
            }
        }
        foreach (NodeSlot node in witness.Nodes)
        {
            (HashSlot columns, int row) = Slot(slot++);
            Put(circuit.Hash.Table, columns.Node, row, 1);
            Put(circuit.Hash.Table, columns.Level, row, node.Level);
            Put(circuit.Hash.Table, columns.Index, row, node.Index);
            KoalaBear[] input = [.. DigestOf(node.Level - 1, 2 * node.Index), .. DigestOf(node.Level - 1, 2 * node.Index + 1)];
            input[^1] += StateTreeHash.NodeTag + KoalaBear.From(node.Level);
            KoalaBear[] output = Permute(columns, row, input);
            digests[(node.Level, node.Index)] = [.. input.Take(LeafSponge.BlockLength).Select((x, i) => x + output[i])];
        }
        long end = (long)traces[circuit.Hash.Table].ActiveRows * circuit.HashSlots;
        for (; slot < end; slot++)
        {
            (HashSlot columns, int row) = Slot(slot);
            Permute(columns, row, new KoalaBear[Poseidon16.Width]);
        }
    }

    /// <summary>One permutation in the textbook form, each cube passing through <see cref="Put(int, Expr, int, long)"/>.</summary>
    private KoalaBear[] Permute(HashSlot columns, int row, KoalaBear[] input)
    {
        for (int i = 0; i < input.Length; i++) input[i] = Put(circuit.Hash.Table, columns.Input[i], row, input[i]);
        KoalaBear[] state = [.. input];
        int cube = 0;
        for (int round = 0; round < Poseidon16.Rounds; round++)
        {
            bool full = round < 4 || round >= Poseidon16.Rounds - 4;
            for (int i = 0; i < state.Length; i++)
            {
                state[i] += Poseidon16.RoundConstants[round][i];
                if (full || i == 0) state[i] = Put(circuit.Hash.Table, columns.Cubes[cube++], row, state[i] * state[i] * state[i]);
            }
            KoalaBear[] before = [.. state];
            for (int i = 0; i < state.Length; i++)
            {
                state[i] = KoalaBear.Zero;
                for (int j = 0; j < state.Length; j++) state[i] += Poseidon16.Mds[i][j] * before[j];
            }
        }
        return state;
    }

    private void FillTree()
    {
        TreeTable columns = circuit.Tree;
        foreach ((int level, long index) in witness.Empties)
        {
            Put(columns.Table, columns.Offered, level, 1);
            Put(columns.Table, columns.Index, level, index);
        }
    }

    private KoalaBear[] DigestOf(int level, long index)
    {
        if (digests.TryGetValue((level, index), out KoalaBear[]? known)) return known;
        var empty = new KoalaBear[Digest.Words];
        if (level >= 0) StateTreeHash.Empty(level).TryToFields(empty);
        return empty;
    }

    private (HashSlot Columns, int Row) Slot(long slot) => (circuit.Hash.Slots[slot % circuit.HashSlots], (int)(slot / circuit.HashSlots));

    private BigInteger PutCarry(int table, Expr low, Expr high, int row, BigInteger sum)
    {
        BigInteger carry = sum - Modulo(sum, 1) >> 8;
        long shifted = (long)carry + LimbBounds.Carry;
        long lowCell = Put(table, low, row, shifted & 0xffff);
        long highCell = Put(table, high, row, shifted >> 16);
        return lowCell + (highCell << 16) - LimbBounds.Carry;
    }

    private void PutPoint(int table, Expr column, int row, BigInteger value, int bytes)
    {
        Quintic at = BytesAt.Point(value, bytes, this.point);
        Span<KoalaBear> cells = traces[table].Phase(1).Row(row);
        for (int i = 0; i < Quintic.Degree; i++) cells[column.Offset + i] = at[i];
        if (!IsLie(table, column, row)) return;
        cells[column.Offset] = KoalaBear.From(lie!.Change(cells[column.Offset].Value));
    }

    private long Put(int table, Expr column, int row, long value)
    {
        if (IsLie(table, column, row)) value = lie!.Change(value);
        traces[table].Phase(0)[row, column.Offset] = KoalaBear.From(value);
        return value;
    }

    private KoalaBear Put(int table, Expr column, int row, KoalaBear value) => KoalaBear.From(Put(table, column, row, (long)value.Value));

    private bool IsLie(int table, Expr column, int row)
    {
        bool here = lie is not null && lie.Table == table && lie.Row == row && ReferenceEquals(lie.Column, column.ColumnInfo);
        lieTold |= here;
        return here;
    }

    private static BigInteger[] Sum(Dictionary<int, BigInteger[]> sums, int key)
    {
        if (!sums.TryGetValue(key, out BigInteger[]? sum)) sums.Add(key, sum = new BigInteger[SolvencyLimits.TotalBytes]);
        return sum;
    }

    /// <summary>Adds the products of bytes of a factor (its sign kept) and an amount.</summary>
    private static void AddProduct(BigInteger[] sum, BigInteger factor, ulong amount)
    {
        for (int i = 0; i < SolvencyLimits.OffsetBytes; i++)
            for (int j = 0; j < SolvencyLimits.AmountBytes && i + j < sum.Length; j++)
                sum[i + j] += factor.Sign * Digit(BigInteger.Abs(factor), i) * Digit(amount, j);
    }

    private static BigInteger Value(BigInteger[] coefficients) => coefficients.Reverse().Aggregate(BigInteger.Zero, (sum, c) => 256 * sum + c);

    private static BigInteger Modulo(BigInteger value, int bytes)
    {
        BigInteger modulus = BigInteger.One << (8 * bytes);
        return (value % modulus + modulus) % modulus;
    }

    private static BigInteger Digit(BigInteger value, int l) => value >> (8 * l) & 255;

    private static long Limb(ulong value, int i) => (long)(value >> (16 * i) & 0xffff);
}
