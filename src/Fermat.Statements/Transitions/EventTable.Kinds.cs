using Fermat.Rules.Lowering;

namespace Fermat.Statements.Transitions;

/// <summary>What kinds of events have in common, and what each asks of its accounts.</summary>
internal sealed partial class EventTable
{
    /// <summary>Kinds in which margin is set aside for a position or taken back: its size stays.</summary>
    internal static readonly EventKind[] Assigns = [EventKind.MarginAssignment, EventKind.RejectedAssignment, EventKind.RejectedSetAside, EventKind.MarginReturn];

    /// <summary>Kinds in which a position changes hands, or what is set aside for it.</summary>
    internal static readonly EventKind[] Moves = [EventKind.Trade, EventKind.Liquidation, EventKind.Deleveraging, EventKind.Settlement, EventKind.RejectedTrade, EventKind.VariationMargin, .. Assigns];

    /// <summary>Kinds in which it does so at the mark price.</summary>
    internal static readonly EventKind[] HandedOver = [EventKind.Liquidation, EventKind.Deleveraging, EventKind.Settlement];

    /// <summary>Kinds in which something is pledged, released, or was to be pledged, and nothing else moves.</summary>
    internal static readonly EventKind[] Encumbers = [EventKind.Pledge, EventKind.Release, EventKind.RejectedPledge];

    /// <summary>Kinds whose second account is named, and touched so that it is another one's and exists; nothing is asked of it, and nothing in it changes.</summary>
    internal static readonly EventKind[] OnlyNamesSecond = [EventKind.Pledge, EventKind.RejectedPledge];

    /// <summary>Kinds with two accounts.</summary>
    internal static readonly EventKind[] HasSecond =
    [
        EventKind.Transfer, EventKind.Trade, .. HandedOver, EventKind.InsurancePayment, EventKind.LossShare, EventKind.Delivery, EventKind.DeliveryPayment, EventKind.CollateralSale, EventKind.CollateralPayment,
        EventKind.RejectedHalf, EventKind.Release, .. OnlyNamesSecond,
    ];

    /// <summary>Kinds that the owner of the first account instructs.</summary>
    internal static readonly EventKind[] FirstInstructs = [.. Enum.GetValues<EventKind>().Where(kind => FirstRole(kind).HasFlag(LegRole.Instructed))];

    /// <summary>Kinds that the owner of the first account instructed, and that were rejected by what they would have made of it.</summary>
    internal static readonly EventKind[] Attempts = [EventKind.RejectedTrade, EventKind.RejectedPayment, EventKind.RejectedBorrowing, EventKind.RejectedSpot, EventKind.RejectedAssignment, EventKind.RejectedSetAside, EventKind.RejectedPledge];

    /// <summary>Kinds that are rejected and move nothing.</summary>
    internal static readonly EventKind[] Idle = [EventKind.Rejected, EventKind.RejectedStep, EventKind.RejectedReturn];

    /// <summary>Kinds that name no account, and send no leg.</summary>
    internal static readonly EventKind[] NamesNobody = [EventKind.Rejected, EventKind.RejectedReturn];

    /// <summary>Kinds in which the first account pays as its owner instructed, and counts.</summary>
    internal static readonly EventKind[] PaysAsInstructed = [EventKind.Withdrawal, EventKind.Transfer, EventKind.Delivery, EventKind.DeliveryPayment];

    /// <summary>Kinds that the owner of the second account instructs.</summary>
    internal static readonly EventKind[] SecondInstructs = [.. Enum.GetValues<EventKind>().Where(kind => SecondRole(kind).HasFlag(LegRole.Instructed))];

    /// <summary>Kinds in which the first account pays something.</summary>
    internal static readonly EventKind[] FirstPays =
        [EventKind.Withdrawal, EventKind.Transfer, EventKind.InsurancePayment, EventKind.LossShare, EventKind.Delivery, EventKind.CollateralSale, EventKind.CollateralPayment, EventKind.RejectedPayment, EventKind.RejectedBorrowing, EventKind.RejectedSetAside];

    /// <summary>Kinds that can have a fee or a penalty.</summary>
    internal static readonly EventKind[] HasFees = [EventKind.Trade, EventKind.DeliveryPayment, EventKind.Liquidation];

    /// <summary>Kinds whose instructed accounts a clearing house asks nothing of: trades, which its market has margined, and what its fund takes over.</summary>
    internal static readonly EventKind[] Novates = [EventKind.Trade, EventKind.Liquidation];

    /// <summary>What everybody sees of a row of a kind.</summary>
    internal static EventClass ClassOf(EventKind kind) => kind switch
    {
        EventKind.Deleveraging => EventClass.Deleveraging,
        EventKind.LossShare => EventClass.LossShare,
        EventKind.InsurancePayment or EventKind.CollateralSale or EventKind.CollateralPayment => EventClass.Forced,
        EventKind.Settlement or EventKind.MarginReturn => EventClass.Settlement,
        EventKind.VariationMargin => EventClass.VariationMargin,
        EventKind.Rejected => EventClass.Rejected,
        EventKind.RejectedTrade or EventKind.RejectedPayment or EventKind.RejectedStep or EventKind.RejectedHalf or EventKind.RejectedSpot or EventKind.RejectedReturn or EventKind.RejectedAssignment or EventKind.RejectedSetAside or EventKind.RejectedPledge => EventClass.ProvenRejected,
        EventKind.RejectedBorrowing => EventClass.RejectedBorrowing,
        _ => EventClass.Ordinary,
    };

    /// <summary>What is asked of the first account, beside which way its position may go.</summary>
    internal static LegRole FirstRole(EventKind kind) => kind switch
    {
        EventKind.Withdrawal or EventKind.Transfer => LegRole.Instructed | LegRole.Pays,
        EventKind.Trade => LegRole.Instructed,
        EventKind.DeliveryPayment => LegRole.Instructed | LegRole.GoesOn,
        EventKind.Liquidation or EventKind.Deleveraging => LegRole.Due | LegRole.NoWorse | LegRole.Reduced,
        EventKind.Opening => LegRole.Opens,
        EventKind.InsurancePayment or EventKind.LossShare or EventKind.CollateralPayment => LegRole.StaysCredit,
        EventKind.CollateralSale => LegRole.Due | LegRole.StaysCredit | LegRole.HasNoPosition,
        EventKind.Settlement => LegRole.Ends,
        EventKind.RejectedTrade => LegRole.Attempt | LegRole.Worsens,
        EventKind.RejectedPayment => LegRole.Attempt,
        EventKind.RejectedStep => LegRole.NotDue,
        EventKind.RejectedBorrowing => LegRole.Attempt | LegRole.StaysDebt,
        EventKind.RejectedHalf => LegRole.Half,
        EventKind.RejectedSpot => LegRole.Attempt | LegRole.Worsens | LegRole.GoesOn,
        EventKind.MarginAssignment => LegRole.Instructed | LegRole.Assigns,
        EventKind.MarginReturn => LegRole.Assigns | LegRole.Ends,
        EventKind.RejectedAssignment => LegRole.Attempt | LegRole.Worsens | LegRole.Assigns,
        EventKind.RejectedSetAside => LegRole.Attempt | LegRole.StaysDebt | LegRole.Assigns,
        EventKind.Pledge => LegRole.Instructed | LegRole.Pays | LegRole.Pledges,
        EventKind.Release => LegRole.Releases,
        EventKind.RejectedPledge => LegRole.Attempt | LegRole.Pledges,
        EventKind.VariationMargin => LegRole.Marked,
        _ => LegRole.None,
    };

    /// <summary>What is asked of the second.</summary>
    internal static LegRole SecondRole(EventKind kind) => kind switch
    {
        EventKind.Trade or EventKind.Liquidation or EventKind.Release => LegRole.Instructed,
        EventKind.DeliveryPayment => LegRole.Instructed | LegRole.GoesOn,
        EventKind.InsurancePayment or EventKind.LossShare => LegRole.Due | LegRole.NoWorse | LegRole.StaysDebt | LegRole.HasNoPosition,
        EventKind.CollateralPayment => LegRole.NoWorse | LegRole.GoesOn | LegRole.StaysDebt,
        EventKind.RejectedHalf => LegRole.Half,
        _ => LegRole.None,
    };
}
