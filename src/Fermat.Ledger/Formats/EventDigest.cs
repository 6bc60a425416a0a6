using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Ledger.Formats;

/// <summary>
/// The salted digest of an event: <see cref="LeafSponge"/> over block 0, the salt; block 1, the domain <see cref="FieldConstants.Derive"/>("fermat event v1"); block 2, the number of bytes (24 bits, then the rest)
/// and zeros; then the bytes of <see cref="EventBytes"/>, three to an element, least first, filled up with zeros. Without the salt nobody can try out what the event may be.
/// </summary>
public static class EventDigest
{
    private const int BytesPerElement = 3;

    private static readonly KoalaBear[] Domain = FieldConstants.Derive("fermat event v1", LeafSponge.BlockLength);

    /// <summary>The digest of an event's bytes.</summary>
    /// <param name="eventBytes">The canonical bytes.</param>
    /// <param name="salt">8 elements, from <see cref="SaltDeriver.DeriveEvent"/>.</param>
    public static Digest Of(ReadOnlySpan<byte> eventBytes, ReadOnlySpan<KoalaBear> salt)
    {
        const int block = LeafSponge.BlockLength;
        int elements = (eventBytes.Length + BytesPerElement - 1) / BytesPerElement, blocks = 3 + (elements + block - 1) / block;
        Span<KoalaBear> input = blocks <= 64 ? stackalloc KoalaBear[blocks * block] : new KoalaBear[blocks * block];
        input.Clear();
        salt[..block].CopyTo(input);
        Domain.CopyTo(input[block..]);
        input[2 * block] = KoalaBear.From(eventBytes.Length & 0xFFFFFF);
        input[2 * block + 1] = KoalaBear.From(eventBytes.Length >> 24);
        for (int i = 0; i < elements; i++)
        {
            int value = 0;
            for (int j = 0; j < BytesPerElement && BytesPerElement * i + j < eventBytes.Length; j++) value |= eventBytes[BytesPerElement * i + j] << (8 * j);
            input[3 * block + i] = KoalaBear.From(value);
        }
        return LeafSponge.Hash(input);
    }
}
