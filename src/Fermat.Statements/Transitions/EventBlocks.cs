using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;

namespace Fermat.Statements.Transitions;

/// <summary>The blocks that a row of a batch is hashed from, as the circuit takes them: salt; what and whom it is about; both owners; both nonces; the event's terms; the numbers.</summary>
internal static class EventBlocks
{
    /// <summary>Elements of a nonce.</summary>
    public const int NonceWords = 3;

    /// <summary>The blocks, one after the other.</summary>
    /// <param name="fields">What events change in the accounts of the rulebook.</param>
    /// <param name="data">The row's integers, as <see cref="EventRow"/> places them.</param>
    /// <param name="salt">Block 0.</param>
    /// <param name="owners">Of the first account, of the second.</param>
    /// <param name="nonces">The same.</param>
    /// <param name="terms">Block 5.</param>
    public static KoalaBear[] Of(VersionFields fields, IReadOnlyList<BigInteger> data, KoalaBear[] salt, (KoalaBear[] First, KoalaBear[] Second) owners, (KoalaBear[] First, KoalaBear[] Second) nonces, KoalaBear[] terms)
    {
        const int block = LeafSponge.BlockLength;
        var blocks = new KoalaBear[block * (EventTable.FixedBlocks + EventTable.NumberBlocksOf(fields))];
        salt.CopyTo(blocks, 0);
        blocks[block] = EventTable.Tag;
        foreach ((int at, int number) in ((int, int)[])[(1, EventRow.Kind), (2, EventRow.First), (3, EventRow.Second), (4, EventRow.Instrument), (5, EventRow.Asset), (6, EventRow.HasFee)]) blocks[block + at] = KoalaBear.From((uint)data[number]);
        owners.First.CopyTo(blocks, 2 * block);
        owners.Second.CopyTo(blocks, 3 * block);
        nonces.First.CopyTo(blocks, 4 * block);
        nonces.Second.CopyTo(blocks, 4 * block + NonceWords);
        terms.CopyTo(blocks, 5 * block);
        blocks[2 * block - 1] = KoalaBear.From((uint)data[EventRow.Mode]);
        int position = EventTable.FixedBlocks * block;
        if (fields.HasPositions)
        {
            Write(EventRow.Size, fields.SizeFormat);
            Write(EventRow.Cost, fields.CostFormat);
        }
        foreach (int number in (int[])[EventRow.FirstCash, EventRow.SecondCash, EventRow.Fee]) Write(number, fields.AmountFormat);
        if (fields.HasPledges) Write(EventRow.Pledged, fields.PledgeFormat);
        return blocks;

        void Write(int number, DigitFormat format)
        {
            var bytes = new NumberBytes(format.Count, format.IsSigned);
            var words = new uint[bytes.Elements];
            bytes.Write(data[number], words);
            foreach (uint word in words) blocks[position++] = KoalaBear.From(word);
        }
    }

    /// <summary>A nonce out of its words.</summary>
    public static ulong Nonce(ReadOnlySpan<KoalaBear> words)
    {
        ulong nonce = 0;
        for (int i = 0; i < NonceWords; i++) nonce |= (ulong)words[i].Value << (LoweredVersions.NonceBits * i);
        return nonce;
    }

    /// <summary>A nonce in words.</summary>
    public static KoalaBear[] Nonce(ulong nonce) => [.. Enumerable.Range(0, NonceWords).Select(i => KoalaBear.From((uint)(nonce >> (LoweredVersions.NonceBits * i) & (1 << LoweredVersions.NonceBits) - 1)))];
}
