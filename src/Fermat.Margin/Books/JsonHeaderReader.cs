using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>Reads everything of a JSON book that comes before its accounts.</summary>
internal sealed class JsonHeaderReader(JsonFieldReader json)
{
    /// <summary>Value of the field <c>format</c>.</summary>
    public const string Format = "fermat-book-v1";

    internal static readonly string[] BookFields =
        ["format", "venue", "height", "quoteAsset", "assets", "reservesSource", "insuranceFund", "buffer", "accounts"];

    internal static readonly string[] AssetFields = ["symbol", "amountScale", "indexPrice", "reserve", "loan", "margin", "portfolio"];
    private static readonly string[] TierFields = ["keptPercent", "upTo"];
    private const int AccountsField = 8;

    private readonly List<(Asset? Asset, string Symbol, Place Place)> assets = [];
    private readonly List<BigInteger> reserves = [];
    private string venue = "", quoteAsset = "", reservesSource = "";
    private ulong height;
    private (string Text, Place Place)? insuranceFund, buffer;
    private bool atAccounts;

    /// <summary>
    /// Reads the header. With <paramref name="accountsFollow"/> the current token is afterwards the beginning of the value of <c>accounts</c>, which must be the last field;
    /// without, the object must end without such a field. Null, with at least one error noted, when the header is not one.
    /// </summary>
    public BookHeader? Read(bool accountsFollow)
    {
        json.Tokens.Read();
        Place start = json.Tokens.Place;
        int before = json.Errors.Errors.Count;
        uint? seen = json.ReadObject("the book", BookFields, ReadField);
        if (seen is null) return null;
        json.Require(seen, "the book", start, BookFields, AccountsField, atAccounts ? "every other field stands before \"accounts\"" : null);
        if (atAccounts && !accountsFollow)
            json.Errors.Add(BookErrorCode.UnknownField, json.Tokens.Place, "accounts are given both here and in a CSV file", "take the field \"accounts\" out");
        if (!atAccounts && accountsFollow)
            json.Errors.Add(BookErrorCode.MissingField, start, "the book lacks the field \"accounts\"", "it is the last field; only a header beside accounts.csv has none");
        BookHeader? header = json.Errors.Errors.Count == before ? Assemble() : null;
        return json.Errors.Errors.Count == before ? header : null;
    }

    private bool ReadField(int field)
    {
        switch (field)
        {
            case 0:
                if (json.IsText("format") && !json.Tokens.Text.SequenceEqual(Format))
                    json.Errors.Add(BookErrorCode.WrongFormat, json.Tokens.Place, $"the format {NumberFaults.Shown(json.Tokens.Text)} is not \"{Format}\"",
                        "this program reads no other");
                return true;
            case 1:
                venue = json.Text("venue");
                return true;
            case 2:
                height = json.Integer("height");
                return true;
            case 3:
                quoteAsset = json.Symbol("quoteAsset");
                return true;
            case 4:
                json.ReadArray("assets", ReadAsset);
                return true;
            case 5:
                reservesSource = json.Text("reservesSource");
                return true;
            case 6:
                if (json.IsText("insuranceFund")) insuranceFund = (json.Tokens.Text.ToString(), json.Tokens.Place);
                return true;
            case 7:
                if (json.IsText("buffer")) buffer = (json.Tokens.Text.ToString(), json.Tokens.Place);
                return true;
            default:
                atAccounts = true;
                return false;
        }
    }

    private void ReadAsset()
    {
        Place place = json.Tokens.Place;
        if (assets.Count == BookLimits.MaxAssets)
            throw json.Errors.Fatal(BookErrorCode.LimitExceeded, place, $"more than {BookLimits.MaxAssets} assets");
        string symbol = "";
        int? scale = null;
        Price? price = null;
        (string Text, Place Place)? reserve = null;
        TierLadder?[] ladders = new TierLadder?[Asset.Kinds];
        uint? seen = json.ReadObject("an asset", AssetFields, field =>
        {
            switch (field)
            {
                case 0:
                    symbol = json.Symbol("symbol");
                    break;
                case 1:
                    scale = json.SmallInteger("amountScale", BookLimits.MaxAmountScale);
                    break;
                case 2:
                    if (json.IsText("indexPrice")) price = NumberFaults.Price(json.Errors, json.Tokens.Place, "indexPrice", json.Tokens.Text);
                    break;
                case 3:
                    if (json.IsText("reserve")) reserve = (json.Tokens.Text.ToString(), json.Tokens.Place);
                    break;
                default:
                    ladders[field - 4] = ReadLadder(AssetFields[field]);
                    break;
            }
            return true;
        });
        json.Require(seen, "the asset", place, AssetFields, AssetFields.Length);
        reserves.Add(reserve is { } r && scale is { } s
            ? NumberFaults.Number(json.Errors, r.Place, "reserve", r.Text, s, BookLimits.ReserveEnd, $"below 2^{BookLimits.ReserveBits} units of the asset's scale")
            : 0);
        Asset? asset = symbol.Length > 0 && scale is { } amountScale && price is { } indexPrice && ladders is [{ } loan, { } margin, { } portfolio]
            ? new Asset(symbol, amountScale, indexPrice, loan, margin, portfolio)
            : null;
        CheckOrder(symbol, place);
        assets.Add((asset, symbol, place));
    }

    private void CheckOrder(string symbol, Place place)
    {
        if (assets.Count == 0 || symbol.Length == 0 || assets[^1].Symbol.Length == 0) return;
        int order = string.CompareOrdinal(assets[^1].Symbol, symbol);
        if (order == 0) json.Errors.Add(BookErrorCode.NotSorted, place, $"the asset \"{symbol}\" is there twice");
        if (order > 0)
            json.Errors.Add(BookErrorCode.NotSorted, place, $"the asset \"{symbol}\" comes after \"{assets[^1].Symbol}\"", "assets are sorted by symbol, character by character");
    }

    private TierLadder? ReadLadder(string name)
    {
        Place place = json.Tokens.Place;
        int before = json.Errors.Errors.Count;
        var steps = new List<(ulong? Upper, int KeptPercent)>();
        json.ReadArray(name, () =>
        {
            ulong? upper = null;
            int percent = 0;
            Place tier = json.Tokens.Place;
            uint? seen = json.ReadObject("a tier", TierFields, field =>
            {
                if (field == 0) percent = json.SmallInteger("keptPercent", 100) ?? 0;
                else upper = json.Integer("upTo");
                return true;
            });
            json.Require(seen, "the tier", tier, TierFields, 1);
            steps.Add((upper, percent));
            if (steps.Count > BookLimits.MaxTiers)
                throw json.Errors.Fatal(BookErrorCode.LimitExceeded, tier, $"{name} has more than {BookLimits.MaxTiers} tiers");
        });
        if (json.Errors.Errors.Count > before) return null;
        if (TierLadder.TryCreate(steps, out TierLadder ladder) is not { } problem) return ladder;
        json.Errors.Add(BookErrorCode.BadLadder, place, $"{name} is not a ladder: {problem}");
        return null;
    }

    /// <summary>What can only be judged with all assets known: the unit of value and the money counted in it.</summary>
    private BookHeader? Assemble()
    {
        if (assets.Count == 0)
        {
            json.Errors.Add(BookErrorCode.MissingField, json.Tokens.Place, "the book has no assets");
            return null;
        }
        Asset[] complete = [.. assets.Select(a => a.Asset!)];
        foreach ((int asset, string problem) in RiskParameters.Problems(complete))
            json.Errors.Add(BookErrorCode.LimitExceeded, assets[asset].Place, $"the asset \"{complete[asset].Symbol}\" does not fit: {problem}");
        int scale = complete.Max(a => a.AmountScale + a.IndexPrice.Scale);
        string limit = $"below 2^{BookLimits.MoneyBits} units of 10^-{scale} {quoteAsset}";
        BigInteger fund = Money("insuranceFund", insuranceFund!.Value), kept = Money("buffer", buffer!.Value);
        return new BookHeader(venue, height, quoteAsset, complete, reserves, reservesSource, fund, kept);

        BigInteger Money(string what, (string Text, Place Place) given) =>
            NumberFaults.Number(json.Errors, given.Place, what, given.Text, scale, BookLimits.MoneyEnd, limit);
    }
}
