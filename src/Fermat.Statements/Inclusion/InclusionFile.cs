using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Files;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Inclusion;

/// <summary>The inclusion file (<c>.inclusion.json</c>): an <see cref="InclusionOpening"/>, read strictly.</summary>
public static class InclusionFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-inclusion-opening";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(InclusionOpening opening)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, opening);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, out InclusionOpening? opening) =>
        StrictObject.TryRead(utf8, Format, Version, MaxBytes, Read, out opening);

    private static void Write(Utf8JsonWriter json, InclusionOpening opening)
    {
        Account account = opening.Account;
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("venue", opening.Venue);
        json.WriteString("height", opening.Height.ToString(CultureInfo.InvariantCulture));
        json.WriteString("stateRoot", opening.StateRoot.ToString());
        json.WriteString("account", account.Id.Value);
        json.WriteString("ownerKey", account.OwnerKey.ToString());
        json.WriteString("nonce", account.Nonce.ToString(CultureInfo.InvariantCulture));
        json.WriteString("mode", ModeName(account.Mode));
        json.WriteStartArray("balances");
        for (int i = 0; i < account.Balances.Count; i++) WriteItem(json, account.Balances[i], opening.Assets[i]);
        json.WriteEndArray();
        json.WriteString("salt", opening.Salt.ToString());
        json.WriteString("leafIndex", opening.LeafIndex.ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("path");
        foreach (Digest digest in opening.Path) json.WriteStringValue(digest.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, Balance balance, InclusionAsset asset)
    {
        json.WriteStartObject();
        json.WriteNumber("assetIndex", balance.Asset);
        json.WriteString("symbol", asset.Symbol);
        json.WriteNumber("amountScale", asset.AmountScale);
        Amount("equity", balance.Equity);
        Amount("debt", balance.Debt);
        foreach (CollateralKind kind in Enum.GetValues<CollateralKind>()) Amount(kind.ToString().ToLowerInvariant(), balance.Collateral(kind));
        json.WriteEndObject();

        void Amount(string name, ulong amount) => json.WriteString(name, ExactDecimal.Format(amount, asset.AmountScale));
    }

    private static InclusionOpening Read(StrictObject file)
    {
        string venue = file.Text("venue", BookLimits.MaxTextLength);
        ulong height = file.UInt64("height");
        Digest root = file.FieldDigest("stateRoot");
        string id = file.Text("account", BookLimits.MaxAccountIdLength);
        if (!AccountId.TryParse(id, out AccountId accountId)) throw FileFormatException.Malformed(file.Path("account"), "expected an account id", Identifiers.AllowedCharacters);
        string owner = file.Text("ownerKey", 2 * OwnerKey.Length);
        if (!OwnerKey.TryParse(owner, out OwnerKey ownerKey)) throw FileFormatException.Malformed(file.Path("ownerKey"), "expected 64 lower-case hexadecimal digits");
        ulong nonce = file.UInt64("nonce");
        string mode = file.Text("mode", 16);
        if (mode != ModeName(AccountMode.Cross)) throw FileFormatException.Malformed(file.Path("mode"), $"expected \"{ModeName(AccountMode.Cross)}\"");
        List<(Balance Balance, InclusionAsset Asset)> items = file.Objects("balances", SolvencyLimits.MaxAssets, ReadItem);
        var account = new Account(accountId, ownerKey, nonce, AccountMode.Cross, [.. items.Select(item => item.Balance)]);
        if (account.Problem(SolvencyLimits.MaxAssets) is { } problem) throw FileFormatException.Malformed(file.Path("balances"), problem);
        Digest salt = file.FieldDigest("salt");
        ImmutableArray<Digest> path = file.FieldDigests("path", SolvencyLimits.MaxDepth);
        return new InclusionOpening
        {
            Venue = venue,
            Height = height,
            StateRoot = root,
            Account = account,
            Assets = [.. items.Select(item => item.Asset)],
            Salt = salt,
            Path = path,
            LeafIndex = (int)file.Decimal("leafIndex", 0, BigInteger.One << path.Length),
        };
    }

    private static (Balance Balance, InclusionAsset Asset) ReadItem(StrictObject entry)
    {
        int index = entry.Int("assetIndex", 0, SolvencyLimits.MaxAssets - 1);
        string symbol = entry.Text("symbol", BookLimits.MaxSymbolLength);
        if (!Identifiers.IsValid(symbol, BookLimits.MaxSymbolLength)) throw FileFormatException.Malformed(entry.Path("symbol"), "expected a symbol", Identifiers.AllowedCharacters);
        int scale = entry.Int("amountScale", 0, BookLimits.MaxAmountScale);
        ulong Amount(string name) => (ulong)entry.Decimal(name, scale, BigInteger.One << BookLimits.AmountBits);
        return (new Balance(index, Amount("equity"), Amount("debt"), Amount("loan"), Amount("margin"), Amount("portfolio")), new InclusionAsset(symbol, scale));
    }

    private static string ModeName(AccountMode mode) => mode.ToString().ToLowerInvariant();
}
