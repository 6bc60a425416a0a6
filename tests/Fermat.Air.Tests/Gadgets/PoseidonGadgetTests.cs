using System.Collections.Immutable;
using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

public sealed class PoseidonGadgetTests
{
    private const int Width = 4;
    private const int FullRounds = 4;
    private const int Rounds = 9;

    private readonly TestValues _values = new(3);
    private readonly ImmutableArray<ImmutableArray<KoalaBear>> _constants;
    private readonly ImmutableArray<ImmutableArray<KoalaBear>> _mds;
    private readonly PoseidonGadget _gadget;

    public PoseidonGadgetTests()
    {
        _constants = Random(Rounds);
        _mds = Random(Width);
        _gadget = new PoseidonGadget(_constants, _mds, FullRounds);
    }

    [Fact]
    public void TheNumberOfCubesIsTheNumberOfSBoxes() => Assert.Equal(4 * Width + 5, _gadget.Cubes);

    [Fact]
    public void TheWitnessIsTheTextbookPermutation()
    {
        KoalaBear[] state = [.. Enumerable.Range(0, Width).Select(_ => _values.Base())];
        KoalaBear[] expected = Textbook(state);
        _gadget.Permute(state, new KoalaBear[_gadget.Cubes]);
        Assert.Equal(expected, state);
    }

    [Fact]
    public void TheCircuitAcceptsTheWitnessAlone()
    {
        (Circuit circuit, Expr[] input, Expr[] cubes, Expr[] output) = Build();
        using var trace = new TableTrace(circuit, 0, 4, 3);
        Matrix matrix = trace.Phase(0);
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            KoalaBear[] state = [.. Enumerable.Range(0, Width).Select(_ => _values.Base())];
            var recorded = new KoalaBear[_gadget.Cubes];
            state.CopyTo(matrix.Row(row)[input[0].Offset..]);
            _gadget.Permute(state, recorded);
            recorded.CopyTo(matrix.Row(row)[cubes[0].Offset..]);
            state.CopyTo(matrix.Row(row)[output[0].Offset..]);
        }
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, [trace], []).ToString());
        for (int column = 0; column < matrix.Columns; column++)
        {
            KoalaBear kept = matrix[5, column];
            matrix[5, column] += KoalaBear.One;
            CheckReport report = ConstraintChecker.Check(circuit, [trace], []);
            Assert.False(report.IsSatisfied, $"column {column} is free");
            Assert.All(report.Violations, v => Assert.Equal(5, v.Row));
            matrix[5, column] = kept;
        }
    }

    [Fact]
    public void DegreesStayWithinTheLimit()
    {
        (Circuit circuit, _, _, _) = Build();
        Assert.Equal(3, circuit.Tables[0].MaxDegree);
    }

    private (Circuit Circuit, Expr[] Input, Expr[] Cubes, Expr[] Output) Build()
    {
        var builder = new CircuitBuilder("poseidon");
        TableBuilder table = builder.Table("hash");
        Expr[] input = table.Columns("input", Width), cubes = table.Columns("cube", _gadget.Cubes), output = table.Columns("output", Width);
        Expr[] result = _gadget.Permute(table, "", input, cubes);
        for (int i = 0; i < Width; i++)
            table.Constrain($"output[{i}]", output[i] - result[i]);
        return (builder.Build(), input, cubes, output);
    }

    private KoalaBear[] Textbook(KoalaBear[] state)
    {
        for (int round = 0; round < Rounds; round++)
        {
            KoalaBear[] before = [.. state.Select((x, i) => x + _constants[round][i])];
            bool full = round < FullRounds / 2 || round >= Rounds - (FullRounds / 2);
            before = [.. before.Select((x, i) => full || i == 0 ? x.Pow(3) : x)];
            state = [.. Enumerable.Range(0, Width).Select(i => before.Select((x, j) => _mds[i][j] * x).Aggregate((x, y) => x + y))];
        }
        return state;
    }

    private ImmutableArray<ImmutableArray<KoalaBear>> Random(int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => ImmutableArray.CreateRange(Enumerable.Range(0, Width).Select(_ => _values.Base())))];
}
