using System.Diagnostics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>A strip program with its inputs: run it over strips of rows, on any number of threads.</summary>
public sealed unsafe class BoundStrip
{
    private readonly StripProgram _program;
    private readonly StripMatrix?[] _matrices;
    private readonly uint[] _scalars;

    internal BoundStrip(StripProgram program, StripInputs inputs)
    {
        _program = program;
        _scalars = program.Scalars.Evaluate(inputs);
        _matrices = new StripMatrix?[MatrixSlots.Count(inputs.Phases.Count)];
        _matrices[MatrixSlots.Preprocessed] = inputs.Preprocessed;
        _matrices[MatrixSlots.Public] = inputs.Public;
        _matrices[MatrixSlots.Selectors] = inputs.Selectors;
        for (int phase = 0; phase < inputs.Phases.Count; phase++)
            _matrices[MatrixSlots.Phase(phase)] = inputs.Phases[phase];
        for (int at = 0; at < program.Code.Length; at += InstructionLength(program.Code, at))
        {
            if (program.Code[at] == (int)StripOp.Load && !IsPresent(program.Code[at + 4]))
                throw new ArgumentException($"the program reads {MatrixSlots.Name(program.Code[at + 4])} of table {program.Table.Name}, which is missing", nameof(inputs));
        }
    }

    /// <summary>Evaluates the program's outputs; read them from the scratch.</summary>
    /// <param name="rows">The row numbers of the strip: a multiple of 8, at most 256.</param>
    /// <param name="nextRows">For each of them the row number of the next row; may be empty if the program reads no next row.</param>
    /// <param name="scratch">This thread's registers, made by the same program.</param>
    public void Run(ReadOnlySpan<int> rows, ReadOnlySpan<int> nextRows, StripScratch scratch)
    {
        if (rows.Length % KoalaBearVector.Lanes != 0 || rows.Length > StripProgram.StripRows)
            throw new ArgumentException($"a strip has a multiple of 8 rows, at most {StripProgram.StripRows}, not {rows.Length}", nameof(rows));
        if (!ReferenceEquals(scratch.Program, _program))
            throw new ArgumentException("the scratch belongs to another program", nameof(scratch));
        uint* registers = scratch.Registers;
        int groups = (rows.Length / KoalaBearVector.Lanes + StripKernels.Group - 1) / StripKernels.Group;
        fixed (int* code = _program.Code)
        fixed (uint* scalars = _scalars)
        {
            int* end = code + _program.Code.Length;
            int length;
            for (int* at = code; at < end; at += length)
            {
                int* data = at + 4;
                int* defined = data + at[1];
                int* used = defined + at[2];
                length = 4 + at[1] + at[2] + at[3];
                var step = new StripKernels.Step(registers, scalars, data, defined, used, groups);
                switch ((StripOp)at[0])
                {
                    case StripOp.Load: Load(step, rows, nextRows); break;
                    case StripOp.Linear: StripKernels.Linear(step); break;
                    case StripOp.LinearSmall: StripKernels.LinearSmall(step); break;
                    case StripOp.Split: StripKernels.Split(step); break;
                    case StripOp.PairSum: StripKernels.PairSum(step); break;
                    case StripOp.Add: StripKernels.Add(step); break;
                    case StripOp.Sub: StripKernels.Sub(step); break;
                    case StripOp.Mul: StripKernels.Mul(step); break;
                    case StripOp.Cube: StripKernels.Cube(step); break;
                    case StripOp.SubCube: StripKernels.SubCube(step); break;
                    case StripOp.ExtDot: StripKernels.ExtDot(step); break;
                    case StripOp.ExtMul: StripKernels.ExtMul(step); break;
                    case StripOp.ExtScale: StripKernels.ExtScale(step); break;
                    default: throw new UnreachableException();
                }
            }
        }
        GC.KeepAlive(scratch);
    }

    private static int InstructionLength(int[] code, int at) => 4 + code[at + 1] + code[at + 2] + code[at + 3];

    private bool IsPresent(int slot) => slot < _matrices.Length && _matrices[slot] is not null;

    private void Load(in StripKernels.Step step, ReadOnlySpan<int> rows, ReadOnlySpan<int> nextRows)
    {
        StripMatrix source = _matrices[step.Data[0]]!.Value;
        ReadOnlySpan<int> indices = step.Data[2] == 0 ? rows : nextRows;
        if (indices.Length != rows.Length)
            throw new ArgumentException("the program reads the next row: give one next row for each row", nameof(nextRows));
        StripKernels.Load(step, source.Matrix, source.RowOffset, indices);
    }
}

/// <summary>The numbers of a program's matrices.</summary>
internal static class MatrixSlots
{
    public const int Preprocessed = 0;
    public const int Public = 1;
    public const int Selectors = 2;

    public static int Phase(int phase) => 3 + phase;

    public static int Count(int phases) => 3 + phases;

    public static string Name(int slot) => slot switch
    {
        Preprocessed => "the preprocessed columns",
        Public => "the public columns",
        Selectors => "the selectors",
        _ => $"the columns of phase {slot - 3}",
    };
}
