using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat inclusion --data</c>: an account of a venue that <c>fermat run</c> keeps, as it was at a height.</summary>
internal static class VenueInclusion
{
    /// <summary>What is asked for; null is the default.</summary>
    public sealed record Wanted(string Data, string? Rules, string Account, ulong? Height, string? Secret, string? Market, int? Depth, string? Binding, string Output);

    public static int Make(Wanted wanted, Terminal terminal, CancellationToken cancel)
    {
        string rules = wanted.Rules ?? throw CliFailure.BadInput("usage", "a venue's accounts are under a rulebook, and none is given", hint: "--rules FILE, as given to fermat run");
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(rules).Result)!;
        if (!AccountId.TryParse(wanted.Account, out AccountId id)) throw CliFailure.BadInput("bad-account", $"{Show.Short(wanted.Account)} is not an account id", hint: $"1 to 64 {Identifiers.AllowedCharacters}");
        if (wanted.Height is 0) throw CliFailure.BadInput("bad-option", "--height 0: the first event of a log has height 1, and before it there is no account");
        using VenueFolder venue = VenueFolder.Open(wanted.Data);
        BatchRange[] proven = [.. venue.Certificates.Proven.OrderBy(batch => batch.First)];
        if (wanted.Height is null && proven.Length == 0)
            throw CliFailure.BadInput("no-batch", "no batch of this venue is proven yet, so nobody knows a root that an opening could lead to", wanted.Data, "--height N takes the state after any N events of the log; the root is then your word");
        ulong height = wanted.Height ?? proven[^1].Last;
        (Known? known, int? depth) = KnownAt(venue.Certificates, rulebook, proven, height);
        if (wanted.Depth is { } asked && depth is { } stated && asked != stated) throw CliFailure.BadInput("bad-option", $"--depth {asked}: the batches of this venue have trees of depth {stated}", wanted.Data);

        PastVenue past = Past(venue, rulebook, rules, wanted, height, cancel);
        if (past.Height < height) throw CliFailure.BadInput("bad-option", $"--height {height}: the log has the heights 1 to {past.Height}", wanted.Data);
        if (past.Find(id) is not { } account) throw CliFailure.BadInput("no-such-account", $"at height {height} the venue has no account {id}", wanted.Data, "ids are compared exactly, case included");
        if (past.Market is not { } market) throw CliFailure.BadInput("no-market", $"at height {height} there are no parameters yet, under which an account could be counted", wanted.Data);
        using VenueSecret secret = venue.Secret(wanted.Secret);
        using var salts = new SaltDeriver(secret);
        InclusionOpening opening = Opened(past, account, salts, wanted.Depth ?? depth ?? new RunOptions().Depth, cancel);
        if (known is { } at && at.Book.StateRoot != opening.StateRoot) throw InclusionCommands.OtherRoot(at.Statement, at.Book.StateRoot, opening.StateRoot);

        Files.Write(wanted.Output, InclusionFile.Write(rulebook, opening), secret: true);
        if (wanted.Market is { } marketFile) Files.Write(marketFile, MarketFile.Write(rulebook, market));
        Say(terminal, wanted, rules, opening, known);
        return ExitCodes.Ok;
    }

    /// <summary>The batch that ends or begins at a height, and the depth of all batches; null where there is none.</summary>
    private static (Known? Known, int? Depth) KnownAt(CertificateFolder certificates, VenueRulebook rulebook, BatchRange[] proven, ulong height)
    {
        if (proven.Length == 0) return (null, null);
        int ends = Array.FindIndex(proven, batch => batch.Last == height), begins = Array.FindIndex(proven, batch => batch.First == height + 1);
        BatchRange range = ends >= 0 ? proven[ends] : begins >= 0 ? proven[begins] : proven[^1];
        string path = certificates.StatementOf(range);
        TransitionInputs batch = VerifyBatchCommand.Read(rulebook, path);
        return (ends >= 0 ? new Known(path, range, "after", StatedBook.After(batch)) : begins >= 0 ? new Known(path, range, "before", StatedBook.Before(batch)) : null, batch.Depth);
    }

    private static PastVenue Past(VenueFolder venue, VenueRulebook rulebook, string rules, Wanted wanted, ulong height, CancellationToken cancel) => venue.Read(() =>
    {
        try
        {
            return PastVenue.At(rulebook, new EngineOptions { Binding = VenueReplay.Binding(wanted.Binding) }, LedgerLog.Read(venue.Store, height, cancel), height);
        }
        catch (ArgumentException unbound)
        {
            throw CliFailure.BadInput("engine.binding", unbound.Message, rules, "take the rulebook and the binding that the venue runs with");
        }
    });

    private static InclusionOpening Opened(PastVenue past, AccountState account, SaltDeriver salts, int depth, CancellationToken cancel)
    {
        try
        {
            return past.Open(account, past.Tree(salts, depth, cancel), salts);
        }
        catch (ArgumentException refused)
        {
            throw CliFailure.BadOption(refused, "fermat inclusion --help");
        }
    }

    private static void Say(Terminal terminal, Wanted wanted, string rules, InclusionOpening opening, Known? known)
    {
        terminal.Say($"{wanted.Output}: account {wanted.Account}, leaf {opening.LeafIndex} of 2^{opening.Path.Length}, after {Show.Count((long)opening.Height)} events, under state root {opening.StateRoot}");
        if (known is { } at) terminal.Say($"That is the root {at.End} {at.Batch}, which are proven: {at.Statement}");
        else terminal.Say("No batch that is proven ends or begins at this height: that this is a root of the venue is your word alone.");
        terminal.Say("Give it to the account holder alone; it shows the account's balances. The holder checks it with:");
        string beside = known is null ? "" : $" --statement {known.Statement}", market = known is null ? $" --market {wanted.Market ?? "FILE"}" : beside;
        terminal.Say($"  fermat verify inclusion {wanted.Output} --rules {rules} --state-root {opening.StateRoot} --account {wanted.Account}{(opening.Account.OwnerKey.IsNone ? "" : " --owner-key KEY")}{beside}");
        terminal.Say($"and challenges a liquidation with: fermat prove liquidation {wanted.Output} --rules {rules}{market} --not-due");
        if (wanted.Market is { } file) terminal.Say($"{file}: parameters and market data at that height");
        else if (known is null) terminal.Say("--market FILE writes the market data of this height, which no statement has.");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["output"] = wanted.Output,
            ["account"] = wanted.Account,
            ["leaf"] = opening.LeafIndex,
            ["height"] = opening.Height,
            ["stateRoot"] = opening.StateRoot.ToString(),
            ["statement"] = known?.Statement,
            ["rootIs"] = known?.End,
            ["market"] = wanted.Market,
        });
    }

    /// <summary>Where the root at a height is proven.</summary>
    /// <param name="Statement">The batch's statement file.</param>
    /// <param name="Batch">Its events.</param>
    /// <param name="End">"after" or "before" the batch.</param>
    /// <param name="Book">What the statement says of the height.</param>
    private sealed record Known(string Statement, BatchRange Batch, string End, StatedBook Book);
}
