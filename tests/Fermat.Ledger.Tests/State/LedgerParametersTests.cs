using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Tests.State;

/// <summary>How updates of parameters are merged. A record's place in its list is its number under a rulebook, so none moves.</summary>
public sealed class LedgerParametersTests
{
    [Fact]
    public void Records_are_in_the_order_of_listing_and_those_of_one_update_by_symbol()
    {
        string parameters = Merged(
            """{"market":{"Asset":[{"rate":"1","symbol":"USD"},{"rate":"2","symbol":"BTC"}]}}""",
            """{"market":{"Asset":[{"rate":"5","symbol":"ADA"}],"Instrument":[{"symbol":"b"},{"symbol":"a"},{"symbol":"B"}]}}""",
            """{"market":{"Asset":[{"symbol":"Z"},{"rate":"3","symbol":"USD"},{"symbol":"AAA"}],"Instrument":[{"symbol":"A"}]}}""");
        Assert.Equal(["BTC", "USD", "ADA", "AAA", "Z"], Symbols(parameters, "Asset"));
        Assert.Equal(["B", "a", "b", "A"], Symbols(parameters, "Instrument"));
        Assert.Equal("""{"market":{"Asset":[{"rate":"2","symbol":"BTC"},{"rate":"3","symbol":"USD"},{"rate":"5","symbol":"ADA"},{"symbol":"AAA"},{"symbol":"Z"}],"Instrument":[{"symbol":"B"},{"symbol":"a"},{"symbol":"b"},{"symbol":"A"}]}}""", parameters);
    }

    /// <summary>In whatever order an update writes them, and however they are spread over updates that have no new symbol.</summary>
    [Fact]
    public void The_order_within_an_update_says_nothing()
    {
        Assert.Equal(
            Merged("""{"market":{"Asset":[{"symbol":"A"},{"symbol":"B"}]}}""", """{"market":{"Asset":[{"x":"1","symbol":"B"},{"x":"2","symbol":"A"}]}}"""),
            Merged("""{"market":{"Asset":[{"symbol":"B"},{"symbol":"A"}]}}""", """{"market":{"Asset":[{"symbol":"A","x":"2"},{"symbol":"B","x":"1"}]}}"""));
    }

    [Fact]
    public void No_update_takes_a_record_away()
    {
        Assert.Equal(["B", "A"], Symbols(Merged("""{"market":{"Asset":[{"symbol":"B"}]}}""", """{"market":{"Asset":[]}}""", """{"market":{"Asset":[{"symbol":"A"}]}}"""), "Asset"));
        // what is no list of records is replaced
        Assert.Equal("""{"parameters":{"tiers":[]}}""", Merged("""{"parameters":{"tiers":[["0","1"]]}}""", """{"parameters":{"tiers":[]}}"""));
    }

    private static string Merged(params string[] changes)
    {
        var venue = new TestVenue();
        foreach (string change in changes)
        {
            Assert.True(LedgerParameters.TryCanonicalize(change, out string canonical, out string fault), fault);
            venue.Do(new ParametersUpdated(venue.NextId(), venue.Now, canonical));
        }
        return venue.State.Parameters;
    }

    private static string[] Symbols(string parameters, string table) => [.. JsonNode.Parse(parameters)!["market"]![table]!.AsArray().Select(record => (string)record!["symbol"]!)];
}
