using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>The overwrite-mode chain of <see cref="LeafSponge"/> for any first capacity; a last block that is not full is filled with zeros.</summary>
internal static class PoseidonChain
{
    private const int Block = 8;

    internal static void Hash(ReadOnlySpan<KoalaBear> capacity, ReadOnlySpan<KoalaBear> input, Span<KoalaBear> digest)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[Poseidon16.Width];
        capacity.CopyTo(state[Block..]);
        while (true)
        {
            int take = Math.Min(Block, input.Length);
            input[..take].CopyTo(state);
            state[take..Block].Clear();
            input = input[take..];
            if (input.IsEmpty) break;
            Poseidon16.Permute(state);
        }

        Poseidon16.CompressState(state, digest);
    }
}
