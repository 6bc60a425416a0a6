using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Statements.Rulebooks;

namespace Fermat.Venue;

/// <summary>A part of what a venue is opened with.</summary>
public enum VenuePart
{
    /// <summary>The rulebook.</summary>
    Rulebook,

    /// <summary>The depth of the state tree.</summary>
    Depth,

    /// <summary>The chain id that signatures are over.</summary>
    Chain,

    /// <summary>Which of the rulebook's names stand for what the ledger knows.</summary>
    Binding,

    /// <summary>The secret that salts are derived from.</summary>
    Secret,
}

/// <summary>A part in which a venue is not opened as it was.</summary>
/// <param name="Part">Which.</param>
/// <param name="Kept">What it was opened with: a digest, a number, or a binding as <see cref="EngineBinding.Read"/> takes it; of a secret the fingerprint.</param>
/// <param name="Given">What it is opened with now.</param>
public readonly record struct VenueDifference(VenuePart Part, string Kept, string Given);

/// <summary>
/// What a venue is opened with for its whole life. With another secret or depth its batches would not follow those that are proven, with another rulebook, binding or chain id its log would be judged by other rules than those it was
/// made by. It is kept in the ledger's store, beside the log, and compared whenever the venue is opened. Nothing of it is secret: of the venue's secret it has a fingerprint.
/// </summary>
public sealed record VenueIdentity
{
    private const string Format = "fermat-venue-identity";
    private const int Version = 1;

    /// <summary>The rulebook's name.</summary>
    public required string RulebookName { get; init; }

    /// <summary>The digest of its normalised program.</summary>
    public required Digest Rulebook { get; init; }

    /// <summary>The depth of the state tree.</summary>
    public required int Depth { get; init; }

    /// <summary>The chain id.</summary>
    public required ulong Chain { get; init; }

    /// <summary>The binding, as <see cref="EngineBinding.Write"/> writes it.</summary>
    public required string Binding { get; init; }

    /// <summary>The secret's fingerprint (<see cref="VenueSecret.Fingerprint"/>).</summary>
    public required Digest Secret { get; init; }

    /// <summary>The identity of a venue that is opened with these.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="engine">How the engine runs.</param>
    /// <param name="depth">The depth of the state tree.</param>
    /// <param name="secret">The venue's secret.</param>
    public static VenueIdentity Of(VenueRulebook rulebook, EngineOptions engine, int depth, VenueSecret secret)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(secret);
        return new VenueIdentity { RulebookName = rulebook.Name, Rulebook = rulebook.Digest, Depth = depth, Chain = engine.Chain, Binding = engine.Binding.Write(), Secret = secret.Fingerprint() };
    }

    /// <summary>What a store has; null where it has none.</summary>
    /// <param name="store">The ledger's store.</param>
    /// <exception cref="LedgerStoreException">The store fails, or what it has is none of these.</exception>
    public static VenueIdentity? Read(ILedgerStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        byte[][] parts = [.. store.Read(StoredKind.Identity, 0)];
        return parts.Length == 0 ? null : Read([.. parts.SelectMany(part => part)]) ?? throw new LedgerStoreException(LedgerStoreFailure.WrongFormat, "What the venue was opened with is kept beside its log, and cannot be read: it is damaged, or of a later version of fermat.");
    }

    /// <summary>Keeps it in a store, as durable as a block of the log; what was there is replaced.</summary>
    /// <param name="store">The ledger's store.</param>
    /// <exception cref="LedgerStoreException">The store fails.</exception>
    public void Keep(ILedgerStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var json = new JsonObject
        {
            ["format"] = Format,
            ["version"] = Version,
            ["rulebook"] = RulebookName,
            ["rulebookDigest"] = Rulebook.ToString(),
            ["depth"] = Depth,
            ["chain"] = Chain.ToString(CultureInfo.InvariantCulture),
            ["binding"] = Binding,
            ["secretFingerprint"] = Secret.ToString(),
        };
        store.Write(StoredKind.Identity, 0, [Encoding.UTF8.GetBytes(json.ToJsonString())]);
    }

    /// <summary>In what a venue that was opened with this is not opened with the other.</summary>
    /// <param name="given">What it is opened with now.</param>
    public IReadOnlyList<VenueDifference> Differences(VenueIdentity given)
    {
        ArgumentNullException.ThrowIfNull(given);
        (VenuePart Part, string Kept, string Given)[] parts =
        [
            (VenuePart.Rulebook, Rulebook.ToString(), given.Rulebook.ToString()),
            (VenuePart.Depth, Depth.ToString(CultureInfo.InvariantCulture), given.Depth.ToString(CultureInfo.InvariantCulture)),
            (VenuePart.Chain, Chain.ToString(CultureInfo.InvariantCulture), given.Chain.ToString(CultureInfo.InvariantCulture)),
            (VenuePart.Binding, Binding, given.Binding),
            (VenuePart.Secret, Secret.ToString(), given.Secret.ToString()),
        ];
        return [.. parts.Where(part => part.Kept != part.Given).Select(part => new VenueDifference(part.Part, part.Kept, part.Given))];
    }

    private static VenueIdentity? Read(byte[] kept)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(kept);
            JsonElement json = document.RootElement;
            if (json.GetProperty("format").GetString() != Format || json.GetProperty("version").GetInt32() != Version) return null;
            return new VenueIdentity
            {
                RulebookName = json.GetProperty("rulebook").GetString()!,
                Rulebook = DigestOf("rulebookDigest"),
                Depth = json.GetProperty("depth").GetInt32(),
                Chain = ulong.Parse(json.GetProperty("chain").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture),
                Binding = json.GetProperty("binding").GetString()!,
                Secret = DigestOf("secretFingerprint"),
            };

            Digest DigestOf(string name) => Digest.TryParse(json.GetProperty(name).GetString()!, out Digest digest) ? digest : throw new FormatException(name);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
