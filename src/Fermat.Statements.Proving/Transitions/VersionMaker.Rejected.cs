using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>Versions of events that were rejected.</summary>
internal sealed partial class VersionMaker
{
    /// <summary>A half of what was rejected; or, two rows after it, the same back.</summary>
    private string? Half(BatchEvent e, int number)
    {
        (BatchEvent half, int sign) = e.Kind == EventKind.RejectedHalf ? (e, 1) : (number > 2 ? _batch.Events[number - 3] : e, -1);
        AccountData? before = Run(half.First)?[^1].Account;
        AccountLeg LegOf(bool empties) => new(LegRole.Half, null, 1, 0, 0, half.Asset, sign * half.FirstCash, false, empties);
        if (Step(half.First, number, (_, empties) => LegOf(empties)) is { } fault) return fault;
        AccountVersion made = _versions[half.First][^1];
        return !_isLiar && sign > 0 && NotTakenBack(before!, made.Account, e, closes: false, made.Leg.Empties) is { } lost ? $"account {before!.Id}: {lost}" : null;
    }

    /// <summary>What a rejected event would have made of the account, and the account as it was; or why the event did not have to be rejected.</summary>
    private string? Attempt(BatchEvent e, int number)
    {
        if (Run(e.First) is not { } versions) return $"there is no account {e.First}";
        AccountVersion before = versions[^1];
        AccountLeg LegOf(bool closes, bool empties) => new(EventTable.FirstRole(e.Kind), e.Instrument, 1, e.Size, e.Cost, e.Asset, e.FirstCash, closes, empties) { Pledged = e.Pledged, PledgedTo = PledgedTo(e) };
        if (Move(before.Account, LegOf(false, false), out AccountData? after, out bool closes, out bool empties) is { } fault) return $"account {before.Account.Id}: {fault}";
        if (!_isLiar && NotTakenBack(before.Account, after!, e, closes, empties) is { } lost) return $"account {before.Account.Id}: {lost}";
        (Standing was, Standing becomes) = (_standings.TryGetValue(e.First, out Standing? known) ? known : Judge(before.Account), Judge(after!));
        _standings[e.First] = was;
        AccountLeg leg = LegOf(closes, empties);
        (BigInteger gap, BigInteger exposure) = leg.Role.HasFlag(LegRole.GoesOn) ? (before.PreviousGap, before.PreviousExposure) : (was.Gap, was.Exposure);
        bool wasLiquidatable = leg.Role.HasFlag(LegRole.GoesOn) ? before.WasLiquidatable : was.CanBeLiquidated;
        if (!_isLiar && leg.Role.HasFlag(LegRole.Assigns) && !IsIsolated(before.Account)) return $"account {before.Account.Id} is not in isolated mode";
        if (!_isLiar && Allowed(leg, after!, becomes, gap, wasLiquidatable) is { } allowed) return $"account {before.Account.Id} {allowed}, so it is not proven that this was to be rejected";
        AccountVersion attempt = before with { Account = after!, Event = number, WasEmpty = false, TakesBack = false, PreviousGap = gap, PreviousExposure = exposure, WasLiquidatable = wasLiquidatable, Leg = leg };
        AccountLeg back = AccountLeg.Nothing with
        {
            Instrument = e.Instrument,
            Asset = e.Asset,
            Closes = e.Instrument is { } instrument && VersionLeg.Item(before.Account, _fields.Positions, _fields.Instrument, instrument) is null,
            Empties = VersionLeg.Item(before.Account, _fields.Balances, _fields.Asset, e.Asset) is null && VersionLeg.Item(after!, _fields.Balances, _fields.Asset, e.Asset) is not null,
        };
        versions.Add(attempt);
        versions.Add(before with { Event = number, WasEmpty = false, TakesBack = true, PreviousGap = becomes.Gap, PreviousExposure = becomes.Exposure, WasLiquidatable = becomes.CanBeLiquidated, Leg = back });
        return e.Second is { } named ? Step(named, number, (_, _) => AccountLeg.Nothing with { IsNamed = true }) : null;
    }

    /// <summary>Why what was attempted did not have to be rejected, or null.</summary>
    private string? Allowed(AccountLeg leg, AccountData after, Standing becomes, BigInteger gap, bool wasLiquidatable)
    {
        if (leg.Role.HasFlag(LegRole.StaysDebt)) return VersionLeg.Item(after, _fields.Balances, _fields.Asset, leg.Asset)?[_fields.Amount].Sign < 0 ? null : "would owe nothing";
        return Forbidden(leg.Role.HasFlag(LegRole.Worsens) ? LegRole.Instructed : LegRole.Pays, becomes.IsHealthy, becomes.Gap > gap, _judgesApart && becomes.CanBeLiquidated && !wasLiquidatable, couldBeLiquidated: false, isRaised: false) is null ? "would be left as the rulebook allows" : null;
    }

    /// <summary>What could not be made again as it was: an item of nothing, or one with a flag, which no event makes.</summary>
    private string? NotTakenBack(AccountData before, AccountData after, BatchEvent e, bool closes, bool empties)
    {
        foreach ((int collection, int reference, int? record, int number, bool ends) in ((int, int, int?, int, bool)[])[
            (_fields.Balances, _fields.Asset, e.Asset, _fields.Amount, empties), (_fields.Positions, _fields.Instrument, e.Instrument, _fields.Size, closes)])
        {
            if (record is not { } at || VersionLeg.Item(before, collection, reference, at) is not { } item || VersionLeg.Item(after, collection, reference, at) is { } same && same.AsSpan().SequenceEqual(item.AsSpan())) continue;
            if (item[number].IsZero && (collection != _fields.Positions || !_fields.HasMargin || item[_fields.Margin].IsZero)) return $"one of its {_schema.Collections[collection].Name} has no {_schema.Collections[collection].Fields[number].Name}";
            ImmutableArray<SchemaField> fields = _schema.Collections[collection].Fields;
            for (int f = 0; f < fields.Length && ends; f++)
                if (fields[f].Type is not (FieldType.Number or FieldType.Reference) && !item[f].IsZero) return $"an item that the attempt ends has {fields[f].Name}";
        }
        return null;
    }
}
