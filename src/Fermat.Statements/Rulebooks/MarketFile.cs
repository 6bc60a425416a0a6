using Fermat.Rules.Inputs;
using Fermat.Statements.Files;

namespace Fermat.Statements.Rulebooks;

/// <summary>A file of parameters and market data in the form that <see cref="RuleInputs"/> reads: the members <c>parameters</c> and <c>market</c>, before them <c>order</c> where records are not by rising symbol, every number exactly.</summary>
public static class MarketFile
{
    /// <summary>The file's bytes.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="market">Parameters and market data of its schema.</param>
    public static byte[] Write(VenueRulebook rulebook, MarketData market)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(market);
        return StatementJson.Document(json =>
        {
            json.WriteStartObject();
            MarketJson.Write(json, rulebook.Schema, market);
            json.WriteEndObject();
        });
    }
}
