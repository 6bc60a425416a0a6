using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Margin;
using Fermat.Statements;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat event open</c> (the venue opens an event of a proven batch) and <c>fermat verify event</c> (whoever is shown it checks it).</summary>
internal static class EventCommands
{
    public static void Add(Command root, AddCommand add)
    {
        var group = new Command("event", "Open events of a venue's proven batches.");
        root.Add(group);
        var data = new Option<string>("--data", "-d") { Description = "The folder of a venue that fermat run keeps.", DefaultValueFactory = _ => "venue" };
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook that the venue runs with.", Required = true };
        var name = new Option<string>("--event", "-e") { Description = "The event's id.", Required = true };
        var secret = new Option<string?>("--secret") { Description = $"The venue's secret. Default: {VenueSecrets.FileName} in the venue's folder." };
        var binding = new Option<string?>("--binding") { Description = "The binding that the venue runs with (fermat run --binding)." };
        var borrowing = new Option<bool>("--borrowing") { Description = "Where the venue runs with --borrowing." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write. Who has it knows who did what.", Required = true };
        add(group, new Command("open",
            "Open one event of a batch that is proven: its terms, its salt, where it is in the batch, and all that its digest was made of. Whoever is shown the file checks it against the batch's statement (fermat verify event).\n\n" +
            "  fermat event open --data venue --rules rules/cross_perps.risk --event carol-sells -o carol-sells.event.json\n" +
            "  fermat verify event carol-sells.event.json --rules rules/cross_perps.risk --statement venue/proofs/BATCH.statement.json\n\n" +
            "The log is booked anew up to the batch. Of a trade the file shows both sides: give it to them, or to an auditor.") { data, rules, name, secret, binding, borrowing, output },
            (parsed, terminal, cancel) =>
            {
                var engine = new EngineOptions { AllowBorrowing = parsed.GetValue(borrowing), Binding = VenueReplay.Binding(parsed.GetValue(binding)) };
                return Open(parsed.GetRequiredValue(data), parsed.GetRequiredValue(rules), parsed.GetRequiredValue(name), parsed.GetValue(secret), engine, parsed.GetRequiredValue(output), terminal, cancel);
            });
    }

    public static void AddVerify(Command verify, AddCommand add)
    {
        var file = new Argument<string>("opening") { Description = "The event's opening, as the venue gave it out." };
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook that the venue published: you bring it.", Required = true };
        var statement = new Option<string>("--statement", "-s") { Description = "The statement of the event's batch, whose proof you verified (fermat verify batch).", Required = true };
        var chain = new Option<ulong>("--chain") { Description = "The venue's chain id, which owners sign.", DefaultValueFactory = _ => 1 };
        var multiplier = new Option<string>("--multiplier") { Description = "The multiplier of the instrument that is traded, as the venue lists it: an event counts contracts, a batch what they are of.", DefaultValueFactory = _ => "1" };
        var delivers = new Option<string?>("--delivers") { Description = "The asset that the spot instrument delivers, as the venue lists it. It is in no statement: without it the verdict names what the rows deliver, and compares no more." };
        var settles = new Option<string?>("--settles") { Description = "The asset that the instrument settles in, as the venue lists it, where no field of the rulebook says it: of spot instruments." };
        var inclusion = new Option<string[]>("--inclusion", "-i") { Description = "An account's opening under a root of the batch (fermat inclusion); repeatable. It shows which leaf the account of a name is, and the event's rows are compared with it." };
        var request = new Option<string?>("--request") { Description = "Of a withdrawal that is settled: the opening of its request, which you verified with the statement of its own batch. The event names the request, and no account and no amount: what is given back is compared with it." };
        add(verify, new Command("event",
            "Check an event that you are shown: that it is of the batch, that what was proven to move is what it says, and that the owners of its accounts signed it. Exit code 1 if anything is wrong, and it is named.\n\n" +
            "  fermat verify event carol-sells.event.json --rules rules/cross_perps.risk --statement venue/proofs/BATCH.statement.json\n" +
            "  fermat verify event trade.event.json --rules rules/cross_perps.risk --statement BATCH.statement.json --chain 10 --multiplier 0.001\n\n" +
            "Signatures are of EIP-712 over secp256k1, and are checked here, against the owners' keys that the proof has from the accounts' leaves. Accounts without an owner's key are named: nobody signs for them. " +
            "A row is of leaves and names no account: that a leaf is the account of a name is what the account's own opening shows. Bring it with --inclusion, or compare the leaf that is told.") { file, rules, statement, chain, multiplier, delivers, settles, inclusion, request },
            (parsed, terminal, _) =>
            {
                VenueRulebook rulebook = RulebookProving.Rulebook(parsed.GetRequiredValue(rules));
                (string statementPath, string multiplied) = (parsed.GetRequiredValue(statement), parsed.GetRequiredValue(multiplier));
                if (!Quantity.TryParse(multiplied, out Quantity counted) || counted.Sign <= 0) throw CliFailure.BadInput("bad-option", $"--multiplier {multiplied}: expected a number above zero", hint: "as the venue lists the instrument, such as 0.001");
                var anchors = new EventAnchors(VerifyBatchCommand.Read(rulebook, statementPath), parsed.GetValue(chain), counted)
                {
                    Delivers = parsed.GetValue(delivers),
                    Settles = parsed.GetValue(settles),
                    Leaves = LeavesOf(rulebook, statementPath, parsed.GetValue(inclusion) ?? []),
                    Request = parsed.GetValue(request) is { } path ? RequestOf(rulebook, path) : null,
                };
                return Verify(parsed.GetRequiredValue(file), rulebook, statementPath, anchors, terminal);
            });
    }

    private static int Open(string data, string rules, string name, string? secretPath, EngineOptions engine, string output, Terminal terminal, CancellationToken cancel)
    {
        VenueRulebook rulebook = RulebookProving.Rulebook(rules);
        if (!Identifiers.IsValid(name, EventId.MaxLength)) throw CliFailure.BadInput("bad-event", $"{Show.Short(name)} is not an event's id", hint: $"1 to {EventId.MaxLength} {Identifiers.AllowedCharacters}");
        var id = new EventId(name);
        using VenueFolder venue = VenueFolder.Open(data);
        LedgerEntry entry = venue.Read(() => LedgerLog.Find(venue.Store, id)) ?? throw CliFailure.BadInput("no-such-event", $"the log has no event {id}", data, "what was refused at the door is not in the log");
        if (!venue.Certificates.Proven.Any(batch => batch.First <= entry.Height && entry.Height <= batch.Last))
            throw CliFailure.BadInput("no-batch", $"the event {id}, of height {entry.Height}, is in no batch that is proven", data, "prices, funding, parameters and listings act between batches; what is new is proven a little later");
        BatchRange range = venue.Certificates.Proven.First(batch => batch.First <= entry.Height && entry.Height <= batch.Last);
        string statementPath = venue.Certificates.StatementOf(range);
        TransitionInputs statement = VerifyBatchCommand.Read(rulebook, statementPath);
        using VenueSecret secret = venue.Secret(secretPath);
        using var salts = new SaltDeriver(secret);
        (VenueBatch batch, PlannedBatch planned) = venue.Read(() => Batch(venue, rulebook, rules, engine, range, statement, salts, cancel));
        if (planned.Inputs.EventsDigest != statement.EventsDigest || planned.Inputs.RootBefore != statement.RootBefore)
            throw new CliFailure(ExitCodes.BadInput, [new Problem("other-batch", "this log with this secret does not give the batch of the statement", statementPath, Expected: $"{statement.EventsDigest}", Got: $"{planned.Inputs.EventsDigest}", Hint: "take the secret, the binding and --borrowing as fermat run has them")]);
        EventOpening opening = EventOpener.Open(batch, planned, (int)(entry.Height - range.First));
        Files.Write(output, EventOpeningFile.Write(rulebook, opening), secret: true);
        string rows = opening.Rows.Length == 1 ? $"row {opening.Rows[0].Row}" : $"rows {opening.Rows[0].Row} to {opening.Rows[^1].Row}";
        terminal.Say($"{output}: the event {id}, of height {opening.Height}, {rows} of {range}{(entry.Refusal is null ? "" : $"; it was rejected: {entry.Refusal}")}");
        terminal.Say("It shows who did what: give it to whom it concerns, or to an auditor, who checks it with:");
        terminal.Say($"  fermat verify event {output} --rules {rules} --statement {statementPath}");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["output"] = output,
            ["event"] = id.Value,
            ["height"] = opening.Height,
            ["rows"] = new JsonArray([.. opening.Rows.Select(row => (JsonNode)row.Row)]),
            ["statement"] = statementPath,
            ["refusal"] = entry.Refusal,
        });
        return ExitCodes.Ok;
    }

    /// <summary>A proven batch, cut out of the log anew.</summary>
    private static (VenueBatch Batch, PlannedBatch Planned) Batch(VenueFolder venue, VenueRulebook rulebook, string rules, EngineOptions engine, BatchRange range, TransitionInputs statement, SaltDeriver salts, CancellationToken cancel)
    {
        try
        {
            VenueBatch? batch = EventOpener.BatchOf(rulebook, engine, LedgerLog.Read(venue.Store, range.Last, cancel), range, statement.Depth, out BatchRefusal? refused);
            if (batch is not null && PlannedBatch.Of(batch.Batch, salts, out _, cancel) is { } planned) return (batch, planned);
            throw CliFailure.BadInput("other-batch", $"the log does not give {range} as a batch{(refused is null ? "" : $": {refused}")}", rules, "take the rulebook, the binding and --borrowing as fermat run has them");
        }
        catch (ArgumentException unbound)
        {
            throw CliFailure.BadInput("engine.binding", unbound.Message, rules, "take the rulebook and the binding that the venue runs with");
        }
    }

    /// <summary>The leaves of accounts, by their openings under the root before or after the batch.</summary>
    private static ImmutableDictionary<AccountId, int> LeavesOf(VenueRulebook rulebook, string statementPath, string[] paths)
    {
        var leaves = ImmutableDictionary.CreateBuilder<AccountId, int>();
        if (paths.Length == 0) return leaves.ToImmutable();
        IReadOnlyList<StatedBook> stated = StatedBooks.Read(rulebook, statementPath, brought: true);
        foreach (string path in paths)
        {
            if (InclusionFile.TryRead(Files.Read(path, InclusionFile.MaxBytes), rulebook, out InclusionOpening? opening) is { } malformed)
                throw new CliFailure(malformed.Code == StatementRejectionCode.WrongSchema ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(malformed, path)]);
            StatedBook book = StatedBooks.Choose(stated, opening!.StateRoot, opening.Height);
            if (opening.Verify(new InclusionAnchors(rulebook, book.StateRoot, opening.Account.Id, opening.Account.OwnerKey) { Statement = book }) is { } wrong) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(wrong, path)]);
            var id = new AccountId(opening.Account.Id);
            if (leaves.TryGetValue(id, out int other) && other != opening.LeafIndex || leaves.Any(one => one.Value == opening.LeafIndex && one.Key != id))
                throw CliFailure.BadInput("two-leaves", $"by the openings that are given {id} is not one leaf's, or leaf {opening.LeafIndex} is two accounts'", path);
            leaves[id] = opening.LeafIndex;
        }
        return leaves.ToImmutable();
    }

    /// <summary>The request of a withdrawal, by its opening.</summary>
    private static WithdrawalRequested RequestOf(VenueRulebook rulebook, string path)
    {
        if (EventOpeningFile.TryRead(Files.Read(path, EventOpeningFile.MaxBytes), rulebook, out EventOpening? opening) is { } malformed)
            throw new CliFailure(malformed.Code == StatementRejectionCode.WrongRulebook ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(malformed, path)]);
        return EventJson.TryRead(opening!.Event, out LedgerEvent? cause, out _) && cause is WithdrawalRequested request
            ? request
            : throw CliFailure.BadInput("no-request", "this is not the opening of a withdrawal's request", path, "fermat event open --event ID, with the id that the event names as its request");
    }

    private static int Verify(string path, VenueRulebook rulebook, string statementPath, EventAnchors anchors, Terminal terminal)
    {
        TransitionInputs batch = anchors.Batch;
        if (EventOpeningFile.TryRead(Files.Read(path, EventOpeningFile.MaxBytes), rulebook, out EventOpening? opening) is { } malformed)
            throw new CliFailure(malformed.Code == StatementRejectionCode.WrongRulebook ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(malformed, path)]);
        EventVerdict verdict = EventVerification.Verify(opening!, anchors);
        if (verdict.Fault is { } fault)
            throw new CliFailure(ExitCodes.Rejected, [new Problem("event." + Show.Words(fault.Code, "-"), fault.Message, path, Part: fault.Row is { } row ? $"row {row}" : null, Hint: HintOf(fault.Code), Expected: fault.Expected, Got: fault.Got)]);
        LedgerEvent cause = verdict.Event!;
        bool rejected = opening!.Rows.Any(row => batch.Classes[row.Row - 1] is EventClass.Rejected or EventClass.ProvenRejected or EventClass.RejectedBorrowing);
        JsonNode shown = JsonNode.Parse(opening.Event.Span)!;
        terminal.Say($"EVENT {cause.Id}: {(rejected ? "it was rejected, in " : "")}{(opening.Rows.Length == 1 ? $"row {opening.Rows[0].Row}" : $"rows {opening.Rows[0].Row} to {opening.Rows[^1].Row}")} of the batch of {batch.Venue} from height {batch.Height + 1} to {batch.EndHeight}, with these terms:");
        terminal.Say("  " + shown.ToJsonString(Plain));
        terminal.Say(!verdict.AssetsNotCompared.IsEmpty
            ? $"The amounts are what it says. That {string.Join(" and ", verdict.AssetsNotCompared)} {(verdict.AssetsNotCompared.Length == 1 ? "is" : "are")} what the instrument delivers or settles in is in no statement, and was not compared: bring the listing's assets with --delivers and --settles."
            : verdict.AmountsCompared ? rejected ? "Nothing moved; what was attempted is what it says." : "What was proven to move is what it says." : rejected ? "Nothing moved." : "What is given back is what was asked for in its request, which the event only names: bring the request's opening with --request.");
        foreach (EventSignatory signatory in verdict.Signatories)
            terminal.Say(signatory.Address is { } address ? $"{signatory.Account}, leaf {signatory.Leaf}: signed by {address}" : $"{signatory.Account}, leaf {signatory.Leaf}: the account has no owner's key, so that nobody signs for it");
        if (verdict.Signatories.IsEmpty) terminal.Say(rejected ? "The row names no account: nothing was done in anybody's name." : "No owner instructs such an event.");
        foreach (EventLeaf one in verdict.Leaves)
            terminal.Say($"{one.Account} is proven to be leaf {one.Leaf}{(one.Leaf == batch.InsuranceSlot ? ", the insurance fund's" : one.Leaf == batch.FeesSlot ? ", that of fees" : "")}; " + (!one.Shown ? $"that leaf {one.Leaf} is {one.Account} is the venue's word until {one.Account}'s own opening shows it (--inclusion)" : cause is AccountOpened ? "the row opened it under this name" : "its own opening shows that it is"));
        if (verdict.Heights is var (first, last) && first != last) terminal.Say($"Its height, {opening.Height}, is the venue's word: by its place in the batch it is from {first} to {last}.");
        terminal.Say($"That the batch is proven is what fermat verify batch says of {statementPath}.");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["event"] = cause.Id.Value,
            ["height"] = opening.Height,
            ["rows"] = new JsonArray([.. opening.Rows.Select(row => (JsonNode)row.Row)]),
            ["rejected"] = rejected,
            ["terms"] = shown,
            ["amountsCompared"] = verdict.AmountsCompared,
            ["assetsNotCompared"] = new JsonArray([.. verdict.AssetsNotCompared.Select(symbol => (JsonNode)symbol)]),
            ["accountsShown"] = verdict.AccountsShown,
            ["leaves"] = new JsonArray([.. verdict.Leaves.Select(one => (JsonNode)new JsonObject { ["account"] = one.Account.Value, ["leaf"] = one.Leaf, ["shown"] = one.Shown })]),
            ["heights"] = new JsonArray(verdict.Heights.First, verdict.Heights.Last),
            ["signatories"] = new JsonArray([.. verdict.Signatories.Select(one => (JsonNode)new JsonObject { ["account"] = one.Account.Value, ["leaf"] = one.Leaf, ["signer"] = one.Address?.ToString() })]),
        });
        return ExitCodes.Ok;
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string? HintOf(EventFaultCode code) => code switch
    {
        EventFaultCode.OtherBatch or EventFaultCode.OtherTerms => "take the statement of the event's own batch; if it is, what you are shown is not what was proven",
        EventFaultCode.OtherAmounts => "--multiplier, --delivers and --settles are those of the instrument as it is listed, --request is the opening of the request that the event names",
        EventFaultCode.MissingSignature => "the venue proved an instruction that its owner did not give",
        EventFaultCode.OtherAccount => "the venue proved it of another account's leaf, or the opening of --inclusion is another venue's or another batch's",
        EventFaultCode.BadSignature => "--chain is the venue's chain id, which owners sign",
        _ => null,
    };
}
