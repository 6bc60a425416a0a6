using System.Text;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Statements.Solvency;

/// <summary>The digests by which a statement names its rulebook, parameters and prices: BLAKE3 in key-derivation mode, one context each.</summary>
public static class StatementDigests
{
    /// <summary>The rulebook of statement S, by name and version.</summary>
    public const string RulebookName = "tiered-collateral/1";

    /// <summary>The digest of the rulebook's name and version.</summary>
    public static Digest Rulebook { get; } = Blake3.DeriveKey("fermat rulebook v1", Encoding.ASCII.GetBytes(RulebookName));

    /// <summary>The digest of everything accounts are judged by: scales, prices, ladders.</summary>
    public static Digest Parameters(RiskParameters parameters) => Blake3.DeriveKey("fermat risk parameters v1", parameters.CanonicalBytes.AsSpan());

    /// <summary>The digest of the prices alone.</summary>
    public static Digest PriceSet(RiskParameters parameters) => Blake3.DeriveKey("fermat price set v1", parameters.PriceSetBytes.AsSpan());
}
