using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class BookSchemaTests
{
    private static readonly SchemaChecker Checker =
        new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "docs", "schemas", "book-v1.schema.json"))).RootElement);

    [Fact]
    public void Every_book_that_is_written_conforms()
    {
        var random = new Random(8);
        for (int round = 0; round < 50; round++)
        {
            Book book = Make.RandomBook(random, 5);
            Assert.Empty(Checker.Check(JsonDocument.Parse(Read.WriteJson(book)).RootElement));
            Assert.Empty(Checker.Check(JsonDocument.Parse(Read.WriteCsv(book).Header).RootElement));
        }
        Assert.Empty(Checker.Check(JsonDocument.Parse(File.ReadAllBytes(SharedData.ExampleBook)).RootElement));
    }

    [Fact]
    public void What_the_schema_refuses_the_reader_refuses()
    {
        var random = new Random(9);
        byte[] json = Read.WriteJson(Make.RandomBook(random, 3));
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            JsonNode book = JsonNode.Parse(json)!;
            JsonDamage.Change(book, random);
            if (Checker.Check(JsonSerializer.SerializeToElement(book)).Count == 0) continue;
            refused++;
            IReadOnlyList<BookError> errors = Read.Json(book.ToJsonString()).Errors;
            Assert.True(errors.Count > 0, book.ToJsonString());
        }
        Assert.InRange(refused, 200, 400);
    }

    [Fact]
    public void The_schema_names_every_field_the_reader_knows()
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "docs", "schemas", "book-v1.schema.json"))).RootElement;
        JsonElement definitions = root.GetProperty("$defs");
        Assert.Equal(JsonHeaderReader.BookFields, Names(root));
        Assert.Equal(JsonHeaderReader.AssetFields, Names(definitions.GetProperty("asset")));
        Assert.Equal(JsonAccountReader.AccountFields, Names(definitions.GetProperty("account")));
        Assert.Equal(JsonAccountReader.BalanceFields, Names(definitions.GetProperty("item")));

        static IEnumerable<string> Names(JsonElement rule) => rule.GetProperty("properties").EnumerateObject().Select(property => property.Name);
    }
}
