using System.Runtime.InteropServices;

namespace Fermat.Algebra;

/// <summary>
/// Native memory. On 64-bit Linux large blocks are mapped on 2 MiB boundaries and advised to use huge pages (transparent huge
/// pages are usually "madvise") and, once freed, kept for the next one (<see cref="PagePool"/>); elsewhere, and for small blocks, the C allocator is used,
/// aligned to a cache line.
/// </summary>
internal static unsafe partial class NativePages
{
    private const nuint HugePage = 2 << 20;
    private const nuint CacheLine = 64;

    // Linux's values, the same on x86-64 and arm64.
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePage = 14;

    private const nuint ZeroedAtOnce = 8 << 20;

    private static readonly PagePool Pool = new();

    /// <summary>Freed bytes that are kept for reuse.</summary>
    public static long KeptBytes => (long)Pool.Kept;

    private static bool UsesMapping(nuint bytes) => bytes >= HugePage && OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Allocates memory.</summary>
    /// <param name="bytes">More than zero; passed again to <see cref="Free"/>.</param>
    /// <param name="zeroed">Whether it must be zero.</param>
    public static void* Allocate(nuint bytes, bool zeroed)
    {
        if (!UsesMapping(bytes))
        {
            void* block = NativeMemory.AlignedAlloc(bytes, CacheLine);
            if (zeroed) NativeMemory.Clear(block, bytes);
            return block;
        }

        nuint length = RoundUp(bytes);
        nuint kept = Pool.Take(length, out IReadOnlyList<(nuint, nuint)> dropped);
        Unmap(dropped);
        if (kept != 0)
        {
            if (zeroed) Zero((byte*)kept, length);
            return (void*)kept;
        }

        nint mapped = Map(0, length + HugePage, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        if (mapped == -1)
        {
            Trim(); // what is kept is in pieces too small for this block
            mapped = Map(0, length + HugePage, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        }

        if (mapped == -1)
        {
            Pool.Forget(length);
            throw new OutOfMemoryException($"the system refused to map {length + HugePage} bytes");
        }

        nuint start = RoundUp((nuint)mapped);
        nuint before = start - (nuint)mapped;
        nuint after = HugePage - before;
        if (before != 0)
            _ = Unmap(mapped, before);
        if (after != 0)
            _ = Unmap((nint)(start + length), after);
        _ = Advise((nint)start, length, AdviseHugePage); // advice only: refused on kernels without huge pages, and then not needed
        return (void*)start;
    }

    /// <summary>Releases memory obtained from <see cref="Allocate"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">The size it was asked for with.</param>
    public static void Free(void* block, nuint bytes)
    {
        if (UsesMapping(bytes))
            Unmap(Pool.Give((nuint)block, RoundUp(bytes)));
        else
            NativeMemory.AlignedFree(block);
    }

    /// <summary>Gives all kept memory back to the system.</summary>
    public static void Trim() => Unmap(Pool.Empty());

    /// <summary>On all cores: memory is several times faster than one of them.</summary>
    private static void Zero(byte* block, nuint length) => Parallelism.For(0, (int)((length + ZeroedAtOnce - 1) / ZeroedAtOnce), i =>
    {
        nuint from = (nuint)i * ZeroedAtOnce;
        NativeMemory.Clear(block + from, Math.Min(ZeroedAtOnce, length - from));
    });

    private static void Unmap(IReadOnlyList<(nuint Address, nuint Length)> ranges)
    {
        foreach ((nuint address, nuint length) in ranges) _ = Unmap((nint)address, length);
    }

    private static nuint RoundUp(nuint bytes) => (bytes + HugePage - 1) & ~(HugePage - 1);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
