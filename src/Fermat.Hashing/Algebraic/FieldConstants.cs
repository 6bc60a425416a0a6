using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Field elements with nothing up the sleeve: successive little-endian 32-bit words of a BLAKE3 output stream with the top bit
/// cleared, words of p or more being skipped. Each element is uniform.
/// </summary>
public static class FieldConstants
{
    /// <summary>The first <paramref name="count"/> elements from the extendable BLAKE3 hash (plain mode) of a label in UTF-8.</summary>
    public static KoalaBear[] Derive(string label, int count)
    {
        var elements = new KoalaBear[count];
        Fill(new Blake3Hasher().Update(Encoding.UTF8.GetBytes(label)).FinishXof(), elements);
        return elements;
    }

    /// <summary>Fills a span with the next elements of an output stream, moving the stream on by whole words.</summary>
    public static void Fill(Blake3Xof stream, Span<KoalaBear> into)
    {
        const int Word = sizeof(uint), Block = 64;                                             // the stream is made a block at a time: each is asked for once
        Span<byte> bytes = stackalloc byte[Block];
        for (int i = 0; i < into.Length;)
        {
            int ahead = Math.Max(Word, (Block - (int)(stream.Position % Block)) & -Word), read = 0;
            stream.ReadAt(stream.Position, bytes[..ahead]);
            for (; read < ahead && i < into.Length; read += Word)
                if (KoalaBear.TryFromCanonical(BinaryPrimitives.ReadUInt32LittleEndian(bytes[read..]) & 0x7FFFFFFF, out into[i])) i++;
            stream.Position += (ulong)read;
        }
    }
}
