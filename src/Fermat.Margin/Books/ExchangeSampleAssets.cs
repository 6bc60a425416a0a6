namespace Fermat.Margin.Books;

/// <summary>Reads prices and ladders of the exchange sample format.</summary>
internal static class ExchangeSampleAssets
{
    /// <summary>The two sets of column names there are: of the sample, and of the venue's live file.</summary>
    private static readonly string[][] Layouts =
    [
        ["symbol", "usdt_price", "loan_tiers_ratio", "margin_tiers_ratio", "portfolio_tiers_ratio"],
        ["token", "asset_usdt_price", "collateral_vip_loan_ratio_tiers", "collateral_margin_ratio_tiers", "collateral_portfolio_margin_ratio_tiers"],
    ];

    /// <summary>Reads all assets, sorted by symbol; errors are noted.</summary>
    public static IReadOnlyList<Asset> Read(string file, int amountScale, ErrorList errors)
    {
        using FileStream stream = File.OpenRead(file);
        var csv = new CsvReader(stream, file, errors);
        (int[] at, string[] names) = ReadHeader(csv, file, errors);
        var assets = new List<Asset>();
        var lines = new Dictionary<string, long>();
        while (csv.Read())
        {
            if (csv.Cells <= at.Max())
            {
                errors.Add(BookErrorCode.WrongFormat, csv.Place(csv.Cells), $"the row has {csv.Cells} cells; column {names[Array.IndexOf(at, at.Max())]} is missing");
                continue;
            }
            if (ReadAsset(csv, at, names, amountScale, errors) is not { } asset) continue;
            if (lines.TryGetValue(asset.Symbol, out long first))
                errors.Add(BookErrorCode.NotSorted, csv.Place(at[0]), $"the asset \"{asset.Symbol}\" is there twice", $"it is first on line {first}");
            else if (assets.Count == BookLimits.MaxAssets)
                throw errors.Fatal(BookErrorCode.LimitExceeded, csv.Place(at[0]), $"more than {BookLimits.MaxAssets} assets");
            else
                assets.Add(asset);
            lines[asset.Symbol] = csv.Line;
        }
        if (assets.Count == 0 && errors.Errors.Count == 0) errors.Add(BookErrorCode.MissingField, new Place(file, 1, 1), "the file has no assets");
        assets.Sort((a, b) => string.CompareOrdinal(a.Symbol, b.Symbol));
        if (errors.Errors.Count > 0) return assets;
        foreach ((int asset, string problem) in RiskParameters.Problems(assets))
            errors.Add(BookErrorCode.LimitExceeded, new Place(file, lines[assets[asset].Symbol], 1), $"the asset \"{assets[asset].Symbol}\" does not fit: {problem}");
        return assets;
    }

    private static (int[] At, string[] Names) ReadHeader(CsvReader csv, string file, ErrorList errors)
    {
        if (!csv.Read()) throw errors.Fatal(BookErrorCode.WrongFormat, new Place(file, 1, 1), "the file is empty");
        string[] found = [.. Enumerable.Range(0, csv.Cells).Select(i => csv.Cell(i).ToString())];
        foreach (string[] names in Layouts)
        {
            if (!found.Contains(names[0])) continue;
            int[] at = [.. names.Select(name => Array.IndexOf(found, name))];
            if (at.Contains(-1)) throw errors.Fatal(BookErrorCode.MissingField, csv.Place(0), $"there is no column \"{names[Array.IndexOf(at, -1)]}\"");
            return (at, names);
        }
        throw errors.Fatal(BookErrorCode.WrongFormat, csv.Place(0), "this is not a file of assets: it has neither a column \"symbol\" nor a column \"token\"",
            $"its columns are {string.Join(", ", Layouts[0])}");
    }

    private static Asset? ReadAsset(CsvReader csv, int[] at, string[] names, int amountScale, ErrorList errors)
    {
        int before = errors.Errors.Count;
        string symbol = csv.Cell(at[0]).ToString();
        if (!Identifiers.IsValid(symbol, BookLimits.MaxSymbolLength))
            errors.Add(BookErrorCode.BadName, csv.Place(at[0]), $"{NumberFaults.Shown(symbol)} is not a symbol", $"1 to {BookLimits.MaxSymbolLength} of {Identifiers.AllowedCharacters}");
        ReadOnlySpan<char> text = csv.Cell(at[1]);
        Price? price = NumberFaults.Price(errors, csv.Place(at[1]), $"{names[1]} of {symbol}", ExactDecimal.Canonicalize(text) ?? text.ToString());
        var ladders = new TierLadder[Asset.Kinds];
        for (int kind = 0; kind < Asset.Kinds; kind++)
            if (TierLadder.TryParse(csv.Cell(at[2 + kind]).ToString(), out ladders[kind]) is { } problem)
                errors.Add(BookErrorCode.BadLadder, csv.Place(at[2 + kind]), $"{names[2 + kind]} of {symbol}: {problem}");
        return errors.Errors.Count == before ? new Asset(symbol, amountScale, price!.Value, ladders[0], ladders[1], ladders[2]) : null;
    }
}
