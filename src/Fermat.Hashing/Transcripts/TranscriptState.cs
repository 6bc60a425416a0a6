using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>What an operation on a transcript is; part of every frame, so that no two operations can be confused.</summary>
internal enum FrameKind : byte
{
    Protocol = 0,
    Bytes = 1,
    UInt32 = 2,
    UInt64 = 3,
    Fields = 4,
    Quintics = 5,
    Digest = 6,
    FieldDigest = 7,
    ChallengeQuintics = 16,
    ChallengeBits = 17,
    Grinding = 32,
    Nonce = 33,
}

/// <summary>The sponge under a <see cref="Transcript"/>: one implementation over bytes, one over field elements.</summary>
internal abstract class TranscriptState
{
    /// <summary>Absorbs a frame of bytes.</summary>
    internal abstract void Absorb(FrameKind kind, string label, ReadOnlySpan<byte> data);

    /// <summary>Absorbs a frame of field elements.</summary>
    internal abstract void Absorb(FrameKind kind, string label, ReadOnlySpan<KoalaBear> elements);

    /// <summary>Absorbs a digest in the form that suits the sponge.</summary>
    internal abstract void Absorb(string label, Digest digest);

    /// <summary>Fills a span with uniform field elements; the frame that asks for them has been absorbed already.</summary>
    internal abstract void Squeeze(Span<KoalaBear> into);

    /// <summary>Uniform bits, 0 to 32; the frame that asks for them has been absorbed already.</summary>
    internal abstract uint SqueezeBits(int bits);

    /// <summary>Whether a nonce gives <paramref name="bits"/> zero bits; the state is read only, and several threads may ask at once.</summary>
    internal abstract bool NonceFits(int bits, ulong nonce);

    /// <summary>The smallest fitting nonce of [first, first + count), or null; several threads may ask at once.</summary>
    /// <param name="bits">Zero bits asked for.</param>
    /// <param name="first">A multiple of 8.</param>
    /// <param name="count">A multiple of 8.</param>
    internal virtual ulong? FirstFit(int bits, ulong first, int count)
    {
        for (ulong nonce = first; nonce < first + (ulong)count; nonce++)
        {
            if (NonceFits(bits, nonce)) return nonce;
        }

        return null;
    }

    internal abstract TranscriptState Clone();

    internal abstract Digest Digest { get; }
}
