using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>What a venue could say around a true proof to be believed more than it proves.</summary>
public sealed class TrustAnchorTests
{
    /// <summary>Prices are per whole unit and do not bind the scale: 2000 units are 20 btc in one statement and 2000 in another.</summary>
    [Fact]
    public void Pinned_reserves_are_not_multiplied_by_another_amount_scale()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        Asset[] assets = [scene.Inputs.Parameters.Assets[0] with { AmountScale = 0 }, scene.Inputs.Parameters.Assets[1]];
        SolvencyPublicInputs inflated = scene.Inputs with { Parameters = RiskParameters.Create(assets) };
        var anchors = new SolvencyAnchors { PriceSetDigest = scene.Inputs.PriceSetDigest, Reserves = scene.Inputs.Reserves };
        Assert.Equal(scene.Inputs.PriceSetDigest, inflated.PriceSetDigest);
        Assert.Equal(StatementRejectionCode.WrongReserves, SolvencyStatement.Verify(inflated, Array.Empty<byte>(), anchors).Rejection!.Code);
        Assert.Equal(StatementRejectionCode.WrongParameters, SolvencyStatement.Verify(inflated, Array.Empty<byte>(), anchors with { ParametersDigest = scene.Inputs.ParametersDigest }).Rejection!.Code);
    }

    [Fact]
    public void What_nothing_pins_is_listed_as_taken_from_the_statement()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        SolvencyVerification result = SolvencyStatement.Verify(scene.Inputs, Array.Empty<byte>(), SolvencyAnchors.None);
        Assert.Contains("quote asset", result.TakenFromStatement);
        Assert.Contains("venue", result.TakenFromStatement);
    }
}
