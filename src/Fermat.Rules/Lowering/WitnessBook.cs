using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>The public values of a book's market data, computed when first asked for. Thread-safe.</summary>
internal sealed class WitnessBook(Interpreter interpreter)
{
    private readonly ConcurrentDictionary<object, object> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>A value that a lying prover replaces, computing everything that depends on it from there; null for an honest one.</summary>
    public Lie? Lie { get; init; }

    /// <summary>Of a batch of events the versions of its accounts, one for each row of the accounts' table; empty for a book.</summary>
    public IReadOnlyList<AccountVersion> Versions { get; init; } = [];

    /// <summary>Where one account's free collateral is compared with something, the bytes of that, lowest first.</summary>
    public IReadOnlyList<long> Threshold { get; init; } = [];

    /// <summary>Where accounts are compared in the order of deleveraging, whose turn it is.</summary>
    public OrderWitness? Turn { get; init; }

    /// <summary>Where a loss is shared, how.</summary>
    public SharesWitness? Shares { get; init; }

    /// <summary>What the ledger counts in, where a statement depends on it.</summary>
    public LedgerUnits? Units { get; init; }

    /// <summary>By the number of an event that reduces a position, the coefficients of maintenance − 2 · equity of the account before it.</summary>
    public IReadOnlyDictionary<int, long[]> Distress { get; set; } = ImmutableDictionary<int, long[]>.Empty;

    /// <summary>Of a batch that shows aggregates the leaf of the insurance fund.</summary>
    public int InsuranceSlot { get; set; }

    /// <summary>Rows of several outcomes, known by numbers after those of the market's tables.</summary>
    public IReadOnlyList<OutcomeRows> Outcomes { get; init; } = [];

    /// <summary>Evaluates public values.</summary>
    public Interpreter Interpreter => interpreter;

    /// <summary>The records of a market table, or the rows of its outcomes; 1 for the market as a whole (−1).</summary>
    public int Records(int table)
    {
        MarketData market = interpreter.Market;
        return table < 0 ? 1 : table < market.Tables.Length ? market.Tables[table].Length : Outcomes[table - market.Tables.Length].Rows(market);
    }

    /// <summary>Something that is made once for the book.</summary>
    /// <param name="key">Whose it is.</param>
    /// <param name="make">Makes it; perhaps more than once, when several threads ask.</param>
    public T Of<T>(object key, Func<T> make)
        where T : class => (T)(_known.TryGetValue(key, out object? known) ? known : _known.GetOrAdd(key, _ => make()));

    /// <summary>Something that was made for the book, or null. A row asks this first: what a lambda captures is allocated where its method begins, whether it is needed or not.</summary>
    public T? Known<T>(object key)
        where T : class => (T?)_known.GetValueOrDefault(key);

    /// <summary>The digits of a number.</summary>
    public long[] Digits(PublicLookup lookup, int position, int record) => At(lookup, position, record).Digits!;

    /// <summary>A value.</summary>
    /// <exception cref="RuleEvaluationException">It does not exist.</exception>
    public BigInteger Value(PublicLookup lookup, int position, int record) => At(lookup, position, record).Value;

    /// <summary>Whether all values of a record exist: a record with a division by zero among its values cannot be used by any row.</summary>
    public bool IsOffered(PublicLookup lookup, int record) => RecordsOf(lookup).IsOffered(record);

    private PublicRecord At(PublicLookup lookup, int position, int record) => RecordsOf(lookup).At(position, record);

    private PublicRecords RecordsOf(PublicLookup lookup) => Known<PublicRecords>(lookup) ?? MakeRecords(lookup);

    private PublicRecords MakeRecords(PublicLookup lookup) => Of(lookup, () => new PublicRecords(lookup, this));
}

/// <summary>A public value and its digits, if it is a number.</summary>
internal sealed record PublicRecord(BigInteger Value, long[]? Digits);

/// <summary>The values of a lookup, by position and record.</summary>
internal sealed class PublicRecords(PublicLookup lookup, WitnessBook book)
{
    private readonly PublicRecord?[][] _values = [.. lookup.Values.Select(_ => new PublicRecord?[book.Records(lookup.Table)])];
    private readonly bool[] _offered = Offered(lookup, book);

    /// <summary>A value.</summary>
    public PublicRecord At(int position, int record) => Volatile.Read(ref _values[position][record]) ?? Compute(position, record);

    /// <summary>Whether all values of a record exist.</summary>
    public bool IsOffered(int record) => _offered[record];

    private PublicRecord Compute(int position, int record)
    {
        PublicValue value = lookup.At(position);
        BigInteger number = value.In(book, record);
        var known = new PublicRecord(number, value.Format?.Digits(number));
        Volatile.Write(ref _values[position][record], known);
        return known;
    }

    /// <summary>Evaluates all values, on all cores: in a portfolio's scenarios they are most of what everybody has to compute.</summary>
    private static bool[] Offered(PublicLookup lookup, WitnessBook book)
    {
        var offered = new bool[book.Records(lookup.Table)];
        Parallelism.For(0, offered.Length, record =>
        {
            try
            {
                foreach (PublicValue value in lookup.Values) value.In(book, record);
                offered[record] = true;
            }
            catch (RuleEvaluationException)
            {
                // not offered
            }
        });
        return offered;
    }
}

/// <summary>A value of a row that is replaced.</summary>
/// <param name="Domain">Which table.</param>
/// <param name="Slot">Which value.</param>
/// <param name="Row">Which row.</param>
/// <param name="Instead">From the honest value, an integer.</param>
internal sealed record Lie(Domain Domain, int Slot, int Row, Func<object, object> Instead);
