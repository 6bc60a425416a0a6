namespace Fermat.Hashing;

/// <summary>The search for the smallest fitting nonce, in windows of consecutive nonces: the result does not depend on the number of cores.</summary>
internal static class NonceSearch
{
    internal static ulong Smallest(TranscriptState state, int bits, CancellationToken ct)
    {
        for (ulong nonce = 0; ; nonce++)
        {
            if ((nonce & 0xFFF) == 0) ct.ThrowIfCancellationRequested();
            if (state.NonceFits(bits, nonce)) return nonce;
        }
    }
}
