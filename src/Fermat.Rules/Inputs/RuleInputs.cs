using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Fermat.Rules.PublicMath;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>
/// Reads what a rulebook is run with from JSON: <c>{ "rulebook", "order", "parameters", "market", "accounts", "book" }</c>, in one document or spread over several. Nothing is rounded, nothing is
/// guessed; every fault is listed with its path. Records of market tables are numbered by rising symbol, in whatever order they are written; with <c>"order": "listed"</c> beside <c>market</c> as they are written.
/// </summary>
public sealed partial class RuleInputs
{
    /// <summary>The member that says how the records of <c>market</c> are numbered, and its only value: as they are written.</summary>
    public const string OrderMember = "order", ListedOrder = "listed";

    private const int MaxErrors = 100, MaxShown = 400;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly RulebookSchema _schema;
    private readonly List<InputError> _errors = [];
    private bool _listed;

    private RuleInputs(RulebookSchema schema) => _schema = schema;

    /// <summary>The public data; null when there are errors in them.</summary>
    public MarketData? Market { get; private set; }

    /// <summary>The accounts, in the order of the files.</summary>
    public IReadOnlyList<AccountData> Accounts { get; private set; } = [];

    /// <summary>What is wrong; at most a hundred faults are listed.</summary>
    public IReadOnlyList<InputError> Errors => _errors;

    /// <summary>Reads documents for a rulebook.</summary>
    /// <param name="schema">What it speaks about.</param>
    /// <param name="documents">Name (for error paths) and UTF-8 JSON of each.</param>
    public static RuleInputs Read(RulebookSchema schema, params IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> documents)
    {
        var inputs = new RuleInputs(schema);
        var parts = new Dictionary<string, (string Path, JsonElement Value)>(StringComparer.Ordinal);
        var opened = new List<JsonDocument>();
        try
        {
            foreach ((string name, ReadOnlyMemory<byte> json) in documents)
                inputs.Open(name, json, documents.Count > 1, parts, opened);
            if (inputs._errors.Count == 0) inputs.ReadParts(parts);
        }
        finally
        {
            opened.ForEach(document => document.Dispose());
        }
        return inputs;
    }

    private void Open(string name, ReadOnlyMemory<byte> json, bool showName, Dictionary<string, (string, JsonElement)> parts, List<JsonDocument> opened)
    {
        try
        {
            opened.Add(JsonDocument.Parse(json, Strict));
        }
        catch (JsonException fault)
        {
            Add(name, $"not JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: {fault.Message.Split(". ")[0]}");
            return;
        }
        JsonElement root = opened[^1].RootElement;
        string prefix = showName ? $"{name}: " : "";
        if (root.ValueKind != JsonValueKind.Object)
        {
            Add(name, "an object is expected", "{ \"parameters\": …, \"market\": …, \"accounts\": […] }");
            return;
        }
        foreach (JsonProperty part in root.EnumerateObject())
        {
            if (part.Name == "rulebook")
            {
                if (part.Value.ValueKind != JsonValueKind.String || part.Value.GetString() != _schema.Name)
                    Add($"{prefix}rulebook", $"this is for the rulebook {part.Value}", $"the rulebook is {_schema.Name}");
            }
            else if (part.Name == OrderMember)
            {
                if (part.Value.ValueKind != JsonValueKind.String || part.Value.GetString() != ListedOrder) Add($"{prefix}{OrderMember}", $"{part.Value} is not an order of records", $"\"{ListedOrder}\": as they are written; left out: by symbol");
                else if (!root.TryGetProperty("market", out _)) Add($"{prefix}{OrderMember}", "stands where there is no market", "write it beside \"market\"");
                else _listed = true;
            }
            else if (part.Name is not ("parameters" or "market" or "accounts" or "book"))
            {
                Add($"{prefix}{part.Name}", "is not a part of the inputs", "they are rulebook, order, parameters, market, accounts, book");
            }
            else if (!parts.TryAdd(part.Name, (prefix + part.Name, part.Value)))
            {
                Add($"{prefix}{part.Name}", "is given twice");
            }
        }
    }

    private void ReadParts(Dictionary<string, (string Path, JsonElement Value)> parts)
    {
        var tables = new ImmutableArray<MarketRecord>[_schema.Tables.Length];
        var symbols = new Dictionary<string, int>[_schema.Tables.Length];
        (string market, JsonElement tableJson) = parts.GetValueOrDefault("market", ("market", default));
        Dictionary<string, JsonElement> given = Members(market, tableJson, _schema.Tables.Select(table => table.Name), required: []);
        var rows = new List<(string Symbol, string Path, JsonElement Json)>[_schema.Tables.Length];
        for (int t = 0; t < tables.Length; t++)
        {
            rows[t] = Symbols($"{market}.{_schema.Tables[t].Name}", given.GetValueOrDefault(_schema.Tables[t].Name), _schema.Tables[t]);
            symbols[t] = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach ((string symbol, string path, _) in rows[t])
                if (!symbols[t].TryAdd(symbol, symbols[t].Count)) Add(path, $"{_schema.Tables[t].Name} {symbol} is there twice");
        }
        for (int t = 0; t < tables.Length; t++)
            tables[t] = [.. rows[t].Select(row => new MarketRecord(row.Symbol, Fields(row.Path, row.Json, _schema.Tables[t].Fields, symbols, "symbol")))];
        (string path, JsonElement json) parameters = parts.GetValueOrDefault("parameters", ("parameters", default));
        ImmutableArray<FieldValue> values = Fields(parameters.path, parameters.json, _schema.Parameters, symbols, null);
        if (parts.TryGetValue("book", out (string Path, JsonElement Value) book)) ReadBook(book.Path, book.Value);
        if (_errors.Count > 0) return;
        Market = new MarketData(values, [.. tables]);
        if (parts.TryGetValue("accounts", out (string Path, JsonElement Value) accounts)) Accounts = ReadAccounts(accounts.Path, accounts.Value, symbols);
    }

    private List<(string Symbol, string Path, JsonElement Json)> Symbols(string path, JsonElement json, MarketTable table)
    {
        var rows = new List<(string Symbol, string Path, JsonElement Json)>();
        if (json.ValueKind == JsonValueKind.Undefined) return rows;
        foreach ((string at, JsonElement element) in Elements(path, json))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("symbol", out JsonElement symbol) || symbol.ValueKind != JsonValueKind.String || symbol.GetString() is "" or null)
                Add(at, $"a {table.Name} is an object with a \"symbol\"");
            else rows.Add((symbol.GetString()!, at, element));
        }
        if (rows.Count > table.MaxRecords) Add(path, $"{rows.Count} records; {table.Name} has at most {table.MaxRecords}");
        if (!_listed) rows.Sort((a, b) => string.CompareOrdinal(a.Symbol, b.Symbol));
        return rows;
    }

    private List<AccountData> ReadAccounts(string path, JsonElement json, Dictionary<string, int>[] symbols)
    {
        var accounts = new List<AccountData>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string at, JsonElement element) in Elements(path, json))
        {
            if (_errors.Count >= MaxErrors) break;
            Dictionary<string, JsonElement> members = Members(at, element, [.. _schema.Scalars.Select(s => s.Name), .. _schema.Collections.Select(c => c.Name), .. AccountMembers], ["id"]);
            string id = members.TryGetValue("id", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
            if (id.Length is 0 or > 64) Add($"{at}.id", "an account's id is a text of 1 to 64 characters");
            else if (!ids.Add(id)) Add($"{at}.id", $"the account {id} is there twice");
            accounts.Add(new AccountData(
                id,
                [.. _schema.Scalars.Select(scalar => Field($"{at}.{scalar.Name}", members.GetValueOrDefault(scalar.Name), scalar, symbols).Integer)],
                [.. _schema.Collections.Select(c => Items($"{at}.{c.Name}", members.GetValueOrDefault(c.Name), c, symbols))])
            {
                OwnerKey = OwnerKeyOf($"{at}.{OwnerKeyMember}", members.GetValueOrDefault(OwnerKeyMember)),
                Nonce = Count($"{at}.{NonceMember}", members.GetValueOrDefault(NonceMember)),
            });
        }
        return accounts;
    }

    private ImmutableArray<ImmutableArray<BigInteger>> Items(string path, JsonElement json, Collection collection, Dictionary<string, int>[] symbols)
    {
        if (json.ValueKind == JsonValueKind.Undefined) return [];
        int[] references = [.. Enumerable.Range(0, collection.Fields.Length).Where(f => collection.Fields[f].Type is FieldType.Reference)];
        var items = new List<(string Path, ImmutableArray<BigInteger> Fields)>();
        foreach ((string at, JsonElement element) in Elements(path, json))
            items.Add((at, [.. Fields(at, element, collection.Fields, symbols, null).Select(value => value.Integer)]));
        if (items.Count > collection.MaxItems) Add(path, $"{items.Count} items; {collection.Name} has at most {collection.MaxItems}");
        int Order(ImmutableArray<BigInteger> a, ImmutableArray<BigInteger> b) => references.Select(f => a[f].CompareTo(b[f])).FirstOrDefault(order => order != 0);
        items.Sort((a, b) => Order(a.Fields, b.Fields));
        for (int i = 1; i < items.Count && _errors.Count == 0; i++)
            if (Order(items[i - 1].Fields, items[i].Fields) == 0)
                Add(items[i].Path, $"two items of {collection.Name} have the same {string.Join(" and ", references.Select(f => collection.Fields[f].Name))}", "add them up");
        return [.. items.Select(item => item.Fields)];
    }

    private ImmutableArray<FieldValue> Fields(string path, JsonElement json, ImmutableArray<SchemaField> fields, Dictionary<string, int>[] symbols, string? extra)
    {
        Dictionary<string, JsonElement> members = Members(path, json, fields.Select(f => f.Name).Concat(extra is null ? [] : [extra]), []);
        return [.. fields.Select(field => Field($"{path}.{field.Name}", members.GetValueOrDefault(field.Name), field, symbols))];
    }

    private FieldValue Field(string path, JsonElement json, SchemaField field, Dictionary<string, int>[] symbols)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
        {
            if (field.Default is null) Add(path, "is missing");
            return new FieldValue(field.Default ?? 0);
        }
        switch (field.Type)
        {
            case FieldType.Number number:
                return new FieldValue(Number(path, json, number.Quantity));
            case FieldType.Flag:
                if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Add(path, "true or false is expected");
                return new FieldValue(json.ValueKind == JsonValueKind.True ? 1 : 0);
            case FieldType.Choice choice:
                int position = json.ValueKind == JsonValueKind.String ? choice.Type.Values.IndexOf(json.GetString()!) : -1;
                if (position < 0) Add(path, $"{json} is not a {choice.Type.Name}", $"one of {string.Join(", ", choice.Type.Values)}");
                return new FieldValue(Math.Max(position, 0));
            case FieldType.Reference reference:
                int record = json.ValueKind == JsonValueKind.String ? symbols[reference.Table].GetValueOrDefault(json.GetString()!, -1) : -1;
                if (record < 0) Add(path, $"{json} is not the symbol of a {_schema.Tables[reference.Table].Name}");
                return new FieldValue(Math.Max(record, 0));
            case FieldType.Ladder ladder:
                return new FieldValue(0, Ladder(path, json, ladder));
            case FieldType.Correlation correlation:
                return new FieldValue(0, Matrix: Matrix(path, json, correlation, symbols[correlation.Table]));
            default:
                throw new InvalidOperationException($"no reader for {field.Type}");
        }
    }

    private LadderData? Ladder(string path, JsonElement json, FieldType.Ladder type)
    {
        int before = _errors.Count;
        // an offset is a rate times an x: it has the decimals of both
        var offset = new Quantity("an offset", type.X.Scale + type.Y.Scale, type.X.Unit * type.Y.Unit, new Bounds(0, type.X.Bounds.Magnitude * type.Y.Bounds.Magnitude));
        ImmutableArray<ImmutableArray<BigInteger>> knots = [.. Elements(path, json).Select(knot =>
            Elements(knot.Path, knot.Element).Select((cell, i) => Number(cell.Path, cell.Element, i == 0 ? type.X : i == 1 ? type.Y : offset)).ToImmutableArray())];
        if (_errors.Count > before) return null;
        LadderData? ladder = LadderData.Create(type, knots, out string? problem);
        if (problem is not null) Add(path, problem);
        return ladder;
    }

    private ImmutableArray<ImmutableArray<BigInteger>> Matrix(string path, JsonElement json, FieldType.Correlation type, Dictionary<string, int> symbols)
    {
        int before = _errors.Count, size = symbols.Count;
        if (size > CorrelationMatrix.MaxSize)
        {
            Add(path, $"is a correlation matrix of {size} records; at most {CorrelationMatrix.MaxSize} are there");
            return [];
        }
        var entries = new BigInteger[size, size];
        BigInteger one = BigInteger.Pow(10, type.Entry.Scale);
        for (int i = 0; i < size; i++) entries[i, i] = one;
        foreach ((string row, JsonElement columns) in Members(path, json, symbols.Keys, []))
        {
            foreach ((string column, JsonElement entry) in Members($"{path}.{row}", columns, symbols.Keys, []))
            {
                (int i, int j) = (symbols[row], symbols[column]);
                BigInteger value = Number($"{path}.{row}.{column}", entry, type.Entry);
                if (entries[j, i] != 0 && i != j && entries[j, i] != value) Add($"{path}.{row}.{column}", $"differs from {column}.{row}", "a correlation matrix is symmetric; one of the two is enough");
                (entries[i, j], entries[j, i]) = (value, value);
            }
        }
        ImmutableArray<ImmutableArray<BigInteger>> matrix = [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j => entries[i, j]).ToImmutableArray())];
        if (_errors.Count > before || size == 0) return matrix;
        (CorrelationError error, int bad) = CorrelationMatrix.Check([.. matrix.Select(r => (IReadOnlyList<BigInteger>)r)], type.Entry.Scale);
        if (error != CorrelationError.None)
            Add(path, $"is not a correlation matrix: {error} at row {symbols.First(s => s.Value == bad).Key}", "symmetric, ones on the diagonal, positive semi-definite");
        return matrix;
    }

    private BigInteger Number(string path, JsonElement json, Quantity quantity)
    {
        string? text = json.ValueKind switch
        {
            JsonValueKind.Number => json.GetRawText(),
            JsonValueKind.String => json.GetString(),
            _ => null,
        };
        if (text is null)
        {
            Add(path, $"a {quantity.Name} is expected", "a number, or a decimal text");
            return 0;
        }
        string? problem = ScaledNumber.TryParse(text, quantity, out BigInteger value, out string? hint);
        if (problem is not null) Add(path, problem, hint);
        return value;
    }

    private Dictionary<string, JsonElement> Members(string path, JsonElement json, IEnumerable<string> known, IEnumerable<string> required)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (json.ValueKind == JsonValueKind.Undefined) return members;
        if (json.ValueKind != JsonValueKind.Object)
        {
            Add(path, "an object is expected");
            return members;
        }
        HashSet<string> names = known.ToHashSet(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (names.Contains(member.Name)) members.Add(member.Name, member.Value);
            else Add($"{path}.{member.Name}", "is not known here", names.Count is > 0 and <= 24 ? $"known are {string.Join(", ", names)}" : null);
        }
        foreach (string name in required.Where(name => !members.ContainsKey(name))) Add($"{path}.{name}", "is missing");
        return members;
    }

    private IEnumerable<(string Path, JsonElement Element)> Elements(string path, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Add(path, "a list is expected");
            return [];
        }
        return json.EnumerateArray().Select((element, i) => (string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), element));
    }

    /// <summary>Words of a file, in a message: short, and without characters that would move a cursor or change the direction of a line.</summary>
    private static string Plain(string text)
    {
        bool isLong = text.Length > MaxShown;
        IEnumerable<string> runes = (isLong ? text[..MaxShown] : text).EnumerateRunes().Select(rune => Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? "\uFFFD" : rune.ToString());
        return string.Concat(runes) + (isLong ? "…" : "");
    }

    private void Add(string path, string message, string? hint = null)
    {
        if (_errors.Count < MaxErrors) _errors.Add(new InputError(Plain(path), Plain(message), hint));
    }
}
