using System.Numerics;
using Fermat.Hashing;

namespace Fermat.Statements.Accounts;

/// <summary>What is proven of one account. Each kind has a circuit of its own, so a proof of one is never a proof of another.</summary>
public enum AccountStatementKind
{
    /// <summary>L: the account may be liquidated.</summary>
    LiquidationDue = 1,

    /// <summary>L: the account may not be liquidated: a challenge of a liquidation that came too early.</summary>
    LiquidationNotDue,

    /// <summary>H: the account's free collateral is at least a threshold, and whoever proves it knows its owner's secret.</summary>
    Health,
}

/// <summary>What a statement about one account says, beside where the account is and what it is judged by.</summary>
public abstract record AccountClaim
{
    private AccountClaim()
    {
    }

    /// <summary>Which statement it is.</summary>
    public abstract AccountStatementKind Kind { get; }

    /// <summary>Whether a liquidation at this height is due.</summary>
    /// <param name="IsDue">Whether it is.</param>
    /// <param name="Nullifier">What tells accounts apart without naming them (<see cref="LeafNullifier"/>): two statements about one account at one height have the same.</param>
    public sealed record Liquidation(bool IsDue, Digest Nullifier) : AccountClaim
    {
        /// <inheritdoc/>
        public override AccountStatementKind Kind => IsDue ? AccountStatementKind.LiquidationDue : AccountStatementKind.LiquidationNotDue;
    }

    /// <summary>What an account is good for, told to one verifier.</summary>
    /// <param name="Verifier">The verifier's name.</param>
    /// <param name="Scope">What pseudonyms are told apart by, beside the verifier.</param>
    /// <param name="Challenge">Drawn by the verifier for this statement: nobody can have made the proof before, or for another.</param>
    /// <param name="OldestHeight">The oldest height that the verifier accepts.</param>
    /// <param name="Threshold">0 to 2^96 − 1, in the units of free collateral (<see cref="AccountStatementInputs.FreeCollateralScale"/>).</param>
    /// <param name="Pseudonym">What this verifier knows the owner by (<see cref="OwnerIdentity.Pseudonym"/>).</param>
    public sealed record Health(string Verifier, string Scope, Digest Challenge, ulong OldestHeight, BigInteger Threshold, Digest Pseudonym) : AccountClaim
    {
        /// <inheritdoc/>
        public override AccountStatementKind Kind => AccountStatementKind.Health;
    }
}
