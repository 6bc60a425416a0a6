using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// A 32-byte digest: eight 32-bit words, least significant byte first. Digests of the algebraic hashes are eight field elements,
/// each in canonical form (0 ≤ x &lt; p) as one word.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Digest : IEquatable<Digest>
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Length = 32;

    /// <summary>The length in 32-bit words, and in field elements for algebraic digests: 8.</summary>
    public const int Words = 8;

    private readonly DigestWords _words;

    [InlineArray(Words)]
    private struct DigestWords
    {
        private uint _first;
    }

    private Digest(in DigestWords words) => _words = words;

    /// <summary>Word <paramref name="index"/> (0 to 7).</summary>
    public uint this[int index] => ((ReadOnlySpan<uint>)_words)[index];

    /// <summary>Reads a digest from exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"A digest has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        var words = new DigestWords();
        for (int i = 0; i < Words; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        return new Digest(words);
    }

    /// <summary>Reads a digest from exactly eight words.</summary>
    /// <exception cref="ArgumentException">The span does not hold eight words.</exception>
    public static Digest FromWords(ReadOnlySpan<uint> source)
    {
        if (source.Length != Words) throw new ArgumentException($"A digest has {Words} words, not {source.Length}.", nameof(source));
        var words = new DigestWords();
        source.CopyTo(words);
        return new Digest(words);
    }

    /// <summary>The digest whose words are the canonical values of eight field elements.</summary>
    /// <exception cref="ArgumentException">The span does not hold eight elements.</exception>
    public static Digest FromFields(ReadOnlySpan<KoalaBear> elements)
    {
        if (elements.Length != Words) throw new ArgumentException($"A digest has {Words} elements, not {elements.Length}.", nameof(elements));
        var words = new DigestWords();
        for (int i = 0; i < Words; i++) words[i] = elements[i].Value;
        return new Digest(words);
    }

    /// <summary>Reads the words as field elements; false (and <paramref name="into"/> undefined) if any word is p or more.</summary>
    /// <exception cref="ArgumentException">The span is shorter than eight elements.</exception>
    public bool TryToFields(Span<KoalaBear> into)
    {
        if (into.Length < Words) throw new ArgumentException($"Room for {Words} elements is needed.", nameof(into));
        for (int i = 0; i < Words; i++)
        {
            if (!KoalaBear.TryFromCanonical(this[i], out into[i])) return false;
        }

        return true;
    }

    /// <summary>Whether every word is below p, so that the digest may be one of an algebraic hash.</summary>
    public bool IsCanonicalFields
    {
        get
        {
            for (int i = 0; i < Words; i++)
            {
                if (this[i] >= KoalaBear.Modulus) return false;
            }

            return true;
        }
    }

    /// <summary>Writes the eight words.</summary>
    public void CopyWordsTo(Span<uint> destination) => ((ReadOnlySpan<uint>)_words).CopyTo(destination);

    /// <summary>Writes the 32 bytes.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length) throw new ArgumentException($"Room for {Length} bytes is needed.", nameof(destination));
        for (int i = 0; i < Words; i++) BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * i)..], this[i]);
    }

    /// <summary>The 32 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits, first byte first.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Reads what <see cref="ToString"/> writes (upper case is accepted too).</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest) ? digest : throw new FormatException("A digest is written as 64 hexadecimal digits.");

    /// <summary>Reads what <see cref="ToString"/> writes; false if the text is not 64 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != 2 * Length) return false;
        Span<byte> bytes = stackalloc byte[Length];
        if (Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != Length) return false;
        digest = FromBytes(bytes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Digest other) => ((ReadOnlySpan<uint>)_words).SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(this[0], this[1], this[2], this[3]);

    /// <summary>Whether two digests are the same 32 bytes.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Whether two digests differ.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
