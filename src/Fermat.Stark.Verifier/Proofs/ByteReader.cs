using System.Buffers.Binary;
using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// Reads canonical values from bytes of any origin. The first failure sticks: from then on every read gives zero and
/// <see cref="Failure"/> says what was wrong, so that callers check once. Nothing is allocated before its bytes are known to be there.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly List<ProofPart> _parts = [];
    private int _partStart = 0;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The part that is being read, for messages.</summary>
    public string Part { get; private set; } = "";

    /// <summary>The first thing that was wrong, or null.</summary>
    public Rejection? Failure { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>Begins a part.</summary>
    public void Begin(string part)
    {
        EndPart();
        Part = part;
    }

    /// <summary>The parts read so far, with their lengths.</summary>
    public ImmutableArray<ProofPart> EndParts()
    {
        EndPart();
        return [.. _parts];
    }

    /// <summary>Records a failure, unless there is one already.</summary>
    public void Fail(Rejection rejection) => Failure ??= rejection;

    /// <summary>The next bytes; empty on failure.</summary>
    public ReadOnlySpan<byte> Bytes(long length)
    {
        if (Failure is not null) return default;
        if (length > Remaining)
        {
            Fail(new Rejection(
                RejectionCode.Truncated, "the proof ends too early", $"at least {Position + length} bytes", $"{_bytes.Length} bytes", Part));
            return default;
        }

        ReadOnlySpan<byte> read = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return read;
    }

    /// <summary>One byte.</summary>
    public byte Byte() => Bytes(1) is [var value] ? value : (byte)0;

    /// <summary>Two bytes, least significant first.</summary>
    public ushort UInt16() => Bytes(2) is { Length: 2 } read ? BinaryPrimitives.ReadUInt16LittleEndian(read) : (ushort)0;

    /// <summary>Eight bytes, least significant first.</summary>
    public ulong UInt64() => Bytes(8) is { Length: 8 } read ? BinaryPrimitives.ReadUInt64LittleEndian(read) : 0;

    /// <summary>A digest.</summary>
    public Digest Digest() => Bytes(Hashing.Digest.Length) is { Length: Hashing.Digest.Length } read ? Hashing.Digest.FromBytes(read) : default;

    /// <summary>Digests; empty on failure.</summary>
    public Digest[] Digests(int count)
    {
        ReadOnlySpan<byte> read = Bytes((long)count * Hashing.Digest.Length);
        if (Failure is not null) return [];
        var digests = new Digest[count];
        for (int i = 0; i < count; i++) digests[i] = Hashing.Digest.FromBytes(read.Slice(i * Hashing.Digest.Length, Hashing.Digest.Length));
        return digests;
    }

    /// <summary>Field elements, four bytes each, least significant first, below the modulus; empty on failure.</summary>
    public KoalaBear[] Elements(long count)
    {
        ReadOnlySpan<byte> read = Bytes(count * sizeof(uint));
        if (Failure is not null) return [];
        var elements = new KoalaBear[count];
        for (int i = 0; i < count; i++)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(read[(i * sizeof(uint))..]);
            if (KoalaBear.TryFromCanonical(word, out elements[i])) continue;
            Fail(new Rejection(
                RejectionCode.NonCanonicalElement, "a field element is not reduced", $"below {KoalaBear.Modulus}", $"{word}", $"{Part}, element {i}"));
            return [];
        }

        return elements;
    }

    /// <summary>Extension-field elements, five field elements each; empty on failure.</summary>
    public Quintic[] Quintics(int count)
    {
        KoalaBear[] elements = Elements((long)count * Quintic.Degree);
        if (Failure is not null) return [];
        var quintics = new Quintic[count];
        for (int i = 0; i < count; i++) quintics[i] = Quintic.From((ReadOnlySpan<KoalaBear>)elements.AsSpan(i * Quintic.Degree, Quintic.Degree));
        return quintics;
    }

    private void EndPart()
    {
        if (Position > _partStart) _parts.Add(new ProofPart(Part, Position - _partStart));
        _partStart = Position;
    }
}
