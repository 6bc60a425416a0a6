using System.Buffers.Binary;
using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

public class FieldConstantsTests
{
    [Theory]
    [InlineData(0, new[] { 8 })]
    [InlineData(0, new[] { 1, 2, 40, 1, 33 })]
    [InlineData(60, new[] { 1, 17, 16 })]
    [InlineData(64, new[] { 16, 16, 1 })]
    [InlineData(61, new[] { 3, 50 })]       // words that do not stand where blocks do
    [InlineData(3, new[] { 1000, 0, 5 })]
    public void Elements_are_the_streams_words_one_after_the_other_whatever_pieces_they_are_asked_for_in(int start, int[] pieces)
    {
        Blake3Xof stream = new Blake3Hasher().Update("some words"u8).FinishXof();
        stream.Position = (ulong)start;
        (List<KoalaBear> expected, ulong at) = ([], (ulong)start);
        Span<byte> word = stackalloc byte[4];
        foreach (int count in pieces)
        {
            var got = new KoalaBear[count];
            FieldConstants.Fill(stream, got);
            expected.Clear();
            while (expected.Count < count)
            {
                stream.ReadAt(at, word);
                at += 4;
                uint value = BinaryPrimitives.ReadUInt32LittleEndian(word) & 0x7FFFFFFF;
                if (value < KoalaBear.Modulus) expected.Add(KoalaBear.From((int)value));
            }
            Assert.Equal(expected, got);
            Assert.Equal(at, stream.Position);
        }
    }

    [Fact]
    public void Some_word_is_skipped()
    {
        // One word in 128 is p or more: among 2,000 there are some, so the tests above meet them.
        Blake3Xof stream = new Blake3Hasher().Update("some words"u8).FinishXof();
        FieldConstants.Fill(stream, new KoalaBear[2000]);
        Assert.True(stream.Position > 8000);
    }
}
