using System.Numerics;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>The public values of a book's market data, computed when first asked for. Not safe for concurrent use.</summary>
internal sealed class WitnessBook(Interpreter interpreter)
{
    private readonly Dictionary<(PublicLookup Lookup, int Position, int Record), BigInteger> _values = [];
    private readonly Dictionary<(PublicLookup Lookup, int Position, int Record), long[]> _digits = [];
    private readonly Dictionary<(PublicLookup Lookup, int Record), bool> _offered = [];

    /// <summary>A value that a lying prover replaces, computing everything that depends on it from there; null for an honest one.</summary>
    public Lie? Lie { get; init; }

    /// <summary>Evaluates public values.</summary>
    public Interpreter Interpreter => interpreter;

    /// <summary>The records of a market table; 1 for the market as a whole (−1).</summary>
    public int Records(int table) => table < 0 ? 1 : interpreter.Market.Tables[table].Length;

    /// <summary>The digits of a number.</summary>
    public long[] Digits(PublicLookup lookup, int position, int record)
    {
        if (!_digits.TryGetValue((lookup, position, record), out long[]? digits))
            _digits.Add((lookup, position, record), digits = lookup.At(position).Format!.Value.Digits(Value(lookup, position, record)));
        return digits;
    }

    /// <summary>A value.</summary>
    /// <exception cref="RuleEvaluationException">It does not exist.</exception>
    public BigInteger Value(PublicLookup lookup, int position, int record)
    {
        if (!_values.TryGetValue((lookup, position, record), out BigInteger value))
            _values.Add((lookup, position, record), value = lookup.At(position).Of(interpreter, record));
        return value;
    }

    /// <summary>Whether all values of a record exist: a record with a division by zero among its values cannot be used by any row.</summary>
    public bool IsOffered(PublicLookup lookup, int record)
    {
        if (_offered.TryGetValue((lookup, record), out bool known)) return known;
        bool exists = true;
        try
        {
            for (int i = 0; i < lookup.Values.Count(); i++) Value(lookup, i, record);
        }
        catch (RuleEvaluationException)
        {
            exists = false;
        }
        return _offered[(lookup, record)] = exists;
    }
}

/// <summary>A value of a row that is replaced.</summary>
/// <param name="Domain">Which table.</param>
/// <param name="Slot">Which value.</param>
/// <param name="Row">Which row.</param>
/// <param name="Instead">From the honest value, an integer.</param>
internal sealed record Lie(Domain Domain, int Slot, int Row, Func<object, object> Instead);
