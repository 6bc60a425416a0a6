using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The Fiat–Shamir transcript: prover and verifier absorb the same things in the same order and draw the same challenges. Every
/// operation is a frame that states its kind, its label and its length, so that the framing is injective: two different sequences of
/// operations never feed the hash the same input.
/// </summary>
public sealed class Transcript
{
    /// <summary>The most bits of grinding: 48.</summary>
    public const int MaxGrindingBits = 48;

    private readonly TranscriptState _state;

    /// <summary>A transcript for a named protocol.</summary>
    /// <param name="hash">The hash family; absorbed.</param>
    /// <param name="protocol">The protocol's name and version; absorbed first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The hash is not one of the enumeration.</exception>
    public Transcript(CommitmentHash hash, string protocol)
    {
        _state = hash switch
        {
            CommitmentHash.Blake3 => new ByteTranscriptState(keccak: false),
            CommitmentHash.Keccak256 => new ByteTranscriptState(keccak: true),
            CommitmentHash.Poseidon => new AlgebraicTranscriptState(poseidon2: false),
            CommitmentHash.Poseidon2 => new AlgebraicTranscriptState(poseidon2: true),
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "Unknown commitment hash."),
        };
        _state.Absorb(FrameKind.Protocol, protocol, [(byte)hash]);
    }

    private Transcript(TranscriptState state) => _state = state;

    /// <summary>A digest of everything absorbed and drawn so far: for logs and for comparing two sides.</summary>
    public Digest State => _state.Digest;

    /// <summary>An independent copy.</summary>
    public Transcript Clone() => new(_state.Clone());

    /// <summary>Absorbs bytes.</summary>
    public void AbsorbBytes(string label, ReadOnlySpan<byte> data) => _state.Absorb(FrameKind.Bytes, label, data);

    /// <summary>Absorbs a 32-bit number.</summary>
    public void AbsorbUInt32(string label, uint value) => AbsorbUInt32(FrameKind.UInt32, label, value);

    /// <summary>Absorbs a 64-bit number.</summary>
    public void AbsorbUInt64(string label, ulong value) => AbsorbUInt64(FrameKind.UInt64, label, value);

    /// <summary>Absorbs field elements.</summary>
    public void AbsorbFields(string label, ReadOnlySpan<KoalaBear> elements) => _state.Absorb(FrameKind.Fields, label, elements);

    /// <summary>Absorbs extension elements, five coefficients each, constant coefficient first.</summary>
    public void AbsorbQuintics(string label, ReadOnlySpan<Quintic> elements) =>
        _state.Absorb(FrameKind.Quintics, label, MemoryMarshal.Cast<Quintic, KoalaBear>(elements));

    /// <summary>Absorbs a digest.</summary>
    public void AbsorbDigest(string label, Digest digest) => _state.Absorb(label, digest);

    /// <summary>Draws one uniform extension element.</summary>
    public Quintic ChallengeQuintic(string label)
    {
        Span<Quintic> one = stackalloc Quintic[1];
        ChallengeQuintics(label, one);
        return one[0];
    }

    /// <summary>Draws independent uniform extension elements; their number is absorbed first.</summary>
    public void ChallengeQuintics(string label, Span<Quintic> into)
    {
        AbsorbUInt32(FrameKind.ChallengeQuintics, label, (uint)into.Length);
        _state.Squeeze(MemoryMarshal.Cast<Quintic, KoalaBear>(into));
    }

    /// <summary>Draws uniform bits.</summary>
    /// <param name="label">The label of the challenge.</param>
    /// <param name="bits">0 to 32.</param>
    public uint ChallengeBits(string label, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 32);
        AbsorbUInt32(FrameKind.ChallengeBits, label, (uint)bits);
        return _state.SqueezeBits(bits);
    }

    /// <summary>
    /// Finds the smallest nonce that passes <see cref="CheckGrinding"/> and absorbs it; takes about 2^bits hashes on all cores. With
    /// zero bits nothing happens and the nonce is zero.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ulong Grind(string label, int bits, CancellationToken ct = default)
    {
        if (!BeginGrinding(label, bits)) return 0;
        ulong nonce = NonceSearch.Smallest(_state, bits, ct);
        AbsorbUInt64(FrameKind.Nonce, label, nonce);
        return nonce;
    }

    /// <summary>
    /// Whether the nonce proves 2^bits of work at this point of the transcript; absorbs it. With zero bits nothing is absorbed and only
    /// the nonce zero is right.
    /// </summary>
    public bool CheckGrinding(string label, int bits, ulong nonce)
    {
        if (!BeginGrinding(label, bits)) return nonce == 0;
        bool fits = _state.NonceFits(bits, nonce);
        AbsorbUInt64(FrameKind.Nonce, label, nonce);
        return fits;
    }

    private bool BeginGrinding(string label, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxGrindingBits);
        if (bits == 0) return false;
        AbsorbUInt32(FrameKind.Grinding, label, (uint)bits);
        return true;
    }

    private void AbsorbUInt32(FrameKind kind, string label, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _state.Absorb(kind, label, bytes);
    }

    private void AbsorbUInt64(FrameKind kind, string label, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _state.Absorb(kind, label, bytes);
    }
}
