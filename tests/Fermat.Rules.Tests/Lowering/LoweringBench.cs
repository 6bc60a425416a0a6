using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>A circuit of a lowered rulebook alone, filled for some accounts and compared with the interpreter.</summary>
internal sealed class LoweringBench
{
    public const int TailRows = 6;

    /// <summary>Random points of the checks.</summary>
    public static readonly Quintic[] Challenges = [Point(12345), Point(777)];

    public LoweringBench(CoreRulebook rulebook, Func<int, int>? lineOf = null)
    {
        var builder = new CircuitBuilder("lowering bench");
        Expr r = builder.Challenge("r", phase: 0), gamma = builder.Challenge("gamma", phase: 0);
        Range = new RangeTable(builder);
        Lowering = new Fermat.Rules.Lowering.Lowering(builder, Range, r, gamma, rulebook, lineOf);
        builder.RandomPoint("rulebook at (r, gamma)", phase: 0, Lowering.RandomPointDegree);
        Circuit = builder.Build();
    }

    public RangeTable Range { get; }

    public Fermat.Rules.Lowering.Lowering Lowering { get; }

    public Circuit Circuit { get; }

    /// <summary>Traces of an honest prover.</summary>
    public (TableTrace[] Traces, LoweringTrace Witness) Fill(MarketData market, IReadOnlyList<AccountData> accounts, int tailRows = TailRows, Lie? lie = null)
    {
        var witness = new LoweringTrace(Lowering, new Interpreter(Lowering.Rulebook, market), accounts, lie);
        TableTrace[] traces = [.. Circuit.Tables.Select(table => new TableTrace(
            Circuit, table.Index, table.Index == Range.Table ? RangeTable.LogHeight(tailRows) : Math.Max(1 + (int)uint.Log2((uint)(4 * tailRows - 1)), 1 + (int)uint.Log2((uint)(witness.RowsOf(table.Index) + 2 + tailRows - 1))), tailRows))];
        var counts = new RangeCounts();
        witness.Fill(Circuit, traces, counts);
        counts.Fill(Range, traces[Range.Table]);
        return (traces, witness);
    }

    /// <summary>Fills what depends on the challenges.</summary>
    public static void FillPoints(TableTrace[] traces, LoweringTrace witness)
    {
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0) witness.FillPoints(trace.Table.Index, Challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) witness.FillPublic(trace.Table.Index, phase, Challenges, columns);
        }
    }

    /// <summary>Asserts that the honest trace satisfies the circuit and that it says what the interpreter says.</summary>
    /// <returns>What the circuit's cells say: by account, then by definition.</returns>
    public BigInteger[][] Check(MarketData market, params IReadOnlyList<AccountData> accounts)
    {
        var said = new BigInteger[accounts.Count][];
        (TableTrace[] traces, LoweringTrace witness) = Fill(market, accounts);
        FillPoints(traces, witness);
        Assert.Equal("satisfied", ConstraintChecker.Check(Circuit, traces, Challenges).ToString());
        var interpreter = new Interpreter(Lowering.Rulebook, market);
        for (int a = 0; a < accounts.Count; a++)
        {
            ImmutableArray<BigInteger> expected = interpreter.Evaluate(accounts[a]);
            said[a] = [.. Enumerable.Range(0, expected.Length).Select(d => ReadBack(d, witness.RowOf(a), traces))];
            for (int d = 0; d < expected.Length; d++)
                Assert.True(expected[d] == said[a][d], $"{Lowering.Rulebook.Definitions[d].Name} of {accounts[a].Id}: {expected[d]} in the interpreter, {said[a][d]} in the circuit");
        }
        foreach (TableTrace trace in traces) trace.Dispose();
        return said;
    }

    /// <summary>Asserts that no cell of an active row can be another without a constraint or a bus that notices.</summary>
    public void CheckEveryCell(MarketData market, IReadOnlyList<AccountData> accounts)
    {
        (TableTrace[] traces, LoweringTrace witness) = Fill(market, accounts);
        FillPoints(traces, witness);
        var mutator = new CellMutator(Circuit, traces, Challenges);
        var unnoticed = new List<string>();
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.Index == Range.Table) continue;
            int rows = Math.Min(trace.ActiveRows, witness.RowsOf(trace.Table.Index) + 2);
            for (int phase = 0; phase < 2; phase++)
            {
                if (trace.Table.PhaseWidth(phase) == 0 || phase == Circuit.LogUpPhase) continue;
                foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase == phase && !IsGiven(trace.Table.Index, c)))
                    for (int row = 0; row < rows; row++)
                        for (int part = 0; part < column.BaseWidth; part++)
                            Try(trace, phase, row, column, part);
            }
        }
        Assert.True(unnoticed.Count == 0, $"{unnoticed.Count} cells are free: {string.Join("; ", unnoticed.Distinct().Take(20))}");
        foreach (TableTrace trace in traces) trace.Dispose();

        void Try(TableTrace trace, int phase, int row, ColumnInfo column, int part)
        {
            KoalaBear value = trace.Phase(phase)[row, column.Offset + part];
            foreach (KoalaBear other in (KoalaBear[])[value + KoalaBear.One, KoalaBear.One - value, KoalaBear.Zero, value - KoalaBear.From(256)])
            {
                // on padding a constraint must notice: a bus alone could be balanced by another row's lie
                bool isPadding = row >= witness.RowsOf(trace.Table.Index);
                if (other != value && mutator.Try(trace.Table.Index, phase, row, column.Offset + part, other) is var report && (report.IsSatisfied || (isPadding && report.ViolationCount == 0)))
                    unnoticed.Add($"{trace.Table.Name}, row {row}: {column.Name} = {value.Value} may be {other.Value}");
            }
        }
    }

    /// <summary>
    /// Asserts that no computed value can be another when everything that depends on it is computed from there: for each value of some rows, one more (or the other flag), and zero.
    /// </summary>
    public void CheckEveryLie(MarketData market, IReadOnlyList<AccountData> accounts)
    {
        var believed = new List<string>();
        int rowsOfDomain(Domain domain) => Fill(market, accounts).Witness.RowsOf(domain.Table.Index);
        foreach (Domain domain in Lowering.Domains)
        {
            int rows = rowsOfDomain(domain);
            for (int slot = 0; slot < domain.Slots; slot++)
                for (int row = 0; row < rows && !domain.Inputs.Contains(slot); row++)
                    foreach (int change in (int[])[1, -1])
                        Try(domain, slot, row, change);
        }
        Assert.True(believed.Count == 0, $"{believed.Count} lies are believed: {string.Join("; ", believed.Take(20))}");

        void Try(Domain domain, int slot, int row, int change)
        {
            bool told = false;
            object Instead(object value)
            {
                told = value is BigInteger or int;
                return value switch
                {
                    BigInteger number => number + change,
                    int small => small == 0 ? 1 : small + change,
                    _ => value,
                };
            }
            TableTrace[] traces = [];
            try
            {
                (traces, LoweringTrace witness) = Fill(market, accounts, lie: new Lie(domain, slot, row, Instead));
                if (!told) return;
                FillPoints(traces, witness);
                if (ConstraintChecker.Check(Circuit, traces, Challenges).IsSatisfied) believed.Add($"{domain.Name}, row {row}, value {slot} by {change}");
            }
            catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException)
            {
                // the filler cannot write it down: a digit or an index out of range
            }
            finally
            {
                foreach (TableTrace trace in traces) trace.Dispose();
            }
        }
    }

    /// <summary>What nothing computes: blinding, and flags and numbers that the account says.</summary>
    private bool IsGiven(int table, ColumnInfo column)
    {
        if (column.Name.StartsWith("blind.", StringComparison.Ordinal)) return true;
        RulebookSchema schema = Lowering.Rulebook.Schema;
        Domain? domain = Lowering.Domains.FirstOrDefault(d => d.Table.Index == table);
        return domain?.Source switch
        {
            null when domain is not null => schema.Scalars.Any(field => field.Name == column.Name),
            CoreSource.Items items => schema.Collections[items.Index].Fields.Any(field => field.Name == column.Name),
            _ => false,
        };
    }

    private BigInteger ReadBack(int definition, WitnessRow row, TableTrace[] traces)
    {
        ReadOnlySpan<KoalaBear> cells = traces[row.Domain.Table.Index].Phase(0).Row(row.Index);
        switch (Lowering.ValueOf(definition))
        {
            case NumberValue { Digits: { } digits }:
                BigInteger value = 0;
                Expr[] columns = [.. digits.Cells];
                int count = digits.Form.Count;
                for (int i = count - 1; i >= 0; i--) value = (value << 8) + cells[columns[i].Offset].Value;
                return columns.Length > count && cells[columns[^1].Offset].Value == 1 ? value - (BigInteger.One << (8 * count - 1)) : value;
            case NumberValue number:
                return number.Form.Constant!.Value;
            default:
                var small = (SmallValue)Lowering.ValueOf(definition);
                return small.Of(row);
        }
    }

    private static Quintic Point(int seed)
    {
        var random = new Random(seed);
        KoalaBear[] parts = [.. Enumerable.Range(0, Quintic.Degree).Select(_ => KoalaBear.From(random.Next()))];
        return Quintic.From(parts);
    }
}
