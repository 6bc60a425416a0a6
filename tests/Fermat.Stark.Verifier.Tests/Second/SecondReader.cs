using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Second;

/// <summary>Thrown by the second verifier at the first thing that is wrong.</summary>
internal sealed class SecondRejectionException(string message) : Exception(message);

/// <summary>Reads little-endian values from the front of some bytes.</summary>
internal sealed class SecondReader(byte[] bytes)
{
    private int _at;

    public bool AtEnd => _at == bytes.Length;

    public byte[] Bytes(int count)
    {
        if (count > bytes.Length - _at) throw new SecondRejectionException("too short");
        _at += count;
        return bytes[(_at - count).._at];
    }

    public int Number() => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)));

    public string Text() => Encoding.UTF8.GetString(Bytes(Number()));

    public KoalaBear Element()
    {
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
        return word < KoalaBear.Modulus ? KoalaBear.From(word) : throw new SecondRejectionException("not reduced");
    }

    public KoalaBear[] Elements(int count) => [.. Enumerable.Range(0, count).Select(_ => Element())];

    public Quintic Extension() => Quintic.From((ReadOnlySpan<KoalaBear>)Elements(5));

    public Quintic[] Extensions(int count) => [.. Enumerable.Range(0, count).Select(_ => Extension())];

    public T[] List<T>(Func<SecondReader, T> item) => [.. Enumerable.Range(0, Number()).Select(_ => item(this))];
}
