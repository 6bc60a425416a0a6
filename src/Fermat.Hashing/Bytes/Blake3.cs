namespace Fermat.Hashing;

/// <summary>
/// BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020) with 32-byte digests. For input in pieces, other modes of output and
/// longer output see <see cref="Blake3Hasher"/> and <see cref="Blake3Xof"/>.
/// </summary>
public static class Blake3
{
    /// <summary>The digest of <paramref name="data"/> in plain mode.</summary>
    public static Digest Hash(ReadOnlySpan<byte> data) => new Blake3Hasher().Update(data).Finish();

    /// <summary>The digest of <paramref name="data"/> under a 32-byte key.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public static Digest KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => Blake3Hasher.Keyed(key).Update(data).Finish();

    /// <summary>Key derivation: the digest of <paramref name="material"/> in the domain named by <paramref name="context"/>.</summary>
    public static Digest DeriveKey(string context, ReadOnlySpan<byte> material) =>
        Blake3Hasher.ForContext(context).Update(material).Finish();
}
