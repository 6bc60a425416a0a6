using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Cases;

/// <summary>
/// Cases as a table (<c>.csv</c>): a line each. Columns are <c>case</c> (its name), <c>source</c>, <c>relative</c> and <c>absolute</c> (tolerance), <c>expect.DEFINITION</c>, and inputs: <c>account.FIELD</c>,
/// <c>account.COLLECTION.SYMBOL.FIELD</c> (the item that refers to SYMBOL; several references are joined by <c>|</c>), <c>parameters.NAME</c>, <c>market.TABLE.SYMBOL.FIELD</c>. An empty cell says nothing: no expectation, no item, the field's
/// default. Market data and parameters that are the same for all cases come from another document.
/// </summary>
public static class CaseTable
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a table of cases.</summary>
    /// <param name="schema">What the rulebook speaks about.</param>
    /// <param name="csv">The table: cells separated by commas, in quotation marks where they have commas or quotation marks.</param>
    /// <param name="common">Documents with parameters and market data of all cases, as <see cref="Inputs.RuleInputs"/> reads them.</param>
    /// <param name="problem">What is wrong, or null.</param>
    /// <returns>The cases; none when there is a problem.</returns>
    public static ImmutableArray<RulebookCase> Read(RulebookSchema schema, string csv, IReadOnlyList<ReadOnlyMemory<byte>> common, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(csv);
        ArgumentNullException.ThrowIfNull(common);
        try
        {
            var file = new JsonObject();
            foreach (ReadOnlyMemory<byte> document in common)
                foreach ((string part, JsonNode? value) in JsonNode.Parse(document.Span, documentOptions: Strict) as JsonObject ?? throw new FormatException("the inputs are an object"))
                    if (part is "parameters" or "market" && !file.TryAdd(part, value?.DeepClone())) throw new FormatException($"{part} is given twice");
            List<string[]> lines = Lines(csv);
            if (lines.Count < 2) throw new FormatException("a table has a line of columns and a line for each case");
            string[] columns = [.. lines[0].Select(cell => cell.Trim())];
            if (columns.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice) throw new FormatException($"the column {twice.Key} is there twice");
            if (!columns.Contains("case")) throw new FormatException("the table has no column `case`");
            if (!columns.Any(column => column.StartsWith("expect.", StringComparison.Ordinal))) throw new FormatException("the table expects nothing: it has no column `expect.…`");
            var cases = new JsonArray();
            for (int line = 1; line < lines.Count; line++)
            {
                if (lines[line].Length != columns.Length) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"case {line} has {lines[line].Length} cells for {columns.Length} columns"));
                cases.Add(Case(schema, file, columns, lines[line]));
            }
            file.Remove("parameters");
            file.Remove("market");
            file["cases"] = cases;
            return RulebookCases.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out problem);
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            problem = fault.Message;
            return [];
        }
    }

    private static JsonObject Case(RulebookSchema schema, JsonObject file, string[] columns, string[] cells)
    {
        var parameters = (JsonObject)(file["parameters"]?.DeepClone() ?? new JsonObject());
        var market = (JsonObject)(file["market"]?.DeepClone() ?? new JsonObject());
        var (account, expect, tolerance) = (new JsonObject(), new JsonObject(), new JsonObject());
        var one = new JsonObject { ["parameters"] = parameters, ["market"] = market, ["account"] = account, ["expect"] = expect, ["tolerance"] = tolerance };
        for (int i = 0; i < columns.Length; i++)
        {
            if (cells[i].Length == 0) continue;
            (string column, string cell) = (columns[i], cells[i]);
            if (column == "case") one["name"] = cell;
            else if (column == "source") one["source"] = cell;
            else if (column is "relative" or "absolute") tolerance[column] = cell;
            else if (After(column, "expect.") is { } definition) expect[definition] = cell;
            else if (After(column, "parameters.") is { } parameter) parameters[parameter] = Value(schema.Parameters, parameter, cell);
            else if (After(column, "market.") is { } record) Market(schema, market, column, record, cell);
            else if (After(column, "account.") is { } field) Account(schema, account, column, field, cell);
            else throw new FormatException($"the column {column} is not known: case, source, relative, absolute, expect.…, account.…, parameters.…, market.…");
        }
        return one;
    }

    private static void Market(RulebookSchema schema, JsonObject market, string column, string rest, string cell)
    {
        (string table, string symbol, string field) = Parts(column, rest);
        MarketTable known = schema.Tables.FirstOrDefault(t => t.Name == table) ?? throw new FormatException($"the column {column}: there is no market table {table}");
        if (market[table] is not JsonArray records) market[table] = records = [];
        Item(records, "symbol", symbol)[field] = Value(known.Fields, field, cell);
    }

    private static void Account(RulebookSchema schema, JsonObject account, string column, string rest, string cell)
    {
        if (!rest.Contains('.', StringComparison.Ordinal))
        {
            account[rest] = Value(schema.Scalars, rest, cell);
            return;
        }
        (string name, string symbols, string field) = Parts(column, rest);
        Collection collection = schema.Collections.FirstOrDefault(c => c.Name == name) ?? throw new FormatException($"the column {column}: an account has no collection {name}");
        string[] references = [.. collection.Fields.Where(f => f.Type is FieldType.Reference).Select(f => f.Name)], named = symbols.Split('|');
        if (named.Length != references.Length) throw new FormatException($"the column {column}: items of {name} refer to {string.Join(", ", references)}; name {references.Length} symbols, joined by |");
        if (account[name] is not JsonArray items) account[name] = items = [];
        JsonObject? item = items.Cast<JsonObject>().FirstOrDefault(i => references.Zip(named).All(r => i[r.First]!.GetValue<string>() == r.Second));
        if (item is null)
        {
            items.Add(item = []);
            foreach ((string reference, string symbol) in references.Zip(named)) item[reference] = symbol;
        }
        item[field] = Value(collection.Fields, field, cell);
    }

    private static JsonObject Item(JsonArray list, string key, string value)
    {
        foreach (JsonNode? node in list)
            if (node is JsonObject known && known[key] is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>() == value) return known;
        var item = new JsonObject { [key] = value };
        list.Add(item);
        return item;
    }

    /// <summary>A cell as JSON: flags are true and false, ladders lists, everything else is a text.</summary>
    private static JsonNode? Value(ImmutableArray<SchemaField> fields, string name, string cell) => fields.FirstOrDefault(field => field.Name == name)?.Type switch
    {
        FieldType.Flag when cell is "true" or "false" => JsonValue.Create(cell == "true"),
        FieldType.Ladder or FieldType.Correlation => JsonNode.Parse(cell, documentOptions: Strict),
        _ => JsonValue.Create(cell),
    };

    /// <summary>First name, what is between, and last name of <c>A.B.C</c>; symbols may have points.</summary>
    private static (string First, string Middle, string Last) Parts(string column, string rest)
    {
        int first = rest.IndexOf('.', StringComparison.Ordinal), last = rest.LastIndexOf('.');
        return first > 0 && last > first + 1 && last < rest.Length - 1
            ? (rest[..first], rest[(first + 1)..last], rest[(last + 1)..])
            : throw new FormatException($"the column {column} is not NAME.SYMBOL.FIELD");
    }

    private static string? After(string column, string prefix) => column.StartsWith(prefix, StringComparison.Ordinal) ? column[prefix.Length..] : null;

    /// <summary>The lines of a table, without empty ones.</summary>
    private static List<string[]> Lines(string csv)
    {
        var lines = new List<string[]>();
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < csv.Length; i++)
        {
            char c = csv[i];
            if (quoted && c == '"' && i + 1 < csv.Length && csv[i + 1] == '"') cell.Append(csv[i++]);
            else if (c == '"' && (quoted || cell.Length == 0)) quoted = !quoted;
            else if (c == '"') throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"a quotation mark inside a cell of line {lines.Count + 1}"));
            else if (quoted || c is not (',' or '\n' or '\r')) cell.Append(c);
            else if (c == ',') End();
            else if (c == '\n') EndLine();
        }
        if (quoted) throw new FormatException("a quotation mark is not closed");
        EndLine();
        return lines;

        void End()
        {
            cells.Add(cell.ToString());
            cell.Clear();
        }

        void EndLine()
        {
            End();
            if (cells.Count > 1 || cells[0].Length > 0) lines.Add([.. cells]);
            cells.Clear();
        }
    }
}
