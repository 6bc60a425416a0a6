namespace Fermat.Hashing;

/// <summary>Where the salts of leaves come from: a seed, for who commits; an opening, for who verifies.</summary>
internal unsafe interface ILeafSalts
{
    /// <summary>Writes the 16 bytes of one leaf.</summary>
    void Salt(int logHeight, int index, Span<byte> into);

    /// <summary>Writes the salts of consecutive leaves.</summary>
    void Fill(int logHeight, int first, int count, byte* into);
}

/// <summary>The salts an opening holds for the leaves of one height, 16 bytes each.</summary>
/// <param name="salts">All salts of the opening.</param>
/// <param name="offset">Where those of the height begin.</param>
internal sealed unsafe class OpenedSalts(byte[] salts, int offset) : ILeafSalts
{
    public void Salt(int logHeight, int index, Span<byte> into) => Of(index, 1).CopyTo(into);

    public void Fill(int logHeight, int first, int count, byte* into) => Of(first, count).CopyTo(new Span<byte>(into, count * SaltSource.SaltLength));

    private ReadOnlySpan<byte> Of(int first, int count) => salts.AsSpan(offset + (first * SaltSource.SaltLength), count * SaltSource.SaltLength);
}
