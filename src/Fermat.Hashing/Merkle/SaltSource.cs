using System.Buffers.Binary;
using System.Text;

namespace Fermat.Hashing;

/// <summary>
/// The salts of a tree's leaves, derived from a secret seed. Key: BLAKE3 key derivation, context "fermat v1 merkle salts", of seed ‖ domain
/// in UTF-8. The salt of leaf i at height 2^k is bytes 16·i to 16·i + 15 of the keyed extendable hash of k as u32. Immutable; safe from several threads.
/// </summary>
public sealed class SaltSource : ILeafSalts
{
    /// <summary>Bytes in a salt: 16.</summary>
    public const int SaltLength = 16;

    private readonly byte[] _key = new byte[32];
    private readonly Blake3Xof[] _streams = new Blake3Xof[TreeShape.MaxLogHeight + 1];

    /// <summary>A source of salts.</summary>
    /// <param name="seed">32 secret random bytes.</param>
    /// <param name="domain">What the salts are for; no two trees of one seed may share it.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public SaltSource(ReadOnlySpan<byte> seed, string domain)
    {
        if (seed.Length != 32) throw new ArgumentException($"A seed has 32 bytes, not {seed.Length}.", nameof(seed));
        Blake3Hasher.ForContext("fermat v1 merkle salts").Update(seed).Update(Encoding.UTF8.GetBytes(domain)).Finish().CopyTo(_key);
        Span<byte> height = stackalloc byte[4];
        for (int k = 0; k < _streams.Length; k++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(height, k);
            _streams[k] = Blake3Hasher.Keyed(_key).Update(height).FinishXof();
        }
    }

    /// <summary>Writes the salt of leaf <paramref name="index"/> of height 2^<paramref name="logHeight"/>.</summary>
    /// <exception cref="ArgumentException">There is no room for 16 bytes.</exception>
    public void Salt(int logHeight, int index, Span<byte> into)
    {
        if (into.Length < SaltLength) throw new ArgumentException($"Room for {SaltLength} bytes is needed.", nameof(into));
        _streams[logHeight].ReadAt((ulong)index * SaltLength, into[..SaltLength]);
    }

    /// <summary>Writes the salts of <paramref name="count"/> consecutive leaves, eight blocks of the stream at a time.</summary>
    unsafe void ILeafSalts.Fill(int logHeight, int first, int count, byte* into)
    {
        Blake3Xof stream = _streams[logHeight];
        const int saltsPerBlock = Blake3Core.BlockLength / SaltLength, batch = Blake3Lanes.Lanes * saltsPerBlock;
        int done = 0;
        if (Blake3Lanes.IsActive && first % saltsPerBlock == 0)
        {
            for (; done + batch <= count; done += batch) Blake3Lanes.Stream(stream, (ulong)((first + done) / saltsPerBlock), into + (done * SaltLength));
        }

        stream.ReadAt((ulong)(first + done) * SaltLength, new Span<byte>(into + (done * SaltLength), (count - done) * SaltLength));
    }
}
