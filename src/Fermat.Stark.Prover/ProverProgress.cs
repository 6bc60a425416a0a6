namespace Fermat.Stark;

/// <summary>The stages of a proof, in the order in which they first start.</summary>
public enum ProverStage
{
    /// <summary>The preprocessed columns are extended and committed.</summary>
    Preprocessing,

    /// <summary>Columns that depend on challenges are filled, random rows are drawn.</summary>
    Filling,

    /// <summary>A phase's columns are extended.</summary>
    Extension,

    /// <summary>A Merkle tree is built over extended columns.</summary>
    Commitment,

    /// <summary>Constraints are evaluated, their quotient is interpolated and committed.</summary>
    Quotient,

    /// <summary>All columns are evaluated out of the domain.</summary>
    OutOfDomain,

    /// <summary>All columns are combined into one codeword for each height.</summary>
    Batching,

    /// <summary>FRI's layers are folded and committed.</summary>
    Folding,

    /// <summary>A nonce is searched.</summary>
    Grinding,

    /// <summary>Rows are opened at the queries; the proof is encoded.</summary>
    Queries,
}

/// <summary>How far a proof is.</summary>
/// <param name="Stage">The stage that is running.</param>
/// <param name="Done">Steps of the whole proof that are done.</param>
/// <param name="Total">Steps of the whole proof.</param>
/// <param name="Rows">Rows of all tables.</param>
public readonly record struct ProverProgress(ProverStage Stage, int Done, int Total, long Rows);

/// <summary>What a stage took, over all its parts.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="ProcessorTime">Processor time of the process meanwhile, all cores and the kernel's included.</param>
/// <param name="AllocatedBytes">Managed memory that the process allocated meanwhile.</param>
public readonly record struct StageTime(ProverStage Stage, TimeSpan Elapsed, TimeSpan ProcessorTime, long AllocatedBytes)
{
    /// <summary>How many cores were at work on average, times 100.</summary>
    public int CoresPercent => Elapsed.Ticks == 0 ? 0 : (int)(100 * ProcessorTime.Ticks / Elapsed.Ticks);

    /// <summary>Both together.</summary>
    /// <param name="other">The same stage of another proof.</param>
    public StageTime Plus(StageTime other) => this with
    {
        Elapsed = Elapsed + other.Elapsed,
        ProcessorTime = ProcessorTime + other.ProcessorTime,
        AllocatedBytes = AllocatedBytes + other.AllocatedBytes,
    };
}

/// <summary>Where the time and memory of a proof went.</summary>
/// <param name="Stages">What each stage took.</param>
/// <param name="Total">Wall-clock time in all.</param>
/// <param name="PeakMatrixBytes">The most bytes that matrices of the process held at the end of any step.</param>
/// <param name="TraceCells">Base-field cells of all tables' committed columns.</param>
/// <param name="AllocatedBytes">Managed memory that the process allocated meanwhile.</param>
/// <param name="Multiplications">Base-field multiplications that the proof could not do without (<see cref="ProofWork.Proving"/>).</param>
public sealed record ProverReport(IReadOnlyList<StageTime> Stages, TimeSpan Total, long PeakMatrixBytes, long TraceCells, long AllocatedBytes, long Multiplications)
{
    /// <summary>Several proofs made one after the other: everything added up, the peak being the highest.</summary>
    /// <param name="reports">At least one.</param>
    public static ProverReport Sum(IEnumerable<ProverReport> reports) => reports.Aggregate((a, b) => new ProverReport(
        [.. a.Stages.Zip(b.Stages, (first, second) => first.Plus(second))],
        a.Total + b.Total,
        Math.Max(a.PeakMatrixBytes, b.PeakMatrixBytes),
        a.TraceCells + b.TraceCells,
        a.AllocatedBytes + b.AllocatedBytes,
        a.Multiplications + b.Multiplications));
}
