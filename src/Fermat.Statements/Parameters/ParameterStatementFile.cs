using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Parameters;

/// <summary>
/// The file of statement P (<c>.statement.json</c>): both sets and the aggregates in a form that people can read, with their digests. It names the rulebook by its digest; the reader brings the rulebook. Layout is free; every number has
/// one spelling, nothing is left out, added or given twice.
/// </summary>
public static class ParameterStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-parameter-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 128 << 20;

    /// <summary>The file's bytes.</summary>
    /// <param name="update">An update without a <see cref="ParameterUpdate.Problem"/>.</param>
    public static byte[] Write(ParameterUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return StatementJson.Document(json =>
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("rulebook", update.Rulebook.Name);
            json.WriteString("rulebookDigest", update.Rulebook.Digest.ToString());
            json.WriteString("venue", update.Venue);
            foreach ((string name, Digest digest) in Digests(update)) json.WriteString(name, digest.ToString());
            json.WritePropertyName("aggregates");
            Aggregates(json, update);
            json.WritePropertyName("old");
            Set(json, update.Rulebook, update.Before);
            json.WritePropertyName("new");
            Set(json, update.Rulebook, update.After);
            json.WriteEndObject();
        });
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-parameter-statement\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="update">The update, without a <see cref="ParameterUpdate.Problem"/>; its rules are not judged. Null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out ParameterUpdate? update)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out update);
    }

    private static ParameterUpdate Read(StrictObject file, VenueRulebook rulebook)
    {
        string name = file.Text("rulebook", 256);
        Digest digest = file.Digest("rulebookDigest");
        if (digest != rulebook.Digest)
            throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, $"the statement is about another rulebook ({name})", file.Path("rulebookDigest"), $"{rulebook.Digest}", $"{digest}", "verify it with the rulebook that the venue has published, word by word"));
        if (name != rulebook.Name) throw FileFormatException.Malformed(file.Path("rulebook"), $"expected \"{rulebook.Name}\", the rulebook's name");
        ImmutableArray<SchemaField> system = rulebook.Rulebook.Meta?.System ?? [];
        byte[] aggregates = file.Json("aggregates"), old = file.Json("old"), @new = file.Json("new");
        ImmutableArray<BigInteger> measured = RuleInputs.ReadAggregates(system, file.Path("aggregates"), aggregates, out IReadOnlyList<InputError> errors);
        if (errors.Count > 0) throw new FileFormatException(new(StatementRejectionCode.MalformedFile, errors[0].Message, errors[0].Path, Hint: errors[0].Hint));
        var update = new ParameterUpdate
        {
            Rulebook = rulebook,
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Before = Set(file, "old", old, rulebook),
            After = Set(file, "new", @new, rulebook),
            Aggregates = measured,
        };
        Canonical(file, "aggregates", aggregates, json => Aggregates(json, update));
        if (update.Problem() is { } problem) throw new FileFormatException(problem);
        foreach ((string member, Digest actual) in Digests(update)) StatementJson.RequireDigest(file, member, file.Digest(member), actual);
        return update;
    }

    /// <summary>The digests that the file names, in its order; the last one is the update's own.</summary>
    private static (string Name, Digest Digest)[] Digests(ParameterUpdate update) =>
    [
        ("oldParametersDigest", update.OldParameters), ("oldMarketDigest", update.OldMarket),
        ("newParametersDigest", update.NewParameters), ("newMarketDigest", update.NewMarket),
        ("updateDigest", update.Digest),
    ];

    private static MarketData Set(StrictObject file, string name, byte[] json, VenueRulebook rulebook)
    {
        RuleInputs data = RuleInputs.Read(rulebook.Schema, (file.Path(name), json));
        if (data.Market is not { } market || data.Errors.Count > 0)
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, data.Errors.Count > 0 ? $"{data.Errors[0].Path}: {data.Errors[0].Message}" : "there are no parameters", file.Path(name)));
        Canonical(file, name, json, writer => Set(writer, rulebook, market));
        return market;
    }

    /// <summary>A part must be, but for layout, what this class writes for its content: one spelling for each number, every field there, in one order.</summary>
    private static void Canonical(StrictObject file, string name, byte[] json, Action<Utf8JsonWriter> write)
    {
        string given = Text(writer =>
        {
            using JsonDocument part = JsonDocument.Parse(json);
            part.RootElement.WriteTo(writer);
        });
        string own = Text(write);
        if (given == own) return;
        int at = 0;
        while (at < Math.Min(given.Length, own.Length) && given[at] == own[at]) at++;
        throw new FileFormatException(new(StatementRejectionCode.MalformedFile, "this part is not in its one canonical form", file.Path(name), Near(own, at), Near(given, at), "write it with fermat prove parameters"));

        static string Text(Action<Utf8JsonWriter> write)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer)) write(writer); // this encoder leaves nothing that could rewrite a screen
            return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        }

        static string Near(string text, int at) => text.Substring(Math.Max(at - 16, 0), Math.Min(40, text.Length - Math.Max(at - 16, 0)));
    }

    private static void Aggregates(Utf8JsonWriter json, ParameterUpdate update)
    {
        json.WriteStartObject();
        foreach ((SchemaField field, BigInteger value) in update.System.Zip(update.Aggregates))
        {
            if (field.Type is FieldType.Flag) json.WriteBoolean(field.Name, value.IsOne);
            else json.WriteString(field.Name, ParameterAnchors.Show(field, value));
        }
        json.WriteEndObject();
    }

    private static void Set(Utf8JsonWriter json, VenueRulebook rulebook, MarketData market)
    {
        json.WriteStartObject();
        MarketJson.Write(json, rulebook.Schema, market);
        json.WriteEndObject();
    }
}
