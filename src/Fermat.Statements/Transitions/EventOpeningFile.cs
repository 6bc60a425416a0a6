using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>The file of an event's opening (<c>.event.json</c>), read strictly by who has the rulebook. Amounts are decimals, exactly.</summary>
public static class EventOpeningFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-event-opening";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The file's bytes.</summary>
    /// <param name="rulebook">The rulebook of the batch.</param>
    /// <param name="opening">The opening.</param>
    public static byte[] Write(VenueRulebook rulebook, EventOpening opening)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(opening);
        VersionFields fields = VersionFields.Of(rulebook.Schema);
        return StatementJson.Document(json =>
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("rulebook", opening.RulebookName);
            json.WriteString("venue", opening.Venue);
            json.WriteString("height", opening.Height.ToString(CultureInfo.InvariantCulture));
            json.WritePropertyName("event");
            json.WriteRawValue(opening.Event.Span);
            json.WriteStartArray("rows");
            foreach (EventRowOpening row in opening.Rows)
            {
                json.WriteStartObject();
                json.WriteNumber("row", row.Row);
                json.WriteString("salt", row.Salt.ToString());
                json.WriteNumber("kind", (int)row.Kind);
                json.WriteNumber("first", row.First);
                json.WriteNumber("second", row.Second);
                json.WriteNumber("instrument", row.Instrument);
                json.WriteNumber("asset", row.Asset);
                json.WriteNumber("mode", row.Mode);
                json.WriteString("firstOwner", row.FirstOwner.ToString());
                json.WriteString("secondOwner", row.SecondOwner.ToString());
                json.WriteString("firstNonce", row.FirstNonce.ToString(CultureInfo.InvariantCulture));
                json.WriteString("secondNonce", row.SecondNonce.ToString(CultureInfo.InvariantCulture));
                foreach ((string name, BigInteger value, _, int scale) in row.Numbers(fields, rulebook.Schema)) json.WriteString(name, ScaledNumber.Format(value, scale));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="opening">The opening; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out EventOpening? opening)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out opening);
    }

    private static EventOpening Read(StrictObject file, VenueRulebook rulebook)
    {
        string name = file.Text("rulebook", 256);
        if (name != rulebook.Name)
            throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, $"the event is of a batch under another rulebook ({name})", file.Path("rulebook"), rulebook.Name, name, "take the rulebook of the statement that you verified, word by word"));
        VersionFields fields = VersionFields.Of(rulebook.Schema);
        return new EventOpening(name, file.Text("venue", BookLimits.MaxTextLength), file.UInt64("height"), file.Json("event"), [.. file.Objects("rows", TransitionInputs.MaxEvents, row => Row(row, rulebook, fields))]);
    }

    private static EventRowOpening Row(StrictObject row, VenueRulebook rulebook, VersionFields fields)
    {
        const int most = (1 << 24) - 1;
        int kind = row.Int("kind", 1, most);
        if (!Enum.IsDefined((EventKind)kind)) throw FileFormatException.Malformed(row.Path("kind"), "expected the number of a kind of row");
        var read = new EventRowOpening
        {
            Row = row.Int("row", 1, TransitionInputs.MaxEvents),
            Salt = row.FieldDigest("salt"),
            Kind = (EventKind)kind,
            First = row.Int("first", 0, most),
            Second = row.Int("second", 0, most),
            Instrument = row.Int("instrument", 0, most),
            Asset = row.Int("asset", 0, most),
            Mode = row.Int("mode", 0, most),
            FirstOwner = row.FieldDigest("firstOwner"),
            SecondOwner = row.FieldDigest("secondOwner"),
            FirstNonce = row.UInt64("firstNonce"),
            SecondNonce = row.UInt64("secondNonce"),
            FirstCash = 0,
            SecondCash = 0,
            Fee = 0,
            Size = 0,
            Cost = 0,
            Pledged = 0,
        };
        foreach ((string name, _, DigitFormat format, int scale) in read.Numbers(fields, rulebook.Schema))
        {
            BigInteger value = row.SignedDecimal(name, scale, format.Range.Magnitude + 1);
            if (!format.Range.Contains(value)) throw FileFormatException.Malformed(row.Path(name), "a number that no row can hold");
            read = name switch
            {
                "firstCash" => read with { FirstCash = value },
                "secondCash" => read with { SecondCash = value },
                "fee" => read with { Fee = value },
                "size" => read with { Size = value },
                "cost" => read with { Cost = value },
                _ => read with { Pledged = value },
            };
        }
        return read;
    }
}
