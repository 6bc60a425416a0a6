using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Second;

/// <summary>BLAKE3 key derivation over the concatenation of some bytes.</summary>
internal static class SecondHash
{
    public static byte[] Derive(string context, params byte[][] parts) => Hasher(context, parts).Finish().ToArray();

    public static Blake3Xof Stream(string context, params byte[][] parts) => Hasher(context, parts).FinishXof();

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Elements(IEnumerable<KoalaBear> elements) => [.. elements.SelectMany(element => U32(element.Value))];

    public static byte[] Extensions(IEnumerable<Quintic> values) => Elements(values.SelectMany(v => new[] { v.C0, v.C1, v.C2, v.C3, v.C4 }));

    private static Blake3Hasher Hasher(string context, byte[][] parts)
    {
        var hasher = Blake3Hasher.ForContext(context);
        foreach (byte[] part in parts) hasher.Update(part);
        return hasher;
    }
}

/// <summary>The transcript over bytes, with BLAKE3.</summary>
internal sealed class SecondTranscript
{
    private readonly SecondRecord? _record;
    private byte[] _state = new byte[32];

    public SecondTranscript(SecondRecord? record)
    {
        _record = record;
        Frame(0, "fermat-stark-v1", [1]);
    }

    public void Bytes(string label, byte[] data) => Frame(1, label, data);

    public void Number(string label, int value) => Frame(2, label, SecondHash.U32((uint)value));

    public void Extensions(string label, IEnumerable<Quintic> values) => Frame(5, label, SecondHash.Extensions(values));

    public void Digest(string label, byte[] digest) => Frame(6, label, digest);

    public Quintic[] Draw(string label, int count)
    {
        Frame(16, label, SecondHash.U32((uint)count));
        Blake3Xof stream = SecondHash.Stream("fermat v1 transcript challenge", _state);
        var elements = new List<KoalaBear>();
        while (elements.Count < 5 * count)
        {
            uint word = Word(stream) & 0x7fffffff;
            if (word < KoalaBear.Modulus) elements.Add(KoalaBear.From(word));
        }

        Quintic[] drawn = [.. elements.Chunk(5).Select(e => new Quintic(e[0], e[1], e[2], e[3], e[4]))];
        _record?.Value(label, drawn);
        return drawn;
    }

    public int DrawBits(string label, int bits)
    {
        Frame(17, label, SecondHash.U32((uint)bits));
        return (int)(Word(SecondHash.Stream("fermat v1 transcript challenge", _state)) & ((1UL << bits) - 1));
    }

    public bool Grinding(string label, int bits, ulong nonce)
    {
        if (bits == 0) return nonce == 0;
        Frame(32, label, SecondHash.U32((uint)bits));
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(SecondHash.Derive("fermat v1 transcript grind", _state, SecondHash.U64(nonce)));
        Frame(33, label, SecondHash.U64(nonce));
        return (first & ((1UL << bits) - 1)) == 0;
    }

    private void Frame(byte kind, string label, byte[] data)
    {
        byte[] name = Encoding.UTF8.GetBytes(label);
        _state = SecondHash.Derive(
            "fermat v1 transcript absorb", _state, [kind], SecondHash.U32((uint)name.Length), name, SecondHash.U64((ulong)data.Length), data);
        _record?.Frame(kind, label, data, _state);
    }

    private static uint Word(Blake3Xof stream)
    {
        var word = new byte[4];
        stream.Read(word);
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }
}

/// <summary>An opening of a tree, read from the proof and checked against the root while it is read.</summary>
internal sealed class SecondOpening
{
    private readonly Dictionary<(int Matrix, int Position), KoalaBear[]> _rows = [];
    private readonly (int Log, int Width)[] _matrices;
    private readonly int _depth;

    public SecondOpening(SecondReader reader, byte[] root, (int Log, int Width)[] matrices, bool salted, IEnumerable<int> indices)
    {
        _matrices = matrices;
        _depth = matrices.Max(matrix => matrix.Log);
        int[] At(int log) => [.. indices.Select(index => index >> (_depth - log)).Distinct().Order()];
        for (int m = 0; m < matrices.Length; m++)
        {
            foreach (int position in At(matrices[m].Log)) _rows[(m, position)] = reader.Elements(matrices[m].Width);
        }

        var salts = new Dictionary<(int Log, int Position), byte[]>();
        foreach (int log in matrices.Select(matrix => matrix.Log).Distinct().OrderDescending())
        {
            foreach (int position in At(log)) salts[(log, position)] = salted ? reader.Bytes(16) : [];
        }

        Dictionary<int, byte[]> entries = At(_depth).ToDictionary(position => position, position => Leaf(_depth, position));
        for (int log = _depth - 1; log >= 0; log--)
        {
            // The siblings of a level come in ascending order of the known positions.
            foreach (int position in entries.Keys.Order().Where(position => !entries.ContainsKey(position ^ 1)).ToArray()) entries[position ^ 1] = reader.Bytes(32);
            entries = entries.Keys.Select(position => position / 2).Distinct().ToDictionary(
                parent => parent, parent => SecondHash.Derive("fermat v1 merkle node", entries[2 * parent], entries[(2 * parent) + 1]));
            if (matrices.All(matrix => matrix.Log != log)) continue;
            foreach (int position in entries.Keys.ToArray()) entries[position] = SecondHash.Derive("fermat v1 merkle mix", entries[position], Leaf(log, position));
        }

        if (!entries[0].AsSpan().SequenceEqual(root)) throw new SecondRejectionException("wrong root");

        byte[] Leaf(int log, int position) => SecondHash.Derive(
            "fermat v1 merkle leaf",
            salts[(log, position)],
            SecondHash.Elements(Enumerable.Range(0, matrices.Length).Where(m => matrices[m].Log == log).SelectMany(m => _rows[(m, position)])));
    }

    public KoalaBear[] Row(int matrix, int index) => _rows[(matrix, index >> (_depth - _matrices[matrix].Log))];
}
