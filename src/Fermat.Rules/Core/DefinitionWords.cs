using System.Collections.Immutable;
using System.Globalization;

namespace Fermat.Rules.Core;

/// <summary>Where a definition leaves the machine words: the first of its values that is computed in numbers of any size.</summary>
/// <param name="Cause">Why; never <see cref="WideCause.None"/>.</param>
/// <param name="Bits">Of the value that is too large: what is taken, or the result; of the result where neither is.</param>
/// <param name="Span">Where in the rulebook's text: first character and length; null for what the compiler adds.</param>
/// <param name="Hint">What to do.</param>
public sealed record WideStep(WideCause Cause, int Bits, (int Start, int Length)? Span, string Hint);

/// <summary>How native evaluation computes a definition, a function, or what items add to a total. The parts that it names are definitions of their own.</summary>
/// <param name="Name">As the rulebook calls it, without arguments; a function with several calls is here once.</param>
/// <param name="Bits">Of its widest value, those that it takes among them: bits of the magnitude, as <c>bits</c> of a quantity counts them.</param>
/// <param name="First">Where it leaves the words; null where all of it is computed in words.</param>
public sealed record DefinitionWords(string Name, int Bits, WideStep? First)
{
    /// <summary>Whether all of it is computed in 128-bit words.</summary>
    public bool IsInWords => First is null;

    /// <summary>Bits of the machine word that its widest value fits, sign included: 64 or 128; null where it fits neither. The evaluator's words are of 128 bits for both.</summary>
    public int? Word => Bits < 64 ? 64 : Bits <= MachineWords.Bits ? 128 : null;

    /// <summary>Those of a rulebook, in the order in which they are first computed.</summary>
    internal static ImmutableArray<DefinitionWords> Of(CoreRulebook rulebook)
    {
        HashSet<CoreNode> written = [.. rulebook.Definitions.Select(definition => definition.Value)];
        var owners = new Dictionary<CoreNode, string>();
        var work = new Stack<(CoreNode Node, string Owner)>();
        foreach (CoreDefinition definition in rulebook.Definitions) work.Push((definition.Value, definition.Name));
        if (rulebook.Solvency is { } book)
        {
            work.Push((book.Liquidatable, "liquidatable"));
            work.Push((book.Bankrupt, "bankrupt"));
            foreach (CoreTotal total in book.Totals)
                foreach (CoreTotalTerm term in total.Terms) work.Push((term.Value, total.Name));
        }
        while (work.TryPop(out var next))
        {
            (CoreNode node, string owner) = next;
            if (node.Stage != Stage.Private) continue;
            if (node is Named named && (written.Contains(node) || named.Name.Contains('('))) owner = named.Name.Split('(')[0];
            if (!owners.TryAdd(node, owner)) continue;
            foreach (CoreNode child in node.Children) work.Push((child, owner));
        }
        HashSet<string> names = [.. rulebook.Definitions.Select(definition => definition.Name)];
        return [.. owners.OrderBy(pair => pair.Key.Id).GroupBy(pair => pair.Value, pair => pair.Key)
            .Select(group => new DefinitionWords(group.Key, group.SelectMany(WithOperands).Max(MachineWords.BitsOf), FirstWide(group, isWritten: names.Contains(group.Key) || group.Key is not ("liquidatable" or "bankrupt"))))];
    }

    private static IEnumerable<CoreNode> WithOperands(CoreNode node) => node.Children.Where(child => child is not Literal).Append(node);

    private static WideStep? FirstWide(IEnumerable<CoreNode> nodes, bool isWritten)
    {
        if (nodes.FirstOrDefault(node => !node.IsInWords) is not { } node) return null;
        int bits = MachineWords.BitsOf(node.Wide == WideCause.Operand ? MachineWords.WideOperand(node)! : node);
        return new WideStep(node.Wide, bits, isWritten ? node.Span : null, Hint(node, bits));
    }

    private static string Hint(CoreNode node, int bits)
    {
        if (node.Wide == WideCause.Operand) return $"it takes {(MachineWords.WideOperand(node) is Named named ? named.Name : "a value")}, which has {Text(bits)} bits: bring that below {MachineWords.Bits + 1}";
        if (node.Wide == WideCause.Operation) return Never(node);
        string excess = $"{Text(bits - MachineWords.Bits)} bits too many: ";
        int Of(CoreNode part) => MachineWords.BitsOf(part);
        return excess + node switch
        {
            Multiply product => $"the factors have {Text(Of(product.Left))} and {Text(Of(product.Right))}; round one to fewer decimals, or give its quantity fewer bits",
            Add sum => $"the parts have {Text(Of(sum.Left))} and {Text(Of(sum.Right))}; give their quantities fewer bits",
            Rescale rescale => $"what has {Text(Of(rescale.Operand))} is brought to {Text(rescale.Digits)} more decimals to meet the rest; round the rest to fewer decimals, or give this fewer bits",
            Reduce reduce => $"up to 2^{Text(bits - Of(reduce.Body))} values of {Text(Of(reduce.Body))} are added; give them fewer bits, or allow fewer items (`}}* up to N`)",
            Tiered tiered => $"the argument has {Text(Of(tiered.X))} and the rates {Text(bits - Of(tiered.X))}; give either quantity fewer bits",
            _ => "give what it is made of fewer bits",
        };
    }

    private static string Never(CoreNode node) => node switch
    {
        Quotient { Denominator: Literal } => "it divides by a constant of more than 64 bits (20 decimals or more are rounded away): round in two steps, or a factor first",
        Quotient => "a division by what is no constant is not in words: divide a sum instead of each item, or multiply by a public inverse",
        SquareRoot => "a square root is not in words: take it of a sum instead of each item",
        Interpolate => "a curve is not in words: take its value where it is public, from a market record",
        _ => "a share (`prorata`) is not in words; nothing to narrow",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
