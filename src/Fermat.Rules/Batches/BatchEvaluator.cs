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
        return new BatchResult([.. Interpreter.Rulebook.Definitions.Select(definition => run.Definition(definition.Value))]);
    }

    internal KeyedValues Keyed(CoreNode node) => _keyed.GetOrAdd(node.Id, _ => new KeyedValues(Interpreter, node));
}

/// <summary>The definitions' values for a batch.</summary>
public sealed class BatchResult
{
    private readonly Column[] _columns;

    internal BatchResult(Column[] columns) => _columns = columns;

    /// <summary>The value of a definition for an account.</summary>
    public BigInteger this[int definition, int account] => _columns[definition][account];

    /// <summary>A definition's values where they fit 128 bits; empty where they may not.</summary>
    public ReadOnlySpan<Int128> Narrow(int definition) => _columns[definition].Narrow;
}
