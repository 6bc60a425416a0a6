using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Rules.Core;
using Fermat.Rules.Costs;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Spectre.Console;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules cost</c>: what a rulebook costs to prove, by table and by line, and what of it is computed in machine words.</summary>
internal static class CostCommand
{
    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> file = RulesCommands.FileArgument();
        var command = new Command("cost",
            "What a rulebook costs to prove: for each account, item, group, pair and scenario the cells, lookups, constraints and degree of its row, and the cells that each line of the text is the reason for. With inputs also the rows and cells of that book. And what of it is computed natively in 128-bit words: by definition the bits of its widest value, and where it leaves them, with what to narrow.\n\n" +
            "  fermat rules cost rules/scenario_pm.risk\n" +
            "  fermat rules cost rules/scenario_pm.risk --input book.json\n\n" +
            "The circuit is that of all definitions, without the leaves and totals of a statement. Cells are what the prover's time goes with.") { file };
        InputOptions inputs = RulesCommands.Inputs(command);
        add(rules, command, (parsed, terminal, cancel) => Run(parsed.GetRequiredValue(file), inputs.Of(parsed), terminal, cancel));
    }

    private static int Run(string file, InputSources input, Terminal terminal, CancellationToken cancel)
    {
        LoadedRulebook rulebook = RulebookLoading.Rulebook(file);
        CostModel model = Model(rulebook);
        ImmutableArray<int>? rows = null;
        int accounts = 0;
        if (input.Files.Count > 0 || input.Book is not null)
        {
            RuleInputs book = RulebookLoading.Inputs(rulebook, input, cancel);
            accounts = book.Accounts.Count;
            RulebookLoading.Guard(rulebook, () => rows = model.Rows(book.Market!, book.Accounts));
        }

        terminal.Heading($"{rulebook.Core.Schema.Name}: what a row costs");
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("table").AddColumn("a row for each");
        foreach (string column in (string[])["cells", "lookups", "constraints", "degree", .. rows is null ? [] : new[] { "rows", "cells of the book" }]) table.AddColumn(new TableColumn(column).RightAligned());
        var tables = new JsonArray();
        long total = 0;
        for (int i = 0; i < model.Cost.Tables.Length; i++)
        {
            TableCost cost = model.Cost.Tables[i];
            long cells = CellsOf(cost), all = cells * (rows?[i] ?? 0);
            total += all;
            table.AddRow([Markup.Escape(cost.Table), Markup.Escape(cost.Rows), Show.Count(cells), $"{cost.Messages}", $"{cost.Constraints}", $"{cost.Degree}", .. rows is { } filled ? [Show.Count(filled[i]), Show.Count(all)] : Array.Empty<string>()]);
            tables.Add(ToJson(cost, rows?[i]));
        }
        terminal.Human.Write(table);
        if (rows is not null) terminal.Say($"{Show.Count(accounts)} accounts: {Show.Count(total)} cells, {Show.Count(total / Math.Max(1, accounts))} an account (tables are filled up to powers of two)");

        terminal.Heading("Which line costs what (cells of a row, lookups left out)");
        var lines = new JsonArray();
        foreach (LineCost line in model.Cost.Lines.OrderByDescending(line => line.Cells).ThenBy(line => line.Place, StringComparer.Ordinal))
        {
            terminal.Say($"  {line.Cells,6}  {line.Table}: {line.Place}");
            lines.Add(new JsonObject { ["table"] = line.Table, ["place"] = line.Place, ["cells"] = line.Cells });
        }
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["rulebook"] = rulebook.Core.Schema.Name,
            ["tables"] = tables,
            ["lines"] = lines,
            ["words"] = WordReport.Write(rulebook, terminal),
            ["book"] = rows is null ? null : new JsonObject { ["accounts"] = accounts, ["cells"] = total },
        });
        return ExitCodes.Ok;
    }

    private static CostModel Model(LoadedRulebook rulebook)
    {
        try
        {
            return new CostModel(rulebook.Core, position => rulebook.Source.Position(position).Line);
        }
        catch (CoreException unprovable)
        {
            throw CliFailure.BadInput("rules.not-provable", unprovable.Message, rulebook.Path, unprovable.Hint);
        }
    }

    private static long CellsOf(TableCost cost) => cost.Cells + cost.PointCells + cost.LookupCells;

    private static JsonObject ToJson(TableCost cost, int? rows)
    {
        var node = new JsonObject
        {
            ["table"] = cost.Table,
            ["rowForEach"] = cost.Rows,
            ["cells"] = CellsOf(cost),
            ["cellsBeforePoints"] = cost.Cells,
            ["cellsOfPoints"] = cost.PointCells,
            ["cellsOfLookups"] = cost.LookupCells,
            ["lookups"] = cost.Messages,
            ["constraints"] = cost.Constraints,
            ["degree"] = cost.Degree,
        };
        if (rows is { } count) node["rows"] = count;
        return node;
    }
}
