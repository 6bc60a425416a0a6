namespace Fermat.Algebra;

/// <summary>
/// Mapped memory that was freed and is kept for the next block: the first touch of fresh pages costs more than an extension of what is written there. Ranges
/// that lie side by side become one; a block is cut from the smallest range that holds it. Live and kept memory together never exceed the most that was live
/// at once, so a process does not grow by it.
/// </summary>
/// <remarks>Kept memory still holds what was written, within the process alone; whoever takes a block from here sets it to zero or writes every word of it before anyone sees it.</remarks>
internal sealed class PagePool
{
    private readonly Lock _lock = new();
    private readonly SortedList<nuint, nuint> _free = []; // length by address; no two touch
    private nuint _live;
    private nuint _peak;

    /// <summary>Bytes that are kept.</summary>
    public nuint Kept { get; private set; }

    /// <summary>A kept block, or 0 when none is large enough. It is counted as live either way.</summary>
    /// <param name="length">A multiple of the page size.</param>
    /// <param name="dropped">The ranges that must be unmapped now.</param>
    public nuint Take(nuint length, out IReadOnlyList<(nuint Address, nuint Length)> dropped)
    {
        dropped = [];
        lock (_lock)
        {
            _live += length;
            _peak = Math.Max(_peak, _live);
            int best = -1;
            for (int i = 0; i < _free.Count; i++)
            {
                nuint size = _free.Values[i];
                if (size >= length && (best < 0 || size < _free.Values[best])) best = i;
            }

            if (best < 0)
            {
                dropped = Excess();
                return 0;
            }

            (nuint address, nuint found) = (_free.Keys[best], _free.Values[best]);
            _free.RemoveAt(best);
            if (found > length) _free.Add(address + length, found - length);
            Kept -= length;
            return address;
        }
    }

    /// <summary>Stops counting a block that <see cref="Take"/> did not have and the system did not give.</summary>
    public void Forget(nuint length)
    {
        lock (_lock) _live -= length;
    }

    /// <summary>Gives a block back; returns the ranges that must be unmapped now.</summary>
    public IReadOnlyList<(nuint Address, nuint Length)> Give(nuint address, nuint length)
    {
        lock (_lock)
        {
            _live -= length;
            Insert(address, length);
            Kept += length;
            return Excess();
        }
    }

    /// <summary>Takes everything that is kept out of the pool, to be unmapped.</summary>
    public IReadOnlyList<(nuint Address, nuint Length)> Empty()
    {
        lock (_lock)
        {
            return Drop(Kept);
        }
    }

    private IReadOnlyList<(nuint, nuint)> Excess() => Kept + _live > _peak ? Drop(Kept + _live - _peak) : [];

    private void Insert(nuint address, nuint length)
    {
        _free.Add(address, length);
        int i = _free.IndexOfKey(address);
        if (i + 1 < _free.Count && address + length == _free.Keys[i + 1])
        {
            _free.SetValueAtIndex(i, length + _free.Values[i + 1]);
            _free.RemoveAt(i + 1);
        }

        if (i == 0 || _free.Keys[i - 1] + _free.Values[i - 1] != address) return;
        _free.SetValueAtIndex(i - 1, _free.Values[i - 1] + _free.Values[i]);
        _free.RemoveAt(i);
    }

    /// <summary>The smallest ranges go first: they serve least.</summary>
    private List<(nuint, nuint)> Drop(nuint bytes)
    {
        var dropped = new List<(nuint, nuint)>();
        while (bytes > 0)
        {
            int smallest = 0;
            for (int i = 1; i < _free.Count; i++)
            {
                if (_free.Values[i] < _free.Values[smallest]) smallest = i;
            }

            (nuint address, nuint size) = (_free.Keys[smallest], _free.Values[smallest]);
            nuint taken = Math.Min(size, bytes);
            _free.RemoveAt(smallest);
            if (taken < size) _free.Add(address + taken, size - taken);
            dropped.Add((address, taken));
            Kept -= taken;
            bytes -= taken;
        }

        return dropped;
    }
}
