using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Margin;
using Spectre.Console;

namespace Fermat.Cli.Output;

/// <summary>A book as a person or a program reads it: assets, reserves, claims, classes.</summary>
internal static class BookView
{
    /// <summary>Prints the book's summary. Books with many assets show the largest by reserve value.</summary>
    public static void Print(Terminal terminal, BookHeader header, RiskParameters parameters, BookTotals totals, int mostAssets = 12)
    {
        terminal.Say($"{header.Venue}, height {header.Height}: {Show.Count(totals.Accounts)} accounts, {Show.Count(totals.Items)} balances, {header.Assets.Count} assets, prices in {header.QuoteAsset}");
        terminal.Say($"Reserves: {header.ReservesSource}");

        var table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("asset");
        foreach (string column in new[] { $"price ({header.QuoteAsset})", "claims (equity − debt)", "reserves", "reserves − claims", "haircut tiers" })
            table.AddColumn(new TableColumn(column).RightAligned());

        int[] order = [.. Enumerable.Range(0, header.Assets.Count).OrderByDescending(i => header.Reserves[i] * parameters.Weight(i)).ThenBy(i => i)];
        foreach (int i in order.Take(mostAssets))
        {
            Asset asset = header.Assets[i];
            int decimals = Math.Min(asset.AmountScale, 8);
            table.AddRow(
                Markup.Escape(asset.Symbol), asset.IndexPrice.ToString(), Show.Amount(totals.Net[i], asset.AmountScale, decimals), Show.Amount(header.Reserves[i], asset.AmountScale, decimals),
                Show.Amount(header.Reserves[i] - totals.Net[i], asset.AmountScale, decimals), Ladders(asset));
        }

        terminal.Human.Write(table);
        if (order.Length > mostAssets)
            terminal.Say($"… and {order.Length - mostAssets} more assets (--json shows all)");

        terminal.Say($"Value of reserves  {Show.Money(BookTotals.ReserveValue(parameters, header.Reserves), parameters),28} {header.QuoteAsset}");
        terminal.Say($"Owed to accounts   {Show.Money(totals.PositiveNetEquity, parameters),28} {header.QuoteAsset}   (Σ positive net equity, no haircut)");
        terminal.Say($"Buffer             {Show.Money(header.Buffer, parameters),28} {header.QuoteAsset}");
        terminal.Say($"Shortfall          {Show.Money(totals.Shortfall, parameters),28} {header.QuoteAsset}   (insurance fund {Show.Money(header.InsuranceFund, parameters)})");
        terminal.Say($"Accounts: {Show.Count(totals.Healthy)} healthy, {Show.Count(totals.Liquidatable - totals.Bankrupt)} liquidatable, {Show.Count(totals.Bankrupt)} bankrupt");
    }

    /// <summary>The same, exactly.</summary>
    public static JsonObject ToJson(BookHeader header, RiskParameters parameters, BookTotals totals)
    {
        var assets = new JsonArray();
        for (int i = 0; i < header.Assets.Count; i++)
        {
            Asset asset = header.Assets[i];
            assets.Add(new JsonObject
            {
                ["symbol"] = asset.Symbol,
                ["price"] = asset.IndexPrice.ToString(),
                ["claims"] = Show.Exact(totals.Net[i], asset.AmountScale),
                ["reserves"] = Show.Exact(header.Reserves[i], asset.AmountScale),
            });
        }

        return new JsonObject
        {
            ["venue"] = header.Venue,
            ["height"] = header.Height,
            ["quoteAsset"] = header.QuoteAsset,
            ["reservesSource"] = header.ReservesSource,
            ["accounts"] = totals.Accounts,
            ["balances"] = totals.Items,
            ["healthy"] = totals.Healthy,
            ["liquidatable"] = totals.Liquidatable - totals.Bankrupt,
            ["bankrupt"] = totals.Bankrupt,
            ["reserveValue"] = Value(BookTotals.ReserveValue(parameters, header.Reserves)),
            ["positiveNetEquity"] = Value(totals.PositiveNetEquity),
            ["shortfall"] = Value(totals.Shortfall),
            ["insuranceFund"] = Value(header.InsuranceFund),
            ["buffer"] = Value(header.Buffer),
            ["assets"] = assets,
        };

        string Value(BigInteger value) => Show.Exact(value, parameters.ValueScale);
    }

    private static string Ladders(Asset asset)
        => string.Join(" / ", new[] { asset.Loan, asset.Margin, asset.Portfolio }.Select(l => l.Tiers.Length == 0 ? "keeps 0 %" : $"{l.Tiers[0].KeptPercent}…{l.Tiers[^1].KeptPercent} %"));
}
