using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Text;

namespace Fermat.Cli.Rules;

/// <summary>A rulebook from a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Core">What it means.</param>
/// <param name="Result">What the compiler made of it; it has the text, for line numbers.</param>
internal sealed record LoadedRulebook(string Path, CoreRulebook Core, CompilationResult Result)
{
    /// <summary>Its text, for line numbers.</summary>
    public SourceText Source => Result.Source;

    /// <summary>The line that a character is on.</summary>
    public int Line((int Start, int Length) span) => span.Length == 0 ? 0 : Source.Position(span.Start).Line;
}

/// <summary>A whole book under a rulebook.</summary>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Accounts">The accounts, in the order of the files.</param>
/// <param name="Values">By account: the values of all definitions.</param>
/// <param name="Classes">By account.</param>
/// <param name="Restricted">By account: below the initial requirement.</param>
internal sealed record EvaluatedBook(
    LoadedRulebook Rulebook, IReadOnlyList<AccountData> Accounts, ImmutableArray<ImmutableArray<BigInteger>> Values, ImmutableArray<AccountClass> Classes, ImmutableArray<bool> Restricted);

/// <summary>Rulebooks and their inputs from files; what is wrong with them is the user's to fix and becomes a <see cref="CliFailure"/>.</summary>
internal static class RulebookLoading
{
    /// <summary>The rulebook that books of docs/BOOKS.md are under when no other is brought: rules/exchange_sample.risk, built in.</summary>
    public const string BuiltIn = "exchange_sample";

    private const long MaxInputBytes = 1L << 30;

    /// <summary>Accounts evaluated at a time: their columns fit a core's cache.</summary>
    private const int Batch = 1 << 12;

    private const string OtherQuantities = "numbers that the rulebook has no room for need one with other quantities: change a copy of rules/exchange_sample.risk, and give it with --rules";

    /// <summary>A rulebook from a file; null for the one that is built in.</summary>
    public static LoadedRulebook Rulebook(string? path)
    {
        string text = path is null ? BuiltInText() : Text(path, RuleLimits.MaxTextBytes);
        path ??= BuiltIn;
        CompilationResult result = RulebookCompiler.Compile(text, path);
        if (result.Rulebook is null)
            throw new CliFailure(ExitCodes.BadInput, [.. result.Diagnostics.Where(d => d.IsError).Select(d => TextCommands.Problem(result.Source, d, "fermat rules check shows the line"))]);
        return new LoadedRulebook(path, result.Rulebook, result);
    }

    public static RuleInputs Inputs(LoadedRulebook rulebook, InputSources sources, CancellationToken cancel)
    {
        string[] paths = [.. sources.Files, .. sources.Book is { } book ? [book] : Array.Empty<string>()];
        if (paths.Length == 0) throw CliFailure.BadInput("usage", "there are no inputs", hint: "--input FILE (repeatable), or --book BOOK");
        RuleInputs inputs = Read(rulebook, paths, cancel);
        return inputs.Accounts.Count > 0 ? inputs : throw CliFailure.BadInput("rules.no-accounts", "the inputs have no accounts", paths[^1], "\"accounts\": [ { \"id\": …, … } ]");
    }

    /// <summary>Parameters and market data alone; accounts that are in the files too do not matter.</summary>
    public static MarketData Market(LoadedRulebook rulebook, IReadOnlyList<string> paths, CancellationToken cancel) => Read(rulebook, paths, cancel).Market!;

    /// <summary>A whole book for a proof: market data and the facts of the book, and the accounts, which stream from the files of a large book of docs/BOOKS.md.</summary>
    public static (RuleInputs Inputs, IEnumerable<AccountData> Accounts) Book(LoadedRulebook rulebook, string path, IReadOnlyList<string> more, CancellationToken cancel)
    {
        if (!IsBook(path, out byte[] bytes))
        {
            RuleInputs all = Read(rulebook, [.. more.Select(file => (file, Document(file, cancel))), (path, bytes)]);
            return (all, all.Accounts);
        }
        (BookHeader header, IEnumerable<Account> accounts) = BookLoading.LoadOrStream(path, cancel);
        BookAccounts reader = BookAccounts.Of(rulebook.Core.Schema, header) ?? throw CliFailure.BadInput(
            "rules.other-accounts", $"the rulebook {rulebook.Core.Schema.Name} is about other accounts than those of a book of docs/BOOKS.md", path, "give the accounts in the rulebook's own form: docs/rulebooks/ADAPTERS.md");
        return (Read(rulebook, [.. more.Select(file => (file, Document(file, cancel))), (path, BookInputs.Write(header, []))]), accounts.Select(account =>
            reader.TryRead(account, out AccountData? read) is { } wrong ? throw CliFailure.BadInput("rules.input", $"account {account.Id}: {wrong}", path, OtherQuantities) : read!));
    }

    private static RuleInputs Read(LoadedRulebook rulebook, IReadOnlyList<string> paths, CancellationToken cancel) => Read(rulebook, [.. paths.Select(path => (path, Document(path, cancel)))]);

    private static RuleInputs Read(LoadedRulebook rulebook, (string Name, ReadOnlyMemory<byte> Json)[] documents)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Core.Schema, documents);
        return inputs.Errors.Count == 0
            ? inputs
            : throw new CliFailure(ExitCodes.BadInput, [.. inputs.Errors.Select(e => new Problem("rules.input", $"{e.Path}: {e.Message}", documents.Length == 1 ? documents[0].Name : null, Hint: e.Hint))]);
    }

    /// <summary>A file of inputs as it is; a book of docs/BOOKS.md as the inputs that it is.</summary>
    private static ReadOnlyMemory<byte> Document(string path, CancellationToken cancel)
    {
        if (!IsBook(path, out byte[] bytes)) return bytes;
        (Book book, _) = BookLoading.Load(path, cancel);
        return BookInputs.Write(book.Header, book.Accounts);
    }

    /// <summary>Whether a path is a book of docs/BOOKS.md; otherwise the file's bytes.</summary>
    private static bool IsBook(string path, out byte[] bytes)
    {
        bytes = [];
        if (Directory.Exists(path)) return true;
        if (Files.Begins(path, 256).IndexOf("\"fermat-book-v1\""u8) >= 0) return true;
        bytes = Files.Read(path, MaxInputBytes);
        return false;
    }

    private static string BuiltInText()
    {
        using Stream stream = typeof(RulebookLoading).Assembly.GetManifestResourceStream(BuiltIn + ".risk") ?? throw new InvalidOperationException("the rulebook is not embedded");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Evaluates every account by columns, on all cores; a share of the accounts is reported to standard error when there are many.</summary>
    public static EvaluatedBook Evaluate(LoadedRulebook rulebook, RuleInputs inputs, Terminal terminal, CancellationToken cancel)
    {
        var evaluator = new BatchEvaluator(new Interpreter(rulebook.Core, inputs.Market!));
        var verdict = new AccountVerdict(rulebook.Core);
        var values = new ImmutableArray<BigInteger>[inputs.Accounts.Count];
        int done = 0, step = Math.Max(values.Length / 10, 20_000);
        Guard(rulebook, () => Parallel.For(0, (values.Length + Batch - 1) / Batch, new ParallelOptions { CancellationToken = cancel }, batch =>
        {
            int from = batch * Batch, count = Math.Min(Batch, values.Length - from);
            BatchResult result = evaluator.Evaluate(AccountBatch.Of(rulebook.Core.Schema, [.. inputs.Accounts.Skip(from).Take(count)]));
            for (int i = 0; i < count; i++) values[from + i] = [.. Enumerable.Range(0, rulebook.Core.Definitions.Length).Select(definition => result[definition, i])];
            int now = Interlocked.Add(ref done, count);
            if (now / step > (now - count) / step) terminal.ErrorWriter.WriteLine($"{Show.Count(now)} of {Show.Count(values.Length)} accounts");
        }));
        return new EvaluatedBook(
            rulebook, inputs.Accounts, [.. values], [.. values.Select(verdict.Of)], [.. values.Select(verdict.IsRestricted)]);
    }

    /// <summary>Runs an evaluation; market data for which a value does not exist are bad input, with the line of the rulebook.</summary>
    public static void Guard(LoadedRulebook rulebook, Action evaluation)
    {
        try
        {
            evaluation();
        }
        catch (AggregateException faults) when (faults.InnerExceptions.OfType<RuleEvaluationException>().FirstOrDefault() is { } fault)
        {
            throw Failure(rulebook, fault);
        }
        catch (RuleEvaluationException fault)
        {
            throw Failure(rulebook, fault);
        }
    }

    public static string Text(string path, long most)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(Files.Read(path, most));
        }
        catch (DecoderFallbackException broken)
        {
            throw CliFailure.BadInput("rules.not-utf8", $"byte {broken.Index} of {path} is not UTF-8", path, "save the file as UTF-8");
        }
    }

    private static CliFailure Failure(LoadedRulebook rulebook, RuleEvaluationException fault)
    {
        SourcePosition place = rulebook.Source.Position(fault.Span.Start);
        return new CliFailure(ExitCodes.BadInput,
            [new Problem("rules.no-value", fault.Message, rulebook.Path, place.Line, place.Column, Hint: "the market data give this line no value; check the record named")]);
    }
}
