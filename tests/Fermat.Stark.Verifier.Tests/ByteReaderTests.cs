using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>What callers of <see cref="ByteReader"/> rely on when they check once, at the end.</summary>
public class ByteReaderTests
{
    [Fact]
    public void The_first_failure_sticks()
    {
        var reader = new ByteReader([1, 2, 3]);
        var first = new Rejection(RejectionCode.WrongMagic, "first");
        reader.Fail(first);
        reader.Fail(new Rejection(RejectionCode.UnknownVersion, "second"));
        Assert.Same(first, reader.Failure);
    }

    [Fact]
    public void After_a_failure_nothing_is_read_and_the_failure_stays()
    {
        var reader = new ByteReader([7, 1, 0, 0, 0, 2, 0, 0, 0]);
        reader.Begin("numbers");
        Assert.Equal(7, reader.Byte());
        Assert.Empty(reader.Elements(3));
        Rejection failure = reader.Failure!;
        Assert.Equal((RejectionCode.Truncated, "at least 13 bytes", "9 bytes", "numbers"), (failure.Code, failure.Expected, failure.Got, failure.Part));

        Assert.Equal(0, reader.Byte());
        Assert.Equal(0, reader.UInt16());
        Assert.Equal(0UL, reader.UInt64());
        Assert.Equal(default, reader.Digest());
        Assert.Empty(reader.Digests(1));
        Assert.Empty(reader.Elements(1));
        Assert.Empty(reader.Quintics(1));
        Assert.Equal(0, reader.Bytes(1).Length);
        Assert.Same(failure, reader.Failure);
        Assert.Equal((1, 8), (reader.Position, reader.Remaining));
    }

    [Fact]
    public void An_element_is_below_the_modulus()
    {
        byte[] largest = BitConverter.GetBytes(KoalaBear.Modulus - 1), modulus = BitConverter.GetBytes(KoalaBear.Modulus);
        var reader = new ByteReader([.. largest, .. modulus]);
        reader.Begin("numbers");
        Assert.Equal([-KoalaBear.One], reader.Elements(1));
        Assert.Empty(reader.Elements(1));
        Assert.Equal((RejectionCode.NonCanonicalElement, "numbers, element 0"), (reader.Failure!.Code, reader.Failure.Part));
    }
}
