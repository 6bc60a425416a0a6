using System.Buffers.Binary;
using System.Text;

namespace Fermat.Hashing;

/// <summary>
/// BLAKE3 over input that arrives in pieces, in one of its three modes: plain, keyed, or key derivation from a context string.
/// Finishing does not consume: more input may follow.
/// </summary>
public sealed class Blake3Hasher
{
    private const int MaxDepth = 54;

    private readonly uint[] _key = new uint[8];
    private readonly uint _modeFlags;
    private uint[] _stack = [];                                                                 // made when the first chunk is full: most inputs are shorter
    private int _depth;

    private readonly uint[] _chunkCv = new uint[8];
    private readonly byte[] _block = new byte[Blake3Core.BlockLength];
    private int _blockFill;
    private int _blocksDone;
    private ulong _chunkIndex;

    /// <summary>A hasher in plain mode.</summary>
    public Blake3Hasher()
        : this(Blake3Core.Iv, 0)
    {
    }

    internal Blake3Hasher(ReadOnlySpan<uint> key, uint modeFlags)
    {
        key.CopyTo(_key);
        key.CopyTo(_chunkCv);
        _modeFlags = modeFlags;
    }

    /// <summary>A hasher in keyed mode.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public static Blake3Hasher Keyed(ReadOnlySpan<byte> key)
    {
        if (key.Length != 32) throw new ArgumentException($"A BLAKE3 key has 32 bytes, not {key.Length}.", nameof(key));
        Span<uint> words = stackalloc uint[8];
        for (int i = 0; i < 8; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        return new Blake3Hasher(words, Blake3Core.KeyedHash);
    }

    /// <summary>A hasher in key-derivation mode; the context is hard-coded text, unique to its use.</summary>
    public static Blake3Hasher ForContext(string context)
    {
        Span<uint> words = stackalloc uint[8];
        ContextKey(context, words);
        return new Blake3Hasher(words, Blake3Core.DeriveKeyMaterial);
    }

    /// <summary>The chaining value under which key-derivation mode hashes its material.</summary>
    internal static void ContextKey(string context, Span<uint> words)
    {
        var hasher = new Blake3Hasher(Blake3Core.Iv, Blake3Core.DeriveKeyContext);
        hasher.Update(Encoding.UTF8.GetBytes(context));
        hasher.Finish().CopyWordsTo(words);
    }

    /// <summary>Appends input.</summary>
    /// <returns>This hasher.</returns>
    public Blake3Hasher Update(ReadOnlySpan<byte> data)
    {
        Span<uint> words = stackalloc uint[16];
        while (data.Length > 0)
        {
            if (_blockFill == Blake3Core.BlockLength)
            {
                // More input follows, so the buffered block is not the last of the whole input; it may be the last of its chunk.
                Blake3Core.LoadBlock(_block, words);
                bool endsChunk = _blocksDone == Blake3Core.ChunkLength / Blake3Core.BlockLength - 1;
                Blake3Core.CompressInPlace(_chunkCv, words, _chunkIndex, Blake3Core.BlockLength, BlockFlags(endsChunk));
                _blocksDone++;
                _blockFill = 0;
                if (endsChunk) CloseChunk();
            }

            int take = Math.Min(Blake3Core.BlockLength - _blockFill, data.Length);
            data[..take].CopyTo(_block.AsSpan(_blockFill));
            _blockFill += take;
            data = data[take..];
        }

        return this;
    }

    /// <summary>The digest of all input so far.</summary>
    public Digest Finish()
    {
        Span<uint> output = stackalloc uint[16];
        Blake3Xof xof = FinishXof();
        Blake3Core.Compress(xof.ChainingValue, xof.Block, 0, xof.BlockLength, xof.Flags, output);
        return Digest.FromWords(output[..8]);
    }

    /// <summary>The extendable output of all input so far, positioned at its start.</summary>
    public Blake3Xof FinishXof()
    {
        Span<uint> cv = stackalloc uint[8];
        Span<uint> block = stackalloc uint[16];
        _chunkCv.CopyTo(cv);
        Blake3Core.LoadBlock(_block.AsSpan(0, _blockFill), block);
        uint length = (uint)_blockFill;
        uint flags = BlockFlags(endsChunk: true);
        ulong counter = _chunkIndex;

        for (int level = _depth - 1; level >= 0; level--)
        {
            Blake3Core.CompressInPlace(cv, block, counter, length, flags);
            _stack.AsSpan(8 * level, 8).CopyTo(block);
            cv.CopyTo(block[8..]);
            _key.CopyTo(cv);
            (length, flags, counter) = (Blake3Core.BlockLength, _modeFlags | Blake3Core.Parent, 0);
        }

        return new Blake3Xof(cv, block, length, flags);
    }

    private uint BlockFlags(bool endsChunk) =>
        _modeFlags | (_blocksDone == 0 ? Blake3Core.ChunkStart : 0) | (endsChunk ? Blake3Core.ChunkEnd : 0);

    /// <summary>Pushes the finished chunk and merges complete subtrees: one merge per trailing zero of the new chunk count.</summary>
    private void CloseChunk()
    {
        if (_stack.Length == 0) _stack = new uint[8 * (MaxDepth + 1)];
        Span<uint> block = stackalloc uint[16];
        Span<uint> cv = stackalloc uint[8];
        _chunkCv.CopyTo(cv);
        _chunkIndex++;
        for (ulong count = _chunkIndex; (count & 1) == 0; count >>= 1)
        {
            _depth--;
            _stack.AsSpan(8 * _depth, 8).CopyTo(block);
            cv.CopyTo(block[8..]);
            _key.CopyTo(cv);
            Blake3Core.CompressInPlace(cv, block, 0, Blake3Core.BlockLength, _modeFlags | Blake3Core.Parent);
        }

        cv.CopyTo(_stack.AsSpan(8 * _depth, 8));
        _depth++;
        _key.CopyTo(_chunkCv);
        _blocksDone = 0;
    }
}
