using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>A small circuit with honest traces.</summary>
internal abstract class Toy : IPublicTables, ITraceExtender
{
    private Circuit? _circuit;

    public Circuit Circuit => _circuit ??= Build();

    public abstract IReadOnlyList<int> LogHeights { get; }

    public virtual byte[] Statement => [1, 2, 3];

    ReadOnlySpan<byte> IPublicTables.PublicInputs => Statement;

    public TableTrace[] Traces(int tailRows)
    {
        TableTrace[] traces = [.. LogHeights.Select((log, table) => new TableTrace(Circuit, table, log, tailRows))];
        Fill(traces);
        return traces;
    }

    public VerifyingKey Key(ProofOptions options) => VerifyingKey.Compile(Circuit, options, LogHeights);

    public byte[] Prove(ProofOptions options, ProverContext? context = null, Action<TableTrace[]>? tamper = null)
    {
        TableTrace[] traces = Traces(options.TailRows);
        tamper?.Invoke(traces);
        return Prover.Prove(Circuit, traces, this, this, options, context);
    }

    public VerificationResult Verify(ProofOptions options, ReadOnlySpan<byte> proof) =>
        Verifier.Verify(Circuit, Key(options), this, proof, new VerifierPolicy(MinimumProvenBits: 0));

    public virtual void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
    }

    public virtual void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
    }

    protected abstract Circuit Build();

    protected abstract void Fill(TableTrace[] traces);

    protected static void Write(Matrix matrix, int row, int column, Quintic value)
    {
        for (int c = 0; c < Quintic.Degree; c++) matrix[row, column + c] = value[c];
    }
}
