using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>What forged batches have in common: versions that a liar made up, with leaves, roots and digests that fit them.</summary>
internal static class Forgery
{
    /// <summary>A lie about nothing: fillers write what they are given, whether it fits or not.</summary>
    public static Lie Nobody { get; } = new(TransitionScene.Circuit.Versions.Lowering.Domains[0], -1, -1, value => value);

    /// <summary>The plan of made-up versions, with the events of the scene, and the public inputs that fit it.</summary>
    public static (TransitionPlan Plan, TransitionInputs Inputs) Forge(TransitionScene scene, IReadOnlyList<AccountVersion> versions)
    {
        TransitionPlan plan = new TransitionPlan(scene.Batch with { Events = [] }, versions, Salts) with { Events = scene.Plan.Events };
        return (plan, Inputs(scene, plan));
    }

    /// <summary>The scene's public inputs with the roots and digests of a plan.</summary>
    public static TransitionInputs Inputs(TransitionScene scene, TransitionPlan plan) => scene.Inputs with
    {
        RootBefore = plan.Before.Root,
        RootAfter = plan.After.Root,
        Events = [.. plan.Events.Select(e => LeafSponge.Hash(e.Blocks(TransitionScene.Circuit.Events)))],
    };

    /// <summary>A cell of a version.</summary>
    public static ref KoalaBear Cell(IReadOnlyList<TableTrace> traces, int row, string column)
    {
        TableTrace accounts = traces.Single(trace => trace.Table.Name == "accounts");
        return ref accounts.Phase(0).Row(row)[accounts.Table.Columns.Single(c => c.Name == column).Offset];
    }

    /// <summary>A version's dollars, which it has.</summary>
    public static BigInteger Dollars(AccountVersion version) => version.Account.Items[Balances].Single(item => item[0] == TransitionScene.Usd)[1];

    /// <summary>An account with another amount of dollars.</summary>
    public static AccountData WithUsd(AccountData account, BigInteger amount) =>
        account with { Items = account.Items.SetItem(Balances, [.. account.Items[Balances].Select(item => item[0] == TransitionScene.Usd ? item.SetItem(1, amount) : item)]) };

    /// <summary>A batch that is allowed and breaks nothing, or is not allowed and breaks something of a name: natively and in the circuit.</summary>
    public static void Judges(bool isAllowed, string name, TransitionBatch batch)
    {
        Assert.True(isAllowed == VersionMaker.Make(batch, out RefusedEvent? refused) is not null, refused?.Message ?? "allowed");
        if (!isAllowed)
        {
            Breaks(name, TransitionScene.Forbidden(batch).Check(lie: Nobody));
            return;
        }
        CheckReport report = TransitionScene.Of(batch).Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }

    /// <summary>Asserts that something is violated, a constraint or bus of a name among it.</summary>
    public static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
