using System.Text.Json.Nodes;
using Fermat.Margin;
using Spectre.Console;

namespace Fermat.Cli.Output;

/// <summary>The margin of one account, explained line by line: what was pledged, the tier it reached, what counted.</summary>
internal static class AccountView
{
    public static void Print(Terminal terminal, BookHeader header, RiskParameters parameters, AccountExplanation explained)
    {
        AccountMargin margin = explained.Margin;
        terminal.Heading($"Account {Show.Short(explained.Account.Id.Value)}: {ClassOf(margin)}");
        var table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("line");
        foreach (string column in new[] { "amount", $"value ({header.QuoteAsset})", "last tier reached", "counts" })
            table.AddColumn(new TableColumn(column).RightAligned());

        foreach (ItemLine item in explained.Items)
        {
            int scale = item.Asset.AmountScale;
            string symbol = Markup.Escape(item.Asset.Symbol);
            table.AddRow($"{symbol} holds", Show.Amount(item.Balance.Equity, scale, scale), Show.Money(item.EquityValue, parameters), "", "");
            foreach (CollateralLine line in item.Collateral.Where(l => l.Amount > 0))
            {
                string tier = line.Tier is { } t ? $"from {Show.Amount(t.Lower, 0, 0)} keeps {t.KeptPercent} %" : "above the last, keeps 0 %";
                table.AddRow($"{symbol}   pledged as {Word(line.Kind)}", Show.Amount(line.Amount, scale, scale), Show.Money(line.Value, parameters), tier, Show.Money100(line.Counted100, parameters));
            }

            if (item.Balance.Debt > 0)
                table.AddRow($"{symbol} owes", Show.Amount(item.Balance.Debt, scale, scale), Show.Money(item.DebtValue, parameters), "", "−" + Show.Money(item.DebtValue, parameters));
        }

        terminal.Human.Write(table);
        terminal.Say($"counted collateral {Show.Money100(margin.CollateralValue100, parameters)} − debt {Show.Money100(margin.DebtValue100, parameters)} = {Show.Money100(margin.Surplus100, parameters)} {header.QuoteAsset}" +
            $"  →  {(margin.Surplus100.Sign >= 0 ? "covered" : "not covered: liquidation is due")}");
        terminal.Say($"net equity without haircut: {Show.Money(margin.NetEquity, parameters)} {header.QuoteAsset}");
    }

    public static JsonObject ToJson(RiskParameters parameters, AccountExplanation explained)
    {
        var items = new JsonArray();
        foreach (ItemLine item in explained.Items)
        {
            var collateral = new JsonArray();
            foreach (CollateralLine line in item.Collateral)
            {
                collateral.Add(new JsonObject
                {
                    ["kind"] = Word(line.Kind),
                    ["amount"] = Show.Exact(line.Amount, item.Asset.AmountScale),
                    ["value"] = Show.Exact(line.Value, parameters.ValueScale),
                    ["counted"] = Show.Exact(line.Counted100, parameters.ValueScale + 2),
                    ["tierFrom"] = line.Tier?.Lower.ToString(),
                    ["keptPercent"] = line.Tier?.KeptPercent ?? 0,
                });
            }

            items.Add(new JsonObject
            {
                ["asset"] = item.Asset.Symbol,
                ["equity"] = Show.Exact(item.Balance.Equity, item.Asset.AmountScale),
                ["debt"] = Show.Exact(item.Balance.Debt, item.Asset.AmountScale),
                ["equityValue"] = Show.Exact(item.EquityValue, parameters.ValueScale),
                ["debtValue"] = Show.Exact(item.DebtValue, parameters.ValueScale),
                ["collateral"] = collateral,
            });
        }

        return new JsonObject
        {
            ["account"] = explained.Account.Id.Value,
            ["class"] = ClassOf(explained.Margin),
            ["items"] = items,
            ["collateralValue"] = Show.Exact(explained.Margin.CollateralValue100, parameters.ValueScale + 2),
            ["debtValue"] = Show.Exact(explained.Margin.DebtValue100, parameters.ValueScale + 2),
            ["surplus"] = Show.Exact(explained.Margin.Surplus100, parameters.ValueScale + 2),
            ["netEquity"] = Show.Exact(explained.Margin.NetEquity, parameters.ValueScale),
        };
    }

    public static string ClassOf(AccountMargin margin) => margin.Class.ToString().ToLowerInvariant();

    private static string Word(CollateralKind kind) => kind.ToString().ToLowerInvariant();
}
