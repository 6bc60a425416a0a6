using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Interpretation;

/// <summary>
/// Which positions of a failing account a liquidation may take, where the rulebook says it of each: <c>liquidation.due = any p in positions: …</c>, and <c>liquidation.whole = any p in positions: …</c> of those of which more than the share may be
/// taken. What stands behind the colon is asked of the one position that is taken. A rulebook that leaves out the first lets any be taken; without the second more than the share is taken where equity is below half of maintenance.
/// </summary>
internal sealed class PositionTerms
{
    private const string DueName = "liquidation.due", WholeName = "liquidation.whole";
    private readonly Reduce? _due, _whole;

    /// <param name="rulebook">The rulebook.</param>
    /// <param name="positions">The collection of positions; −1 where there are none.</param>
    /// <exception cref="CoreException">One of them is of another form.</exception>
    public PositionTerms(CoreRulebook rulebook, int positions) => (_due, _whole) = (Of(rulebook, DueName, positions), Of(rulebook, WholeName, positions));

    /// <summary>Whether a position may be taken, with a variable over positions; null where any may.</summary>
    public CoreNode? Due => _due?.Body;

    /// <summary>Whether all of it may be, with a variable over positions; null where that is the account's to say.</summary>
    public CoreNode? Whole => _whole?.Body;

    /// <summary>Whether a position may be taken.</summary>
    /// <param name="interpreter">Of the rulebook and market data.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="item">Where it stands among the account's positions.</param>
    public bool IsDue(Interpreter interpreter, AccountData account, int item) => Holds(_due, interpreter, account, item);

    /// <summary>Whether all of it may be taken, where <see cref="Whole"/> says so.</summary>
    /// <param name="interpreter">Of the rulebook and market data.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="item">Where it stands among the account's positions.</param>
    public bool IsWhole(Interpreter interpreter, AccountData account, int item) => _whole is not null && Holds(_whole, interpreter, account, item);

    private static bool Holds(Reduce? reduce, Interpreter interpreter, AccountData account, int item)
    {
        if (reduce is null) return true;
        Frame frame = interpreter.Open(account);
        frame.Bound[reduce.Variable.Id] = item;
        return interpreter.Evaluate(reduce.Body, frame).IsOne;
    }

    private static Reduce? Of(CoreRulebook rulebook, string name, int positions)
    {
        CoreNode? node = rulebook.Find(name)?.Value;
        while (node is Named named) node = named.Value;
        return node switch
        {
            null => null,
            Reduce { Kind: ReduceKind.Any, Filter: null, Variable.Source: CoreSource.Items { Collection: var collection } } reduce when collection == positions => reduce,
            _ => throw new CoreException("transition", $"{name} does not speak of each position", $"`{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]} = any p in positions: …`"),
        };
    }
}
