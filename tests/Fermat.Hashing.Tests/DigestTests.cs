using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

public sealed class DigestTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)((37 * i) + 5))];

    [Fact]
    public void Bytes_words_and_text_are_forms_of_one_digest()
    {
        Digest digest = Digest.FromBytes(Bytes);
        Span<uint> words = stackalloc uint[8];
        digest.CopyWordsTo(words);
        Assert.Equal(Bytes, digest.ToArray());
        Assert.Equal(BitConverter.ToUInt32(Bytes, 12), digest[3]);
        Assert.Equal(digest, Digest.FromWords(words));
        Assert.Equal(Convert.ToHexStringLower(Bytes), digest.ToString());
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.Equal(digest, Digest.Parse(digest.ToString().ToUpperInvariant()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void Text_that_is_no_digest_is_refused(string? text)
    {
        Assert.False(Digest.TryParse(text, out _));
        if (text is not null) Assert.Throws<FormatException>(() => Digest.Parse(text));
    }

    [Fact]
    public void Every_byte_counts_for_equality()
    {
        Digest digest = Digest.FromBytes(Bytes);
        for (int i = 0; i < 32; i++)
        {
            byte[] changed = [.. Bytes];
            changed[i] ^= 0x80;
            Assert.True(digest != Digest.FromBytes(changed));
            Assert.False(digest == Digest.FromBytes(changed));
        }

        Assert.Equal(digest.GetHashCode(), Digest.FromBytes(Bytes).GetHashCode());
    }

    [Fact]
    public void Field_digests_are_canonical_words()
    {
        KoalaBear[] elements = PoseidonTests.Fields(0, 1, KoalaBear.Modulus - 1, 3, 4, 5, 6, 1 << 30);
        Digest digest = Digest.FromFields(elements);
        Assert.Equal(KoalaBear.Modulus - 1, digest[2]);
        var back = new KoalaBear[8];
        Assert.True(digest.TryToFields(back));
        Assert.True(digest.IsCanonicalFields);
        Assert.Equal(elements, back);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_word_of_p_or_more_is_no_field_digest(int word)
    {
        var words = new uint[8];
        words[word] = KoalaBear.Modulus;
        Assert.False(Digest.FromWords(words).TryToFields(new KoalaBear[8]));
        Assert.False(Digest.FromWords(words).IsCanonicalFields);
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Digest.FromBytes(new byte[31]));
        Assert.Throws<ArgumentException>(() => Digest.FromWords(new uint[9]));
        Assert.Throws<ArgumentException>(() => Digest.FromFields(new KoalaBear[7]));
        Assert.Throws<ArgumentException>(() => default(Digest).CopyTo(new byte[31]));
        Assert.Throws<ArgumentException>(() => default(Digest).TryToFields(new KoalaBear[7]));
    }
}
