using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Spectre.Console;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules diff</c>: what another rulebook, or other parameters, would do to a book.</summary>
internal static class DiffCommand
{
    private const int Shown = 20;
    private static readonly string[] Main = ["equity", "initial", "maintenance"];

    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> old = RulesCommands.FileArgument("old", "The rulebook in force.");
        Argument<string> @new = RulesCommands.FileArgument("new", "The rulebook proposed; the same file to compare inputs only.");
        var newInput = new Option<string[]>("--new-input") { Description = "Inputs of the proposed rulebook where they differ; all of them, not only what changes (repeatable).", AllowMultipleArgumentsPerToken = true };
        var command = new Command("diff", "Evaluate a book under two rulebooks (or two sets of parameters): which accounts change class, how far equity and requirements move, who moves most.") { old, @new };
        InputOptions inputs = RulesCommands.Inputs(command);
        command.Add(newInput);
        add(rules, command, (parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(old), parsed.GetRequiredValue(@new), inputs.Of(parsed), parsed.GetValue(newInput) is { Length: > 0 } other ? new InputSources(other, null) : null, terminal, cancel));
    }

    private static int Run(string oldFile, string newFile, InputSources input, InputSources? newInput, Terminal terminal, CancellationToken cancel)
    {
        EvaluatedBook old = Evaluate(oldFile, input, terminal, cancel), proposed = Evaluate(newFile, newInput ?? input, terminal, cancel);
        var places = proposed.Accounts.Index().ToDictionary(a => a.Item.Id, a => a.Index, StringComparer.Ordinal);
        if (old.Accounts.Count != proposed.Accounts.Count || old.Accounts.FirstOrDefault(a => !places.ContainsKey(a.Id)) is not null)
            throw CliFailure.BadInput("rules.other-accounts", "the two sets of inputs have different accounts", hint: "diff compares the same accounts under two rules");
        (int Old, int New)[] pairs = [.. old.Accounts.Select((account, i) => (i, places[account.Id]))];
        (int Old, int New)[] changed = [.. pairs.Where(p => old.Classes[p.Old] != proposed.Classes[p.New])];

        terminal.Heading($"{oldFile} → {newFile}: {Show.Count(pairs.Length)} accounts, {Show.Count(changed.Length)} change class");
        var classes = new JsonArray();
        foreach ((int o, int n) in changed)
        {
            if (classes.Count < Shown) terminal.Say($"  {Show.Short(old.Accounts[o].Id)}: {EvalCommand.Word(old.Classes[o])} → {EvalCommand.Word(proposed.Classes[n])}");
            classes.Add(new JsonObject { ["id"] = old.Accounts[o].Id, ["old"] = EvalCommand.Word(old.Classes[o]), ["new"] = EvalCommand.Word(proposed.Classes[n]) });
        }
        if (changed.Length > Shown) terminal.Say($"  … and {Show.Count(changed.Length - Shown)} more (--json)");

        var totals = new JsonObject();
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("total");
        foreach (string column in new[] { "old", "new", "moves by", "accounts that move" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (string name in Main) totals[name] = Total(name, old, proposed, pairs, table);
        terminal.Human.Write(table);

        var movers = new JsonArray();
        terminal.Say("Largest moves of the maintenance requirement:");
        foreach ((string id, Decimal before, Decimal after) in Movers(old, proposed, pairs))
        {
            terminal.Say($"  {Show.Short(id)}: {before.Shown} → {after.Shown} ({(after - before).Signed}{Share(before, after)})");
            movers.Add(new JsonObject { ["id"] = id, ["old"] = before.Exact, ["new"] = after.Exact, ["moves"] = (after - before).Exact });
        }
        if (movers.Count == 0) terminal.Say("  none moves");
        terminal.Answer(new JsonObject { ["ok"] = true, ["accounts"] = pairs.Length, ["changes"] = classes, ["totals"] = totals, ["movers"] = movers });
        return ExitCodes.Ok;
    }

    private static EvaluatedBook Evaluate(string file, InputSources input, Terminal terminal, CancellationToken cancel)
    {
        LoadedRulebook rulebook = RulebookLoading.Rulebook(file);
        return RulebookLoading.Evaluate(rulebook, RulebookLoading.Inputs(rulebook, input, cancel), terminal, cancel);
    }

    private static JsonObject Total(string name, EvaluatedBook old, EvaluatedBook proposed, (int Old, int New)[] pairs, Table table)
    {
        Decimal before = new(0, 0), after = new(0, 0);
        int moved = 0;
        foreach ((int o, int n) in pairs)
        {
            (Decimal a, Decimal b) = (Value(old, o, name), Value(proposed, n, name));
            (before, after) = (before + a, after + b);
            if (!(b - a).Integer.IsZero) moved++;
        }
        table.AddRow(name, before.Shown, after.Shown, (after - before).Signed + Share(before, after), Show.Count(moved));
        return new JsonObject { ["old"] = before.Exact, ["new"] = after.Exact, ["moves"] = (after - before).Exact, ["accounts"] = moved };
    }

    private static IEnumerable<(string Id, Decimal Old, Decimal New)> Movers(EvaluatedBook old, EvaluatedBook proposed, (int Old, int New)[] pairs) => pairs
        .Select(p => (old.Accounts[p.Old].Id, Old: Value(old, p.Old, "maintenance"), New: Value(proposed, p.New, "maintenance")))
        .Where(m => !(m.New - m.Old).Integer.IsZero)
        .OrderByDescending(m => BigInteger.Abs((m.New - m.Old).At(60)))
        .ThenBy(m => m.Id, StringComparer.Ordinal)
        .Take(10);

    private static Decimal Value(EvaluatedBook book, int account, string name)
    {
        (int index, CoreDefinition definition) = book.Rulebook.Core.Definitions.Index().First(d => d.Item.Name == name);
        return new Decimal(book.Values[account][index], definition.Value.Number.Scale);
    }

    /// <summary>The move as a share of what it was, in hundredths of a per cent, cut.</summary>
    private static string Share(Decimal before, Decimal after)
    {
        if (before.Integer.IsZero) return "";
        BigInteger parts = (after - before).At(60) * 10_000 / BigInteger.Abs(before.At(60));
        return $", {new Decimal(parts, 2).Signed} %";
    }

    /// <summary>An integer in units of 10^−scale.</summary>
    private readonly record struct Decimal(BigInteger Integer, int Scale)
    {
        public string Exact => ScaledNumber.Format(Integer, Scale);

        public string Shown => Show.Amount(Integer, Scale, Math.Min(Scale, 2));

        public string Signed => (Integer.Sign > 0 ? "+" : "") + Shown;

        public BigInteger At(int scale) => Integer * BigInteger.Pow(10, scale - Scale);

        public static Decimal operator +(Decimal a, Decimal b) => Over(a, b, a.At(Math.Max(a.Scale, b.Scale)) + b.At(Math.Max(a.Scale, b.Scale)));

        public static Decimal operator -(Decimal a, Decimal b) => Over(a, b, a.At(Math.Max(a.Scale, b.Scale)) - b.At(Math.Max(a.Scale, b.Scale)));

        private static Decimal Over(Decimal a, Decimal b, BigInteger value) => new(value, Math.Max(a.Scale, b.Scale));
    }
}
