namespace Fermat.Statements.Rulebooks;

/// <summary>Keeps the values that were used last, up to a number; what is made is made once for all who wait for it, and what could not be made is not kept.</summary>
/// <param name="most">At least 1.</param>
internal sealed class RecentlyUsed<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly LinkedList<(TKey Key, Lazy<TValue> Value)> order = [];
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, Lazy<TValue> Value)>> known = [];
    private readonly Lock guard = new();

    /// <summary>How many values are kept.</summary>
    public int Count
    {
        get
        {
            lock (guard) return known.Count;
        }
    }

    /// <summary>The value of a key.</summary>
    public TValue GetOrAdd(TKey key, Func<TValue> make)
    {
        Lazy<TValue> value = Find(key, make);
        try
        {
            return value.Value;
        }
        catch
        {
            Forget(key, value);
            throw;
        }
    }

    private Lazy<TValue> Find(TKey key, Func<TValue> make)
    {
        lock (guard)
        {
            if (known.TryGetValue(key, out LinkedListNode<(TKey Key, Lazy<TValue> Value)>? node))
            {
                order.Remove(node);
            }
            else
            {
                known[key] = node = new((key, new Lazy<TValue>(make)));
                if (known.Count > most)
                {
                    known.Remove(order.Last!.Value.Key);
                    order.RemoveLast();
                }
            }
            order.AddFirst(node);
            return node.Value.Value;
        }
    }

    private void Forget(TKey key, Lazy<TValue> value)
    {
        lock (guard)
        {
            if (!known.TryGetValue(key, out LinkedListNode<(TKey Key, Lazy<TValue> Value)>? node) || node.Value.Value != value) return;
            known.Remove(key);
            order.Remove(node);
        }
    }
}
