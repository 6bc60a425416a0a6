using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Accounts;

namespace Fermat.Cli.Accounts;

/// <summary>What a verified statement about one account says, and what it does not.</summary>
internal static class AccountView
{
    /// <summary>A claim's threshold as a decimal.</summary>
    public static string Threshold(AccountStatementInputs inputs, AccountClaim.Health claim) => ExactDecimal.Format(claim.Threshold, AccountStatementInputs.FreeCollateralScale(inputs.Rulebook));

    public static void Print(Terminal terminal, AccountVerification result, AccountAnchors anchors)
    {
        AccountStatementInputs inputs = result.Inputs;
        terminal.Say($"Proven of one account of {inputs.Venue}, height {inputs.Height}, with {result.ProvenBits} proven bits ({result.Result!.Soundness!.Hash}: {result.Result.Soundness.HashBits} collision bits, assumed):");
        terminal.Say($"  • it is a leaf of the state tree with root {inputs.StateRoot}");
        string judged = $"by your rulebook {inputs.Rulebook.Name}, {inputs.Rulebook.Digest},\n    with parameters {inputs.Rulebook.ParameterValuesDigest(inputs.Market)}\n    and market data {inputs.Rulebook.MarketDigest(inputs.Market)}";
        switch (inputs.Claim)
        {
            case AccountClaim.Liquidation claim:
                terminal.Say($"  • it {(claim.IsDue ? "may" : "may NOT")} be liquidated {judged}");
                terminal.Say($"  • its nullifier is {claim.Nullifier}: another statement about it at this height has the same");
                terminal.Say("Not shown: which account it is, what it holds, how far it is from being " + (claim.IsDue ? "healthy." : "liquidatable."));
                break;
            case AccountClaim.Health claim:
                string unit = inputs.Rulebook.Rulebook.Find("equity")?.Value.Number.Unit is { IsNone: false } named ? $" {named}" : "";
                terminal.Say($"  • at least {Threshold(inputs, claim)}{unit} of its collateral is free {judged}");
                terminal.Say($"  • who proves it knows the secret of the account's owner, and answered the challenge {claim.Challenge}");
                terminal.Say($"  • {claim.Verifier} knows the owner as {claim.Pseudonym}{(claim.Scope.Length > 0 ? $" for {claim.Scope}" : "")}");
                terminal.Say("Not shown: which account it is, what it holds, how much more is free.");
                if (!IsEncumbrance(inputs)) terminal.Say($"Not proven: that the collateral is not pledged elsewhere. The rulebook {inputs.Rulebook.Name} has no `encumbered`.");
                break;
        }
        (IReadOnlyList<string> pinned, IReadOnlyList<string> taken) = Compared(anchors, inputs);
        terminal.Say($"Compared with what you brought: {string.Join(", ", pinned)}. Taken from the statement: {string.Join(", ", taken)}.");
        terminal.Say("Not proven: that prices and root are the true ones. Compare the root with one that was proven of the whole book (fermat verify solvency), and prices with their sources.");
    }

    public static JsonObject ToJson(AccountVerification result, AccountAnchors anchors, TimeSpan elapsed)
    {
        AccountStatementInputs inputs = result.Inputs;
        (IReadOnlyList<string> pinned, IReadOnlyList<string> taken) = Compared(anchors, inputs);
        var answer = new JsonObject
        {
            ["ok"] = true,
            ["accepted"] = true,
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 4),
            ["kind"] = Show.Words(inputs.Claim.Kind, "-"),
            ["venue"] = inputs.Venue,
            ["height"] = inputs.Height,
            ["stateRoot"] = inputs.StateRoot.ToString(),
            ["rulebook"] = inputs.Rulebook.Name,
            ["rulebookDigest"] = inputs.Rulebook.Digest.ToString(),
            ["parametersDigest"] = inputs.Rulebook.ParameterValuesDigest(inputs.Market).ToString(),
            ["marketDigest"] = inputs.Rulebook.MarketDigest(inputs.Market).ToString(),
            ["provenBits"] = result.ProvenBits,
            ["hashBits"] = result.Result!.Soundness!.HashBits,
            ["pinned"] = new JsonArray([.. pinned.Select(p => (JsonNode)p)]),
            ["takenFromStatement"] = new JsonArray([.. taken.Select(p => (JsonNode)p)]),
        };
        if (inputs.Claim is AccountClaim.Liquidation liquidation)
        {
            answer["due"] = liquidation.IsDue;
            answer["nullifier"] = liquidation.Nullifier.ToString();
        }
        if (inputs.Claim is AccountClaim.Health health)
        {
            answer["threshold"] = Threshold(inputs, health);
            answer["pseudonym"] = health.Pseudonym.ToString();
            answer["encumbranceSubtracted"] = IsEncumbrance(inputs);
        }
        return answer;
    }

    private static bool IsEncumbrance(AccountStatementInputs inputs) =>
        inputs.Rulebook.Rulebook.Find(PledgeFields.EncumberedName) is not null || inputs.Rulebook.Schema.ScalarOf(PledgeFields.EncumberedName) >= 0;

    private static (IReadOnlyList<string> Pinned, IReadOnlyList<string> Taken) Compared(AccountAnchors anchors, AccountStatementInputs inputs)
    {
        var pinned = new List<string> { "rulebook" };
        var taken = new List<string>();
        Sort("state root", anchors.StateRoot is not null);
        Sort("height", anchors.Height is not null);
        Sort("parameters", anchors.ParameterValuesDigest is not null);
        Sort("market data", anchors.MarketDigest is not null);
        if (inputs.Claim is AccountClaim.Liquidation) Sort("nullifier", anchors.Nullifier is not null);
        if (inputs.Claim is AccountClaim.Health) pinned.AddRange(["verifier", "scope", "challenge", "threshold", "oldest height"]);
        taken.Add("venue");
        return (pinned, taken);

        void Sort(string what, bool isPinned) => (isPinned ? pinned : taken).Add(what);
    }
}
