using System.Buffers;
using Fermat.Algebra;

namespace Fermat.Air.Tests;

public sealed class BuilderTests
{
    private readonly CircuitBuilder _builder = new("test");
    private readonly TableBuilder _table;
    private readonly Expr _x;

    public BuilderTests()
    {
        _table = _builder.Table("t");
        _x = _table.Column("x");
    }

    [Fact]
    public void DegreeIsLimitedSelectorIncluded()
    {
        Expr cube = _x * _x * _x;
        _table.Constrain("cube", cube);
        _table.ConstrainTransition("next cube", cube - _table.Next(_x));
        _table.ConstrainFirst("square", _x * _x);
        Assert.Contains("degree 4", Assert.Throws<CircuitException>(() => _table.Constrain("fourth", cube * _x)).Message);
        Assert.Contains("degree 4", Assert.Throws<CircuitException>(() => _table.ConstrainLast("last cube", cube)).Message);
        Assert.Contains("degree 4", Assert.Throws<CircuitException>(() => _table.ConstrainFirst("first cube", cube)).Message);
    }

    [Fact]
    public void NextRowIsForTransitions()
    {
        Expr next = _table.Next(_x);
        Bus bus = _builder.Bus("b");
        Assert.Contains("next row", Assert.Throws<CircuitException>(() => _table.Constrain("c", next - _x)).Message);
        Assert.Throws<CircuitException>(() => _table.ConstrainLast("l", next));
        Assert.Throws<CircuitException>(() => _table.Send(bus, "s", next, 1));
        Assert.Throws<CircuitException>(() => _table.Receive(bus, "r", 1, next));
        _table.ConstrainTransition("t", next);
    }

    [Fact]
    public void NamesAreUnique()
    {
        _table.Constrain("c", _x);
        Assert.Throws<CircuitException>(() => _table.Constrain("c", _x));
        Assert.Throws<CircuitException>(() => _table.Column("x"));
        Assert.Throws<CircuitException>(() => _builder.Table("t"));
        _builder.Bus("b");
        Assert.Throws<CircuitException>(() => _builder.Bus("b"));
    }

    [Fact]
    public void MessagesOfABusHaveOneWidth()
    {
        Bus bus = _builder.Bus("b");
        _table.Send(bus, "two", 1, _x, 2);
        Assert.Contains("3 elements", Assert.Throws<CircuitException>(() => _table.Receive(bus, "three", 1, _x, 2, 3)).Message);
    }

    [Fact]
    public void ChallengesComeInOrderOfTheirPhases()
    {
        _table.ExtensionColumn("e", 1);
        _builder.Challenge("b", 1);
        Assert.Throws<CircuitException>(() => _builder.Challenge("a", 0));
    }

    [Fact]
    public void AChallengeNeedsACommittedPhase()
    {
        _builder.Challenge("late", 1);
        Assert.Contains("late", Assert.Throws<CircuitException>(() => _builder.Build()).Message);
    }

    [Fact]
    public void AChallengeNeedsADeclaredIdentity()
    {
        _builder.Challenge("r", 0);
        Assert.Contains("no identity", Assert.Throws<CircuitException>(() => _builder.Build()).Message);
    }

    [Fact]
    public void AnIdentityNeedsAChallengeADegreeAndAName()
    {
        Assert.Contains("no challenge", Assert.Throws<CircuitException>(() => _builder.RandomPoint("sums", 0, 3)).Message);
        _builder.Challenge("r", 0);
        Assert.Contains("degree", Assert.Throws<CircuitException>(() => _builder.RandomPoint("sums", 0, 0)).Message);
        _builder.RandomPoint("sums", 0, 3);
        Assert.Contains("twice", Assert.Throws<CircuitException>(() => _builder.RandomPoint("sums", 0, 4)).Message);
        Assert.Equal(new RandomPointIdentity("sums", 0, 3), Assert.Single(_builder.Build().RandomPoints));
    }

    /// <summary>A message is fixed before the lookup challenges are drawn; a public column of the LogUp phase is shown them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AMessageMayNotReadAColumnThatDependsOnTheLookupChallenges(bool asMultiplicity)
    {
        Bus bus = _builder.Bus("b");
        Expr late = _table.PublicExtensionColumn("late", 1);
        _table.Send(bus, "sent", 1, _x);
        if (asMultiplicity)
            _table.Receive(bus, "received", late, _x);
        else
            _table.Receive(bus, "received", 1, late + 1);
        Assert.Contains("late", Assert.Throws<CircuitException>(() => _builder.Build()).Message);
    }

    [Fact]
    public void AMessageMayReadAPublicColumnOfACommittedPhase()
    {
        Bus bus = _builder.Bus("b");
        _table.Send(bus, "sent", 1, _table.ExtensionColumn("copy", 1));
        _table.Receive(bus, "received", 1, _table.PublicExtensionColumn("weight", 1));
        Assert.Equal(3, _builder.Build().Phases);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(-1, true)]
    public void APublicColumnHasAPhaseOfTheProtocol(int phase, bool messages)
    {
        if (messages)
            _table.Send(_builder.Bus("b"), "sent", 0, _x);
        _table.PublicExtensionColumn("late", phase);
        Assert.Contains("late", Assert.Throws<CircuitException>(() => _builder.Build()).Message);
    }

    [Fact]
    public void ABusOfAnotherCircuitIsRefused()
    {
        // Its number is that of another bus here, so two kinds of message would collide.
        _builder.Bus("mine");
        Bus foreign = new CircuitBuilder("other").Bus("theirs");
        Assert.Contains("theirs", Assert.Throws<CircuitException>(() => _table.Send(foreign, "sent", 1, _x)).Message);
    }

    [Fact]
    public void NothingIsAddedToABuiltCircuit()
    {
        _builder.Build();
        Assert.Throws<CircuitException>(() => _table.Column("y"));
        Assert.Throws<CircuitException>(() => _builder.Build());
    }

    [Fact]
    public void ImpossibleConstraintsAreRefused()
    {
        Assert.Throws<CircuitException>(() => _table.Constrain("one", 1));
        Expr challenge = _builder.Challenge("c", 0);
        Assert.Throws<CircuitException>(() => _table.Constrain("scalar", challenge - 1));
    }

    [Fact]
    public void AMessageOfTooHighDegreeIsNamed()
    {
        Bus bus = _builder.Bus("b");
        _table.Send(bus, "steep", 1, _x * _x * _x);
        Assert.Contains("steep", Assert.Throws<CircuitException>(() => _builder.Build()).Message);
    }

    [Fact]
    public void ConstantMessagesShareOneHelper()
    {
        Bus bus = _builder.Bus("b");
        for (int i = 0; i < 6; i++)
            _table.Send(bus, $"s{i}", _x * _x, i);
        Circuit circuit = _builder.Build();
        Assert.Single(circuit.Tables[0].Groups);
        Assert.Equal(10, circuit.Tables[0].PhaseWidth(circuit.LogUpPhase));
    }

    [Fact]
    public void LinearMessagesArePaired()
    {
        Bus bus = _builder.Bus("b");
        for (int i = 0; i < 5; i++)
            _table.Send(bus, $"s{i}", _x, _x + i);
        Circuit circuit = _builder.Build();
        Assert.Equal([2, 2, 1], circuit.Tables[0].Groups.Select(g => g.Interactions.Count));
        Assert.All(circuit.Tables[0].Constraints, c => Assert.True(c.Degree <= TableBuilder.MaxDegree));
    }

    [Fact]
    public void ACircuitWithoutMessagesHasNoLogUpPhase()
    {
        _table.Constrain("c", _x);
        Circuit circuit = _builder.Build();
        Assert.False(circuit.HasLogUp);
        Assert.Equal(1, circuit.Phases);
        Assert.Empty(circuit.Challenges);
        Assert.False(circuit.Tables[0].HasBusSum);
    }

    [Fact]
    [Trait("Pitfall", "bus sums not checked for zero, or skipped for tables without messages")]
    public void EveryTableOfACircuitWithMessagesIsBlindedAndSummed()
    {
        _table.Send(_builder.Bus("b"), "s", 1, _x);
        TableBuilder silent = _builder.Table("silent");
        silent.Constrain("c", silent.Column("y"));
        Circuit circuit = _builder.Build();
        Assert.All(circuit.Tables, t => Assert.True(t.HasBusSum));
        Assert.NotNull(circuit.Tables[0].BlindOut);
        Assert.Null(circuit.Tables[0].BlindIn);
        Assert.NotNull(circuit.Tables[1].BlindIn);
        Assert.Null(circuit.Tables[1].BlindOut);
        Assert.Equal(["lookup.alpha", "lookup.beta"], circuit.Challenges.Select(c => c.Name));
    }

    [Fact]
    public void OnlyColumnsReadOnTheNextRowAreOpenedThere()
    {
        var sample = new SampleCircuit();
        Table main = sample.Circuit.Tables[0];
        Assert.Equal([sample.A.Offset, sample.B.Offset], main.NextOfPhase(0));
        Assert.Empty(main.NextOfPhase(1));
        int sum = main.RunningSum!.Offset;
        Assert.Equal(Enumerable.Range(sum, 5), main.NextOfPhase(2));
    }

    [Fact]
    public void CanonicalBytesTellCircuitsApart()
    {
        byte[] first = Bytes(_ => { });
        Assert.Equal(first, Bytes(_ => { }));
        byte[][] others =
        [
            Bytes(t => t.Constrain("more", t.Column("z"))),
            Bytes(t => t.MaxLogHeight = 9),
            Bytes(t => t.Column("z")),
            Bytes(t => t.PublicColumn("z")),
            Bytes(t => t.ConstrainFirst("f", 2 * t.Column("z"))),
            Bytes(t => t.ConstrainFirst("f", 3 * t.Column("z"))),
            Bytes(t => t.ConstrainLast("f", 3 * t.Column("z"))),
        ];
        Assert.Equal(others.Length + 1, others.Append(first).Select(Convert.ToHexString).Distinct().Count());

        static byte[] Bytes(Action<TableBuilder> change)
        {
            var builder = new CircuitBuilder("bytes");
            TableBuilder table = builder.Table("t");
            Expr x = table.Column("x");
            table.Constrain("c", x * x - 7);
            table.Send(builder.Bus("b"), "m", x, x, 1);
            change(table);
            var writer = new ArrayBufferWriter<byte>();
            builder.Build().WriteCanonical(writer);
            return writer.WrittenSpan.ToArray();
        }
    }

    [Fact]
    public void CanonicalBytesIgnoreUnusedExpressions()
    {
        Assert.Equal(Bytes(false), Bytes(true));

        static byte[] Bytes(bool waste)
        {
            var builder = new CircuitBuilder("bytes");
            TableBuilder table = builder.Table("t");
            Expr x = table.Column("x");
            if (waste)
                _ = x * x + 12;
            table.Constrain("c", x * x - 7);
            var writer = new ArrayBufferWriter<byte>();
            builder.Build().WriteCanonical(writer);
            return writer.WrittenSpan.ToArray();
        }
    }
}
