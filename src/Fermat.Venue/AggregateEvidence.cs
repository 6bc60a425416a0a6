using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>The insurance fund that a statement P was judged by, beside the proven one.</summary>
/// <param name="Update">The position of the statement P in the list that was given.</param>
/// <param name="Height">Its height.</param>
/// <param name="NotCompared">Why it cannot be compared; null where it is the proven one.</param>
public sealed record FundComparison(int Update, ulong Height, string? NotCompared);

/// <summary>What the aggregates of statements P are worth beside batches that show theirs.</summary>
/// <param name="Fault">The first statement P that says another insurance fund than was there, or null.</param>
/// <param name="Compared">By rising height, every statement P of a rulebook whose rules speak of the insurance fund; empty where there is a fault.</param>
public sealed record AggregateEvidenceResult(ParameterFault? Fault, ImmutableArray<FundComparison> Compared);

/// <summary>
/// Whether the insurance fund that updates of parameters were judged by is the one that batches of statement T have at that height. No account moves between two batches that follow each other, so the fund at an update between them is that after the one and before the other. The engine measures the fund's balance in one asset
/// (<see cref="EngineOptions.GuardAsset"/>), rounded down to the aggregate's decimals and kept within its bounds; so does this.
/// </summary>
/// <remarks>The other aggregates that an engine measures (time, volatility, use of margin) are in no batch; and no engine measures an open interest for these rules.</remarks>
public static class AggregateEvidence
{
    /// <summary>Compares the insurance fund of all statements P with that of the batches around each.</summary>
    /// <param name="batches">Batches that follow each other (<see cref="TransitionChain.Check"/>).</param>
    /// <param name="updates">Statements P, in any order, that <see cref="ParameterEvidence.Check"/> accepts beside these batches.</param>
    /// <param name="asset">The asset that the venue counts the fund in; null where that is not known, and then it is only where there is no other.</param>
    /// <param name="pinned">Assets of which the verifier has pinned what the fund had before the first batch; null for none.</param>
    public static AggregateEvidenceResult Check(IReadOnlyList<TransitionInputs> batches, IReadOnlyList<UpdateStatement> updates, string? asset = null, IReadOnlySet<string>? pinned = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(updates);
        var compared = ImmutableArray.CreateBuilder<FundComparison>();
        foreach (int at in Enumerable.Range(0, updates.Count).OrderBy(at => updates[at].Height))
        {
            (ulong height, ParameterUpdate update) = (updates[at].Height, updates[at].Update);
            ImmutableArray<SchemaField> system = update.Rulebook.Rulebook.Meta?.System ?? [];
            int field = SchemaField.IndexOf(system, MarginEngine.InsuranceFund);
            if (field < 0 || system[field].Type is not FieldType.Number { Quantity: var quantity }) continue;
            if (Fund(batches, height, asset, pinned, out string? unknown) is not var (amount, scale))
            {
                compared.Add(new FundComparison(at, height, unknown));
                continue;
            }
            BigInteger measured = RoundedDivision.Rescale(amount, scale, quantity.Scale, Rounding.Down), expected = BigInteger.Min(BigInteger.Max(measured, quantity.Bounds.Min), quantity.Bounds.Max);
            if (update.Aggregates[field] != expected)
                return new AggregateEvidenceResult(new ParameterFault(-1, at, new StatementRejection(
                    StatementRejectionCode.WrongAggregate, string.Create(CultureInfo.InvariantCulture, $"the update of height {height} was judged by another insurance fund than is proven at that height"),
                    Expected: ParameterAnchors.Show(system[field], expected), Got: ParameterAnchors.Show(system[field], update.Aggregates[field]), Hint: "the asset that the venue counts the fund in is --fund-asset")), []);
            compared.Add(new FundComparison(at, height, unknown));
        }
        return new AggregateEvidenceResult(null, compared.ToImmutable());
    }

    /// <summary>The fund's balance between two batches, and its decimals; and why it shows nothing, where the batches do not have it or have it on the venue's word.</summary>
    private static (BigInteger Amount, int Scale)? Fund(IReadOnlyList<TransitionInputs> batches, ulong height, string? asset, IReadOnlySet<string>? pinned, out string? unknown)
    {
        unknown = null;
        int next = 0;
        while (next < batches.Count && batches[next].Height < height) next++;
        if (next == 0 || next == batches.Count)
        {
            unknown = "it is not between two of the batches, and others may have moved the fund";
            return null;
        }
        TransitionInputs before = batches[next - 1];
        bool isAfter = before.Aggregates is null;
        if (isAfter && batches[next].Aggregates is null)
        {
            unknown = "the batches around it show no aggregates";
            return null;
        }
        TransitionInputs shown = isAfter ? batches[next] : before;
        ImmutableArray<BigInteger> balances = isAfter ? shown.Aggregates!.FundBefore : shown.Aggregates!.FundAfter;
        ImmutableArray<MarketRecord> assets = shown.CountedRecords().Assets;
        int record = -1;
        for (int i = 0; i < assets.Length; i++)
            if (asset is null ? assets.Length == 1 : assets[i].Symbol == asset) record = i;
        if (record < 0)
        {
            unknown = asset is null ? "there are several assets, and which one the venue counts the fund in is in no statement (--fund-asset)" : $"the batches around it have no asset {asset}";
            return null;
        }
        if (!IsKnown(batches, isAfter ? next : next - 1, pinned?.Contains(assets[record].Symbol) == true)) unknown = "no event of the batches around it touches the fund, so what it has is the venue's word (--fund pins it)";
        return (balances[record], TransitionAggregates.Scales(shown.Rulebook).Amounts);
    }

    /// <summary>Whether what the fund has in a batch is more than the venue's word: it goes on to, or comes from, a batch that touches it, an empty tree, or what the verifier knows. A batch that shows nothing breaks that.</summary>
    private static bool IsKnown(IReadOnlyList<TransitionInputs> batches, int at, bool isPinned)
    {
        (int first, int last) = (at, at);
        while (first > 0 && batches[first - 1].Aggregates is not null) first--;
        while (last + 1 < batches.Count && batches[last + 1].Aggregates is not null) last++;
        return batches[first].RootBefore == StateTreeHash.Empty(batches[first].Depth) || (first == 0 && isPinned) || Enumerable.Range(first, last - first + 1).Any(i => batches[i].Aggregates!.FundTouched);
    }
}
