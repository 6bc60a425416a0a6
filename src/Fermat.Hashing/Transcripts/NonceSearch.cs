using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>The search for the smallest fitting nonce, in windows of consecutive nonces: the result does not depend on the number of cores.</summary>
internal static class NonceSearch
{
    /// <summary>Nonces in a range, which one core searches in order.</summary>
    private const int Range = 1024;

    /// <summary>Ranges in a window; a window is searched to the end before the next one begins.</summary>
    private const int Ranges = 64;

    internal static ulong Smallest(TranscriptState state, int bits, CancellationToken ct)
    {
        for (ulong window = 0; ; window += Range * Ranges)
        {
            ulong found = ulong.MaxValue;
            ulong first = window;
            Parallelism.For(
                0,
                Ranges,
                range =>
                {
                    ulong start = first + (ulong)(range * Range);
                    if (Volatile.Read(ref found) < start) return;
                    if (state.FirstFit(bits, start, Range) is { } nonce) Lower(ref found, nonce);
                },
                ct);
            if (found != ulong.MaxValue) return found;
        }
    }

    private static void Lower(ref ulong smallest, ulong candidate)
    {
        ulong seen = Volatile.Read(ref smallest);
        while (candidate < seen)
        {
            ulong before = Interlocked.CompareExchange(ref smallest, candidate, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
