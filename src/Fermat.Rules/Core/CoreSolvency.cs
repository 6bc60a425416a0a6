using System.Collections.Immutable;

namespace Fermat.Rules.Core;

/// <summary>A value of each record of a market table.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Record">Runs over the table.</param>
/// <param name="Value">Public; speaks of no other variable.</param>
public sealed record CoreRecordValue(string Name, CoreVariable Record, CoreNode Value)
{
    /// <summary>Index of the table.</summary>
    public int Table => ((CoreSource.Table)Record.Source).Index;
}

/// <summary>What the items of a collection add to a total: each item adds its value to the record that its reference names.</summary>
/// <param name="Item">Runs over all items of a collection.</param>
/// <param name="Reference">A record of the total's table, chosen by one reference of the item.</param>
/// <param name="Value">What the item adds, its sign included; a number of the total's scale.</param>
public sealed record CoreTotalTerm(CoreVariable Item, CoreNode Reference, CoreNode Value);

/// <summary>A sum over all items of an account for each record of a market table, linear in the items so that a whole book's adds up: what is owed of each asset, what is held of each instrument.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Record">Runs over the table.</param>
/// <param name="Terms">The summands.</param>
/// <param name="Type">Scale, unit and bounds of an account's sum.</param>
public sealed record CoreTotal(string Name, CoreVariable Record, ImmutableArray<CoreTotalTerm> Terms, CoreType.Number Type)
{
    /// <summary>Index of the table.</summary>
    public int Table => ((CoreSource.Table)Record.Source).Index;
}

/// <summary>What a rulebook says about a whole book, for the statement that it is solvent.</summary>
/// <param name="NetEquity">What an account is worth without haircuts.</param>
/// <param name="Liquidatable">Whether it may be liquidated.</param>
/// <param name="Bankrupt">Whether it owes more than it has.</param>
/// <param name="Claims">What is owed of each asset; null where the rulebook does not say.</param>
/// <param name="Price">What a whole unit of each asset is worth, in the unit of net equity; there exactly if claims are.</param>
/// <param name="NetSize">What all accounts hold of each instrument, which a venue that only clears has none of; null where the rulebook does not say.</param>
public sealed record CoreSolvency(CoreNode NetEquity, CoreNode Liquidatable, CoreNode Bankrupt, CoreTotal? Claims, CoreRecordValue? Price, CoreTotal? NetSize)
{
    /// <summary>The totals that are there: claims, net size.</summary>
    public ImmutableArray<CoreTotal> Totals { get; } = [.. new[] { Claims, NetSize }.OfType<CoreTotal>()];

    /// <summary>Every expression in it.</summary>
    internal IEnumerable<CoreNode> Nodes => [NetEquity, Liquidatable, Bankrupt, .. Price is null ? [] : new[] { Price.Value }, .. Totals.SelectMany(total => total.Terms).SelectMany(term => new[] { term.Reference, term.Value })];

    /// <summary>Every variable that is not bound in an expression.</summary>
    internal IEnumerable<CoreVariable> Variables => [.. Price is null ? [] : new[] { Price.Record }, .. Totals.Select(total => total.Record), .. Totals.SelectMany(total => total.Terms).Select(term => term.Item)];
}
