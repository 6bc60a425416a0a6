using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>The registers of a strip program: one set a thread, reused from strip to strip.</summary>
public sealed unsafe class StripScratch : IDisposable
{
    /// <summary>Words from one register to the next: 256 rows and a cache line, so that registers do not share cache sets.</summary>
    internal const int Stride = StripProgram.StripRows + 16;

    private readonly StripProgram _program;
    private uint* _registers;

    internal StripScratch(StripProgram program)
    {
        _program = program;
        nuint bytes = (nuint)program.RegisterCount * Stride * sizeof(uint);
        _registers = (uint*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_registers, bytes);
    }

    /// <summary>Frees the registers of a scratch that was not disposed.</summary>
    ~StripScratch() => Free();

    internal StripProgram Program => _program;

    internal uint* Registers => _registers != null ? _registers : throw new ObjectDisposedException(nameof(StripScratch));

    /// <summary>The last result of an output: one element for each row of the strip.</summary>
    /// <param name="output">Position among the program's outputs.</param>
    /// <param name="component">0 for a base output; 0 to 4 for an extension output.</param>
    public ReadOnlySpan<KoalaBear> Output(int output, int component = 0) =>
        new(OutputPointer(output, component), StripProgram.StripRows);

    internal uint* OutputPointer(int output, int component) => Registers + ((long)_program.OutputRegister(output, component) * Stride);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_registers);
        _registers = null;
    }
}
