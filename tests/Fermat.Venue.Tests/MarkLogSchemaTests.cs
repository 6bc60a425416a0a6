using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Margin.Tests;

namespace Fermat.Venue.Tests;

/// <summary>docs/schemas/mark-log-v1.schema.json says what <see cref="MarkLogJson"/> writes and reads.</summary>
public sealed class MarkLogSchemaTests
{
    private static readonly SchemaChecker Checker = new(Schema("mark-log-v1.schema.json"), Schema);

    [Fact]
    public void What_is_written_conforms()
    {
        foreach (MarkLog log in (MarkLog[])[MarkEvidenceTests.Published, new MarkLog([]), new MarkLog([.. MarkEvidenceTests.Published.Entries.Select(entry => entry with { Height = ulong.MaxValue })])])
            Assert.Empty(Checker.Check(JsonDocument.Parse(MarkLogJson.Write(log)).RootElement));
        Assert.Equal([typeof(FundingTick), typeof(InstrumentListed), typeof(MarksUpdated), typeof(PricesSet)], MarkEvidenceTests.Published.Entries.Select(entry => entry.Event.GetType()).Distinct().OrderBy(type => type.Name));
    }

    /// <summary>One value anywhere is another, is left out, or is one too many: what the schema refuses the reader refuses, or, of a rule of marks, who derives them by it.</summary>
    [Fact]
    public void What_the_schema_refuses_is_refused()
    {
        var random = new Random(11);
        ReadOnlyMemory<byte> file = MarkLogJson.Write(MarkEvidenceTests.Published);
        int refused = 0;
        for (int round = 0; round < 1000; round++)
        {
            JsonNode log = JsonNode.Parse(file.Span)!;
            JsonDamage.Change(log, random);
            if (Checker.Check(JsonSerializer.SerializeToElement(log)).Count == 0) continue;
            refused++;
            MarkLog? read = MarkLogJson.Read(JsonSerializer.SerializeToUtf8Bytes(log), out string? problem);
            Assert.True(read is null ? problem is not null : !MarkEvidenceTests.Follow(read), log.ToJsonString());
        }
        Assert.InRange(refused, 500, 1000);
    }

    [Fact]
    public void The_schema_names_every_field_the_reader_knows()
    {
        JsonElement properties = Schema("mark-log-v1.schema.json").GetProperty("properties");
        Assert.Equal(MarkLogJson.Fields, Names(properties));
        Assert.Equal(MarkLogJson.EntryFields, Names(properties.GetProperty("events").GetProperty("items").GetProperty("properties")));

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(field => field.Name);
    }

    private static JsonElement Schema(string file)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fermat.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "docs", "schemas", file))).RootElement;
    }
}
