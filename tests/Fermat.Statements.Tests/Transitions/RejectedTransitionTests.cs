using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Events that were rejected for want of margin: that they had to be is proven, and that they changed nothing.</summary>
public sealed class RejectedTransitionTests
{
    /// <summary>Attempts that begin, change, turn and end positions and balances, between events that count; Frank's are all rejected after he opened, Carol has nothing but attempts.</summary>
    internal static BatchEvent[] Rejections { get; } =
    [
        RejectTrade(Alice, BtcPerp, 60, 64000, fee: 10), Trade(Alice, Dave, BtcPerp, 1, 64000, fee: 10), RejectTrade(Alice, BtcPerp, -60, 64000, fee: 10),
        RejectTrade(Alice, BtcPerp, 2, 150_000, fee: 7), RejectTrade(Alice, EthPerp, 4000, 3100), RejectPayment(Dave, 1490), RejectTrade(Dave, BtcPerp, -4, 62_000),
       
        RejectPayment(Bob, 900_000), Transfer(Alice, Bob, 2500), RejectPayment(Bob, 901_000), Open(Frank, "frank"), RejectPayment(Frank, 1), RejectTrade(Frank, EthPerp, -1, 3000), RejectTrade(Carol, EthPerp, 100_000, 3100, fee: 1),
    ];

    [Fact]
    public void What_had_to_be_rejected_is_proven_and_leaves_no_trace()
    {
        TransitionScene scene = Of(Rejections);
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        BatchEvent[] others = [.. Rejections.Where(e => e.Kind is not (EventKind.RejectedTrade or EventKind.RejectedPayment))];
        Assert.Equal(Rejections.Length - others.Length, scene.Inputs.Count(EventClass.ProvenRejected));
        // by the way: positions and balances that an attempt begins and that one ends
        foreach (Func<AccountLeg, bool> one in (Func<AccountLeg, bool>[])[leg => leg.Closes, leg => leg.Empties])
        {
            Assert.Contains(scene.Plan.Versions, v => v.Leg.IsAttempt && one(v.Leg));
            Assert.Contains(scene.Plan.Versions, v => v.TakesBack && one(v.Leg));
        }
        IReadOnlyList<LedgerAccount> with = TransitionProver.Apply(scene.Batch, out _)!, without = TransitionProver.Apply(Start(others), out _)!;
        Assert.Equal(without.Count, with.Count);
        for (int i = 0; i < with.Count; i++)
        {
            Assert.Equal(without[i].Nonce, with[i].Nonce);
            Assert.Equal(without[i].Account.Items.SelectMany(items => items.SelectMany(item => item)), with[i].Account.Items.SelectMany(items => items.SelectMany(item => item)));
        }
    }
}
