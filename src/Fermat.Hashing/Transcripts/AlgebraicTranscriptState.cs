using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The transcript over field elements, for Poseidon and Poseidon2 (width 16). An overwrite-mode sponge with blocks and a capacity c of eight elements
/// each; c starts as <see cref="FieldConstants.Derive"/>("fermat v1 transcript"). Taking in a block b sets s = P(b ‖ c) and c ← s[8..16].
/// <list type="bullet">
/// <item>Absorbing a frame takes in a header, then the elements in blocks, the last filled with zeros. The header is eight elements of
/// <see cref="FieldConstants.Fill"/> from the BLAKE3 key derivation in context "fermat v1 transcript frame" of kind ‖ length as u64 ‖ label. The
/// length counts elements, or bytes if the frame is of bytes; bytes are taken three at a time, little-endian.</item>
/// <item>A digest whose words are all below p is absorbed as eight elements (its own kind of frame), any other as 32 bytes.</item>
/// <item>Squeezing takes in blocks (i, 0, …, 0), i = 0, 1, …; each gives the eight elements s[0..8].</item>
/// <item>Bits are the low 24 bits of the first element that is not p − 1 (so they are uniform), then up to 8 more of the next such element.</item>
/// <item>A nonce of low 24, middle 24 and high 16 bits (a, b, d) fits if s = P(a, b, d, 0 … ‖ c) has zero in the low 24 bits of s[0], then of s[1], as
/// far as bits are asked for, these elements not being p − 1.</item>
/// </list>
/// </summary>
internal sealed class AlgebraicTranscriptState : TranscriptState
{
    private const int Block = 8;
    private const int UniformBits = 24;
    private const uint LowMask = (1u << UniformBits) - 1;

    private static readonly KoalaBear[] Start = FieldConstants.Derive("fermat v1 transcript", Block);

    private readonly bool _poseidon2;
    private readonly KoalaBear[] _capacity;

    internal AlgebraicTranscriptState(bool poseidon2)
        : this(poseidon2, [.. Start])
    {
    }

    private AlgebraicTranscriptState(bool poseidon2, KoalaBear[] capacity) => (_poseidon2, _capacity) = (poseidon2, capacity);

    internal override Digest Digest => Digest.FromFields(_capacity);

    internal override TranscriptState Clone() => new AlgebraicTranscriptState(_poseidon2, [.. _capacity]);

    internal override void Absorb(FrameKind kind, string label, ReadOnlySpan<byte> data)
    {
        Header(kind, label, (ulong)data.Length);
        const int bytesPerBlock = 3 * Block;
        Span<KoalaBear> block = stackalloc KoalaBear[Block];
        for (int start = 0; start < data.Length; start += bytesPerBlock)
        {
            ReadOnlySpan<byte> part = data[start..Math.Min(start + bytesPerBlock, data.Length)];
            block.Clear();
            for (int i = 0; i < part.Length; i++) block[i / 3] += KoalaBear.From((uint)part[i] << (8 * (i % 3)));
            TakeIn(block, default);
        }
    }

    internal override void Absorb(FrameKind kind, string label, ReadOnlySpan<KoalaBear> elements)
    {
        Header(kind, label, (ulong)elements.Length);
        Span<KoalaBear> block = stackalloc KoalaBear[Block];
        for (int start = 0; start < elements.Length; start += Block)
        {
            block.Clear();
            elements[start..Math.Min(start + Block, elements.Length)].CopyTo(block);
            TakeIn(block, default);
        }
    }

    internal override void Absorb(string label, Digest digest)
    {
        Span<KoalaBear> elements = stackalloc KoalaBear[Block];
        if (digest.TryToFields(elements)) Absorb(FrameKind.FieldDigest, label, elements);
        else Absorb(FrameKind.Digest, label, digest.ToArray());
    }

    internal override void Squeeze(Span<KoalaBear> into)
    {
        Span<KoalaBear> output = stackalloc KoalaBear[Block];
        for (uint i = 0; !into.IsEmpty; i++)
        {
            SqueezeBlock(i, output);
            int take = Math.Min(Block, into.Length);
            output[..take].CopyTo(into);
            into = into[take..];
        }
    }

    internal override uint SqueezeBits(int bits)
    {
        Span<KoalaBear> output = stackalloc KoalaBear[Block];
        ulong gathered = 0;
        for (int i = 0, have = 0; have < bits; i++)
        {
            if (i % Block == 0) SqueezeBlock((uint)(i / Block), output);
            uint value = output[i % Block].Value;
            if (value == KoalaBear.Modulus - 1) continue;
            gathered |= (ulong)(value & LowMask) << have;
            have += UniformBits;
        }

        return (uint)(gathered & ((1UL << bits) - 1));
    }

    internal override bool NonceFits(int bits, ulong nonce)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[2 * Block];
        NonceState(nonce, state);
        Permute(state);
        return LowBitsAreZero(state, bits);
    }

    internal override ulong? FirstFit(int bits, ulong first, int count)
    {
        const int batch = 8, width = 2 * Block;
        Span<KoalaBear> states = stackalloc KoalaBear[batch * width];
        for (ulong nonce = first; nonce < first + (ulong)count; nonce += batch)
        {
            for (int i = 0; i < batch; i++) NonceState(nonce + (ulong)i, states.Slice(i * width, width));
            if (_poseidon2) Poseidon2_16.PermuteMany(states);
            else Poseidon16.PermuteMany(states);
            for (int i = 0; i < batch; i++)
            {
                if (LowBitsAreZero(states.Slice(i * width, width), bits)) return nonce + (ulong)i;
            }
        }

        return null;
    }

    private void NonceState(ulong nonce, Span<KoalaBear> state)
    {
        state[0] = KoalaBear.From((uint)nonce & LowMask);
        state[1] = KoalaBear.From((uint)(nonce >> 24) & LowMask);
        state[2] = KoalaBear.From((uint)(nonce >> 48));
        state[3..Block].Clear();
        _capacity.CopyTo(state[Block..]);
    }

    private static bool LowBitsAreZero(ReadOnlySpan<KoalaBear> state, int bits)
    {
        for (int i = 0; bits > 0; i++, bits -= UniformBits)
        {
            uint value = state[i].Value;
            uint mask = bits >= UniformBits ? LowMask : (1u << bits) - 1;
            if (value == KoalaBear.Modulus - 1 || (value & mask) != 0) return false;
        }

        return true;
    }

    private void Header(FrameKind kind, string label, ulong length)
    {
        byte[] name = Encoding.UTF8.GetBytes(label);
        var input = new byte[1 + 8 + name.Length];
        input[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(input.AsSpan(1), length);
        name.CopyTo(input, 9);
        Span<KoalaBear> header = stackalloc KoalaBear[Block];
        FieldConstants.Fill(Blake3Hasher.ForContext("fermat v1 transcript frame").Update(input).FinishXof(), header);
        TakeIn(header, default);
    }

    private void SqueezeBlock(uint index, Span<KoalaBear> output)
    {
        Span<KoalaBear> block = stackalloc KoalaBear[Block];
        block.Clear();
        block[0] = KoalaBear.From(index);
        TakeIn(block, output);
    }

    private void TakeIn(ReadOnlySpan<KoalaBear> block, Span<KoalaBear> output)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[2 * Block];
        block.CopyTo(state);
        _capacity.CopyTo(state[Block..]);
        Permute(state);
        state[Block..].CopyTo(_capacity);
        if (!output.IsEmpty) state[..Block].CopyTo(output);
    }

    private void Permute(Span<KoalaBear> state)
    {
        if (_poseidon2) Poseidon2_16.Permute(state);
        else Poseidon16.Permute(state);
    }
}
