using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// Computes a book's margin natively before anything is proven, so that a book that is not solvent is answered with the predicate it breaks and not with minutes of
/// work and a rejected proof.
/// </summary>
internal static class NativeCheck
{
    /// <summary>After so many reasons no more are looked for.</summary>
    public const int MostReasons = 100;

    /// <summary>What is wrong with one account, or null.</summary>
    /// <param name="account">The account.</param>
    /// <param name="parameters">The book's parameters.</param>
    /// <param name="seen">The first 128 bits of the digests of the ids seen so far: a million ids are told apart in little memory.</param>
    public static BrokenPredicate? Problem(Account account, RiskParameters parameters, HashSet<UInt128> seen)
    {
        string? problem = account.Problem(parameters.Assets.Length) ?? (seen.Add(Key(account.Id.Value)) ? null : "the book has the account twice");
        return problem is null ? null : new(SolvencyPredicate.AccountValid, $"account {account.Id}: {problem}", account.Id.Value);
    }

    /// <summary>The first 128 bits of the digest of an id: a million ids are told apart in little memory.</summary>
    public static UInt128 Key(string id)
    {
        Span<byte> digest = stackalloc byte[Digest.Length];
        Blake3.Hash(Encoding.ASCII.GetBytes(id)).CopyTo(digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    /// <summary>Which predicates of solvency the book's totals break.</summary>
    /// <param name="header">The book's header.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="totals">Its totals.</param>
    /// <param name="segments">How many segments it is cut into.</param>
    /// <param name="reasons">Receives them.</param>
    public static void Check(BookHeader header, RiskParameters parameters, BookTotals totals, int segments, List<BrokenPredicate> reasons)
    {
        Solvency(header, parameters, totals, reasons);
        if (segments > SolvencyLimits.MaxSegments)
            reasons.Add(new(SolvencyPredicate.BookFitsCircuit, $"{totals.Accounts} accounts with {totals.Items} items need {segments} segments; at most {SolvencyLimits.MaxSegments} are proven"));
    }

    private static void Solvency(BookHeader header, RiskParameters parameters, BookTotals totals, List<BrokenPredicate> reasons)
    {
        for (int asset = 0; asset < totals.Net.Length; asset++)
        {
            if (totals.Net[asset] <= header.Reserves[asset]) continue;
            Asset about = header.Assets[asset];
            reasons.Add(new(SolvencyPredicate.ReservesCoverAsset,
                $"{about.Symbol}: claims of {ExactDecimal.Format(totals.Net[asset], about.AmountScale)} exceed reserves of {ExactDecimal.Format(header.Reserves[asset], about.AmountScale)}",
                about.Symbol));
        }
        BigInteger reserves = BookTotals.ReserveValue(parameters, header.Reserves);
        if (reserves < totals.PositiveNetEquity + header.Buffer)
            reasons.Add(new(SolvencyPredicate.ReservesCoverClaims,
                $"reserves worth {Money(reserves)} do not cover claims of {Money(totals.PositiveNetEquity)} and the buffer of {Money(header.Buffer)}"));
        if (header.InsuranceFund < totals.Shortfall)
            reasons.Add(new(SolvencyPredicate.InsuranceCoversShortfall,
                $"the insurance fund of {Money(header.InsuranceFund)} does not cover the shortfall of {Money(totals.Shortfall)}"));

        string Money(BigInteger value) => $"{ExactDecimal.Format(value, parameters.ValueScale)} {header.QuoteAsset}";
    }
}
