namespace Fermat.Air;

/// <summary>
/// Linear scan over straight-line code: a real register is free again from the instruction that reads it last, whose result may take it.
/// The register freed last is taken first, so the hot ones stay in the nearest cache.
/// </summary>
internal static class RegisterAllocator
{
    /// <summary>Maps virtual registers to real ones; virtual register 0 takes unwanted results and is real register 0.</summary>
    /// <returns>The map and the number of real registers.</returns>
    public static (int[] Real, int Count) Allocate(IReadOnlyList<StripBuilder.Instruction> code, int virtualCount, IEnumerable<int> outputs)
    {
        int[] lastUse = LastUses(code, virtualCount, outputs);
        var real = new int[virtualCount];
        var free = new Stack<int>();
        int count = 1;
        for (int at = 0; at < code.Count; at++)
        {
            foreach (int register in code[at].Used.Distinct())
            {
                if (lastUse[register] == at)
                    free.Push(real[register]);
            }
            foreach (int register in code[at].Defined)
            {
                // A result that is never read goes where unwanted results go.
                if (register != StripBuilder.Unwanted && lastUse[register] >= 0)
                    real[register] = free.TryPop(out int reused) ? reused : count++;
            }
        }
        return (real, count);
    }

    private static int[] LastUses(IReadOnlyList<StripBuilder.Instruction> code, int virtualCount, IEnumerable<int> outputs)
    {
        var lastUse = new int[virtualCount];
        Array.Fill(lastUse, -1);
        for (int at = 0; at < code.Count; at++)
        {
            foreach (int register in code[at].Used)
                lastUse[register] = at;
        }
        foreach (int register in outputs)
            lastUse[register] = int.MaxValue;
        return lastUse;
    }
}
