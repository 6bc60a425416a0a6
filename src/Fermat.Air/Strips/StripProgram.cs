using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Expressions of one table compiled to a short list of vector instructions over strips of 256 rows: the prover's evaluator of constraints.
/// Immutable and shared by threads; each thread has its own <see cref="StripScratch"/>.
/// </summary>
/// <remarks>
/// A register is 32 vectors of 8 lanes, so an instruction's dispatch is spread over 256 rows and registers in use stay within the second-level cache.
/// Sums of products are accumulated unreduced (see <see cref="WideLanes"/>); the fold of all constraints is one running extension accumulator.
/// </remarks>
public sealed class StripProgram
{
    /// <summary>The most rows of one run.</summary>
    public const int StripRows = 256;

    private readonly int[][] _outputs;

    internal StripProgram(Table table, int[] code, int instructions, int registers, int[][] outputs, StripScalars scalars)
    {
        Table = table;
        Code = code;
        InstructionCount = instructions;
        RegisterCount = registers;
        Scalars = scalars;
        _outputs = outputs;
    }

    /// <summary>The table whose columns the program reads.</summary>
    public Table Table { get; }

    /// <summary>The number of instructions.</summary>
    public int InstructionCount { get; }

    /// <summary>The number of registers, of one base-field element a row each.</summary>
    public int RegisterCount { get; }

    /// <summary>The number of outputs.</summary>
    public int OutputCount => _outputs.Length;

    internal int[] Code { get; }

    internal StripScalars Scalars { get; }

    /// <summary>Compiles expressions of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="outputs">Expressions over the table's columns, base or extension.</param>
    public static StripProgram Lower(Table table, IReadOnlyList<Expr> outputs) => new StripLowering(table).Lower(outputs);

    /// <summary>Compiles Σ_j α^j · sel_j · C_j over the table's constraints, with α given at run time.</summary>
    /// <param name="table">The table.</param>
    internal static StripProgram LowerFold(Table table) => new StripLowering(table).LowerFold();

    /// <summary>Whether an output has five components rather than one.</summary>
    /// <param name="output">Position among the outputs.</param>
    public bool IsExtension(int output) => _outputs[output].Length > 1;

    /// <summary>Prepares a run: evaluates what is the same on all rows.</summary>
    /// <param name="inputs">What the program reads.</param>
    /// <exception cref="ArgumentException">A matrix the program reads is missing.</exception>
    public BoundStrip Bind(StripInputs inputs) => new(this, inputs);

    /// <summary>Registers for one thread.</summary>
    public StripScratch CreateScratch() => new(this);

    internal int OutputRegister(int output, int component) => _outputs[output][component];
}
