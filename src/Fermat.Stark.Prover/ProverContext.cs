namespace Fermat.Stark;

/// <summary>How a proof is made, as opposed to what is proven.</summary>
public sealed record ProverContext
{
    /// <summary>No progress, no limit, no cancellation.</summary>
    public static ProverContext Default { get; } = new();

    /// <summary>Told whenever a stage starts or advances; called on the proving thread.</summary>
    public IProgress<ProverProgress>? Progress { get; init; }

    /// <summary>Cancels. Everything is freed, the traces too.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Bytes that matrices may take, see <see cref="ProverMemory"/>; a proof that needs more is refused before it starts. Null: no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// The circuit's preprocessed columns as committed earlier, for the same options and heights, which the caller keeps; null: committed anew.
    /// </summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Told where time and memory went, once the proof is made.</summary>
    public Action<ProverReport>? Completed { get; init; }

    /// <summary>Tests alone: the seed of all randomness instead of one from the operating system.</summary>
    internal byte[]? Seed { get; init; }

    /// <summary>Tests alone: makes a proof even if the trace is wrong, so that it is the verifier that must notice.</summary>
    internal bool SkipSelfChecks { get; init; }
}
