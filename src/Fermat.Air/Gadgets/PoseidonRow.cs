using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>The columns of one permutation on a row, and what sponges and Merkle trees make of it.</summary>
public sealed class PoseidonRow
{
    private readonly PoseidonGadget _gadget;

    /// <summary>Declares the columns and constrains the permutation.</summary>
    /// <param name="table">The table.</param>
    /// <param name="gadget">The permutation.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    public PoseidonRow(TableBuilder table, PoseidonGadget gadget, string name)
    {
        _gadget = gadget;
        Input = table.Columns($"{name}input", gadget.Width);
        Cubes = table.Columns($"{name}cubes", gadget.Cubes);
        Output = gadget.Permute(table, name, Input, Cubes);
    }

    /// <summary>The state before.</summary>
    public Expr[] Input { get; }

    /// <summary>The cubes, in the order of computation.</summary>
    public Expr[] Cubes { get; }

    /// <summary>The state after, linear in the cubes.</summary>
    public Expr[] Output { get; }

    /// <summary>The first elements of output + input: the result of a compression with feed-forward.</summary>
    /// <param name="length">How many.</param>
    public Expr[] Digest(int length) => [.. Enumerable.Range(0, length).Select(i => Output[i] + Input[i])];

    /// <summary>The left and right child of a Merkle node: the halves of the input, the last element freed of a tag that tells nodes from leaves and levels apart.</summary>
    /// <param name="tag">What was added to the last element.</param>
    public (Expr[] Left, Expr[] Right) Children(Expr tag)
    {
        int half = _gadget.Width / 2;
        return (Input[..half], [.. Input[half..^1], Input[^1] - tag]);
    }

    /// <summary>What is zero when a later state continues this one's sponge in overwrite mode: the capacities agree, the rate is the next block.</summary>
    /// <param name="later">The later state's input.</param>
    /// <param name="rate">The elements of a block.</param>
    public Expr[] CapacityDifference(IReadOnlyList<Expr> later, int rate) =>
        [.. Enumerable.Range(rate, _gadget.Width - rate).Select(i => later[i] - Output[i])];

    /// <summary>Writes the input and the cubes, and returns the state after the permutation.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="input">The state before.</param>
    public KoalaBear[] Fill(Span<KoalaBear> row, ReadOnlySpan<KoalaBear> input)
    {
        input.CopyTo(row[Input[0].Offset..]);
        KoalaBear[] state = input.ToArray();
        _gadget.Permute(state, row.Slice(Cubes[0].Offset, Cubes.Length));
        return state;
    }
}
