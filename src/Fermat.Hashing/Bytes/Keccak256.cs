using System.Buffers.Binary;

namespace Fermat.Hashing;

/// <summary>
/// Keccak-256 as Ethereum uses it: rate 136 bytes, capacity 64 bytes, padding byte 0x01 (SHA3-256 of FIPS 202 differs in the padding byte only).
/// </summary>
public static class Keccak256
{
    internal const int Rate = 136;

    /// <summary>The digest of <paramref name="data"/>.</summary>
    public static Digest Hash(ReadOnlySpan<byte> data)
    {
        var sponge = new Keccak256Sponge();
        sponge.Update(data);
        return sponge.Finish();
    }
}

/// <summary>Keccak-256 over input that arrives in pieces. A mutable struct: pass it by reference.</summary>
internal unsafe struct Keccak256Sponge
{
    private fixed ulong _state[KeccakF.Lanes];
    private int _fill;

    internal void Update(ReadOnlySpan<byte> data)
    {
        fixed (ulong* state = _state)
        {
            foreach (byte b in data)
            {
                state[_fill >> 3] ^= (ulong)b << (8 * (_fill & 7));
                if (++_fill == Keccak256.Rate)
                {
                    KeccakF.Permute(new Span<ulong>(state, KeccakF.Lanes));
                    _fill = 0;
                }
            }
        }
    }

    /// <summary>Pads and gives the digest; the sponge is of no further use.</summary>
    internal Digest Finish()
    {
        fixed (ulong* state = _state)
        {
            state[_fill >> 3] ^= 1UL << (8 * (_fill & 7));
            state[(Keccak256.Rate - 1) >> 3] ^= 0x80UL << 56;
            KeccakF.Permute(new Span<ulong>(state, KeccakF.Lanes));
            Span<byte> bytes = stackalloc byte[Digest.Length];
            for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * i)..], state[i]);
            return Digest.FromBytes(bytes);
        }
    }
}
