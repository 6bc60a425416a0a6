using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Collects instructions on virtual registers, each defined once, and encodes them on real ones.</summary>
internal sealed class StripBuilder
{
    /// <summary>A virtual register that takes what nobody wants.</summary>
    public const int Unwanted = 0;

    private readonly List<Instruction> _instructions = [];
    private readonly Dictionary<(int X, int Y), int[]> _pairs = [];
    private int _registers = 1;

    /// <summary>The number of instructions so far.</summary>
    public int Count => _instructions.Count;

    /// <summary>Appends an instruction and returns the registers it defines.</summary>
    public int[] Emit(StripOp op, int defines, int[] uses, params int[] data)
    {
        var defined = new int[defines];
        for (int i = 0; i < defines; i++)
            defined[i] = _registers++;
        _instructions.Add(new Instruction(op, data, defined, uses));
        return defined;
    }

    /// <summary>Appends a load of eight columns, of which some are wanted.</summary>
    public int[] EmitLoad(int slot, int first, bool next, bool[] wanted)
    {
        var defined = new int[wanted.Length];
        for (int i = 0; i < defined.Length; i++)
            defined[i] = wanted[i] ? _registers++ : Unwanted;
        _instructions.Add(new Instruction(StripOp.Load, [slot, first, next ? 1 : 0], defined, []));
        return defined;
    }

    /// <summary>The low and high halves of a pair of registers, split once.</summary>
    public int[] Split(int x, int y)
    {
        if (!_pairs.TryGetValue((x, y), out int[]? halves))
        {
            halves = Emit(StripOp.Split, 2, [x, y]);
            _pairs.Add((x, y), halves);
        }
        return halves;
    }

    /// <summary>Allocates registers and encodes.</summary>
    public StripProgram Finish(Table table, int[][] outputs, StripScalars scalars)
    {
        (int[] real, int count) = RegisterAllocator.Allocate(_instructions, _registers, outputs.SelectMany(o => o));
        var code = new List<int>();
        foreach (Instruction instruction in _instructions)
        {
            code.AddRange([(int)instruction.Op, instruction.Data.Length, instruction.Defined.Length, instruction.Used.Length]);
            code.AddRange(instruction.Data);
            code.AddRange(instruction.Defined.Select(r => real[r]));
            code.AddRange(instruction.Used.Select(r => real[r]));
        }
        return new StripProgram(table, [.. code], _instructions.Count, count, [.. outputs.Select(o => o.Select(r => real[r]).ToArray())], scalars);
    }

    /// <summary>An instruction on virtual registers.</summary>
    internal sealed record Instruction(StripOp Op, int[] Data, int[] Defined, int[] Used);
}
