using System.Collections.Concurrent;

namespace Fermat.Algebra;

/// <summary>Scratch buffers of one size for the tasks of a parallel computation; there are never more than threads at work.</summary>
/// <param name="bytes">The size of each buffer.</param>
internal sealed unsafe class ScratchPool(nuint bytes) : IDisposable
{
    private readonly ConcurrentBag<nint> _free = [];
    private readonly ConcurrentBag<nint> _all = [];

    /// <summary>A buffer with unspecified content, aligned to 64 bytes.</summary>
    public void* Rent()
    {
        if (_free.TryTake(out nint buffer))
            return (void*)buffer;
        void* fresh = NativePages.Allocate(bytes, zeroed: false);
        _all.Add((nint)fresh);
        return fresh;
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(void* buffer) => _free.Add((nint)buffer);

    /// <summary>Frees all buffers; none may be in use.</summary>
    public void Dispose()
    {
        foreach (nint buffer in _all)
            NativePages.Free((void*)buffer, bytes);
        _all.Clear();
        _free.Clear();
    }
}
