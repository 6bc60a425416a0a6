using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// What prover and verifier settle before there is a proof: the circuit, how tall its tables are and with which options they are proven. It is a
/// function of its arguments alone, so both sides make their own and neither has to be told.
/// </summary>
public sealed class ProofSetup
{
    private ProofSetup(Circuit circuit, ProofOptions options, IReadOnlyList<int> logHeights)
    {
        Circuit = circuit;
        Options = options;
        LogHeights = logHeights;
    }

    /// <summary>The circuit.</summary>
    public Circuit Circuit { get; }

    /// <summary>The options: the fewest queries that reach the bits asked for.</summary>
    public ProofOptions Options { get; }

    /// <summary>Logarithm of each table's rows, active and tail, in circuit order.</summary>
    public IReadOnlyList<int> LogHeights { get; }

    /// <summary>Chooses options and the smallest heights that hold the rows.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="activeRows">Rows each table must hold, in circuit order; a table may get more of them, see <see cref="TableTrace.ActiveRows"/>.</param>
    /// <param name="profile">How much proving time is spent on a smaller proof.</param>
    /// <param name="bits">Proven bits of soundness to reach, 1 to 128.</param>
    /// <param name="hash">The commitment hash.</param>
    /// <exception cref="ArgumentException">Nothing fits; the message says what stands in the way.</exception>
    public static ProofSetup Create(
        Circuit circuit,
        IReadOnlyList<int> activeRows,
        ProofProfile profile = ProofProfile.Fast,
        int bits = Profiles.StandardBits,
        CommitmentHash hash = CommitmentHash.Blake3)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitShape lowest = CircuitShape.Of(circuit, [.. circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(profile, bits, lowest, activeRows, hash);
        foreach (Table table in circuit.Tables)
        {
            if (shape.LogHeights[table.Index] > table.MaxLogHeight)
            {
                throw new ArgumentException(
                    $"table {table.Name} takes at most 2^{table.MaxLogHeight} rows and needs 2^{shape.LogHeights[table.Index]}", nameof(activeRows));
            }
        }

        return new ProofSetup(circuit, options, shape.LogHeights);
    }

    /// <summary>All-zero traces of the tables, in circuit order, to be filled and given to the prover.</summary>
    public IReadOnlyList<TableTrace> CreateTraces() =>
        [.. Circuit.Tables.Select(table => new TableTrace(Circuit, table.Index, LogHeights[table.Index], Options.TailRows))];

    /// <summary>Compiles the verifier's key: commits the circuit's preprocessed columns. To be kept for many proofs.</summary>
    /// <param name="ct">Cancels.</param>
    public VerifyingKey CompileKey(CancellationToken ct = default) => VerifyingKey.Compile(Circuit, Options, LogHeights, ct);
}
