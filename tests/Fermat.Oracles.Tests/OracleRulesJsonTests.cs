using System.Text;
using System.Text.Json;
using Fermat.Margin.Tests;

namespace Fermat.Oracles.Tests;

public sealed class OracleRulesJsonTests
{
    private static readonly string Text = Encoding.UTF8.GetString(OracleRulesJson.Write(PriceSetsTests.Rules).Span);

    [Fact]
    public void What_is_written_is_read_with_the_same_digest()
    {
        OracleRules rules = OracleRulesJson.Read(Encoding.UTF8.GetBytes(Text), out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(PriceSetsTests.Rules.Digest(), rules.Digest());
        Assert.Equal(Text, Encoding.UTF8.GetString(OracleRulesJson.Write(rules).Span));
        Assert.Contains("\"maxDeviation\": \"0.02\"", Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"fermat oracle rules\"", "\"fermat rules\"", "$.format")]
    [InlineData("\"version\": 1", "\"version\": 2", "$.version")]
    [InlineData("\"chain\": 8453", "\"chain\": \"8453\"", "$.chain")]
    [InlineData("\"chain\": 8453", "\"chain\": 8453, \"owner\": 1", "not known")]
    [InlineData("\"chain\": 8453", "\"chain\": 8453, \"chain\": 1", "twice")]
    [InlineData("\"chain\": 8453,", "", "$.chain: is missing")]
    [InlineData("\"name\": \"source 1\"", "\"name\": \"\"", "$.sources[1].name")]
    [InlineData("\"name\": \"source 1\"", "\"name\": \"a\\u202eb\"", "$.sources[1].name")]
    [InlineData("\"address\": \"0x", "\"address\": \"0X", "$.sources[0].address")]
    [InlineData("\"name\": \"BTC\"", "\"name\": \"B TC\"", "$.feeds[0].name")]
    [InlineData("\"scale\": 2", "\"scale\": 19", "$.feeds[0].scale")]
    [InlineData("\"scale\": 2", "\"scale\": 2.0", "$.feeds[0].scale")]
    [InlineData("\"quorum\": 3", "\"quorum\": 6", "quorum of BTC is 6 of 5")]
    [InlineData("\"quorum\": 3", "\"quorum\": 0", "quorum of BTC is 0 of 5")]
    [InlineData("\"maxDeviation\": \"0.02\"", "\"maxDeviation\": \"0.020\"", "$.feeds[0].maxDeviation")]
    [InlineData("\"maxDeviation\": \"0.02\"", "\"maxDeviation\": 0.02", "$.feeds[0].maxDeviation")]
    [InlineData("\"maxDeviation\": \"0.02\"", "\"maxDeviation\": \"0.0000001\"", "$.feeds[0].maxDeviation")]
    [InlineData("\"freshness\": 5000", "\"freshness\": 0", "freshness")]
    [InlineData("\"maxAge\": 60000", "\"maxAge\": 315360000001", "$.maxAge")]
    [InlineData("\"maxSkew\": 500", "\"maxSkew\": -1", "$.maxSkew")]
    [InlineData("\"sources\": [", "\"sources\": [ 5,", "$.sources[0]")]
    [InlineData("\"version\": 1", "\"version\": 1 1", "line 3")]
    public void A_fault_is_named_by_its_place(string from, string to, string place)
    {
        int at = Text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0);
        Assert.Null(OracleRulesJson.Read(Encoding.UTF8.GetBytes(Text.Remove(at, from.Length).Insert(at, to)), out string? problem));
        Assert.Contains(place, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schemas_name_every_field_the_readers_know()
    {
        JsonElement rules = Schema("oracle-rules-v1");
        Assert.Equal(["format", "version", "chain", "sources", "feeds", "freshness", "maxSkew", "maxAge"], Names(rules));
        Assert.Empty(new SchemaChecker(rules).Check(JsonDocument.Parse(Text).RootElement));
        Assert.NotEmpty(new SchemaChecker(rules).Check(JsonDocument.Parse(Text.Replace("\"scale\": 2", "\"scale\": 19", StringComparison.Ordinal)).RootElement));
        foreach (string field in Names(rules).Concat(Names(rules.GetProperty("$defs").GetProperty("source"))).Concat(Names(rules.GetProperty("$defs").GetProperty("rule"))))
            Assert.Null(OracleRulesJson.Read(Encoding.UTF8.GetBytes(Text.Replace($"\"{field}\":", $"\"{field}s\":", StringComparison.Ordinal)), out _));

        Assert.Empty(new SchemaChecker(Schema("price-reports-v1")).Check(JsonDocument.Parse(PriceReportJson.Write([PriceSetsTests.Report(0, "100.5"), PriceSetsTests.Report(1, "101")])).RootElement));
        JsonElement log = JsonDocument.Parse(PriceLogJson.Write(PriceLogTests.Two)).RootElement;
        Assert.Empty(new SchemaChecker(Schema("price-log-v1")).Check(log));
        Assert.Empty(new SchemaChecker(Schema("price-log-v1")).Check(JsonDocument.Parse(PriceLogJson.Write(PriceLogTests.Two with { Entries = [.. PriceLogTests.Two.Entries.Select(entry => entry with { Height = 0 })] })).RootElement));
    }

    private static IEnumerable<string> Names(JsonElement rule) => rule.GetProperty("properties").EnumerateObject().Select(property => property.Name);

    private static JsonElement Schema(string name)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Fermat.slnx"))) at = at.Parent ?? throw new DirectoryNotFoundException(AppContext.BaseDirectory);
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(at.FullName, "docs", "schemas", name + ".schema.json"))).RootElement;
    }
}
