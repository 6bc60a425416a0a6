using System.Collections.Immutable;
using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

/// <summary>A sponge over adjacent rows and a Merkle node beside it, built from the row's helpers.</summary>
public sealed class PoseidonRowTests
{
    private const int Width = 4;
    private const int Rate = 2;
    private const int Tag = 99;

    private readonly TestValues _values = new(23);
    private readonly PoseidonGadget _gadget;

    public PoseidonRowTests() => _gadget = new PoseidonGadget(Random(6), Random(Width), fullRounds: 4);

    [Fact]
    public void ASpongePassesItsCapacityOn()
    {
        var builder = new CircuitBuilder("sponge");
        TableBuilder table = builder.Table("hash");
        var state = new PoseidonRow(table, _gadget, "");
        Expr[] next = [.. state.Input.Select(table.Next)];
        foreach (Expr difference in state.CapacityDifference(next, Rate))
            table.ConstrainTransition($"capacity {difference.Id}", difference);
        Circuit circuit = builder.Build();
        using var trace = new TableTrace(circuit, 0, 4, 3);
        KoalaBear[] input = [.. Enumerable.Range(0, Width).Select(_ => _values.Base())];
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            KoalaBear[] output = state.Fill(trace.Phase(0).Row(row), input);
            input = [_values.Base(), _values.Base(), output[2], output[3]];
        }
        Assert.True(ConstraintChecker.Check(circuit, [trace], []).IsSatisfied);
        var mutator = new CellMutator(circuit, [trace], []);
        for (int column = 0; column < trace.Phase(0).Columns; column++)
            Assert.False(mutator.Try(0, 0, 6, column, trace.Phase(0)[6, column] + KoalaBear.One).IsSatisfied);
    }

    [Fact]
    public void ANodeHashesItsChildrenWithItsTag()
    {
        var builder = new CircuitBuilder("node");
        TableBuilder table = builder.Table("hash");
        var state = new PoseidonRow(table, _gadget, "");
        (Expr[] left, Expr[] right) = state.Children(Tag);
        Expr[] children = table.Columns("children", Width), digest = table.Columns("digest", Rate);
        for (int i = 0; i < Width; i++)
            table.Constrain($"child {i}", children[i] - (i < Rate ? left[i] : right[i - Rate]));
        for (int i = 0; i < Rate; i++)
            table.Constrain($"digest {i}", digest[i] - state.Digest(Rate)[i]);
        Circuit circuit = builder.Build();
        using var trace = new TableTrace(circuit, 0, 4, 0);
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            Span<KoalaBear> cells = trace.Phase(0).Row(row);
            KoalaBear[] input = [.. Enumerable.Range(0, Width).Select(_ => _values.Base())];
            input.CopyTo(cells[children[0].Offset..]);
            input[^1] += KoalaBear.From(Tag);
            KoalaBear[] output = state.Fill(cells, input);
            for (int i = 0; i < Rate; i++)
                cells[digest[i].Offset] = output[i] + input[i];
        }
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, [trace], []).ToString());
    }

    private ImmutableArray<ImmutableArray<KoalaBear>> Random(int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => ImmutableArray.CreateRange(Enumerable.Range(0, Width).Select(_ => _values.Base())))];
}
