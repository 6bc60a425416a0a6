using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Rules.Core;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat run</c>: keeps a venue going.</summary>
internal static class RunCommand
{
    private const int LargestBlock = 256 << 20;                                                    // what follows from an event is durable with it or not at all
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(5);

    public static void Add(Command root, AddCommand add)
    {
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook, for example rules/cross_perps.risk.", Required = true };
        var data = new Option<string>("--data", "-d") { Description = "The venue's folder: ledger.db, proofs/ and, unless --secret says otherwise, venue.secret.", DefaultValueFactory = _ => "venue" };
        var events = new Option<string?>("--events", "-e") { Description = "A file of events, one JSON object a line; standard input if not given. It is gone on with where it was acknowledged last." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for more events at the file's end, until stopped." };
        var batch = new Option<int>("--batch") { Description = "Cut a batch at so many events.", DefaultValueFactory = _ => new RunOptions().MaxEvents };
        batch.MustBe(1, TransitionInputs.MaxEvents);
        var every = new Option<int>("--every") { Description = "Cut a batch so many seconds after its first event.", DefaultValueFactory = _ => new RunOptions().LongestMilliseconds / 1000 };
        every.MustBe(1, 86_400);
        var depth = new Option<int>("--depth") { Description = "Depth of the state tree: 2^depth accounts at most. The same for the life of the venue, with --no-proofs too.", DefaultValueFactory = _ => new RunOptions().Depth };
        depth.MustBe(1, TransitionInputs.MaxDepth);
        var bits = new Option<int>("--bits") { Description = "Proven bits of soundness of each proof, up to 128.", DefaultValueFactory = _ => Profiles.StandardBits };
        bits.MustBe(1, 128);
        var order = new Option<bool>("--order") { Description = "Prove of each deleveraging whose turn it was, over the whole book (statement W), beside its batch. Needs a rulebook with liquidation.rank." };
        var shares = new Option<bool>("--shares") { Description = "Prove of each socialized loss how it was shared, over the whole book (statement D), beside its batch. Needs a rulebook that says who is bankrupt, and that is not a clearing house's." };
        var aggregates = new Option<bool>("--aggregates") { Description = AggregatesView.Help };
        var noProofs = new Option<bool>("--no-proofs") { Description = "Take events and prove nothing; a later run proves them." };
        var secret = new Option<string?>("--secret") { Description = "The venue's secret; a new venue's is made (mode 0600) if it is not there." };
        var binding = new Option<string?>("--binding") { Description = "Which of the rulebook's names stand for balances, positions and prices: a JSON file (docs/ENGINE.md)." };
        var chain = new Option<ulong>("--chain") { Description = "The venue's chain id, for signatures.", DefaultValueFactory = _ => 1 };
        var borrowing = new Option<bool>("--borrowing") { Description = "Instructions may leave a balance below zero, backed by other collateral." };
        var command = new Command("run",
            "Keep a venue going: take events, make them durable, and prove them in batches meanwhile.\n\n" +
            "  fermat run --rules rules/cross_perps.risk --data venue < events.jsonl\n" +
            "  fermat run --rules rules/cross_perps.risk --data venue --events events.jsonl --follow\n\n" +
            "It may be stopped at any point, or killed: run it again with the same folder. What was acknowledged is there, an event that is sent twice is taken once, and no batch is proven twice.\n" +
            "The folder knows the rulebook, depth, chain id, binding and secret that it was opened with first; with another one it is not opened (exit code 2): batches would not follow those that are proven.\n" +
            "With --json each line of the answer is a JSON object: \"event\" when an event is durable, \"batch\" when a batch is proven, \"update\" when parameters were updated under the rulebook's own rules (statement P), \"damaged\" at first of a batch whose files are not whole, \"end\" at last.")
        {
            rules, data, events, follow, batch, every, depth, bits, order, shares, aggregates, noProofs, secret, binding, chain, borrowing,
        };
        add(root, command, (parsed, terminal, cancel) =>
        {
            if (parsed.GetValue(follow) && parsed.GetValue(events) is null) throw CliFailure.BadInput("bad-option", "--follow goes with --events", hint: "standard input is read to its end anyway");
            var options = new RunOptions(parsed.GetValue(depth), parsed.GetValue(batch), 1000 * parsed.GetValue(every), ProvenBits: parsed.GetValue(bits), Orders: parsed.GetValue(order), Shares: parsed.GetValue(shares), Aggregates: parsed.GetValue(aggregates));
            var engine = new EngineOptions { Chain = parsed.GetValue(chain), AllowBorrowing = parsed.GetValue(borrowing), Binding = VenueReplay.Binding(parsed.GetValue(binding)) };
            return Run(
                parsed.GetRequiredValue(rules), parsed.GetRequiredValue(data), parsed.GetValue(events), parsed.GetValue(follow), parsed.GetValue(noProofs), parsed.GetValue(secret), options, engine, terminal, cancel);
        });
    }

    private static int Run(
        string rules, string data, string? events, bool follow, bool noProofs, string? secretPath, RunOptions options, EngineOptions engine, Terminal terminal, CancellationToken cancel)
    {
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(rules).Result)!;
        Directory.CreateDirectory(data);
        var certificates = new CertificateFolder(Path.Combine(data, "proofs"));
        try
        {
            using var opening = VenueOpening.Open(data, secretPath, rulebook, engine, options.Depth, certificates, cancel);
            foreach (BatchRange damaged in certificates.Damaged)
            {
                terminal.Say($"the files of {damaged} are not whole, and do not count as proven{(noProofs ? "" : "; they are made again")}: {certificates.StatementOf(damaged)}");
                terminal.Line(new JsonObject { ["type"] = "damaged", ["first"] = damaged.First, ["last"] = damaged.Last, ["statement"] = certificates.StatementOf(damaged) });
            }
            using var salts = new SaltDeriver(opening.Secret);
            using DurableLedger ledger = DurableLedger.Open(opening.Store, new LedgerOptions(LargestBlock), cancel: cancel);
            using EventSource source = events is null ? EventSource.Of(Console.OpenStandardInput()) : EventSource.Of(events, Path.Combine(data, "events.mark.json"), follow);
            var view = new RunView(terminal, certificates);
            if (ledger.AcknowledgedHeight > 0) terminal.Say($"{data}: height {Show.Count((long)ledger.AcknowledgedHeight)}, {Show.Count(certificates.Proven.Count)} batches proven; going on");
            using var runner = new VenueRunner(rulebook, engine, ledger, salts, noProofs ? null : certificates, options, view);
            Take(runner, source, view, events, cancel);
            terminal.Say(noProofs ? "no more events" : "no more events; proving what is left");
            runner.Complete(cancel);
            return view.End(runner);
        }
        catch (LedgerStoreException failed)
        {
            throw new CliFailure(failed.Failure == LedgerStoreFailure.InUse ? ExitCodes.BadInput : ExitCodes.Internal, "ledger." + Show.Words(failed.Failure, "-"), failed.Message, data, "what was acknowledged is safe; docs/LEDGER.md, Recovery");
        }
        catch (CoreException unprovable)
        {
            throw CliFailure.BadInput("rules.not-provable", unprovable.Message, rules, unprovable.Hint);
        }
        catch (ArgumentException unbound)
        {
            throw CliFailure.BadOption(unbound, "fermat run --help");
        }
    }

    private static void Take(VenueRunner runner, EventSource source, RunView view, string? file, CancellationToken cancel)
    {
        long said = Stopwatch.GetTimestamp();
        while (source.Next(cancel) is { } lines)
        {
            var batch = new List<(long Line, LedgerEvent Event)>();
            foreach ((long line, byte[] text) in lines)
                if (EventJson.TryRead(text, out LedgerEvent? one, out EventError? error)) batch.Add((line, one));
                else view.Unreadable(line, error, file);
            IReadOnlyList<TakenEvent> taken = runner.Submit([.. batch.Select(one => one.Event)]);
            ulong height = runner.Acknowledge();
            source.Acknowledged(height);
            for (int i = 0; i < taken.Count; i++) view.Taken(batch[i].Line, taken[i]);
            if (Stopwatch.GetElapsedTime(said) < StatusEvery) continue;
            view.Status(runner);
            said = Stopwatch.GetTimestamp();
        }
    }
}

/// <summary>What a run says while it goes on. Batches are told by the proving thread.</summary>
internal sealed class RunView(Terminal terminal, CertificateFolder certificates) : IProgress<RunEvent>
{
    private readonly Lock _guard = new();
    private int _applied, _rejected, _refused, _known, _unreadable, _proven, _kept;
    private BatchRefusal? _stoppedAt;

    public void Unreadable(long line, EventError error, string? file)
    {
        lock (_guard)
        {
            _unreadable++;
            string text = error.Field is null ? error.Sentence : $"{error.Field}: {error.Sentence}";
            terminal.Say($"line {line} is not an event: {text}");
            terminal.Line(new JsonObject { ["type"] = "event", ["line"] = line, ["outcome"] = "unreadable", ["reason"] = new JsonObject { ["code"] = error.CodeText, ["message"] = text, ["file"] = file } });
        }
    }

    public void Taken(long line, TakenEvent taken)
    {
        lock (_guard)
        {
            string outcome = taken.Known ? "known" : Show.Words(taken.Outcome, "-");
            if (taken.Known) _known++;
            else if (taken.Outcome == EventOutcome.Applied) _applied++;
            else if (taken.Outcome == EventOutcome.Rejected) _rejected++;
            else _refused++;
            if (taken is { Known: false, Rejection: { } why }) terminal.Say($"line {line}, {taken.Event}: {outcome}: {why.Message}");
            var json = new JsonObject { ["type"] = "event", ["line"] = line, ["id"] = taken.Event.Value, ["outcome"] = outcome, ["height"] = taken.Height };
            if (taken.Rejection is { } rejection) json["reason"] = VenueReplay.Reason(rejection);
            else if (taken.Code is { } code) json["reason"] = new JsonObject { ["code"] = code };
            terminal.Line(json);
        }
    }

    public void Report(RunEvent value)
    {
        lock (_guard)
        {
            switch (value)
            {
                case RunEvent.Kept:
                    _kept++;
                    break;
                case RunEvent.Proven proven:
                    _proven++;
                    BatchProofs proofs = proven.Proofs;
                    string beside = (proofs.Order is null ? "" : ", with whose turn it was") + (proofs.Shares is null ? "" : ", with how the loss was shared") + BatchView.Unproven(proofs);
                    terminal.Say($"proven: {proven.Batch}{beside}, in {Show.Duration(proofs.Elapsed)}, {Show.Duration(proven.Lag)} after the first was acknowledged: {certificates.ProofOf(proven.Batch)}, {Show.Bytes(proofs.Proof.Length)}");
                    var batch = new JsonObject
                    {
                        ["type"] = "batch",
                        ["first"] = proven.Batch.First,
                        ["last"] = proven.Batch.Last,
                        ["rootBefore"] = proofs.Inputs.RootBefore.ToString(),
                        ["rootAfter"] = proofs.Inputs.RootAfter.ToString(),
                        ["proof"] = certificates.ProofOf(proven.Batch),
                        ["statement"] = certificates.StatementOf(proven.Batch),
                        ["proofBytes"] = proofs.Proof.Length,
                        ["seconds"] = Math.Round(proofs.Elapsed.TotalSeconds, 3),
                        ["lagSeconds"] = Math.Round(proven.Lag.TotalSeconds, 3),
                    };
                    if (proofs.Order is not null) batch["orderProof"] = certificates.OrderOf(proven.Batch);
                    if (proofs.Shares is not null) batch["sharesProof"] = certificates.SharesOf(proven.Batch);
                    if (proofs.IsOrderUnproven) batch["orderNotProven"] = "expired-position";
                    if (proofs.LossUnproven is { } unproven) batch["sharesNotProven"] = Show.Words(unproven, "-");
                    terminal.Line(batch);
                    break;
                case RunEvent.Updated updated:
                    terminal.Say($"update of parameters at {updated.Height}, under the rulebook's rules: {certificates.StatementOf(updated.Height)}");
                    terminal.Line(new JsonObject { ["type"] = "update", ["height"] = updated.Height, ["statement"] = certificates.StatementOf(updated.Height), ["digest"] = updated.Update.Digest.ToString() });
                    break;
                case RunEvent.Refused refused:
                    _stoppedAt = refused.Refusal;
                    terminal.Say($"NOT PROVEN from here on: {refused.Refusal}; events are still taken");
                    terminal.Line(new JsonObject { ["type"] = "refused", ["event"] = refused.Refusal.Event.Id.Value, ["height"] = refused.Refusal.Height, ["code"] = Show.Words(refused.Refusal.Code, "-"), ["message"] = refused.Refusal.Message });
                    break;
            }
        }
    }

    public void Status(VenueRunner runner)
    {
        lock (_guard)
            terminal.ErrorWriter.WriteLine($"height {Show.Count((long)runner.AcknowledgedHeight)} acknowledged, {Show.Count((long)runner.ProvenHeight)} proven: proofs are {Show.Count((long)(runner.AcknowledgedHeight - runner.ProvenHeight))} events behind");
    }

    public int End(VenueRunner runner)
    {
        lock (_guard)
        {
            terminal.Say($"height {Show.Count((long)runner.AcknowledgedHeight)}: {Show.Count(_applied)} events applied, {Show.Count(_rejected)} rejected, {Show.Count(_refused + _unreadable)} refused, {Show.Count(_known)} known before; {Show.Count(_proven)} batches proven, {Show.Count(_kept)} had their proof");
            terminal.Line(new JsonObject
            {
                ["type"] = "end",
                ["ok"] = _stoppedAt is null,
                ["height"] = runner.AcknowledgedHeight,
                ["provenHeight"] = runner.ProvenHeight,
                ["events"] = new JsonObject { ["applied"] = _applied, ["rejected"] = _rejected, ["refused"] = _refused, ["unreadable"] = _unreadable, ["known"] = _known },
                ["batches"] = new JsonObject { ["proven"] = _proven, ["kept"] = _kept },
            });
            return _stoppedAt is null ? ExitCodes.Ok : ExitCodes.Rejected;
        }
    }
}
