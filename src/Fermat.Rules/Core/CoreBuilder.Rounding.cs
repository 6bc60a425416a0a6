using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

public sealed partial class CoreBuilder
{
    /// <summary>x at the quantity's scale, rounded.</summary>
    public CoreNode Round(Rounding rounding, CoreNode x, Quantity quantity) => Divide(rounding, x, Make(new Literal(1), Num(0, Unit.None, Bounds.Of(1))), quantity);

    /// <summary>a / b at the quantity's scale, rounded once.</summary>
    public CoreNode Divide(Rounding rounding, CoreNode a, CoreNode b, Quantity quantity)
    {
        (CoreType.Number above, CoreType.Number below) = (Number(a, "divide"), Number(b, "divide by"));
        RequireUnit(above.Unit is null && below.Unit is null ? null : (above.Unit ?? Unit.None) / (below.Unit ?? Unit.None), quantity);
        if (below.Bounds.Max.Sign <= 0)
            throw new CoreException("division", "the denominator is never positive", "turn both signs around");
        if (below.Bounds.Min.Sign <= 0 && b.Stage == Stage.Private)
        {
            throw new CoreException("division", $"the denominator can be {(below.Bounds.Min.IsZero ? "zero" : "negative")}, and it depends on the account",
                "give it a floor: max(x, …), or a quantity declared positive");
        }
        // value = (a / 10^sa) / (b / 10^sb), in units of 10^-s: a · 10^(s + sb − sa) / b
        int shift = quantity.Scale + below.Scale - above.Scale;
        CoreNode numerator = shift > 0 ? Times(a, shift) : a, denominator = shift < 0 ? Times(b, -shift) : b;
        BigInteger least = BigInteger.Max(denominator.Bounds.Min, 1);
        Bounds n = numerator.Bounds;
        Bounds inferred = Bounds.Hull(
            RoundedDivision.Divide(n.Min, least, rounding), RoundedDivision.Divide(n.Min, denominator.Bounds.Max, rounding),
            RoundedDivision.Divide(n.Max, least, rounding), RoundedDivision.Divide(n.Max, denominator.Bounds.Max, rounding));
        return Quotient(new Quotient(rounding, numerator, denominator), inferred, quantity);
    }

    /// <summary>√x at the quantity's scale, rounded once.</summary>
    public CoreNode SquareRoot(Rounding rounding, CoreNode x, Quantity quantity)
    {
        CoreType.Number type = Number(x, "take the square root of");
        if (type.Unit is not null)
        {
            Unit root = type.Unit.SquareRoot() ?? throw new CoreException("units", $"{type.Unit} has no square root");
            RequireUnit(root, quantity);
        }
        if (type.Bounds.Max.Sign < 0 || (type.Bounds.Min.Sign < 0 && x.Stage == Stage.Private))
            throw new CoreException("division", "the square root of a number that can be negative", "give it a floor: max(x, 0)");
        // √(x / 10^sx) in units of 10^-s: √(x · 10^(2s − sx)); a finer x is brought to an even number of decimals first
        int shift = 2 * quantity.Scale - type.Scale;
        if (shift < 0)
            throw new CoreException("scale", $"this has {type.Scale} decimals, more than twice the {quantity.Scale} of {quantity.Name}", "round it first");
        CoreNode scaled = shift > 0 ? Times(x, shift) : x;
        var inferred = new Bounds(Root(BigInteger.Max(scaled.Bounds.Min, 0)), Root(scaled.Bounds.Max) + 1);
        return Quotient(new SquareRoot(rounding, scaled), inferred, quantity);
    }

    /// <summary>A curve at x, at the quantity's scale, rounded once.</summary>
    public CoreNode Interpolate(Rounding rounding, CoreNode curve, CoreNode x, Quantity quantity)
    {
        FieldType.Ladder ladder = RequireLadder(curve, "interpolate", kind => kind == LadderKind.Curve, "a curve");
        RequireUnit(ladder.Y.Unit, quantity);
        CoreNode argument = Argument(x, ladder);
        Bounds y = ladder.Y.Bounds;
        Bounds inferred = new(RoundedDivision.Rescale(y.Min, ladder.Y.Scale, quantity.Scale, rounding), RoundedDivision.Rescale(y.Max, ladder.Y.Scale, quantity.Scale, rounding));
        return Quotient(new Interpolate(rounding, curve, argument), inferred, quantity);
    }

    /// <summary>Tiers or brackets at x, exact.</summary>
    public CoreNode Tiered(CoreNode ladder, CoreNode x)
    {
        FieldType.Ladder declared = RequireLadder(ladder, "tiered", kind => kind != LadderKind.Curve, "tiers or brackets");
        CoreNode argument = Argument(x, declared);
        if (argument.Bounds.Min.Sign < 0 && argument.Stage == Stage.Private)
            throw new CoreException("overflow", "tiers begin at zero, and this can be negative", "use abs(x) or max(x, 0)");
        Unit? unit = declared.X.Unit * declared.Y.Unit;
        BigInteger rate = declared.Y.Bounds.Magnitude, most = BigInteger.Max(argument.Bounds.Max, 0) * rate;
        // tiers: a sum of parts of x times rates; brackets: rate · x − offset with offset within rate · x by the rules of a ladder (checked when it is read)
        BigInteger lowest = declared.Y.Bounds.Min.Sign < 0 ? -most : 0;
        return Make(new Tiered(ladder, argument), Num(declared.X.Scale + declared.Y.Scale, unit, new Bounds(lowest, most)));
    }

    /// <summary>A public function, to the nearest unit of the quantity's scale within its documented error.</summary>
    public CoreNode Call(FunctionKind kind, IReadOnlyList<CoreNode> arguments, Quantity quantity)
    {
        string name = NameOf(kind);
        int count = kind switch
        {
            FunctionKind.Pow => 2,
            FunctionKind.Black76 or FunctionKind.Delta => 7,
            FunctionKind.Gamma or FunctionKind.Vega => 6,
            _ => 1,
        };
        if (arguments.Count != count) throw new CoreException("type", $"{name} takes {count} argument{(count == 1 ? "" : "s")}, and {arguments.Count} are given");
        foreach (CoreNode argument in arguments.Where(argument => argument.Stage == Stage.Private))
        {
            throw new CoreException("stage", $"{name} is computed in public, and an argument depends on the account",
                argument.Free.Length > 1 ? "only public data and one reference (like p.instrument) may be in it" : "only public data and what a reference says may be in it");
        }
        foreach (CoreNode argument in arguments)
        {
            if (argument.Type is CoreType.Number { Scale: > PublicMath.PublicFunctions.MaxScale } number)
                throw new CoreException("scale", $"an argument of {name} has {number.Scale} decimals; at most {PublicMath.PublicFunctions.MaxScale} are taken", "round it first");
        }
        if (kind is FunctionKind.Delta or FunctionKind.Gamma or FunctionKind.Vega && quantity.Scale > PublicMath.Black76.MaxGreekScale)
            throw new CoreException("scale", $"{quantity.Name} has {quantity.Scale} decimals; {name} has at most {PublicMath.Black76.MaxGreekScale}");
        Function node = new(kind, [.. arguments]);
        Unit? unit = kind is FunctionKind.Exp or FunctionKind.Ln or FunctionKind.Pow or FunctionKind.NormalCdf or FunctionKind.NormalPdf
            ? PureNumbers(name, arguments)
            : OptionUnit(kind, name, arguments);
        RequireUnit(unit, quantity);
        return Make(node, Num(quantity.Scale, quantity.Unit, quantity.Bounds));
    }

    /// <summary>The function's name in a rulebook.</summary>
    public static string NameOf(FunctionKind kind) => kind switch
    {
        FunctionKind.NormalCdf => "normal_cdf",
        FunctionKind.NormalPdf => "normal_pdf",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static Unit PureNumbers(string name, IReadOnlyList<CoreNode> arguments)
    {
        foreach (CoreNode argument in arguments)
            if (Number(argument, $"take {name} of").Unit is { IsNone: false } unit)
                throw new CoreException("units", $"{name} takes pure numbers, and this is in {unit}", "divide by something in the same unit");
        return Unit.None;
    }

    /// <summary>forward and strike of one unit; vol and discount pure; time and year of one unit. A price has the forward's unit, delta none, gamma one over it, vega the forward's.</summary>
    private static Unit? OptionUnit(FunctionKind kind, string name, IReadOnlyList<CoreNode> arguments)
    {
        int first = 0;
        if (kind is FunctionKind.Black76 or FunctionKind.Delta)
        {
            first = 1;
            if (arguments[0].Type is not CoreType.Choice { Type.Values.Length: 2 })
                throw new CoreException("type", $"the first argument of {name} is the kind of option: an enumeration of two names, the call first");
        }
        CoreType.Number[] numbers = [.. arguments.Skip(first).Select(argument => Number(argument, $"take {name} of"))];
        if (numbers[0].Unit is not null && numbers[1].Unit is not null && !numbers[0].Unit!.Equals(numbers[1].Unit))
            throw new CoreException("units", $"the forward is in {numbers[0].Unit} and the strike in {numbers[1].Unit}");
        PureNumbers($"{name}'s volatility", [arguments[first + 2]]);
        PureNumbers($"{name}'s discount", [arguments[first + 5]]);
        if (numbers[3].Unit is not null && numbers[4].Unit is not null && !numbers[3].Unit!.Equals(numbers[4].Unit))
            throw new CoreException("units", $"the time is in {numbers[3].Unit} and the year in {numbers[4].Unit}");
        Unit? forward = numbers[0].Unit ?? numbers[1].Unit;
        return kind switch
        {
            FunctionKind.Delta => Unit.None,
            FunctionKind.Gamma => forward is null ? null : Unit.None / forward,
            _ => forward,
        };
    }

    /// <summary>Gives a rounded node its type: the quantity's scale and unit. A private value must fit by its bounds; a public or keyed one is checked when it is computed.</summary>
    private CoreNode Quotient(CoreNode node, Bounds inferred, Quantity quantity)
    {
        bool isPrivate = node.Children.Any(child => child.Stage == Stage.Private) || Mixed(node.Children);
        if (quantity.Bounds.Contains(inferred)) return Make(node, Num(quantity.Scale, quantity.Unit, inferred));
        if (isPrivate || inferred.Intersect(quantity.Bounds) is not { } common)
        {
            BigInteger worst = inferred.Max > quantity.Bounds.Max ? inferred.Max : inferred.Min;
            BigInteger limit = inferred.Max > quantity.Bounds.Max ? quantity.Bounds.Max : quantity.Bounds.Min;
            throw new CoreException("overflow", $"this can reach {Show(BigInteger.Abs(worst), quantity.Scale, worst.Sign)}, and {quantity.Name} ends at {Show(BigInteger.Abs(limit), quantity.Scale, limit.Sign)}",
                "give its parts tighter quantities, use clamp(x, low, high), or declare a wider quantity");
        }
        return Make(node, Num(quantity.Scale, quantity.Unit, common));
    }

    private static string Show(BigInteger magnitude, int scale, int sign) => (sign < 0 ? "-" : "") + Show(magnitude, scale);

    private static bool Mixed(IEnumerable<CoreNode> children) => children.Select(child => child.Reference).Where(key => key is not null).Distinct().Count() > 1;

    private CoreNode Times(CoreNode x, int digits) => AtScale(x, x.Number.Scale + digits);

    private CoreNode Argument(CoreNode x, FieldType.Ladder ladder)
    {
        CoreType.Number type = Number(x, "look up");
        RequireUnit(type.Unit, ladder.X);
        if (type.Scale > ladder.X.Scale)
            throw new CoreException("scale", $"this has {type.Scale} decimals and the ladder takes {ladder.X.Name}, which has {ladder.X.Scale}", $"round it first: down(…, {ladder.X.Name})");
        return AtScale(x, ladder.X.Scale);
    }

    private static FieldType.Ladder RequireLadder(CoreNode node, string name, Predicate<LadderKind> allowed, string expected) =>
        node.Type is CoreType.Ladder { Field: var field } && allowed(field.Kind)
            ? field
            : throw new CoreException("type", $"{name} takes {expected}, and this is {(node.Type is CoreType.Ladder { Field: var other } ? other.Kind.ToString().ToLowerInvariant() : Describe(node))}");

    private static BigInteger Root(BigInteger n) => PublicMath.Fixed96.SquareRoot(n);
}
