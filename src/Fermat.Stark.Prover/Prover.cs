using Fermat.Air;

namespace Fermat.Stark;

/// <summary>Makes proofs.</summary>
public static class Prover
{
    /// <summary>
    /// Proves that the traces satisfy every constraint of the circuit and balance every bus, with these public columns. The same inputs
    /// and the same seed give the same bytes, whatever the number of cores.
    /// </summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="traces">
    /// One trace for each table, in circuit order, with the columns of phase 0 filled on the active rows. They are taken over: tail rows, blinding and
    /// public columns are written into them, and they are disposed of as soon as they are not needed, also when no proof is made.
    /// </param>
    /// <param name="publics">The statement's public inputs and columns.</param>
    /// <param name="extender">Fills the columns that depend on challenges; null if the circuit has none outside the LogUp phase.</param>
    /// <param name="options">The parameters of the proof.</param>
    /// <param name="context">Progress, cancellation, limits; null for none.</param>
    /// <returns>The proof's canonical bytes.</returns>
    /// <exception cref="ProverException">The inputs do not fit each other, or the trace is wrong.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public static byte[] Prove(
        Circuit circuit,
        IReadOnlyList<TableTrace> traces,
        IPublicTables publics,
        ITraceExtender? extender,
        ProofOptions options,
        ProverContext? context = null) => ProofWriter.Write(Make(circuit, traces, publics, extender, options, context));

    /// <summary>The same for a circuit with its heights and options already settled.</summary>
    /// <param name="setup">Circuit, heights and options.</param>
    /// <param name="traces">From <see cref="ProofSetup.CreateTraces"/>, with the columns of phase 0 filled on the active rows; they are taken over.</param>
    /// <param name="publics">The statement's public inputs and columns.</param>
    /// <param name="extender">Fills the columns that depend on challenges; null if the circuit has none of its own.</param>
    /// <param name="context">Progress, cancellation, limits; null for none.</param>
    /// <returns>The proof's canonical bytes.</returns>
    /// <exception cref="ProverException">The inputs do not fit each other, or the trace is wrong.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public static byte[] Prove(
        ProofSetup setup, IReadOnlyList<TableTrace> traces, IPublicTables publics, ITraceExtender? extender = null, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return Prove(setup.Circuit, traces, publics, extender, setup.Options, context);
    }

    /// <summary>The proof before it is encoded.</summary>
    internal static Proof Make(
        Circuit circuit,
        IReadOnlyList<TableTrace> traces,
        IPublicTables publics,
        ITraceExtender? extender,
        ProofOptions options,
        ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentNullException.ThrowIfNull(publics);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var proving = new Proving(circuit, traces, publics, extender, options, context ?? ProverContext.Default);
            return proving.Run();
        }
        finally
        {
            foreach (TableTrace trace in traces) trace.Dispose();
        }
    }
}
