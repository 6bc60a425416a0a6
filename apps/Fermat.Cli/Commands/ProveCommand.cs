using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat prove solvency</c>.</summary>
internal static class ProveCommand
{
    public const string ProofFile = "solvency.proof";
    public const string StatementFile = "solvency.statement.json";

    public static void Add(Command root, AddCommand add)
    {
        var prove = new Command("prove", "Make a proof.");
        root.Add(prove);
        Accounts.AccountProveCommands.Add(prove, add);
        Parameters.ProveParametersCommand.Add(prove, add);
        var bookFile = new Argument<string?>("book") { Description = "The book: a JSON file, or a directory with assets.json and accounts.csv; or give it with --book.", Arity = ArgumentArity.ZeroOrOne };
        var book = new Option<string?>("--book", "-b") { Description = "The book." };
        var rules = new Option<string?>("--rules") { Description = "Prove the book under this rulebook (.risk): accounts are those of its schema, and the book has the part \"book\" (docs/rulebooks/ADAPTERS.md). Without it: rules/exchange_sample.risk, which takes books of docs/BOOKS.md." };
        var parameters = new Option<string[]>("--parameters", "-p") { Description = "A JSON file with parameters, market or book, where they are not in the book's file (repeatable).", AllowMultipleArgumentsPerToken = false };
        var output = new Option<string>("--output", "-o") { Description = $"Directory for {ProofFile} and {StatementFile}.", DefaultValueFactory = _ => "." };
        var secret = new Option<string?>("--secret") { Description = $"The venue's secret; made (mode 0600) if it is not there. Default: {VenueSecrets.FileName} in the working directory, not beside the files to publish. Keep it: openings need it." };
        var reveal = new Option<string>("--reveal") { Description = "none: predicates only.  totals: also claims per asset, sums and counts (a lone bankrupt's equity shows; differences between snapshots show).", DefaultValueFactory = _ => "none" };
        reveal.AcceptOnlyFromAmong("none", "totals");
        var profile = new Option<string>("--profile") { Description = "fast (rate 1/2), balanced (1/4) or compact (1/8): proving time against proof size.", DefaultValueFactory = _ => "fast" };
        profile.AcceptOnlyFromAmong("fast", "balanced", "compact");
        var bits = new Option<int>("--bits") { Description = "Proven bits of soundness to reach, up to 128.", DefaultValueFactory = _ => Profiles.StandardBits };
        bits.MustBe(1, 128);
        var depth = new Option<int?>("--depth") { Description = "Depth of the state tree (2^depth leaf slots); the smallest that fits if not given. The depth is public." };
        depth.MustBe(1, SolvencyLimits.MaxDepth);
        var padAccounts = new Option<int?>("--pad-accounts") { Description = "With --pad-balances: pad everything public to a book of so many accounts, so that proofs padded alike do not tell how large their books are, but for the number of segments." };
        var padItems = new Option<int?>("--pad-balances") { Description = "With --pad-accounts: so many balances in all (items of all collections)." };
        var segmentDepth = new Option<int?>("--segment-depth") { Description = "Cut the book into segments of 2^N leaf slots, each proven by itself, unless it fits one. Default: 17, or less if the memory demands it." };
        segmentDepth.MustBe(1, SolvencyLimits.MaxAccountsLog);
        var memory = new Option<long?>("--memory") { Description = "Most MiB the prover's matrices may take: segments are chosen to fit; refused beforehand if it cannot be done. Default: three quarters of the machine's." };
        var timings = new Option<bool>("--timings") { Description = "Show where the time went: by stage, wall-clock and processor time, cores at work, managed memory allocated." };
        var command = new Command("solvency",
            "Prove that a book is solvent (statement S), in zero knowledge. Exit code 1, with the broken predicates, if it is not.\n\n" +
            "  A book of docs/BOOKS.md:     fermat prove solvency book.json -o proof/\n" +
            "  A book under a rulebook:     fermat prove solvency --rules rules/cross_tiered.risk book.json -o proof/\n" +
            "  Market data in another file: fermat prove solvency --rules mine.risk --parameters market.json accounts.json -o proof/\n\n" +
            "A rulebook says what is owed of each asset (claim), what that is worth (price), and where positions must cancel (net_size); docs/RULES.md, Whole books.")
        {
            bookFile, book, rules, parameters, output, secret, reveal, profile, bits, depth, segmentDepth, padAccounts, padItems, memory, timings,
        };
        ProveBatchCommand.Add(prove, add);
        add(prove, command, (parsed, terminal, cancel) =>
        {
            (int? accounts, int? items) = (parsed.GetValue(padAccounts), parsed.GetValue(padItems));
            if (accounts is null != items is null || accounts < 1 || items < 0)
                throw CliFailure.BadInput("bad-option", "--pad-accounts and --pad-balances go together, and are not negative", hint: "fermat prove solvency --help");
            var options = new SolvencyProverOptions
            {
                Reveal = parsed.GetValue(reveal) == "totals" ? RevealMode.Totals : RevealMode.None,
                Profile = Enum.Parse<ProofProfile>(parsed.GetRequiredValue(profile), ignoreCase: true),
                ProvenBits = parsed.GetValue(bits),
                Depth = parsed.GetValue(depth),
                PadTo = accounts is null ? null : new BookSize(accounts.Value, items!.Value),
                SegmentDepth = parsed.GetValue(segmentDepth),
                MemoryLimit = parsed.GetValue(memory) is { } mebibytes ? mebibytes << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3,
            };
            (string directory, string secretFile) = (parsed.GetRequiredValue(output), parsed.GetValue(secret) ?? VenueSecrets.FileName);
            if (File.Exists(directory))
                throw CliFailure.BadInput("not-a-directory", $"--output {directory} is a file; it names the directory to write into", directory);
            string[] files = parsed.GetValue(parameters) ?? [];
            string path = BookOf(parsed.GetValue(bookFile), parsed.GetValue(book));
            string? rulesFile = parsed.GetValue(rules);
            return RulebookProving.Run(RulebookProving.Book(rulesFile, path, files, cancel), rulesFile, directory, secretFile, options, parsed.GetValue(timings), terminal, cancel);
        });
    }

    /// <summary>A book that breaks predicates, as a failure with exit code 1.</summary>
    public static CliFailure NotSolvent(IReadOnlyList<BrokenPredicate> reasons) =>
        new(ExitCodes.Rejected, [.. reasons.Select(r => new Problem("not-solvent." + Show.Words(r.Predicate, "-"), r.Message, Part: r.Subject, Hint: "no proof of this book could be accepted"))]);

    public static CliFailure TooLittleMemory(ProverException refused) => CliFailure.BadInput("memory-limit", refused.Message, hint: "raise --memory, or use --profile fast");

    public static (string Proof, string Statement) Write(string directory, byte[] proof, byte[] statement)
    {
        string proofPath = Path.Combine(directory, ProofFile), statementPath = Path.Combine(directory, StatementFile);
        Files.Write(proofPath, proof);
        Files.Write(statementPath, statement);
        return (proofPath, statementPath);
    }

    /// <summary>Says what was written, and what to do with it.</summary>
    public static void SayMade(Terminal terminal, string proofPath, string statementPath, int bytes, TimeSpan elapsed, int segments, Digest root, string? newSecret)
    {
        terminal.Say($"{proofPath}: {Show.Bytes(bytes)}, made in {Show.Duration(elapsed)}{(segments > 1 ? $", in {segments} segments" : "")}");
        terminal.Say($"{statementPath}: the public inputs; publish both");
        terminal.Say($"state root {root}: publish it where account holders can see that everyone is shown the same");
        if (newSecret is not null)
            terminal.Say($"{newSecret}: the venue's secret, made now; keep it private and safe, account holders' openings need it");
    }

    /// <summary>What every proof's answer has.</summary>
    public static JsonObject Answer(Digest stateRoot, int segments, int bytes, TimeSpan elapsed, ProverReport? report) => new()
    {
        ["ok"] = true,
        ["stateRoot"] = stateRoot.ToString(),
        ["segments"] = segments,
        ["proofBytes"] = bytes,
        ["seconds"] = Math.Round(elapsed.TotalSeconds, 3),
        ["stages"] = TimingsView.ToJson(report),
        ["traceCells"] = report?.TraceCells,
        ["allocatedBytes"] = report?.AllocatedBytes,
        ["peakMatrixBytes"] = report?.PeakMatrixBytes,
        ["peakBytes"] = TimingsView.PeakMemory(),
    };

    /// <summary>The book's path: an argument, or an option.</summary>
    public static string BookOf(string? argument, string? option) => (argument, option) switch
    {
        ({ } path, null) => path,
        (null, { } path) => path,
        (null, null) => throw CliFailure.BadInput("usage", "no book is given", hint: "fermat prove solvency book.json"),
        _ => throw CliFailure.BadInput("usage", "the book is given twice", hint: "as an argument, or with --book"),
    };
}
