using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// What crosses from one segment of a book to the next: of each total what its bound leaves to the accounts that are still to come. It crosses as a salted commitment, the
/// leaf hash of salt, domain, zeros, and one block per total.
/// </summary>
/// <remarks>
/// What is left can be negative in between (an asset's claims may exceed its reserves half-way), so it is written with <see cref="Shift"/> added, as bytes; the last segment takes the
/// shift away, and bytes that remain are a remainder that is not negative.
/// </remarks>
public static class SegmentBoundary
{
    /// <summary>Blocks before the first total's: salt, domain, zeros.</summary>
    internal const int HeaderBlocks = 3;

    /// <summary>Elements of a total's block: 24 bits each, the last 16.</summary>
    private const int Block = LeafSponge.BlockLength, BytesPerElement = 3;

    /// <summary>What is added to a remainder that may be negative: 2^183, the weight of the top bit of its bytes.</summary>
    public static BigInteger Shift { get; } = BigInteger.One << (8 * SolvencyLimits.TotalBytes - 1);

    /// <summary>The top byte of <see cref="Shift"/>; the others are zero.</summary>
    internal const int ShiftTopByte = 128;

    /// <summary>The second block, which accounts' leaves have the digest of an account id at: the elements derived from "fermat segment boundary v1".</summary>
    internal static KoalaBear[] Domain { get; } = FieldConstants.Derive("fermat segment boundary v1", Block);

    /// <summary>The blocks of a commitment.</summary>
    /// <param name="salt">Eight elements.</param>
    /// <param name="remainders">Per total an integer of 23 bytes, as it is written in the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">A remainder does not fit 23 bytes.</exception>
    public static KoalaBear[] Blocks(ReadOnlySpan<KoalaBear> salt, IReadOnlyList<BigInteger> remainders)
    {
        ArgumentNullException.ThrowIfNull(remainders);
        var blocks = new KoalaBear[Block * (HeaderBlocks + remainders.Count)];
        salt[..Block].CopyTo(blocks);
        Domain.CopyTo(blocks, Block);
        Span<byte> bytes = stackalloc byte[Block * BytesPerElement];
        for (int i = 0; i < remainders.Count; i++)
        {
            bytes.Clear();
            if (remainders[i].Sign < 0 || !remainders[i].TryWriteBytes(bytes[..SolvencyLimits.TotalBytes], out _, isUnsigned: true))
                throw new ArgumentOutOfRangeException(nameof(remainders), $"remainder {i} is not an integer of {SolvencyLimits.TotalBytes} bytes");
            for (int j = 0; j < Block; j++)
                blocks[Block * (HeaderBlocks + i) + j] = KoalaBear.From((uint)(bytes[3 * j] | bytes[3 * j + 1] << 8 | bytes[3 * j + 2] << 16));
        }
        return blocks;
    }

    /// <summary>The commitment.</summary>
    /// <param name="salt">Eight elements.</param>
    /// <param name="remainders">Per total an integer of 23 bytes, as it is written in the table.</param>
    public static Digest Commit(ReadOnlySpan<KoalaBear> salt, IReadOnlyList<BigInteger> remainders) => LeafSponge.Hash(Blocks(salt, remainders));

    /// <summary>The remainders before the first segment: the bounds themselves, shifted. With a salt of zeros they make the commitment that verifiers compute.</summary>
    internal static BigInteger[] First(IEnumerable<SolvencyBound> bounds) => [.. bounds.Select(bound => bound.Bound + Shift)];
}
