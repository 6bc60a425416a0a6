using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;

namespace Fermat.Statements.Transitions;

/// <summary>The public columns of statement T, computed from the public inputs by prover and verifier alike.</summary>
public sealed class TransitionPublicTables : IPublicTables
{
    private readonly TransitionInputs inputs;
    private readonly TransitionCircuit circuit;
    private readonly byte[] publicInputs;
    private readonly LoweringTrace market;
    private readonly ImmutableArray<AggregateRow> rows;
    private readonly Lock guard = new();

    /// <summary>Takes inputs that have no <see cref="TransitionInputs.Problem"/>.</summary>
    /// <param name="inputs">The public inputs.</param>
    /// <param name="circuit">Of the inputs' rulebook, hash slots and rounding of costs, with aggregates where they have some.</param>
    /// <exception cref="InvalidOperationException">The inputs have a problem.</exception>
    public TransitionPublicTables(TransitionInputs inputs, TransitionCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(circuit);
        (this.inputs, this.circuit) = (inputs, circuit);
        publicInputs = inputs.ToCanonicalBytes();
        rows = AggregateRow.Of(inputs);
        market = new LoweringTrace(circuit.Versions.Lowering, new Interpreter(circuit.Rulebook.Rulebook, inputs.Market), [], units: inputs.Units);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => table == circuit.Events.Table ? inputs.Events.Length : table == circuit.Roots.Table ? 2 : circuit.Aggregates is { } shown && table == shown.Table ? rows.Length : market.RowsOf(table);

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (table == circuit.Events.Table)
        {
            if (phase == 0) FillEvents(publicColumns);
        }
        else if (table == circuit.Roots.Table)
        {
            if (phase == 0) FillRoots(publicColumns);
        }
        else if (circuit.Aggregates is { } shown && table == shown.Table)
        {
            if (phase == 0) shown.Fill(rows, publicColumns);
        }
        else if (circuit.Versions.Aggregates is { } versions && table == circuit.Versions.Lowering.Lowerer.Account.Table.Index)
        {
            if (phase == 0)
                for (int row = 0; row < activeRows; row++) publicColumns[row, versions.FundLeaf.Offset] = KoalaBear.From(inputs.InsuranceSlot);
        }
        else
        {
            lock (guard) market.FillPublic(table, phase, challenges, publicColumns);
        }
    }

    private void FillEvents(Matrix into)
    {
        EventTable columns = circuit.Events;
        bool refusesBorrowing = inputs.RefusesBorrowing;
        for (int i = 0; i < inputs.Events.Length; i++)
        {
            Span<KoalaBear> cells = into.Row(i);
            cells[columns.Used.Offset] = KoalaBear.One;
            cells[columns.Index.Offset] = KoalaBear.From(i + 1);
            Write(inputs.Events[i], cells[columns.Digest[0].Offset..]);
            cells[columns.FeesSlot.Offset] = KoalaBear.From(inputs.FeesSlot);
            cells[columns.InsuranceSlot.Offset] = KoalaBear.From(inputs.InsuranceSlot);
            foreach ((EventClass shown, Expr at) in columns.Shown)
                if (inputs.Classes[i] == shown) cells[at.Offset] = KoalaBear.One;
            if (refusesBorrowing) cells[columns.RefusesBorrowing.Offset] = KoalaBear.One;
        }
    }

    private void FillRoots(Matrix into)
    {
        RootTable columns = circuit.Roots;
        foreach ((int row, Expr takes, Digest root) in ((int, Expr, Digest)[])[(0, columns.IsBefore, inputs.RootBefore), (1, columns.IsAfter, inputs.RootAfter)])
        {
            Span<KoalaBear> cells = into.Row(row);
            cells[takes.Offset] = KoalaBear.One;
            cells[columns.Level.Offset] = KoalaBear.From(inputs.Depth);
            Write(root, cells[columns.Digest[0].Offset..]);
        }
    }

    private static void Write(Digest digest, Span<KoalaBear> into)
    {
        if (!digest.TryToFields(into)) throw new InvalidOperationException("a digest is not made of canonical field elements");
    }
}
