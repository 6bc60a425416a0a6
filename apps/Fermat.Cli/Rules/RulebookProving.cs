using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Ledger;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat prove solvency --rules</c>: statement S over a rulebook.</summary>
internal static class RulebookProving
{
    private const string Help = "fermat prove solvency --help";

    /// <summary>The rulebook of a file, as statements need it.</summary>
    public static VenueRulebook Rulebook(string path)
    {
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(path).Result)!;
        return rulebook.Solvency is not null
            ? rulebook
            : throw CliFailure.BadInput("rules.not-solvency", $"the rulebook {rulebook.Name} does not say what is owed and what that is worth", path, "define claim(a: …) and price(a: …): docs/RULES.md, Whole books");
    }

    /// <summary>A book under a rulebook, from its file and files of parameters or market data.</summary>
    public static RulebookBook Book(string rulesPath, string bookPath, IReadOnlyList<string> parameters, CancellationToken cancel)
    {
        VenueRulebook rulebook = Rulebook(rulesPath);
        RuleInputs inputs = RulebookLoading.Inputs(RulebookLoading.Rulebook(rulesPath), new InputSources(parameters, bookPath), cancel);
        RulebookBook? book = RulebookBook.Of(rulebook, inputs, out IReadOnlyList<InputError> errors);
        return book ?? throw new CliFailure(ExitCodes.BadInput, [.. errors.Select(e => new Problem("rules.book", $"{e.Path}: {e.Message}", bookPath, Hint: e.Hint))]);
    }

    public static int Run(RulebookBook book, string rulesPath, string directory, string secretPath, SolvencyProverOptions options, bool timings, Terminal terminal, CancellationToken cancel)
    {
        (VenueSecret secret, bool created) = VenueSecrets.LoadOrCreate(secretPath);
        using VenueSecret owned = secret;
        using var salts = new SaltDeriver(owned);
        var finished = new SegmentFolder(directory, terminal);
        RulebookOutcome proof = Prove(book, rulesPath, salts, options with { Store = finished }, terminal, cancel);
        RulebookStatementInputs inputs = proof.Inputs!;
        (string proofPath, string statementPath) = ProveCommand.Write(directory, proof.Proof, RulebookStatementFile.Write(inputs));
        finished.Clear();

        ProveCommand.SayMade(terminal, proofPath, statementPath, proof.Proof.Length, proof.Elapsed, inputs.Segments.Count, inputs.StateRoot, created ? secretPath : null);
        terminal.Say($"rulebook {inputs.Rulebook.Name}, digest {inputs.Rulebook.Digest}: publish its text; whoever verifies brings it");
        terminal.Say($"  fermat verify solvency --rules {rulesPath} {proofPath} --state-root {inputs.StateRoot}");
        if (timings) TimingsView.Print(terminal, proof.Report, proof.Elapsed);
        JsonObject answer = ProveCommand.Answer(inputs.StateRoot, inputs.Segments.Count, proof.Proof.Length, proof.Elapsed, proof.Report);
        answer["rulebook"] = inputs.Rulebook.Name;
        answer["rulebookDigest"] = inputs.Rulebook.Digest.ToString();
        answer["schemaDigest"] = inputs.Rulebook.SchemaDigest.ToString();
        answer["parametersDigest"] = inputs.ParametersDigest.ToString();
        answer["marketDigest"] = inputs.MarketDigest.ToString();
        answer["proof"] = proofPath;
        answer["statement"] = statementPath;
        terminal.Answer(answer);
        return ExitCodes.Ok;
    }

    private static RulebookOutcome Prove(RulebookBook book, string rulesPath, SaltDeriver salts, SolvencyProverOptions options, Terminal terminal, CancellationToken cancel)
    {
        using var progress = new ProgressView(terminal);
        try
        {
            RulebookOutcome outcome = RulebookProver.Prove(book, salts, options, progress, cancel);
            return outcome.Inputs is not null ? outcome : throw ProveCommand.NotSolvent(outcome.Reasons);
        }
        catch (CoreException unprovable)
        {
            throw CliFailure.BadInput("rules.not-provable", unprovable.Message, rulesPath, unprovable.Hint);
        }
        catch (ArgumentException wrong)
        {
            throw CliFailure.BadOption(wrong, Help);
        }
        catch (ProverException refused) when (refused.Error == ProverError.Memory)
        {
            throw ProveCommand.TooLittleMemory(refused);
        }
    }
}
