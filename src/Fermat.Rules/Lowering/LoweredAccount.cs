using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>What is asked about one account.</summary>
internal enum AccountQuestion
{
    /// <summary>It may be liquidated.</summary>
    Liquidatable,

    /// <summary>It may not be liquidated.</summary>
    NotLiquidatable,

    /// <summary>equity − initial − encumbered is at least a public threshold.</summary>
    FreeCollateral,
}

/// <summary>A rulebook's tables for exactly one account, bound to the hashed blocks of its leaf, and one verdict on it.</summary>
/// <remarks>
/// The first row of the accounts' table is active and no other is, so there is one account and its number is 0. Its items are those of the leaf, each once, as in <see cref="LoweredBook"/>.
/// </remarks>
internal sealed class LoweredAccount
{
    /// <summary>Bytes of a threshold.</summary>
    public const int ThresholdBytes = 12;

    /// <summary>What a rulebook's definition, or a field of the account, is called that free collateral is lessened by.</summary>
    public const string Encumbered = PledgeFields.EncumberedName;

    /// <summary>Adds the tables of a rulebook to a circuit.</summary>
    /// <param name="circuit">Without challenges of its own but r and γ.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="block">Gives (0, step, 8 elements) of the leaf, from the header on.</param>
    /// <param name="verdict">What is shown.</param>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven, or does not say what the verdict is about.</exception>
    public LoweredAccount(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, Bus block, AccountQuestion verdict, CoreRulebook rulebook, Func<int, int>? lineOf)
    {
        Layout = new LeafLayout(rulebook.Schema);
        Judged = Judge(verdict, rulebook);
        Lowering = new Lowering(circuit, range, r, gamma, rulebook with { Definitions = [] }, lineOf, lowering =>
        {
            Lowerer lowerer = lowering.Lowerer;
            Domain account = lowerer.Account;
            foreach (Domain domain in (Domain[])[account, .. lowerer.Items]) domain.Table.MaxLogHeight = LoweredBook.MaxLogHeight;
            account.Table.ConstrainFirst("there is an account", 1 - account.Active);
            account.Table.ConstrainTransition("there is no other account", account.Table.Next(account.Active));
            Nonce = LoweredBook.Bind(lowerer, Layout, block);
            object value = lowerer.Value(Judged, account);
            if (verdict == AccountQuestion.FreeCollateral) Exceed(lowerer, (NumberValue)value, r);
            else if (verdict == AccountQuestion.Liquidatable) account.Table.Constrain("the account may be liquidated", account.Active - Flag((SmallValue)value, account));
            else account.Table.Constrain("the account may not be liquidated", Flag((SmallValue)value, account));
        });
    }

    /// <summary>The rulebook's tables.</summary>
    public Lowering Lowering { get; }

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Layout { get; }

    /// <summary>What the verdict is about: a flag, or free collateral.</summary>
    public CoreNode Judged { get; }

    /// <summary>Where the account's row has the elements of its nonce: the leaf binds them, and no rule speaks of them.</summary>
    public IReadOnlyList<Expr> Nonce { get; private set; } = [];

    /// <summary>Public columns of the accounts' table: on row 0 the bytes of the threshold, lowest first; empty where there is none.</summary>
    public IReadOnlyList<Expr> Threshold { get; private set; } = [];

    /// <summary>What a verdict is about.</summary>
    /// <exception cref="CoreException">The rulebook does not define it.</exception>
    public static CoreNode Judge(AccountQuestion verdict, CoreRulebook rulebook)
    {
        if (verdict != AccountQuestion.FreeCollateral)
            return (rulebook.Solvency ?? throw new CoreException("limit", "the rulebook does not say when an account may be liquidated", "define equity and maintenance")).Liquidatable;
        var builder = new CoreBuilder(rulebook.Schema);
        CoreNode free = builder.Subtract(Definition("equity"), Definition("initial"));
        return EncumberedOf(rulebook, builder) is { } encumbered ? builder.Subtract(free, encumbered) : free;

        CoreNode Definition(string name) => rulebook.Find(name)?.Value ?? throw new CoreException("limit", $"the rulebook does not define {name}", $"`{name} = …`");
    }

    /// <summary>What of an account's collateral is pledged to somebody: a definition of the rulebook or a field of its accounts; null where it has neither.</summary>
    public static CoreNode? EncumberedOf(CoreRulebook rulebook, CoreBuilder builder)
    {
        if (rulebook.Find(Encumbered) is { } defined) return defined.Value;
        int field = rulebook.Schema.ScalarOf(Encumbered);
        return field < 0 ? null : builder.AccountField(field);
    }

    private void Exceed(Lowerer lowerer, NumberValue free, Expr r)
    {
        Domain account = lowerer.Account;
        DigitColumns digits = lowerer.Digits(free, account, "free collateral");
        Threshold = [.. Enumerable.Range(0, ThresholdBytes).Select(i => account.Table.PublicColumn($"threshold[{i}]"))];
        var threshold = new LimbForm(Expr.Polynomial([.. Threshold], r), new long[ThresholdBytes], [.. Enumerable.Repeat(255L, ThresholdBytes)], (row, into, factor) =>
        {
            for (int i = 0; i < ThresholdBytes; i++) into[i] += factor * row.Book.Threshold[i];
        });
        LimbForm above = LimbForm.Subtract(digits.Form, threshold);
        // the digits are unsigned bytes, and their integer is the difference, so it is not negative
        var rest = new DigitColumns(account, "free collateral above the threshold", DigitFormat.Of(new Bounds(0, BigInteger.Max(free.Bounds.Max, 0))), above);
        Carries.Zero(account, "free collateral is the threshold and what is above it", LimbForm.Subtract(above, rest.Form));
    }

    private static Expr Flag(SmallValue flag, Domain account) => flag.IsConstant ? flag.At * account.Active : flag.At;
}
