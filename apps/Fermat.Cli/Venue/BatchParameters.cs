using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Parameters;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>The part of <c>fermat verify batch</c> that looks at parameters from batch to batch, and at the statements P that lie beside them.</summary>
internal sealed class BatchParameters(bool required, EngineBinding binding, string? fundAsset, IReadOnlySet<string> pinnedFunds, Digest? before = null)
{
    private readonly List<string> _given = [];
    private int _updates;
    private ImmutableArray<FundComparison> _funds = [];

    /// <summary>The statements of batches among files; those of updates are kept.</summary>
    public string[] Batches(string[] paths)
    {
        _given.AddRange(paths.Where(path => ProveParametersCommand.HeightOf(path) is not null));
        string[] batches = [.. paths.Where(path => ProveParametersCommand.HeightOf(path) is null)];
        return batches.Length > 0 ? batches : throw CliFailure.BadInput("usage", "these are updates of parameters, and no batch", paths[0], "fermat verify parameters verifies updates alone");
    }

    /// <summary>Where parameters changed, by statements P or not; or why batches are rejected.</summary>
    public ImmutableArray<ParameterChange> Compare(VenueRulebook rulebook, TransitionInputs[] batches, string[] paths)
    {
        IEnumerable<string> beside = paths.Select(path => Path.GetDirectoryName(Path.GetFullPath(path))!).Distinct(StringComparer.Ordinal).SelectMany(folder => Directory.EnumerateFiles(folder, ProveParametersCommand.Pattern));
        string[] files = [.. beside.Concat(_given.Select(Path.GetFullPath)).Distinct(StringComparer.Ordinal).Where(path => ProveParametersCommand.HeightOf(path) is not null).Order(StringComparer.Ordinal)];
        UpdateStatement[] updates = [.. files.Select(file => new UpdateStatement(ProveParametersCommand.HeightOf(file)!.Value, VerifyParametersCommand.Read(rulebook, file)))];
        ParameterEvidenceResult result = ParameterEvidence.Check(batches, updates, required, binding, before);
        if (result.Fault is { } fault) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(fault.Rejection, fault.Update >= 0 ? files[fault.Update] : paths[fault.Batch])]);
        AggregateEvidenceResult funds = AggregateEvidence.Check(batches, updates, fundAsset, pinnedFunds);
        if (funds.Fault is { } other) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(other.Rejection, files[other.Update])]);
        _updates = updates.Length;
        _funds = funds.Compared;
        return result.Changes;
    }

    public Digest DigestOf(TransitionInputs batch) => ParameterSet.Digest(batch.Rulebook, batch.Market, binding);

    public void Print(Terminal terminal, TransitionInputs[] batches, ImmutableArray<ParameterChange> changes)
    {
        if (changes.IsEmpty) terminal.Say($"  • parameters are the same in all of it: {DigestOf(batches[0])}");
        foreach (ParameterChange change in changes)
        {
            (ulong last, ulong after) = Between(batches, change);
            string[] measured = [.. (batches[0].Rulebook.Rulebook.Meta?.System.Select(field => field.Name) ?? []).Where(name => name != MarginEngine.InsuranceFund || !change.Updates.All(height => _funds.Any(fund => fund.Height == height && fund.NotCompared is null)))];
            string shown = change.Updates.Length == 0 ? "that this was allowed is the venue's word: no statement P lies beside the batches"
                : $"by {(change.Updates.Length == 1 ? $"the update of height {change.Updates[0]}" : $"the updates of heights {string.Join(", ", change.Updates)}")}, which your rulebook's rules for updates allow (statement P){(measured.Length == 0 ? "" : $"; what was measured for these is the venue's word ({string.Join(", ", measured)})")}";
            terminal.Say($"  • parameters changed between heights {last} and {after}: {string.Join("; ", change.Where)}");
            terminal.Say($"      from {change.From} to {change.To}; {shown}");
        }
        if (_updates > changes.Sum(change => change.Updates.Length)) terminal.Say($"      {Show.Count(_updates)} updates of parameters lie beside the batches, and each follows from what is before it");
    }

    /// <summary>Of updates whose rules speak of the insurance fund, whether that was the proven one.</summary>
    public void PrintFunds(Terminal terminal)
    {
        ulong[] proven = [.. _funds.Where(fund => fund.NotCompared is null).Select(fund => fund.Height)];
        if (proven.Length > 0) terminal.Say($"  • the insurance fund that {(proven.Length == 1 ? $"the update of height {proven[0]} was" : $"{Show.Count(proven.Length)} updates of parameters were")} judged by is the proven one");
        foreach (IGrouping<string, FundComparison> open in _funds.Where(fund => fund.NotCompared is not null).GroupBy(fund => fund.NotCompared!))
            terminal.Say($"      not compared: the insurance fund that the {(open.Count() == 1 ? "update of height" : "updates of heights")} {string.Join(", ", open.Select(fund => fund.Height))} {(open.Count() == 1 ? "was" : "were")} judged by: {open.Key}");
    }

    public JsonArray FundsToJson() => new([.. _funds.Select(fund => new JsonObject { ["height"] = fund.Height, ["proven"] = fund.NotCompared is null, ["notCompared"] = fund.NotCompared })]);

    public static JsonArray ToJson(TransitionInputs[] batches, ImmutableArray<ParameterChange> changes) => new([.. changes.Select(change =>
    {
        (ulong before, ulong after) = Between(batches, change);
        return new JsonObject
        {
            ["afterHeight"] = before,
            ["beforeHeight"] = after,
            ["from"] = change.From.ToString(),
            ["to"] = change.To.ToString(),
            ["changed"] = new JsonArray([.. change.Where.Select(what => (JsonNode)what)]),
            ["updates"] = new JsonArray([.. change.Updates.Select(height => (JsonNode)height)]),
            ["proven"] = change.Updates.Length > 0,
        };
    })]);

    /// <summary>The last height of the batch before a change, and the first of the batch after.</summary>
    private static (ulong Before, ulong After) Between(TransitionInputs[] batches, ParameterChange change) => (change.Batch == 0 ? batches[0].Height : batches[change.Batch - 1].EndHeight, batches[change.Batch].Height + 1);
}
