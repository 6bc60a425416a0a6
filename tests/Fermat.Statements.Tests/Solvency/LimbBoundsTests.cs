using Fermat.Rules.Lowering;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>The widths that totals are built with.</summary>
public sealed class LimbBoundsTests
{
    [Fact]
    [Trait("Pitfall", "signed sums that wrap")]
    public void Every_bound_holds()
    {
        Assert.All(LimbBounds.All, bound => Assert.True(bound.Holds, bound.Bound));
        LimbBounds.Require();
    }

    /// <summary>The figures of docs/STATEMENTS.md.</summary>
    [Fact]
    public void The_bounds_are_the_ones_worked_out_by_hand()
    {
        Assert.Equal((20, 3), (LoweredBook.MaxLogHeight, LoweredBook.MaxTerms));
        Assert.Equal(805_306_368, LimbBounds.TotalCoefficient);
        Assert.Equal(383, LimbBounds.RemainderCoefficient);
        Assert.Equal(1_883_242_879, LimbBounds.TotalIdentity);
        Assert.True(LimbBounds.TotalIdentity < LimbBounds.Modulus);
        Assert.Equal(3_158_066, LimbBounds.HonestCarry(LimbBounds.TotalCoefficient + LimbBounds.RemainderCoefficient));
    }
}
