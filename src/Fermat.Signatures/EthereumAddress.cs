using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fermat.Hashing;

namespace Fermat.Signatures;

/// <summary>The 20-byte address of a secp256k1 key: the last 20 bytes of the Keccak-256 of its public point. Written with the checksum of EIP-55.</summary>
public readonly record struct EthereumAddress : IComparable<EthereumAddress>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 20;

    private readonly UInt128 high;
    private readonly uint low;

    private EthereumAddress(UInt128 high, uint low) => (this.high, this.low) = (high, low);

    /// <summary>Whether all bytes are zero, which no known key has as its address.</summary>
    public bool IsZero => high == 0 && low == 0;

    /// <summary>Takes 20 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 20 of them.</exception>
    public static EthereumAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"An address has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        return new EthereumAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
    }

    /// <summary>The address of a public point.</summary>
    /// <param name="point">x and y, 32 bytes each, big-endian, without a prefix.</param>
    /// <exception cref="ArgumentException">There are not 64 bytes.</exception>
    public static EthereumAddress OfPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != 64) throw new ArgumentException($"A point has 64 bytes, not {point.Length}.", nameof(point));
        Span<byte> digest = stackalloc byte[Digest.Length];
        Keccak256.Hash(point).CopyTo(digest);
        return FromBytes(digest[12..]);
    }

    /// <summary>
    /// Reads <c>0x</c> and 40 hexadecimal digits, with the checksum of EIP-55 or all in lower case; false for anything else. A text in mixed or upper case whose checksum is wrong is
    /// refused: it is a misspelt address.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EthereumAddress address)
    {
        address = default;
        if (text is null || text.Length != 2 + 2 * Length || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> digits = text.AsSpan(2);
        foreach (char digit in digits)
            if (!char.IsAsciiHexDigit(digit)) return false;
        EthereumAddress read = FromBytes(Convert.FromHexString(digits));
        if (digits.ContainsAnyInRange('A', 'F') && read.ToString() != text) return false;
        address = read;
        return true;
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> into)
    {
        BinaryPrimitives.WriteUInt128BigEndian(into, high);
        BinaryPrimitives.WriteUInt32BigEndian(into[16..], low);
    }

    /// <summary>The 20 bytes, in a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Orders addresses as 160-bit numbers.</summary>
    public int CompareTo(EthereumAddress other) => high == other.high ? low.CompareTo(other.low) : high.CompareTo(other.high);

    /// <summary><c>0x</c> and 40 digits with the checksum of EIP-55: a letter is a capital where the Keccak-256 of the lower-case digits has 8 or more at its place.</summary>
    public override string ToString()
    {
        string lower = Convert.ToHexStringLower(ToArray());
        byte[] hash = Keccak256.Hash(Encoding.ASCII.GetBytes(lower)).ToArray();
        return string.Create(2 + 2 * Length, (lower, hash), static (text, of) =>
        {
            (text[0], text[1]) = ('0', 'x');
            for (int i = 0; i < of.lower.Length; i++)
            {
                int nibble = i % 2 == 0 ? of.hash[i / 2] >> 4 : of.hash[i / 2] & 15;
                text[2 + i] = nibble >= 8 ? char.ToUpperInvariant(of.lower[i]) : of.lower[i];
            }
        });
    }
}
