using System.Diagnostics;

namespace Fermat.Margin;

/// <summary>
/// The leaf of an account as blocks of 8 field elements, given as canonical integers below 2^31 − 2^24 + 1 (this project knows no field):
/// 0 salt; 1 digest of the account id; 2 digest of the owner key; 3 (nonce bits 0–23, 24–47, 48–63, mode, item count, 0, 0, 0); then per item
/// A = (asset, e0, e1, e2, d0, d1, d2, a0) and B = (a1, a2, b0, b1, b2, c0, c1, c2), where e, d, a, b, c are equity, debt and the three kinds,
/// and x0, x1, x2 are bits 0–23, 24–47 and 48–62 of an amount.
/// </summary>
public static class AccountLeaf
{
    /// <summary>Field elements in a block.</summary>
    public const int BlockSize = 8;

    /// <summary>Blocks before the first item.</summary>
    public const int HeaderBlocks = 4;

    /// <summary>Blocks of one item.</summary>
    public const int BlocksPerItem = 2;

    private const uint Limb = 0xffffff;

    /// <summary>Blocks of a leaf with so many items.</summary>
    public static int Blocks(int items) => HeaderBlocks + BlocksPerItem * items;

    /// <summary>Writes the whole leaf; <paramref name="into"/> has 8 · <see cref="Blocks"/> elements.</summary>
    /// <param name="account">A valid account.</param>
    /// <param name="salt">8 elements.</param>
    /// <param name="idDigest">8 elements.</param>
    /// <param name="ownerDigest">8 elements.</param>
    /// <param name="into">Receives the blocks one after the other.</param>
    public static void Encode(Account account, ReadOnlySpan<uint> salt, ReadOnlySpan<uint> idDigest, ReadOnlySpan<uint> ownerDigest, Span<uint> into)
    {
        Debug.Assert(salt.Length == BlockSize && idDigest.Length == BlockSize && ownerDigest.Length == BlockSize);
        if (into.Length != BlockSize * Blocks(account.Balances.Count))
            throw new ArgumentException($"The leaf has {BlockSize * Blocks(account.Balances.Count)} elements, not {into.Length}.", nameof(into));
        salt.CopyTo(into);
        idDigest.CopyTo(into[BlockSize..]);
        ownerDigest.CopyTo(into[(2 * BlockSize)..]);
        WriteMeta(account, into.Slice(3 * BlockSize, BlockSize));
        for (int i = 0; i < account.Balances.Count; i++)
            WriteItem(account.Balances[i], into.Slice(BlockSize * Blocks(i), BlockSize * BlocksPerItem));
    }

    /// <summary>Writes block 3 (8 elements).</summary>
    public static void WriteMeta(Account account, Span<uint> into)
    {
        into[0] = (uint)account.Nonce & Limb;
        into[1] = (uint)(account.Nonce >> 24) & Limb;
        into[2] = (uint)(account.Nonce >> 48);
        into[3] = (uint)account.Mode;
        into[4] = (uint)account.Balances.Count;
        into[5..BlockSize].Clear();
    }

    /// <summary>Writes the two blocks of one item (16 elements).</summary>
    public static void WriteItem(in Balance balance, Span<uint> into)
    {
        into[0] = (uint)balance.Asset;
        WriteAmount(balance.Equity, into[1..]);
        WriteAmount(balance.Debt, into[4..]);
        WriteAmount(balance.Loan, into[7..]);
        WriteAmount(balance.Margin, into[10..]);
        WriteAmount(balance.Portfolio, into[13..]);
    }

    private static void WriteAmount(ulong amount, Span<uint> into)
    {
        Debug.Assert(amount <= BookLimits.MaxAmount);
        into[0] = (uint)amount & Limb;
        into[1] = (uint)(amount >> 24) & Limb;
        into[2] = (uint)(amount >> 48);
    }
}
