using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Prices;
using Fermat.Cli.Rules;
using Fermat.Hashing;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat verify batch</c>: one batch, or several that follow each other.</summary>
internal static class VerifyBatchCommand
{
    /// <summary>What the file of a proof of order is named after its batch.</summary>
    internal const string OrderEnd = ".order.proof";

    /// <summary>What the file of a proof of shares is named after its batch.</summary>
    internal const string SharesEnd = ".shares.proof";

    private const string StatementEnd = ".statement.json";

    private const string Caveat =
        "Not shown here: that owners signed (fermat verify event checks the signatures of one that you are shown), that market data are those of signed price sets (--prices), that deposits came and withdrawals left, and what was rejected between batches.";

    private const string CaveatWithPrices =
        "Not shown here: that owners signed (fermat verify event checks the signatures of one that you are shown), that deposits came and withdrawals left, what was rejected between batches, and of prices: at which height each set came into force, that no other could have been made meanwhile, funding rates, and whether the sources are right.";

    public static void Add(Command verify, AddCommand add)
    {
        var statements = new Argument<string[]>("statements") { Description = $"Statement files (NAME{StatementEnd}), in the order in which the batches follow each other; each proof lies beside as NAME.proof, and NAME{OrderEnd} and NAME{SharesEnd} are verified too where they are there, and so are updates of parameters, parameters-HEIGHT{StatementEnd}.", Arity = ArgumentArity.OneOrMore };
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook that the venue published: you bring it, and the proofs are checked against your copy.", Required = true };
        var before = new Option<string?>("--root-before") { Description = "The state root before the first batch that you know from elsewhere (hex): of the batch before, or of a proven book." };
        var after = new Option<string?>("--root-after") { Description = "The state root after the last batch that you know from elsewhere (hex)." };
        var log = new Option<string?>("--log") { Description = "The digest of the proven log that you know from elsewhere (hex)." };
        var fees = new Option<int>("--fees-leaf") { Description = "The leaf that fees must go to.", DefaultValueFactory = _ => 1 };
        var insurance = new Option<int>("--insurance-leaf") { Description = "The leaf that penalties must go to.", DefaultValueFactory = _ => 0 };
        var rounding = new Option<int?>("--cost-rounding") { Description = "Reject batches that round costs more coarsely than to 10^N of the rulebook's units: what is handed over at the mark price is less than that off it." };
        var units = new Option<string[]>("--unit") { Description = "Reject batches that count an asset or an instrument more coarsely, as SYMBOL=VALUE (USD=0.000001): shares of positions, penalties, proceeds and shares of losses are rounded to these. For several, give it several times.", DefaultValueFactory = _ => [] };
        var requireOrder = new Option<bool>("--require-order") { Description = $"Reject deleveragings without a proof of whose turn it was (NAME{OrderEnd}, of fermat prove batch --order and fermat run --order)." };
        var requireShares = new Option<bool>("--require-shares") { Description = $"Reject losses without a proof of how they were shared (NAME{SharesEnd}, of fermat prove batch --shares and fermat run --shares)." };
        var requireParameters = new Option<bool>("--require-parameters") { Description = $"Reject a change of parameters between batches that no statements P beside them (parameters-HEIGHT{StatementEnd}, of fermat run and fermat prove batch) show to keep to the rulebook's own rules." };
        var parametersBefore = new Option<string?>("--parameters-before") { Description = "The digest of the parameters of the batch before the first one (hex), which the verdict on it shows (with --json parameterSetDigest): a change since is shown, and with --require-parameters wants statements P too." };
        var openInterest = new Option<string[]>("--open-interest") { Description = "The open interest of an instrument before the first batch that you know from elsewhere, as SYMBOL=VALUE (repeatable): batches with aggregates prove by how much it changes.", DefaultValueFactory = _ => [] };
        var fund = new Option<string[]>("--fund") { Description = "The insurance fund's balance of an asset before the first batch that you know from elsewhere, as SYMBOL=VALUE (repeatable).", DefaultValueFactory = _ => [] };
        var fundAsset = new Option<string?>("--fund-asset") { Description = "The asset that the venue counts its insurance fund in, where updates of parameters are judged by it: with aggregates the fund that a statement P names is compared with the proven one. Default: the only asset, where there is one." };
        var requireAggregates = new Option<bool>("--require-aggregates") { Description = "Reject batches that do not show open interest and insurance fund (fermat prove batch --aggregates and fermat run --aggregates)." };
        var bits = new Option<int>("--bits") { Description = "Reject proofs with fewer proven bits.", DefaultValueFactory = _ => Profiles.StandardBits };
        bits.MustBe(1, 128);
        var prices = new BatchPricesOptions();
        var command = new Command("batch",
            "Verify that a venue's events led from one state root to the next, each valid under the rulebook (statement T). Several statements are checked to follow each other. Exit code 1 if anything is rejected.\n\n" +
            "  One batch:     fermat verify batch batch-0000000008.statement.json --rules cross_perps.risk --root-before HEX\n" +
            "  A whole log:   fermat verify batch proofs/*.statement.json --rules cross_perps.risk --root-before HEX\n" +
            "  At the signed prices, too:  fermat verify batch proofs/*.statement.json --rules cross_perps.risk --prices published.json --oracles oracles.json --stated USD\n" +
            "  With funding, and at derived marks:  fermat verify batch proofs/*.statement.json --rules cross_perps.risk --prices published.json --oracles oracles.json --stated USD --marks marks.json\n\n" +
            "What you do not pin is taken from the statements, and the verdict says so.") { statements, rules, before, after, log, fees, insurance, rounding, units, requireOrder, requireShares, requireParameters, parametersBefore, openInterest, fund, fundAsset, requireAggregates, bits };
        prices.AddTo(command);
        add(verify, command, (parsed, terminal, _) => Run(
            parsed.GetRequiredValue(statements), RulebookProving.Rulebook(parsed.GetRequiredValue(rules)),
            new Known(Digest(parsed, before), Digest(parsed, after), Digest(parsed, log), parsed.GetValue(fees), parsed.GetValue(insurance), parsed.GetValue(rounding), parsed.GetValue(units) ?? [], parsed.GetValue(requireOrder), parsed.GetValue(requireShares), parsed.GetValue(openInterest) ?? [], parsed.GetValue(fund) ?? [], parsed.GetValue(requireAggregates)), prices.Of(parsed), new BatchParameters(parsed.GetValue(requireParameters), prices.Binding(parsed), parsed.GetValue(fundAsset), (parsed.GetValue(fund) ?? []).Select(pin => pin.Split('=')[0]).ToHashSet(StringComparer.Ordinal), Digest(parsed, parametersBefore)), new VerifierPolicy(parsed.GetValue(bits)), terminal));
    }

    /// <summary>A proof's sizes and bits, with nothing pinned.</summary>
    public static int Info(string rules, string proofPath, string statementPath, Terminal terminal)
    {
        TransitionInputs inputs = Read(RulebookProving.Rulebook(rules), statementPath);
        var policy = new VerifierPolicy(0);
        byte[] proof = Files.Read(proofPath, policy.MaximumProofBytes);
        StatementVerification result = proofPath.EndsWith(OrderEnd, StringComparison.Ordinal) ? WaterfallStatement.Verify(inputs, proof, policy)
            : proofPath.EndsWith(SharesEnd, StringComparison.Ordinal) ? SharesStatement.Verify(inputs, proof, policy)
            : TransitionStatement.Verify(inputs, proof, TransitionAnchors.None, policy);
        Require(result, proofPath, statementPath);
        return VerifyCommand.ShowInfo(terminal, [result.Result!], inputs.Depth, result.ProvenBits, proof.Length);
    }

    private static int Run(string[] paths, VenueRulebook rulebook, Known known, BatchPricesCheck? prices, BatchParameters parameters, VerifierPolicy policy, Terminal terminal)
    {
        long started = Stopwatch.GetTimestamp();
        paths = parameters.Batches(paths);
        TransitionInputs[] inputs = [.. paths.Select(path => Read(rulebook, path))];
        if (TransitionChain.Check(inputs) is { } broken) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(broken.Rejection, paths[broken.Batch])]);
        (IReadOnlyDictionary<string, long> Amounts, IReadOnlyDictionary<string, long> Sizes)? counted = BatchUnits.Read(known.Units, rulebook, inputs);
        (IReadOnlyDictionary<string, BigInteger>? open, IReadOnlyDictionary<string, BigInteger>? fund) = (AggregatesView.Read("--open-interest", known.OpenInterest, inputs[0], ofAssets: false), AggregatesView.Read("--fund", known.Fund, inputs[0], ofAssets: true));
        Digest log = TransitionChain.LogDigest(inputs);
        if (known.Log is { } pinned && pinned != log)
            throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(new StatementRejection(StatementRejectionCode.WrongSnapshot, "the proven log is not the pinned one", Expected: $"{pinned}", Got: $"{log}"), paths[^1])]);
        ImmutableArray<ParameterChange> changes = parameters.Compare(rulebook, inputs, paths);
        ImmutableArray<BatchPrices> valued = prices?.Compare(inputs, paths) ?? [];
        int proven = int.MaxValue, hash = int.MaxValue, ordered = 0, shared = 0;
        var batches = new JsonArray();
        bool[] sharesOf = new bool[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            var anchors = new TransitionAnchors
            {
                RootBefore = i == 0 ? known.RootBefore : inputs[i - 1].RootAfter,
                RootAfter = i == inputs.Length - 1 ? known.RootAfter : null,
                FeesSlot = known.FeesLeaf,
                InsuranceSlot = known.InsuranceLeaf,
                CostRounding = known.CostRounding,
                AmountUnits = counted?.Amounts,
                SizeUnits = counted?.Sizes,
                OpenInterestBefore = i == 0 ? open : null,
                FundBefore = i == 0 ? fund : null,
                RequireAggregates = known.RequireAggregates,
            };
            TransitionVerification result = Require(TransitionStatement.Verify(inputs[i], Files.Read(ProofBeside(paths[i]), policy.MaximumProofBytes), anchors, policy), ProofBeside(paths[i]), paths[i]);
            (proven, hash) = (Math.Min(proven, result.ProvenBits), Math.Min(hash, result.Result!.Soundness!.HashBits));
            WaterfallVerification? order = Order(inputs[i], paths[i], policy);
            if (order is not null) (ordered, proven, hash) = (ordered + 1, Math.Min(proven, order.ProvenBits), Math.Min(hash, order.Result!.Soundness!.HashBits));
            SharesVerification? shares = Shares(inputs[i], paths[i], policy);
            if (((known.RequireOrder ? WaterfallStatement.Wanting(inputs[i], order) : null) ?? (known.RequireShares ? SharesStatement.Wanting(inputs[i], shares) : null)) is { } unproven) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(unproven, paths[i])]);
            if (shares is not null) (shared, proven, hash) = (shared + 1, Math.Min(proven, shares.ProvenBits), Math.Min(hash, shares.Result!.Soundness!.HashBits));
            JsonObject batch = BatchView.ToJson(inputs[i]);
            batch["orderProven"] = order is not null;
            batch["sharesProven"] = sharesOf[i] = shares is not null;
            batch["parameterSetDigest"] = parameters.DigestOf(inputs[i]).ToString();
            batch["provenBits"] = result.ProvenBits;
            batches.Add((JsonNode)batch);
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        JsonObject answer = BatchView.ToJson(inputs);
        string[] brought = ["rulebook", "leaves of fees and insurance", .. known.RootBefore is null ? [] : (string[])["root before"], .. known.RootAfter is null ? [] : (string[])["root after"], .. known.Log is null ? [] : (string[])["log"], .. known.CostRounding is null ? [] : (string[])["rounding of costs"], .. open is null ? [] : (string[])["open interest before"], .. fund is null ? [] : (string[])["insurance fund before"], .. counted is null ? [] : (string[])[$"units of {string.Join(", ", known.Units.Select(pin => pin[..pin.LastIndexOf('=')]))}"], .. prices?.Brought ?? []];
        string[] taken = [.. known.RootBefore is null ? (string[])["root before"] : [], .. known.RootAfter is null ? (string[])["root after"] : [], .. known.CostRounding is null ? (string[])["rounding of costs"] : [], counted is null ? "units of the ledger" : "all other units of the ledger", prices is null ? "market data" : "market data but the compared prices", "venue", "heights", .. prices?.Taken ?? []];
        Print(terminal, inputs, proven, hash, ordered, sharesOf, elapsed);
        AggregateRun[] shown = AggregateRun.Of(inputs, known.OpenInterest.Length > 0, known.Fund.Length > 0);
        AggregatesView.Print(terminal, inputs, shown);
        parameters.Print(terminal, inputs, changes);
        parameters.PrintFunds(terminal);
        prices?.Print(terminal, valued);
        terminal.Say($"digest of the proven log {log}");
        terminal.Say("Not shown: who did what, and how much.");
        terminal.Say($"Compared with what you brought: {string.Join(", ", brought)}. Taken from the statements: {string.Join(", ", taken)}.");
        string caveat = prices is null ? Caveat : CaveatWithPrices;
        terminal.Say(caveat);
        if (prices is not null) answer["prices"] = prices.ToJson(valued);
        answer["accepted"] = true;
        answer["seconds"] = Math.Round(elapsed.TotalSeconds, 4);
        answer["provenBits"] = proven;
        answer["hashBits"] = hash;
        answer["ordersProven"] = ordered;
        answer["lossesProven"] = shared;
        answer["parameterChanges"] = BatchParameters.ToJson(inputs, changes);
        answer["parameterChangesProven"] = changes.Count(change => change.Updates.Length > 0);
        answer["fundsCompared"] = parameters.FundsToJson();
        answer["aggregates"] = AggregatesView.ToJson(shown);
        answer["batches"] = batches;
        answer["pinned"] = new JsonArray([.. brought.Select(p => (JsonNode)p)]);
        answer["takenFromStatement"] = new JsonArray([.. taken.Select(p => (JsonNode)p)]);
        answer["caveat"] = caveat;
        terminal.Answer(answer);
        return ExitCodes.Ok;
    }

    private static void Print(Terminal terminal, TransitionInputs[] inputs, int proven, int hash, int ordered, bool[] sharesOf, TimeSpan elapsed)
    {
        TransitionInputs first = inputs[0], last = inputs[^1];
        terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
        terminal.Say($"Proven for {first.Venue}, heights {first.Height + 1} to {last.EndHeight}, with {proven} proven bits{(inputs.Length == 1 ? "" : $" or more for each of {Show.Count(inputs.Length)} batches")} ({hash} collision bits, assumed):");
        terminal.Say($"  • {Show.Count(inputs.Sum(batch => batch.LogEvents))} events, each named by its digest, lead in this order from root {first.RootBefore}");
        terminal.Say($"    to root {last.RootAfter}");
        terminal.Say($"  • every account that one touches was judged after it by your rulebook {first.Rulebook.Name}, {first.Rulebook.Digest}, at its batch's market data");
        if (TransitionStatement.IsClearing(first.Rulebook)) terminal.Say("    it is a clearing house's: trades were taken as its market brought them, whatever margin they left, and the insurance fund took over the positions of who failed");
        terminal.Say("  • what an owner instructs counts once in the account's nonce; who was liquidated was liquidatable; fees and penalties went to the named accounts");
        terminal.Say($"  • what was liquidated, deleveraged or settled went at the mark price, to less than 10^{inputs.Max(batch => batch.CostRounding)} of your rulebook's units of cost for each");
        terminal.Say($"  • {BatchUnits.Limits(first.Rulebook)}");
        terminal.Say($"    rounded to what the ledger counts in: {BatchUnits.Text(inputs)}");
        int forced = inputs.Sum(batch => batch.Count(EventClass.Forced)), deleveraged = inputs.Sum(batch => batch.Count(EventClass.Deleveraging)), losses = inputs.Sum(batch => batch.Count(EventClass.LossShare)), settled = inputs.Sum(batch => batch.Count(EventClass.Settlement)), rejected = inputs.Sum(batch => batch.Count(EventClass.Rejected)), rightly = inputs.Sum(batch => batch.Count(EventClass.ProvenRejected)), loans = inputs.Sum(batch => batch.Count(EventClass.RejectedBorrowing));
        if (forced > 0) terminal.Say($"  • {Show.Count(forced)} steps were forced on accounts (collateral sold, insurance paid): on failing ones only, which had no position; collateral went at its index price, and nobody paid more than it had");
        if (deleveraged > 0) terminal.Say($"  • {Show.Count(deleveraged)} parts of positions of failing accounts were closed against others', at the mark price; {Of(ordered, deleveraged, "against the account whose turn it was: of all in the book that held the other side, but for the venue's own, the one with the highest liquidation.rank; and it was the failing account's largest position", "whose turn it was")}");
        if (settled > 0) terminal.Say($"  • {Show.Count(settled)} positions were settled, at the mark price, with the fees account or the insurance fund; that their instruments have ended is the venue's word");
        if (inputs.Sum(batch => batch.Count(EventClass.VariationMargin)) is > 0 and var marked) terminal.Say($"  • {Show.Count(marked)} positions were settled and go on: they cost what they are worth at the mark price, and what they gained was paid; that all holders were is the venue's word");
        if (losses > 0) terminal.Say($"  • {Show.Count(losses)} payments were shares of what failing accounts owed; {Of(inputs.Zip(sharesOf).Sum(one => one.Second ? one.First.Count(EventClass.LossShare) : 0), losses, "as it had to be: by all in the book that held the asset, but for the fees account, by their balances, to the unit that the ledger counts it in, after the insurance fund had nothing left of it, and of accounts that were bankrupt and had no position", "who shares, and how much")}");
        if (rightly > 0) terminal.Say($"  • {Show.Count(rightly)} events were rejected and changed nothing, and had to be (a spot trade counts as three): an account would have lacked margin, or nothing of it was due");
        if (loans > 0) terminal.Say($"  • {Show.Count(loans)} events were rejected and changed nothing, since who paid would have owed the asset: in {Show.Count(inputs.Count(batch => batch.RefusesBorrowing))} of the batches, where nobody who paid as instructed was left owing it");
        if (rejected > 0) terminal.Say($"  • {Show.Count(rejected)} events were rejected and changed nothing; that they were rightly rejected is the venue's word");
        terminal.Say("  • between accounts nothing was made or lost, and accounts that no event touches are the same");
        terminal.Say($"  • {Show.Count((long)TransitionChain.EventsBetween(inputs))} events of the log lie between the batches; they touched no account");
    }

    /// <summary>How many of so many are proven to be something, in words.</summary>
    private static string Of(int proven, int all, string proof, string word) =>
        proven == 0 ? $"{word}, is the venue's word" : proven == all ? $"proven to be {proof}" : $"{Show.Count(proven)} of them proven to be {proof}; of the others, {word} is the venue's word";

    /// <summary>A batch's statement, under the reader's rulebook.</summary>
    public static TransitionInputs Read(VenueRulebook rulebook, string path)
    {
        if (TransitionStatementFile.TryRead(Files.Read(path, TransitionStatementFile.MaxBytes), rulebook, out TransitionInputs? inputs) is not { } wrong) return inputs!;
        throw new CliFailure(wrong.Code == StatementRejectionCode.WrongRulebook ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(wrong, path)]);
    }

    /// <summary>A verdict that is acceptance; any other ends the command.</summary>
    private static T Require<T>(T result, string proofPath, string statementPath)
        where T : StatementVerification =>
        result.Accepted ? result : throw VerifyCommand.Failure(result.Rejection!, 1, 0, result.Result, proofPath, statementPath);

    /// <summary>The verdict on the proof of order beside a statement; null where there is none.</summary>
    private static WaterfallVerification? Order(TransitionInputs inputs, string statementPath, VerifierPolicy policy)
    {
        string path = statementPath[..^StatementEnd.Length] + OrderEnd;
        return File.Exists(path) ? Require(WaterfallStatement.Verify(inputs, Files.Read(path, policy.MaximumProofBytes), policy), path, statementPath) : null;
    }

    /// <summary>The verdict on the proof of shares beside a statement; null where there is none.</summary>
    private static SharesVerification? Shares(TransitionInputs inputs, string statementPath, VerifierPolicy policy)
    {
        string path = statementPath[..^StatementEnd.Length] + SharesEnd;
        return File.Exists(path) ? Require(SharesStatement.Verify(inputs, Files.Read(path, policy.MaximumProofBytes), policy), path, statementPath) : null;
    }

    private static string ProofBeside(string statement) => statement.EndsWith(StatementEnd, StringComparison.Ordinal)
        ? statement[..^StatementEnd.Length] + ".proof"
        : throw CliFailure.BadInput("bad-option", $"{statement} is not named NAME{StatementEnd}, so its proof is not found beside it", statement, "name the two files alike: NAME.proof");

    private static Digest? Digest(ParseResult parsed, Option<string?> option) => VerifyCommand.ParseDigest(parsed.GetValue(option), option.Name);

    private sealed record Known(Digest? RootBefore, Digest? RootAfter, Digest? Log, int FeesLeaf, int InsuranceLeaf, int? CostRounding, string[] Units, bool RequireOrder, bool RequireShares, string[] OpenInterest, string[] Fund, bool RequireAggregates);
}
