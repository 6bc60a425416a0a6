using System.Buffers.Binary;
using System.Security.Cryptography;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// All randomness of one proof, expanded by keyed BLAKE3 from a 256-bit seed: one stream per (purpose, table, phase, block), so that
/// the bytes do not depend on who asks first or on how many cores.
/// </summary>
internal sealed class ProverRandomness
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedLength = 32;

    private readonly byte[]? _seed;

    private ProverRandomness(byte[]? seed) => _seed = seed;

    /// <summary>Zeros in place of randomness, for proofs without zero knowledge.</summary>
    public static ProverRandomness None { get; } = new(null);

    /// <summary>Whether there is any randomness.</summary>
    public bool IsNone => _seed is null;

    /// <summary>Randomness from a fresh seed of the operating system.</summary>
    public static ProverRandomness Fresh() => new(RandomNumberGenerator.GetBytes(SeedLength));

    /// <summary>Randomness from a fixed seed: whoever knows the seed can undo the hiding.</summary>
    public static ProverRandomness FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength) throw new ArgumentException($"a seed has {SeedLength} bytes, not {seed.Length}", nameof(seed));
        return new ProverRandomness(seed.ToArray());
    }

    /// <summary>Writes uniform field elements.</summary>
    /// <param name="purpose">What they are for.</param>
    /// <param name="table">Index of the table.</param>
    /// <param name="phase">The phase, or zero.</param>
    /// <param name="block">Row or block, or zero.</param>
    /// <param name="into">The elements; zeros if there is no randomness.</param>
    public void Fill(RandomPurpose purpose, int table, int phase, int block, Span<KoalaBear> into)
    {
        if (_seed is null)
        {
            into.Clear();
            return;
        }

        Blake3Xof stream = Stream(purpose, table, phase, block);
        Span<byte> bytes = stackalloc byte[512];
        for (int filled = 0; filled < into.Length;)
        {
            int words = Math.Min(bytes.Length / 4, into.Length - filled);
            stream.Read(bytes[..(4 * words)]);
            for (int w = 0; w < words; w++)
            {
                // 31 uniform bits, refused when not below p: uniform on 0 … p − 1.
                uint candidate = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * w)..]) & 0x7fffffff;
                if (candidate < KoalaBear.Modulus) into[filled++] = KoalaBear.FromRaw(candidate);
            }
        }
    }

    /// <summary>The leaf salts of one tree, or null without randomness.</summary>
    /// <param name="tree">The tree's name, distinct in the proof.</param>
    public SaltSource? Salts(string tree)
    {
        if (_seed is null) return null;
        Span<byte> key = stackalloc byte[SeedLength];
        Stream(RandomPurpose.Salts, 0, 0, 0).Read(key);
        return new SaltSource(key, "fermat leaf salts: " + tree);
    }

    private Blake3Xof Stream(RandomPurpose purpose, int table, int phase, int block)
    {
        Span<byte> name = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(name, (uint)purpose);
        BinaryPrimitives.WriteInt32LittleEndian(name[4..], table);
        BinaryPrimitives.WriteInt32LittleEndian(name[8..], phase);
        BinaryPrimitives.WriteInt32LittleEndian(name[12..], block);
        return Blake3Hasher.Keyed(_seed).Update(name).FinishXof();
    }
}
