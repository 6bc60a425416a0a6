using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Files;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The statement file (<c>.statement.json</c>): the public inputs of a solvency proof in a form that people can read. It is read strictly and names the digests of
/// its own content, which are checked.
/// </summary>
public static class SolvencyStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-solvency-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 2;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(SolvencyPublicInputs inputs) => StatementJson.Document(json => Write(json, inputs));

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="inputs">The public inputs, valid but for <see cref="SolvencyPublicInputs.Problem"/>; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, out SolvencyPublicInputs? inputs) =>
        StrictObject.TryRead(utf8, Format, Version, MaxBytes, Read, out inputs);

    private static void Write(Utf8JsonWriter json, SolvencyPublicInputs inputs)
    {
        RiskParameters parameters = inputs.Parameters;
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rulebook", StatementDigests.RulebookName);
        json.WriteString("rulebookDigest", StatementDigests.Rulebook.ToString());
        json.WriteString("parametersDigest", inputs.ParametersDigest.ToString());
        json.WriteString("priceSetDigest", inputs.PriceSetDigest.ToString());
        StatementJson.WritePlace(json, inputs.StateRoot, inputs.Depth, inputs.HashSlots, inputs.Segments);
        json.WriteString("venue", inputs.Venue);
        json.WriteString("height", inputs.Height.ToString(CultureInfo.InvariantCulture));
        json.WriteString("quoteAsset", inputs.QuoteAsset);
        json.WriteStartArray("assets");
        for (int i = 0; i < parameters.Assets.Length; i++) WriteAsset(json, parameters.Assets[i], inputs.Reserves[i]);
        json.WriteEndArray();
        json.WriteString("reservesSource", inputs.ReservesSource);
        json.WriteString("insuranceFund", ExactDecimal.Format(inputs.InsuranceFund, parameters.ValueScale));
        json.WriteString("buffer", ExactDecimal.Format(inputs.Buffer, parameters.ValueScale));
        StatementJson.WriteRevealed(json, inputs.Revealed, AssetsOf(parameters), parameters.ValueScale);
        json.WriteEndObject();
    }

    private static (string Symbol, int Scale)[] AssetsOf(RiskParameters parameters) => [.. parameters.Assets.Select(asset => (asset.Symbol, asset.AmountScale))];

    private static void WriteAsset(Utf8JsonWriter json, Asset asset, BigInteger reserve)
    {
        json.WriteStartObject();
        json.WriteString("symbol", asset.Symbol);
        json.WriteNumber("amountScale", asset.AmountScale);
        json.WriteString("price", asset.IndexPrice.ToString());
        json.WriteString("reserve", ExactDecimal.Format(reserve, asset.AmountScale));
        foreach (CollateralKind kind in Enum.GetValues<CollateralKind>())
            json.WriteString(KindName(kind), asset.Ladder(kind).ToString());
        json.WriteEndObject();
    }

    private static SolvencyPublicInputs Read(StrictObject file)
    {
        string rulebook = file.Text("rulebook", 64);
        Digest rulebookDigest = file.Digest("rulebookDigest");
        if (rulebook != StatementDigests.RulebookName || rulebookDigest != StatementDigests.Rulebook)
            throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, "the statement is about another rulebook", file.Path("rulebook"),
                $"{StatementDigests.RulebookName}, digest {StatementDigests.Rulebook}", $"{rulebook}, digest {rulebookDigest}"));
        Digest parametersDigest = file.Digest("parametersDigest");
        Digest priceSetDigest = file.Digest("priceSetDigest");
        List<(Asset Asset, BigInteger Reserve)> assets = file.Objects("assets", SolvencyLimits.MaxAssets, ReadAsset);
        Asset[] list = [.. assets.Select(a => a.Asset)];
        RequireParameters(file, list);
        RiskParameters parameters = RiskParameters.Create(list);
        var inputs = new SolvencyPublicInputs
        {
            Parameters = parameters,
            Reserves = [.. assets.Select(a => a.Reserve)],
            StateRoot = file.FieldDigest("stateRoot"),
            Depth = file.Int("depth", 0, SolvencyLimits.MaxDepth),
            HashSlots = file.Int("hashSlots", 1, SolvencyLimits.MaxHashSlots),
            Segments = StatementJson.ReadSegments(file.Object("segments")),
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Height = file.UInt64("height"),
            QuoteAsset = file.Text("quoteAsset", BookLimits.MaxSymbolLength),
            ReservesSource = file.Text("reservesSource", BookLimits.MaxTextLength),
            InsuranceFund = file.Decimal("insuranceFund", parameters.ValueScale, BookLimits.MoneyEnd),
            Buffer = file.Decimal("buffer", parameters.ValueScale, BookLimits.MoneyEnd),
            Revealed = StatementJson.ReadRevealed(file, AssetsOf(parameters), parameters.ValueScale, BookLimits.ReserveEnd, BigInteger.One << BookLimits.TotalBits),
        };
        StatementJson.RequireDigest(file, "parametersDigest", parametersDigest, inputs.ParametersDigest);
        StatementJson.RequireDigest(file, "priceSetDigest", priceSetDigest, inputs.PriceSetDigest);
        return inputs;
    }

    private static (Asset Asset, BigInteger Reserve) ReadAsset(StrictObject entry)
    {
        string symbol = entry.Text("symbol", BookLimits.MaxSymbolLength);
        int scale = entry.Int("amountScale", 0, BookLimits.MaxAmountScale);
        string price = entry.Text("price", ExactDecimal.MaxLength);
        if (Price.TryParse(price, out Price index) != DecimalFault.None)
            throw FileFormatException.Malformed(entry.Path("price"), "expected a canonical positive price");
        BigInteger reserve = entry.Decimal("reserve", scale, BookLimits.ReserveEnd);
        TierLadder[] ladders = [.. Enum.GetValues<CollateralKind>().Select(kind => ReadLadder(entry, KindName(kind)))];
        return (new Asset(symbol, scale, index, ladders[0], ladders[1], ladders[2]), reserve);
    }

    private static TierLadder ReadLadder(StrictObject entry, string name)
    {
        const int longest = 64 * BookLimits.MaxTiers;
        string text = entry.Text(name, longest);
        if (TierLadder.TryParse(text, out TierLadder ladder) is { } problem) throw FileFormatException.Malformed(entry.Path(name), problem);
        return ladder.ToString() == text
            ? ladder
            : throw FileFormatException.Malformed(entry.Path(name), "the ladder is not in its one canonical spelling", $"write \"{ladder}\"");
    }

    private static void RequireParameters(StrictObject file, Asset[] assets)
    {
        foreach ((int asset, string problem) in RiskParameters.Problems(assets))
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, problem, asset < 0 ? file.Path("assets") : $"{file.Path("assets")}[{asset}]"));
    }

    private static string KindName(CollateralKind kind) => kind.ToString().ToLowerInvariant();
}
