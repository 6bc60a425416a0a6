using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;

namespace Fermat.Engine;

/// <summary>A rulebook over market data: what accounts are worth, and what it says about liquidations. Thread-safe.</summary>
internal sealed class MarginRules
{
    private readonly AccountVerdict _verdict;
    private readonly int _equity, _net, _initial, _maintenance, _bankrupt, _liquidatable, _exposure;
    private readonly EncumberedValue? _encumbered;
    private bool? _isClearing;
    private const string Clearing = "liquidation.clearing";
    private readonly BatchEvaluator _batches;
    private readonly PositionTerms _positions;

    /// <param name="rulebook">The rulebook.</param>
    /// <param name="market">Its market data.</param>
    /// <param name="positions">Its collection of positions.</param>
    public MarginRules(CoreRulebook rulebook, MarketData market, int positions)
    {
        Interpreter = new Interpreter(rulebook, market);
        _batches = new BatchEvaluator(Interpreter);
        _positions = new PositionTerms(rulebook, positions);
        _verdict = new AccountVerdict(rulebook);
        (_equity, _initial, _maintenance) = (Find("equity"), Find("initial"), Find("maintenance"));
        _net = Find("net_equity") is var net and >= 0 ? net : _equity;
        (_bankrupt, _liquidatable) = (Find("bankrupt"), Find("liquidatable"));
        Rank = Find("liquidation.rank");
        _exposure = Find(LoweredVersions.ExposureName);
        _encumbered = EncumberedValue.Of(rulebook);
        int[] judged = [_equity, _net, _initial, _maintenance];
        Scale = Math.Max(judged.Append(_exposure < 0 ? _equity : _exposure).Max(ScaleOf), _encumbered?.Scale ?? 0);
        IsNarrow = judged.All(d => rulebook.Definitions[d].Value.Bounds.Magnitude * Factor(d) < BigInteger.One << 126)
            && (_encumbered is null || _encumbered.Bounds.Magnitude * Factor(_encumbered) < BigInteger.One << 126);
    }

    public Interpreter Interpreter { get; }

    /// <summary>The definition that orders accounts for deleveraging, or −1.</summary>
    public int Rank { get; }

    public int Scale { get; }

    /// <summary>Whether equity and requirements, brought to <see cref="Scale"/>, are compared in 128-bit words; it follows from the rulebook's bounds.</summary>
    public bool IsNarrow { get; }

    /// <summary>Whether the rulebook is a clearing house's: <c>liquidation.clearing</c>.</summary>
    public bool IsClearing => _isClearing ??= ClearingOf(Interpreter.Rulebook) is { } flag && !Interpreter.EvaluatePublic(flag).IsZero;

    /// <summary>What a rulebook says of whether it is a clearing house's; null where it says nothing.</summary>
    /// <exception cref="ArgumentException">It is no flag, or depends on the account.</exception>
    public static CoreNode? ClearingOf(CoreRulebook rulebook) => rulebook.Find(Clearing)?.Value switch
    {
        null => null,
        { Type: CoreType.Flag, Stage: not Stage.Private } flag => flag,
        _ => throw new ArgumentException($"{Clearing} is true or false, and the same for all accounts"),
    };

    public AccountHealth Judge(AccountData account) => Judge(account, Interpreter.Evaluate(account));

    public ImmutableArray<BigInteger> Values(AccountData account) => Interpreter.Evaluate(account);

    /// <summary>The numbers of an account that are defined, by name.</summary>
    public KeyValuePair<string, string>[] Levels(AccountData account)
    {
        ImmutableArray<BigInteger> values = Interpreter.Evaluate(account);
        return [.. Interpreter.Rulebook.Definitions.Zip(values).Where(level => level.First.Value is { Stage: Stage.Private, Type: CoreType.Number }).Select(level => KeyValuePair.Create(level.First.Name, ScaledNumber.Format(level.Second, level.First.Value.Number.Scale)))];
    }

    private AccountHealth Judge(AccountData account, ImmutableArray<BigInteger> values) => Health(values, _encumbered is { } encumbered ? encumbered.In(values, account.Scalars) : 0);

    /// <param name="values">Of all definitions.</param>
    /// <param name="encumbered">What is encumbered, at its own scale.</param>
    private AccountHealth Health(ImmutableArray<BigInteger> values, BigInteger encumbered) =>
        new(_verdict.Of(values), At(values, _equity), At(values, _net), At(values, _initial), At(values, _maintenance), Scale) { Encumbered = _encumbered is null ? 0 : encumbered * Factor(_encumbered) };

    /// <summary>What a step of a liquidation may not raise: the rulebook's <c>liquidation.exposure</c>, at <see cref="Scale"/>; maintenance − equity where it has none.</summary>
    public BigInteger Exposure(AccountData account)
    {
        ImmutableArray<BigInteger> values = Interpreter.Evaluate(account);
        return _exposure < 0 ? Judge(account, values).Deficit : At(values, _exposure);
    }

    /// <summary>Whether a liquidation may take a part of a position of a failing account.</summary>
    public bool IsDue(AccountData account, int position) => _positions.IsDue(Interpreter, account, position);

    /// <summary>Whether it may take all of it: as the rulebook says of the position, or where the account has less than half of its maintenance margin.</summary>
    public bool IsWhole(AccountData account, int position, in AccountHealth health) => _positions.Whole is null ? 2 * health.Equity < health.Maintenance : _positions.IsWhole(Interpreter, account, position);

    /// <summary>Many accounts at once.</summary>
    public AccountHealth[] Judge(AccountBatch batch)
    {
        using BatchResult result = _batches.Evaluate(batch);
        int definitions = Interpreter.Rulebook.Definitions.Length;
        var healths = new AccountHealth[batch.Count];
        var values = ImmutableArray.CreateBuilder<BigInteger>(definitions);
        for (int account = 0; account < healths.Length; account++)
        {
            values.Clear();
            for (int d = 0; d < definitions; d++) values.Add(result[d, account]);
            healths[account] = Health(values.ToImmutable(), _encumbered is not { } encumbered ? 0 : encumbered.Definition >= 0 ? values[encumbered.Definition] : batch.Scalars[encumbered.Field][account]);
        }
        return healths;
    }

    /// <summary>Where many accounts stand: the same as <see cref="Judge(AccountBatch)"/>, without the numbers.</summary>
    public void Classify(AccountBatch batch, Span<Standing> into)
    {
        if (!IsNarrow)
        {
            AccountHealth[] healths = Judge(batch);
            for (int i = 0; i < healths.Length; i++) into[i] = StandingOf(healths[i]);
            return;
        }
        using BatchResult result = _batches.Evaluate(batch);
        ReadOnlySpan<Int128> equity = result.Narrow(_equity), net = result.Narrow(_net), initial = result.Narrow(_initial), maintenance = result.Narrow(_maintenance);
        ReadOnlySpan<Int128> bankrupt = _bankrupt < 0 ? default : result.Narrow(_bankrupt), liquidatable = _liquidatable < 0 ? default : result.Narrow(_liquidatable);
        ReadOnlySpan<Int128> encumbered = _encumbered is null ? default : _encumbered.Definition >= 0 ? result.Narrow(_encumbered.Definition) : batch.Scalars[_encumbered.Field];
        (Int128 ofEquity, Int128 ofInitial, Int128 ofMaintenance, Int128 ofEncumbered) = ((Int128)Factor(_equity), (Int128)Factor(_initial), (Int128)Factor(_maintenance), _encumbered is null ? 0 : (Int128)Factor(_encumbered));
        for (int i = 0; i < equity.Length; i++)
        {
            Int128 has = equity[i] * ofEquity;
            into[i] = (_bankrupt < 0 ? net[i] < 0 : bankrupt[i] != 0) ? Standing.Bankrupt
                : (_liquidatable < 0 ? has < maintenance[i] * ofMaintenance : liquidatable[i] != 0) ? Standing.Liquidatable
                : (_encumbered is null ? has : has - encumbered[i] * ofEncumbered) < initial[i] * ofInitial ? Standing.Restricted
                : Standing.Margined;
        }
    }

    public static Standing StandingOf(in AccountHealth health) => health.Class switch
    {
        AccountClass.Bankrupt => Standing.Bankrupt,
        AccountClass.Liquidatable => Standing.Liquidatable,
        _ => health.FreeCollateral.Sign >= 0 ? Standing.Margined : Standing.Restricted,
    };

    /// <summary>A definition that depends on public data alone, as an exact number; null when there is none of that name.</summary>
    public (BigInteger Value, int Scale)? Public(string name)
    {
        int at = Find(name);
        if (at < 0) return null;
        CoreNode node = Interpreter.Rulebook.Definitions[at].Value;
        if (node.Stage == Stage.Private) throw new ArgumentException($"{name} is not public: it must not depend on the account");
        return (Interpreter.EvaluatePublic(node), node.Number.Scale);
    }

    /// <summary>The first definition of public data alone that has no value under market data, and why; null where each has one. Without them no account can be judged, and nothing can be proven.</summary>
    public static (string Definition, string Why)? Undefined(CoreRulebook rulebook, MarketData market)
    {
        var interpreter = new Interpreter(rulebook, market);
        foreach (CoreDefinition definition in rulebook.Definitions)
            if (definition.Value.Stage != Stage.Private)
            {
                try
                {
                    interpreter.EvaluatePublic(definition.Value);
                }
                catch (RuleEvaluationException undefined)
                {
                    return (definition.Name, undefined.Message);
                }
            }
        return null;
    }

    private BigInteger At(ImmutableArray<BigInteger> values, int definition) => values[definition] * Factor(definition);

    private BigInteger Factor(int definition) => BigInteger.Pow(10, Scale - ScaleOf(definition));

    private BigInteger Factor(EncumberedValue value) => BigInteger.Pow(10, Scale - value.Scale);

    private int ScaleOf(int definition) => Interpreter.Rulebook.Definitions[definition].Value.Number.Scale;

    private int Find(string name)
    {
        ImmutableArray<CoreDefinition> definitions = Interpreter.Rulebook.Definitions;
        for (int i = 0; i < definitions.Length; i++)
            if (definitions[i].Name == name) return i;
        return -1;
    }
}

/// <summary>Where an account stands.</summary>
internal enum Standing : byte
{
    Unpriced,
    Margined,
    Restricted,
    Liquidatable,
    Bankrupt,
}
