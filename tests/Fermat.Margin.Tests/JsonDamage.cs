using System.Text.Json.Nodes;

namespace Fermat.Margin.Tests;

/// <summary>Documents that are no longer what they were, to be judged by a schema and by a reader.</summary>
internal static class JsonDamage
{
    /// <summary>Changes one value anywhere in the document, or takes it out, or adds a field.</summary>
    public static void Change(JsonNode document, Random random)
    {
        List<JsonNode> nodes = [];
        Collect(document);
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
