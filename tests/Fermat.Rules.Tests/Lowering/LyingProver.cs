using System.Text;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>An honest trace whose cells are then changed by hand, and the verdict on it. The multiplicities of the range table, which are the prover's to choose, follow the changes.</summary>
internal sealed class LyingProver : IDisposable
{
    /// <summary>Declarations with small numbers, so that values are one or two digits.</summary>
    public const string Head = """
        rulebook forgery
        quantity Money scale 2 bits 31 unit USD
        quantity Tenth scale 1 bits 31 unit USD
        quantity Amount scale 0 bits 15 unit coin
        quantity Share scale 2 bits 63 unit coin
        quantity Price scale 0 bits 15 positive unit USD/coin
        quantity Rate scale 1 in [0, 1]
        quantity Positive scale 2 in [0, 1000000] unit USD
        enum Kind { spot, coin }
        market Asset { index: Price, kind: Kind, haircut: tiers Positive to Rate }
        market Scenario up to 8 { shock: Rate }
        account {
          cash: Money
          balances: { asset: Asset, amount: Amount }*
        }

        equity = cash
        initial = cash
        maintenance = cash

        """;

    private const string Data = """
        {
          "market": {
            "Asset": [
              { "symbol": "A", "index": "3", "kind": "spot", "haircut": [["0", "0.5"], ["10", "0.2"]] },
              { "symbol": "B", "index": "5", "kind": "spot", "haircut": [["0", "1"]] },
              { "symbol": "C", "index": "2", "kind": "coin", "haircut": [["0", "0.1"]] }
            ],
            "Scenario": [ { "symbol": "s1", "shock": "0.1" }, { "symbol": "s2", "shock": "0.3" }, { "symbol": "s3", "shock": "0" } ]
          },
          "accounts": [
            { "id": "a", "cash": "0.17", "balances": [ { "asset": "A", "amount": "4" }, { "asset": "B", "amount": "9" }, { "asset": "C", "amount": "1" } ] },
            { "id": "b", "cash": "-1", "balances": [ { "asset": "A", "amount": "-3" }, { "asset": "C", "amount": "7" } ] }
          ]
        }
        """;

    private readonly LoweringBench _bench;
    private readonly TableTrace[] _traces;

    /// <summary>The honest trace of a definition.</summary>
    public LyingProver(string definition)
    {
        CoreRulebook rulebook = SampleTests.Compile(Head + definition);
        RuleInputs inputs = Inputs(rulebook);
        _bench = new LoweringBench(rulebook);
        (_traces, LoweringTrace witness) = _bench.Fill(inputs.Market!, inputs.Accounts);
        LoweringBench.FillPoints(_traces, witness);
        Assert.Equal("satisfied", Verdict());
    }

    /// <summary>The book that all lies are about.</summary>
    public static RuleInputs Inputs(CoreRulebook rulebook)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("forgery.json", Encoding.UTF8.GetBytes(Data)));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return inputs;
    }

    /// <summary>A cell of phase 0, by the end of its column's name.</summary>
    public long this[string table, string column, int row]
    {
        get => Trace(table).Phase(0)[row, Column(table, column).Offset].Value;
        set => Trace(table).Phase(0)[row, Column(table, column).Offset] = KoalaBear.From(value);
    }

    /// <summary>Copies a cell of phase 1 from another row.</summary>
    public void CopyPoint(string table, string column, int from, int to)
    {
        Matrix matrix = Trace(table).Phase(1);
        int offset = Column(table, column).Offset;
        for (int i = 0; i < Quintic.Degree; i++) matrix[to, offset + i] = matrix[from, offset + i];
    }

    /// <summary>Copies all cells of a row to another.</summary>
    public void CopyRow(string table, int from, int to)
    {
        for (int phase = 0; phase < 2; phase++)
            if (Trace(table).Table.PhaseWidth(phase) > 0) Trace(table).Phase(phase).Row(from).CopyTo(Trace(table).Phase(phase).Row(to));
    }

    /// <summary>The columns of a table, for tests that look for one.</summary>
    public string Columns(string table) => string.Join("; ", Trace(table).Table.Columns.Select(c => c.Name));

    /// <summary>"satisfied", or what noticed.</summary>
    public string Verdict()
    {
        Recount();
        return ConstraintChecker.Check(_bench.Circuit, _traces, LoweringBench.Challenges).ToString();
    }

    public void Dispose()
    {
        foreach (TableTrace trace in _traces) trace.Dispose();
    }

    private TableTrace Trace(string table) => _traces.Single(trace => trace.Table.Name == table);

    private ColumnInfo Column(string table, string name)
    {
        ColumnInfo[] columns = [.. Trace(table).Table.Columns.Where(c => c.Name.EndsWith(name, StringComparison.Ordinal))];
        return columns.Length == 1 ? columns[0] : throw new ArgumentException($"{columns.Length} columns of {table} end with {name}: {Columns(table)}");
    }

    /// <summary>Offers what is looked up in the range table as often as it is looked up, where it is in range.</summary>
    private void Recount()
    {
        RangeTable range = _bench.Range;
        Matrix matrix = _traces[range.Table].Phase(0);
        foreach (BusImbalance one in ConstraintChecker.Check(_bench.Circuit, _traces, LoweringBench.Challenges, limit: 1000).Imbalances)
        {
            Expr[]? slots = one.Bus switch { "range16" => range.Words, "bytes" => range.Pairs, "tops" => range.TopPairs, _ => null };
            long entry = one.Message[0].C0.Value + (one.Message.Count > 1 ? 256L * one.Message[1].C0.Value : 0);
            if (slots is null || entry >= RangeTable.EntryRows * slots.Length || (one.Message.Count > 1 && one.Message[0].C0.Value > 255)) continue;
            matrix[(int)(entry % RangeTable.EntryRows), slots[entry / RangeTable.EntryRows].Offset] -= one.Net.C0;
        }
    }
}
