using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The transcript over bytes, for BLAKE3 and Keccak-256. The state S is 32 bytes, at first zero.
/// <list type="bullet">
/// <item>Absorbing a frame: S ← absorb(S ‖ kind ‖ |label| as u32 ‖ label in UTF-8 ‖ |data| as u64 ‖ data). Field elements are canonical u32.</item>
/// <item>Squeezing: words of 32 bits from the stream of challenge(S); a field element is a word with its top bit cleared, words of p or
/// more being skipped; bits are the low bits of the first word.</item>
/// <item>A nonce fits if the low bits of the first u64 of grind(S ‖ nonce as u64) are zero.</item>
/// </list>
/// With BLAKE3 the three functions are key derivation in the contexts "fermat v1 transcript absorb", "fermat v1 transcript challenge" (its
/// extendable output is the stream) and "fermat v1 transcript grind". With Keccak-256 they are the hash of a byte 0x10, 0x11 or 0x12
/// followed by the input, and block i of the stream is the hash of 0x11 ‖ S ‖ i as u64. All integers are little-endian.
/// </summary>
internal sealed class ByteTranscriptState : TranscriptState
{
    private const byte KeccakAbsorb = 0x10, KeccakChallenge = 0x11, KeccakGrind = 0x12;

    private static readonly uint[] AbsorbKey = Key("fermat v1 transcript absorb");
    private static readonly uint[] ChallengeKey = Key("fermat v1 transcript challenge");
    private static readonly uint[] GrindKey = Key("fermat v1 transcript grind");

    private readonly bool _keccak;
    private readonly byte[] _state = new byte[Digest.Length];

    internal ByteTranscriptState(bool keccak) => _keccak = keccak;

    internal override Digest Digest => Digest.FromBytes(_state);

    internal override TranscriptState Clone()
    {
        var clone = new ByteTranscriptState(_keccak);
        _state.CopyTo(clone._state, 0);
        return clone;
    }

    internal override void Absorb(FrameKind kind, string label, ReadOnlySpan<byte> data)
    {
        byte[] name = Encoding.UTF8.GetBytes(label);
        var head = new byte[1 + 4 + name.Length + 8];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(1), (uint)name.Length);
        name.CopyTo(head, 5);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(5 + name.Length), (ulong)data.Length);

        if (_keccak)
        {
            var sponge = new Keccak256Sponge();
            sponge.Update([KeccakAbsorb]);
            sponge.Update(_state);
            sponge.Update(head);
            sponge.Update(data);
            sponge.Finish().CopyTo(_state);
        }
        else
        {
            var hasher = new Blake3Hasher(AbsorbKey, Blake3Core.DeriveKeyMaterial);
            hasher.Update(_state).Update(head).Update(data).Finish().CopyTo(_state);
        }
    }

    internal override void Absorb(FrameKind kind, string label, ReadOnlySpan<KoalaBear> elements)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(4 * elements.Length, 1));
        Span<byte> bytes = rented.AsSpan(0, 4 * elements.Length);
        for (int i = 0; i < elements.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], elements[i].Value);
        Absorb(kind, label, bytes);
        ArrayPool<byte>.Shared.Return(rented);
    }

    internal override void Absorb(string label, Digest digest) => Absorb(FrameKind.Digest, label, digest.ToArray());

    internal override void Squeeze(Span<KoalaBear> into)
    {
        var stream = new WordStream(this);
        for (int i = 0; i < into.Length;)
        {
            if (KoalaBear.TryFromCanonical(stream.Next() & 0x7FFFFFFF, out into[i])) i++;
        }
    }

    internal override uint SqueezeBits(int bits) => (uint)(new WordStream(this).Next() & ((1UL << bits) - 1));

    internal override bool NonceFits(int bits, ulong nonce)
    {
        Span<byte> input = stackalloc byte[1 + Digest.Length + sizeof(ulong)];
        input[0] = KeccakGrind;
        _state.CopyTo(input[1..]);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(1 + Digest.Length)..], nonce);
        Digest digest = _keccak ? Keccak256.Hash(input) : new Blake3Hasher(GrindKey, Blake3Core.DeriveKeyMaterial).Update(input[1..]).Finish();
        return LowBitsAreZero(digest, bits);
    }

    /// <summary>Eight nonces at a time in the lanes: for BLAKE3 the nonce is words 8 and 9 of the one block.</summary>
    internal override unsafe ulong? FirstFit(int bits, ulong first, int count)
    {
        if (!Blake3Lanes.IsActive) return base.FirstFit(bits, first, count);
        const int lanes = Blake3Lanes.Lanes;
        int start = _keccak ? 1 : 0, length = start + Digest.Length + sizeof(ulong), pitch = _keccak ? Keccak256.Rate : Blake3Core.BlockLength;
        byte* messages = stackalloc byte[lanes * Keccak256.Rate];
        Digest* digests = stackalloc Digest[lanes];
        new Span<byte>(messages, lanes * pitch).Clear();
        for (int lane = 0; lane < lanes; lane++)
        {
            byte* message = messages + (lane * pitch);
            if (_keccak)
            {
                message[0] = KeccakGrind;
                KeccakLanes.Pad(message, length);
            }

            _state.CopyTo(new Span<byte>(message + start, Digest.Length));
        }

        for (ulong nonce = first; nonce < first + (ulong)count; nonce += lanes)
        {
            for (int lane = 0; lane < lanes; lane++)
                BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(messages + (lane * pitch) + start + Digest.Length, sizeof(ulong)), nonce + (ulong)lane);
            HashEight(messages, pitch, length, digests);
            for (int lane = 0; lane < lanes; lane++)
            {
                if (LowBitsAreZero(digests[lane], bits)) return nonce + (ulong)lane;
            }
        }

        return null;
    }

    private unsafe void HashEight(byte* messages, int pitch, int length, Digest* digests)
    {
        if (!_keccak)
        {
            Blake3Lanes.Hash(messages, pitch, length, GrindKey, Blake3Core.DeriveKeyMaterial, digests);
            return;
        }

        for (int lane = 0; lane < Blake3Lanes.Lanes; lane += KeccakLanes.Lanes) KeccakLanes.Hash(messages + (lane * pitch), pitch, 1, digests + lane);
    }

    private static bool LowBitsAreZero(Digest digest, int bits) => ((digest[0] | ((ulong)digest[1] << 32)) & ((1UL << bits) - 1)) == 0;

    private static uint[] Key(string context)
    {
        var words = new uint[8];
        Blake3Hasher.ContextKey(context, words);
        return words;
    }

    /// <summary>The output stream of a state, word by word.</summary>
    private ref struct WordStream
    {
        private readonly ByteTranscriptState _owner;
        private readonly Blake3Xof? _xof;
        private ulong _word;
        private Digest _block;

        internal WordStream(ByteTranscriptState owner)
        {
            _owner = owner;
            if (!owner._keccak) _xof = new Blake3Hasher(ChallengeKey, Blake3Core.DeriveKeyMaterial).Update(owner._state).FinishXof();
        }

        internal uint Next()
        {
            int place = (int)(_word % Digest.Words);
            if (place == 0) _block = Block(_word / Digest.Words);
            _word++;
            return _block[place];
        }

        private readonly Digest Block(ulong index)
        {
            Span<byte> bytes = stackalloc byte[Digest.Length];
            if (_xof is not null)
            {
                _xof.Read(bytes);
                return Digest.FromBytes(bytes);
            }

            var sponge = new Keccak256Sponge();
            sponge.Update([KeccakChallenge]);
            sponge.Update(_owner._state);
            sponge.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in index)));
            return sponge.Finish();
        }
    }
}
