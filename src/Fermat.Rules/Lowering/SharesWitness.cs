using System.Numerics;

namespace Fermat.Rules.Lowering;

/// <summary>How a prover says a loss is shared. Amounts are in units of the rulebook.</summary>
/// <param name="Failing">The leaf of the account whose debt is shared.</param>
/// <param name="Asset">The record of the asset that it owes.</param>
/// <param name="Fees">The leaf of the account that fees go to.</param>
/// <param name="Insurance">The leaf of the insurance fund.</param>
/// <param name="Balance">The failing account's balance of the asset: the opposite of the loss.</param>
/// <param name="NetEquity">What the failing account is worth by the rulebook.</param>
/// <param name="Held">How many balances it has, the debt among them.</param>
/// <param name="Unit">What the ledger counts the asset in.</param>
/// <param name="Total">What the holders have of the asset.</param>
/// <param name="Units">What is shared, in units of the ledger.</param>
/// <param name="FirstWithout">The leaf of the first holder that pays no unit of what rounding leaves.</param>
/// <param name="BalanceSums">Σ over the holders of each digit of their balances in units of the ledger.</param>
/// <param name="UnitSums">Σ over the holders of each digit of their rounded shares in units of the ledger, and of the units of the remainder with the lowest.</param>
internal sealed record SharesWitness(int Failing, int Asset, int Fees, int Insurance, BigInteger Balance, BigInteger NetEquity, int Held, BigInteger Unit, BigInteger Total, BigInteger Units, int FirstWithout, long[] BalanceSums, long[] UnitSums);
