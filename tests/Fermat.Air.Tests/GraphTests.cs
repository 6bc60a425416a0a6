using Fermat.Algebra;

namespace Fermat.Air.Tests;

public sealed class GraphTests
{
    private readonly CircuitBuilder _builder = new("test");
    private readonly Expr _x;
    private readonly Expr _y;
    private readonly TableBuilder _table;

    public GraphTests()
    {
        _table = _builder.Table("t");
        _x = _table.Column("x");
        _y = _table.Column("y");
    }

    [Fact]
    public void EqualExpressionsAreOneNode()
    {
        Assert.Equal(_x * _y + 3, 3 + _y * _x);
        Assert.Equal(2 * (3 * _x), _x * 6);
        Assert.Equal(_x - (-_y), _y + _x);
        Assert.Equal(-(_x - _y), _y - _x);
        Assert.Equal((2 * _x) * (3 * _y), 6 * (_x * _y));
        Assert.Equal((-_x) * (-_y), _x * _y);
        Assert.NotEqual(_x - _y, _y - _x);
    }

    [Fact]
    public void ConstantsFold()
    {
        Assert.Equal(_x, _x * 1 + 0);
        Assert.True(_builder.Graph.IsConstant((_x * 0 + 5 - 7).In(_builder.Graph), out Quintic value));
        Assert.Equal(Quintic.From(-2), value);
        Assert.Equal(-_x, _x * -1);
        Expr none = _x - _x;
        Assert.Equal(0, none.Degree);
    }

    [Fact]
    public void PlainConstantsNeedNoGraph()
    {
        Expr five = (Expr)2 + 3;
        Assert.Null(five.Graph);
        Assert.Equal((Expr)5, five);
        Assert.Equal(default, five - 5);
        Assert.Equal(_x + 5, five + _x);
        Assert.True(((Expr)Quintic.X).IsExtension);
    }

    [Fact]
    public void TraitsFollowTheOperations()
    {
        Expr challenge = _builder.Challenge("c", 0);
        Expr expression = challenge * (_x * _y) + _table.Next(_x);
        Assert.Equal(2, expression.Degree);
        Assert.True(expression.IsExtension);
        Assert.True(expression.Traits.UsesNext);
        Assert.False((_x * _y).IsExtension);
        Assert.False((_x + 1).Traits.UsesNext);
        Assert.True((challenge * challenge + 1).Traits.IsScalar);
        Assert.Equal(1, expression.Traits.Phase);
        Assert.Equal(0, _table.FirstRow.Degree - 1);
    }

    [Fact]
    public void TablesDoNotMix()
    {
        Expr other = _builder.Table("u").Column("x");
        Assert.Throws<CircuitException>(() => _x + other);
    }

    [Fact]
    public void CircuitsDoNotMix()
    {
        Expr other = new CircuitBuilder("other").Table("t").Column("x");
        Assert.Throws<CircuitException>(() => _x * other);
    }

    [Fact]
    public void TextShowsColumnNames() => Assert.Equal("((x·y) + x')", (_x * _y + _table.Next(_x)).ToString());
}
