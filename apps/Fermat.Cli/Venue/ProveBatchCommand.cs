using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Parameters;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Rules.Core;
using Fermat.Stark;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat prove batch</c>: a venue's log, proven batch by batch.</summary>
internal static class ProveBatchCommand
{
    private const string Help = "fermat prove batch --help";

    public static void Add(Command prove, AddCommand add)
    {
        var events = new Argument<string>("events") { Description = "The venue's events, one JSON object a line, as for fermat replay." };
        ReplayOptions replay = ReplayOptions.New();
        var from = new Option<ulong?>("--from") { Description = "Height of the first event to prove; the first event of a log has height 1. Default: the first after which there are parameters and market records. What is before it is the state that the first batch begins in." };
        var count = new Option<int?>("--count") { Description = "How many events of the log to prove. Default: all from there." };
        count.Validators.Add(result => { if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value < 1) result.AddError("--count must be at least 1"); });
        var size = new Option<int>("--size") { Description = "Most events in a batch.", DefaultValueFactory = _ => 1000 };
        size.MustBe(1, TransitionInputs.MaxEvents);
        var depth = new Option<int>("--depth") { Description = "Depth of the state tree (2^depth accounts). Public, and the same for the life of the venue: roots of other depths do not follow each other.", DefaultValueFactory = _ => 16 };
        depth.MustBe(1, TransitionInputs.MaxDepth);
        var order = new Option<bool>("--order") { Description = "End a batch before each deleveraging and prove whose turn it was, over the whole book (statement W): batch-HEIGHT.order.proof. Needs a rulebook with liquidation.rank." };
        var shares = new Option<bool>("--shares") { Description = "End a batch before and after each socialized loss and prove how it was shared, over the whole book (statement D): batch-HEIGHT.shares.proof. Needs a rulebook that says who is bankrupt, and that is not a clearing house's." };
        var aggregates = new Option<bool>("--aggregates") { Description = AggregatesView.Help };
        var output = new Option<string>("--output", "-o") { Description = "Directory for batch-HEIGHT.proof and batch-HEIGHT.statement.json, and for parameters-HEIGHT.statement.json of updates of parameters between the batches (statement P).", DefaultValueFactory = _ => "." };
        var secret = new Option<string?>("--secret") { Description = $"The venue's secret; made (mode 0600) if it is not there. Default: {VenueSecrets.FileName} in the working directory. With another secret the roots are others, and batches do not follow each other." };
        var profile = new Option<string>("--profile") { Description = "fast (rate 1/2), balanced (1/4) or compact (1/8): proving time against proof size.", DefaultValueFactory = _ => "fast" };
        profile.AcceptOnlyFromAmong("fast", "balanced", "compact");
        var bits = new Option<int>("--bits") { Description = "Proven bits of soundness to reach, up to 128.", DefaultValueFactory = _ => Profiles.StandardBits };
        bits.MustBe(1, 128);
        var command = new Command("batch",
            "Prove that a venue's events lead from one state root to the next, each valid under the rulebook (statement T), in zero knowledge.\n\n" +
            "  Everything:          fermat prove batch events.jsonl --rules rules/cross_perps.risk -o proofs/\n" +
            "  Events 120 to 219:   fermat prove batch events.jsonl --rules rules/cross_perps.risk --from 120 --count 100 -o proofs/\n" +
            "  Check what came out: fermat verify batch proofs/*.statement.json --rules rules/cross_perps.risk\n\n" +
            "The file is run through the margin engine as by fermat replay, and its log is cut into batches. A batch has one set of market data: it ends before prices, funding, parameters or listings change, which act between batches and " +
            "touch no account. Proven are accounts opened, deposits, withdrawals, transfers, trades, liquidations and what follows from them, that a trade, withdrawal or transfer had to be rejected for want of margin or since an asset would be owed, and a step of a liquidation since nothing was due; " +
            "any other event that touches an account is named and nothing is written (exit code 1). docs/STATEMENTS.md, Statement T.") { events };
        replay.AddTo(command);
        foreach (Option option in (Option[])[from, count, size, depth, order, shares, aggregates, output, secret, profile, bits]) command.Add(option);
        add(prove, command, (parsed, terminal, cancel) =>
        {
            string directory = parsed.GetRequiredValue(output), file = parsed.GetRequiredValue(events);
            if (File.Exists(directory)) throw CliFailure.BadInput("not-a-directory", $"--output {directory} is a file; it names the directory to write into", directory);
            string rules = parsed.GetRequiredValue(replay.Rules);
            VenueReplay run = replay.Replay(parsed, file, cancel);
            VenueRulebook rulebook = RulebookProving.Rulebook(rules);
            var cut = new BatchOptions(parsed.GetValue(depth), parsed.GetValue(size), parsed.GetValue(order), parsed.GetValue(shares), parsed.GetValue(aggregates));
            Guarded(rules, () =>
            {
                BatchProver.Require(rulebook, cut);                                                // a rulebook that ranks nobody is refused before any work
                return 0;
            });
            (List<VenueBatch> batches, List<UpdateStatement> updates) = Cut(rulebook, rules, run, file, parsed.GetValue(from), parsed.GetValue(count), cut, cancel);
            ProofProfile trade = Enum.Parse<ProofProfile>(parsed.GetRequiredValue(profile), ignoreCase: true);
            return Prove(batches, updates, run, rules, directory, parsed.GetValue(secret) ?? VenueSecrets.FileName, cut, trade, parsed.GetValue(bits), terminal, cancel);
        });
    }

    /// <summary>The batches, and the updates of parameters between them; whatever cannot be proven stops here, before any work on a proof.</summary>
    private static (List<VenueBatch> Batches, List<UpdateStatement> Updates) Cut(VenueRulebook rulebook, string rules, VenueReplay run, string file, ulong? from, int? count, BatchOptions options, CancellationToken cancel)
    {
        if (from is 0 || from > (ulong)run.Log.Count) throw CliFailure.BadInput("bad-option", $"--from {from}: the log has the heights 1 to {run.Log.Count}", file, Help);
        VenueBatches cutter;
        try
        {
            cutter = new VenueBatches(rulebook, run.Engine.Options, options);
        }
        catch (ArgumentException unbound)
        {
            throw CliFailure.BadInput("batch.binding", unbound.Message, rules, "docs/STATEMENTS.md, Statement T");
        }
        var batches = new List<VenueBatch>();
        var updates = new List<UpdateStatement>();
        int at = 0, end = run.Log.Count;
        for (; at < end && (from is { } first ? (ulong)at + 1 < first : !cutter.HasMarket); at++) cutter.Pass(run.Log[at]);
        int start = at;
        if (count is { } most) end = Math.Min(end, start + most);
        for (; at < end && cutter.Refused is null; at++)
        {
            cancel.ThrowIfCancellationRequested();
            ParameterUpdate? update = cutter.UpdateOf(run.Log[at]);                                  // as it is before the event
            if (cutter.Add(run.Log[at]) is { } batch) batches.Add(batch);
            if (update is null || cutter.Refused is not null) continue;
            if (update.Problem() is { } problem) throw new CliFailure(ExitCodes.BadInput, [VerifyCommand.Problem(problem, file)]);
            updates.Add(new UpdateStatement((ulong)at + 1, update));
        }
        if (cutter.Refused is null && cutter.Finish() is { } last) batches.Add(last);
        if (cutter.Refused is { } refused)
        {
            long before = (long)refused.Height - 1 - start;
            throw new CliFailure(ExitCodes.Rejected, [new Problem("batch." + Show.Words(refused.Code, "-"), refused.ToString(), file, Part: $"height {refused.Height}",
                Hint: before > 0 ? $"--from {start + 1} --count {before} proves what is before it; --from {refused.Height + 1} begins after it, and nobody then is shown what it did" : $"--from {refused.Height + 1} begins after it")]);
        }
        return batches.Count > 0 ? (batches, updates) : throw CliFailure.BadInput("batch.empty", "no event of the log that can be proven lies in that range", file, Help);
    }

    private static int Prove(List<VenueBatch> batches, List<UpdateStatement> updates, VenueReplay run, string rules, string directory, string secretPath, BatchOptions cut, ProofProfile profile, int bits, Terminal terminal, CancellationToken cancel)
    {
        (VenueSecret secret, bool created) = VenueSecrets.LoadOrCreate(secretPath);
        using VenueSecret owned = secret;
        using var salts = new SaltDeriver(owned);
        var prover = new BatchProver(cut, salts, profile, bits);
        var inputs = new List<TransitionInputs>();
        var made = new JsonArray();
        using (var progress = new ProgressView(terminal, part: "batch"))
        {
            foreach (VenueBatch batch in batches)
            {
                BatchProofs proofs = Prove(prover, batch, rules, new BatchProgress(progress, inputs.Count, batches.Count), cancel);
                TransitionInputs statement = proofs.Inputs;
                string name = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"batch-{statement.Height + 1:D10}"));
                (string proofPath, string statementPath) = (name + ".proof", name + ".statement.json");
                JsonObject answer = BatchView.ToJson(statement);
                Write(answer, "proof", proofPath, proofs.Proof);
                Write(answer, "orderProof", name + VerifyBatchCommand.OrderEnd, proofs.Order);
                Write(answer, "sharesProof", name + VerifyBatchCommand.SharesEnd, proofs.Shares);
                Files.Write(statementPath, TransitionStatementFile.Write(statement));
                if (proofs.IsOrderUnproven) answer["orderNotProven"] = "expired-position";
                if (proofs.LossUnproven is { } unproven) answer["sharesNotProven"] = Show.Words(unproven, "-");
                inputs.Add(statement);
                answer["statement"] = statementPath;
                answer["seconds"] = Math.Round(proofs.Elapsed.TotalSeconds, 3);
                made.Add((JsonNode)answer);
                terminal.Say($"{statementPath}: {Show.Count(statement.LogEvents)} events from height {statement.Height + 1}; proof of {Show.Bytes(proofs.Proof.Length)} in {Show.Duration(proofs.Elapsed)}{BatchView.Unproven(proofs)}");
            }
        }
        var stated = new JsonArray();
        foreach (UpdateStatement update in updates)
        {
            string path = Path.Combine(directory, ProveParametersCommand.NameAt(update.Height));
            Files.Write(path, ParameterStatementFile.Write(update.Update));
            stated.Add((JsonNode)new JsonObject { ["height"] = update.Height, ["statement"] = path, ["digest"] = update.Update.Digest.ToString() });
            terminal.Say($"{path}: an update of parameters, under the rulebook's rules");
        }
        if (TransitionChain.Check(inputs) is { } broken) throw new InvalidOperationException($"batch {broken.Batch + 1} does not follow the one before it: {broken.Rejection}");
        terminal.Say($"{Show.Count(inputs.Sum(one => one.LogEvents))} events in {Show.Count(inputs.Count)} {(inputs.Count == 1 ? "batch" : "batches")}, {Show.Count((long)TransitionChain.EventsBetween(inputs))} events between; {Show.Count(run.Refused.Count)} lines of the file were refused at the door and are not in the log");
        terminal.Say($"  from root {inputs[0].RootBefore}");
        terminal.Say($"  to root   {inputs[^1].RootAfter}");
        terminal.Say($"publish statements, proofs and the rulebook's text; whoever verifies brings the rulebook and the root before:");
        terminal.Say($"  fermat verify batch {Path.Combine(directory, "*.statement.json")} --rules {rules} --root-before {inputs[0].RootBefore}");
        if (created) terminal.Say($"{secretPath}: the venue's secret, made now; keep it private and safe, later batches need it");
        JsonObject all = BatchView.ToJson(inputs);
        all["refusedLines"] = run.Refused.Count;
        all["batches"] = made;
        all["updates"] = stated;
        terminal.Answer(all);
        return ExitCodes.Ok;
    }

    /// <summary>Writes a proof that there is, and says where.</summary>
    private static void Write(JsonObject answer, string name, string path, byte[]? proof)
    {
        if (proof is null) return;
        Files.Write(path, proof);
        answer[name] = path;
        answer[name + "Bytes"] = proof.Length;
    }

    private static BatchProofs Prove(BatchProver prover, VenueBatch batch, string rules, BatchProgress progress, CancellationToken cancel) => Guarded(rules, () =>
    {
        try
        {
            return prover.Prove(batch, Context(cancel) with { Progress = progress });
        }
        catch (BatchRefusedException refused)
        {
            string code = refused.Statement switch { BatchStatement.Order => "batch.out-of-order", BatchStatement.Shares => "batch.other-shares", _ => "batch.ruled-out" };
            throw new CliFailure(ExitCodes.Rejected, code, refused.Message, rules);
        }
    });

    private static ProverContext Context(CancellationToken cancel) => new() { CancellationToken = cancel, MemoryLimit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3 };

    private static T Guarded<T>(string rules, Func<T> prove)
    {
        try
        {
            return prove();
        }
        catch (CoreException unprovable)
        {
            throw CliFailure.BadInput("rules.not-provable", unprovable.Message, rules, unprovable.Hint);
        }
        catch (ArgumentException wrong)
        {
            throw CliFailure.BadOption(wrong, Help);
        }
        catch (ProverException refused) when (refused.Error == ProverError.Memory)
        {
            throw CliFailure.BadInput("memory-limit", refused.Message, hint: "a smaller --size, or --profile fast");
        }
    }

    private sealed class BatchProgress(IProgress<SolvencyProgress> progress, int batch, int batches) : IProgress<ProverProgress>
    {
        public void Report(ProverProgress value) => progress.Report(new SolvencyProgress(SolvencyStage.Proving, value.Done, value.Total, value, batch, batches));
    }
}
