using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>Tables, collections and fields by the names that a rulebook gives them.</summary>
public sealed class SchemaNamesTests
{
    [Theory]
    [InlineData("cross_perps")]
    [InlineData("portfolio_margin")]
    [InlineData("isolated_perps")]
    public void What_a_schema_has_is_found_by_its_name(string rulebook)
    {
        RulebookSchema schema = Standard.Rulebook(rulebook).Schema;
        Assert.Equal(Enumerable.Range(0, schema.Tables.Length), schema.Tables.Select(table => schema.TableOf(table.Name)));
        Assert.Equal(Enumerable.Range(0, schema.Collections.Length), schema.Collections.Select(collection => schema.CollectionOf(collection.Name)));
        Assert.Equal(Enumerable.Range(0, schema.Scalars.Length), schema.Scalars.Select(scalar => schema.ScalarOf(scalar.Name)));
        foreach (MarketTable table in schema.Tables) Assert.Equal(Enumerable.Range(0, table.Fields.Length), table.Fields.Select(field => table.FieldOf(field.Name)));
        foreach (Collection collection in schema.Collections) Assert.Equal(Enumerable.Range(0, collection.Fields.Length), collection.Fields.Select(field => collection.FieldOf(field.Name)));
        Assert.Equal([-1, -1, -1, -1, -1], [schema.TableOf("asset"), schema.CollectionOf("Balances"), schema.ScalarOf("amount"), schema.Tables[0].FieldOf(""), schema.Collections[0].FieldOf("nothing")]);
    }

    /// <summary>Statement T moves both fields, or none.</summary>
    [Theory]
    [InlineData("", "", true)]
    [InlineData("  encumbered: Pledge = 0 ", "  locked: Pledge = 0 ", false)]
    [InlineData("  pledgee: Place = 0 ", "  holder: Place = 0 ", false)]
    [InlineData("Pledge scale 6 bits 63 nonnegative", "Pledge scale 6 bits 63", false)]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 24", false)]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 23 nonnegative", true)]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 22 nonnegative", false)]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 25 nonnegative", false)]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 1 bits 24 nonnegative", false)]
    public void Pledges_are_in_two_fields_that_can_take_them(string from, string to, bool canPledge)
    {
        string text = File.ReadAllText(Path.Combine(Standard.Folder, "cross_perps.risk")), changed = from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(from.Length == 0, text == changed);
        RulebookSchema schema = Standard.Compile(changed, "changed.risk").Schema;
        Assert.Equal(canPledge ? new PledgeFields(schema.ScalarOf(PledgeFields.EncumberedName), schema.ScalarOf(PledgeFields.PledgeeName)) : null, PledgeFields.Of(schema));
    }
}
