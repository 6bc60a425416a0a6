using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat prove solvency</c>: statement S.</summary>
internal static class RulebookProving
{
    private const string Help = "fermat prove solvency --help";

    /// <summary>The rulebook of a file, or the one that is built in, as statements need it.</summary>
    public static VenueRulebook Rulebook(string? path) => Rulebook(RulebookLoading.Rulebook(path));

    private static VenueRulebook Rulebook(LoadedRulebook loaded)
    {
        VenueRulebook rulebook = VenueRulebook.Of(loaded.Result)!;
        return rulebook.Solvency is not null
            ? rulebook
            : throw CliFailure.BadInput("rules.not-solvency", $"the rulebook {rulebook.Name} does not say what is owed and what that is worth", loaded.Path, "define claim(a: …) and price(a: …): docs/RULES.md, Whole books");
    }

    /// <summary>A book under a rulebook, from its file and files of parameters or market data.</summary>
    public static SolvencyBook Book(string? rulesPath, string bookPath, IReadOnlyList<string> parameters, CancellationToken cancel)
    {
        LoadedRulebook loaded = RulebookLoading.Rulebook(rulesPath);
        VenueRulebook rulebook = Rulebook(loaded);
        (RuleInputs inputs, IEnumerable<AccountData> accounts) = RulebookLoading.Book(loaded, bookPath, parameters, cancel);
        SolvencyBook? book = SolvencyBook.Of(rulebook, inputs, out IReadOnlyList<InputError> errors);
        return book is not null ? book with { Accounts = accounts } : throw new CliFailure(ExitCodes.BadInput, [.. errors.Select(e => new Problem("rules.book", $"{e.Path}: {e.Message}", bookPath, Hint: e.Hint))]);
    }

    /// <summary>A book of docs/BOOKS.md in memory, under the rulebook that is built in.</summary>
    public static SolvencyBook Book(Book book) => SolvencyBook.Of(Rulebook((string?)null), book.Header, book.Accounts);

    public static int Run(SolvencyBook book, string? rulesPath, string directory, string secretPath, SolvencyProverOptions options, bool timings, Terminal terminal, CancellationToken cancel)
    {
        (VenueSecret secret, bool created) = VenueSecrets.LoadOrCreate(secretPath);
        using VenueSecret owned = secret;
        using var salts = new SaltDeriver(owned);
        var finished = new SegmentFolder(directory, terminal);
        SolvencyOutcome proof = Prove(book, rulesPath, salts, options with { Store = finished }, terminal, cancel);
        SolvencyPublicInputs inputs = proof.Inputs!;
        (string proofPath, string statementPath) = ProveCommand.Write(directory, proof.Proof, SolvencyStatementFile.Write(inputs));
        finished.Clear();

        ProveCommand.SayMade(terminal, proofPath, statementPath, proof.Proof.Length, proof.Elapsed, inputs.Segments.Count, inputs.StateRoot, created ? secretPath : null);
        terminal.Say($"rulebook {inputs.Rulebook.Name}, digest {inputs.Rulebook.Digest}: {(rulesPath is null ? "rules/exchange_sample.risk, built in" : "publish its text; whoever verifies brings it")}");
        terminal.Say($"  fermat verify solvency{(rulesPath is null ? "" : $" --rules {rulesPath}")} {proofPath} --state-root {inputs.StateRoot}");
        if (timings) TimingsView.Print(terminal, proof.Report, proof.Elapsed);
        JsonObject answer = ToJson(proof);
        answer["proof"] = proofPath;
        answer["statement"] = statementPath;
        terminal.Answer(answer);
        return ExitCodes.Ok;
    }

    /// <summary>What the answer says of a proof.</summary>
    public static JsonObject ToJson(SolvencyOutcome proof)
    {
        SolvencyPublicInputs inputs = proof.Inputs!;
        JsonObject answer = ProveCommand.Answer(inputs.StateRoot, inputs.Segments.Count, proof.Proof.Length, proof.Elapsed, proof.Report);
        answer["rulebook"] = inputs.Rulebook.Name;
        answer["rulebookDigest"] = inputs.Rulebook.Digest.ToString();
        answer["schemaDigest"] = inputs.Rulebook.SchemaDigest.ToString();
        answer["parametersDigest"] = inputs.ParametersDigest.ToString();
        answer["marketDigest"] = inputs.MarketDigest.ToString();
        return answer;
    }

    /// <summary>Proves with progress; an insolvent book is a failure with exit code 1 that names each broken predicate.</summary>
    public static SolvencyOutcome Prove(SolvencyBook book, string? rulesPath, SaltDeriver salts, SolvencyProverOptions options, Terminal terminal, CancellationToken cancel)
    {
        using var progress = new ProgressView(terminal);
        try
        {
            SolvencyOutcome outcome = SolvencyProver.Prove(book, salts, options, progress, cancel);
            return outcome.Inputs is not null ? outcome : throw ProveCommand.NotSolvent(outcome.Reasons);
        }
        catch (CoreException unprovable)
        {
            throw CliFailure.BadInput("rules.not-provable", unprovable.Message, rulesPath ?? RulebookLoading.BuiltIn, unprovable.Hint);
        }
        catch (ArgumentException wrong)
        {
            throw CliFailure.BadOption(wrong, Help);
        }
        catch (BookChangedException changed)
        {
            throw CliFailure.BadInput("book-changed", changed.Message, hint: "leave the book's files alone until the proof is made, or prove a copy of them");
        }
        catch (ProverException refused) when (refused.Error == ProverError.Memory)
        {
            throw ProveCommand.TooLittleMemory(refused);
        }
    }
}
