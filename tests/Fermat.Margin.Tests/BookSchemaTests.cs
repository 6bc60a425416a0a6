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
            Damage(book, random);
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

    /// <summary>Changes one value anywhere in the document, or takes it out, or adds a field.</summary>
    private static void Damage(JsonNode book, Random random)
    {
        List<JsonNode> nodes = [];
        Collect(book);
        JsonNode parent = nodes[random.Next(nodes.Count)];
        if (parent is JsonObject fields)
        {
            string name = fields.Count == 0 ? "x" : fields.ElementAt(random.Next(fields.Count)).Key;
            if (random.Next(3) == 0) fields.Remove(name);
            else if (random.Next(6) == 0) fields.Insert(0, "another", Wild());
            else fields[name] = Wild();
        }
        else if (parent is JsonArray items && items.Count > 0)
        {
            items[random.Next(items.Count)] = Wild();
        }

        void Collect(JsonNode? node)
        {
            if (node is JsonObject inner)
            {
                nodes.Add(inner);
                foreach ((_, JsonNode? child) in inner) Collect(child);
            }
            else if (node is JsonArray array)
            {
                nodes.Add(array);
                foreach (JsonNode? child in array) Collect(child);
            }
        }

        JsonNode? Wild() => random.Next(9) switch
        {
            0 => null,
            1 => 12,
            2 => "01",
            3 => "1.50",
            4 => "-1",
            5 => new JsonObject(),
            6 => new JsonArray("1"),
            7 => true,
            _ => "a b",
        };
    }
}
