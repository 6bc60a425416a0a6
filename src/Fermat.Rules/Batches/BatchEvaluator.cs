using System.Collections.Concurrent;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Batches;

/// <summary>
/// Evaluates a rulebook for many accounts at once, value by value over columns. It gives what <see cref="Interpreter"/> gives, which stays the specification; tests compare the two.
/// Thread-safe: several batches may be evaluated at once.
/// </summary>
public sealed class BatchEvaluator
{
    private readonly ConcurrentDictionary<int, KeyedValues> _keyed = new();

    /// <summary>Prepares a rulebook.</summary>
    /// <param name="interpreter">Rulebook and market data; computes public values.</param>
    public BatchEvaluator(Interpreter interpreter) => Interpreter = interpreter;

    /// <summary>The specification that this follows.</summary>
    public Interpreter Interpreter { get; }

    /// <summary>All definitions for all accounts: by definition, by account.</summary>
    /// <param name="batch">A few thousand accounts at a time keep the columns in the caches.</param>
    /// <exception cref="RuleEvaluationException">A public value that an account needs does not exist.</exception>
    public BatchResult Evaluate(AccountBatch batch)
    {
        var run = new BatchRun(this, batch);
        return new BatchResult(run, [.. Interpreter.Rulebook.Definitions.Select(definition => run.Definition(definition.Value))]);
    }

    /// <summary>Adds accounts to the sums of a book, as <see cref="Interpreter.AddTo"/> does one by one.</summary>
    /// <param name="sums">Of the same rulebook and market data.</param>
    /// <param name="batch">The accounts.</param>
    /// <exception cref="RuleEvaluationException">A public value that an account needs does not exist.</exception>
    public void AddTo(BookSums sums, AccountBatch batch)
    {
        CoreSolvency rules = Interpreter.Rulebook.Solvency ?? throw new InvalidOperationException("the rulebook says nothing about whole books");
        var run = new BatchRun(this, batch);
        (Column net, Column liquidatable, Column bankrupt) = (run.Definition(rules.NetEquity), run.Definition(rules.Liquidatable), run.Definition(rules.Bankrupt));
        for (int account = 0; account < batch.Count; account++) sums.AddAccount(net[account], !liquidatable[account].IsZero, !bankrupt[account].IsZero);
        for (int total = 0; total < rules.Totals.Length; total++)
            foreach (CoreTotalTerm term in rules.Totals[total].Terms)
            {
                (Column records, Column values) = run.OfItems(term);
                for (int row = 0; row < records.Count; row++) sums.AddTo(total, (int)records[row], values[row]);
            }
        run.Return();
    }

    internal KeyedValues Keyed(CoreNode node) => _keyed.GetOrAdd(node.Id, _ => new KeyedValues(Interpreter, node));
}

/// <summary>The definitions' values for a batch. Whoever evaluates many batches disposes of each when it is done with it, on the thread that evaluated it, so that the next one finds room; otherwise they are collected.</summary>
public sealed class BatchResult : IDisposable
{
    private readonly BatchRun _run;
    private Column[] _columns;

    internal BatchResult(BatchRun run, Column[] columns) => (_run, _columns) = (run, columns);

    /// <summary>Gives the columns back: no value may be read afterwards.</summary>
    public void Dispose()
    {
        if (_columns.Length == 0) return;
        _columns = [];
        _run.Return();
    }

    /// <summary>The value of a definition for an account.</summary>
    public BigInteger this[int definition, int account] => _columns[definition][account];

    /// <summary>A definition's values where they fit 128 bits; empty where they may not.</summary>
    public ReadOnlySpan<Int128> Narrow(int definition) => _columns[definition].Narrow;
}
