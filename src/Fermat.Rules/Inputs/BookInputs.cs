using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Fermat.Margin;

namespace Fermat.Rules.Inputs;

/// <summary>
/// A book of <c>docs/BOOKS.md</c> as inputs: market table Asset with <c>index</c> and the ladders <c>loan</c>, <c>margin</c>, <c>portfolio</c>, collection <c>balances</c> with
/// <c>unpledged</c> (the equity less what is pledged), <c>debt</c> and the three kinds of collateral. The rulebook <c>exchange_sample</c> takes them.
/// </summary>
public static class BookInputs
{
    internal const string Balances = "balances", Reference = "asset", Unpledged = "unpledged";

    /// <summary>UTF-8 JSON that <see cref="RuleInputs"/> reads; every number exactly as in the book.</summary>
    /// <param name="header">The book's assets.</param>
    /// <param name="accounts">Its accounts.</param>
    public static ReadOnlyMemory<byte> Write(BookHeader header, IEnumerable<Account> accounts)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(accounts);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("market");
        json.WriteStartArray("Asset");
        foreach (Asset asset in header.Assets) WriteAsset(json, asset);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("accounts");
        foreach (Account account in accounts) WriteAccount(json, header.Assets, account);
        json.WriteEndArray();
        WriteFacts(json, header);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteFacts(Utf8JsonWriter json, BookHeader header)
    {
        int scale = header.Assets.Count == 0 ? 0 : header.Assets.Max(asset => asset.AmountScale + asset.IndexPrice.Scale);
        json.WriteStartObject("book");
        json.WriteString("venue", header.Venue);
        json.WriteNumber("height", header.Height);
        json.WriteStartObject("reserves");
        for (int i = 0; i < header.Assets.Count; i++) json.WriteString(header.Assets[i].Symbol, ScaledNumber.Format(header.Reserves[i], header.Assets[i].AmountScale));
        json.WriteEndObject();
        json.WriteString("reservesSource", header.ReservesSource);
        json.WriteString("insuranceFund", ScaledNumber.Format(header.InsuranceFund, scale));
        json.WriteString("buffer", ScaledNumber.Format(header.Buffer, scale));
        json.WriteEndObject();
    }

    private static void WriteAsset(Utf8JsonWriter json, Asset asset)
    {
        json.WriteStartObject();
        json.WriteString("symbol", asset.Symbol);
        json.WriteString("index", ScaledNumber.Format(asset.IndexPrice.Mantissa, asset.IndexPrice.Scale));
        foreach (CollateralKind kind in Enum.GetValues<CollateralKind>()) WriteLadder(json, Name(kind), asset.Ladder(kind));
        json.WriteEndObject();
    }

    /// <summary>A book's ladder keeps nothing above its last bound; a ladder of a rulebook says so.</summary>
    private static void WriteLadder(Utf8JsonWriter json, string name, TierLadder ladder)
    {
        json.WriteStartArray(name);
        foreach (Tier tier in ladder.Tiers) Knot(tier.Lower, tier.KeptPercent);
        if (ladder.Tiers.IsEmpty) Knot(0, 0);
        else if (ladder.Tiers[^1].Upper is { } end) Knot(end, 0);
        json.WriteEndArray();

        void Knot(BigInteger from, int percent)
        {
            json.WriteStartArray();
            json.WriteStringValue(ScaledNumber.Format(from, 0));
            json.WriteStringValue(ScaledNumber.Format(percent, 2));
            json.WriteEndArray();
        }
    }

    private static void WriteAccount(Utf8JsonWriter json, IReadOnlyList<Asset> assets, Account account)
    {
        json.WriteStartObject();
        json.WriteString("id", account.Id.Value);
        if (!account.OwnerKey.IsNone) json.WriteString("ownerKey", account.OwnerKey.ToString());
        if (account.Nonce != 0) json.WriteNumber("nonce", account.Nonce);
        json.WriteStartArray(Balances);
        foreach (Balance balance in account.Balances)
        {
            int scale = assets[balance.Asset].AmountScale;
            json.WriteStartObject();
            json.WriteString(Reference, assets[balance.Asset].Symbol);
            json.WriteString(Unpledged, ScaledNumber.Format(balance.Unpledged, scale));
            json.WriteString("debt", ScaledNumber.Format(balance.Debt, scale));
            foreach (CollateralKind kind in Enum.GetValues<CollateralKind>())
                json.WriteString(Name(kind), ScaledNumber.Format(balance.Collateral(kind), scale));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A kind of collateral, as fields of market data and balances are named.</summary>
    internal static string Name(CollateralKind kind) => kind.ToString().ToLowerInvariant();
}
