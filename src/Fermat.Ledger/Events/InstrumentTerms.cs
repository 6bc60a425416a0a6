namespace Fermat.Ledger.Events;

/// <summary>What sort of thing an instrument is.</summary>
public enum InstrumentKind : byte
{
    /// <summary>An asset against another: a trade moves balances and leaves no position.</summary>
    Spot = 0,

    /// <summary>A perpetual paid in the currency that it is quoted in.</summary>
    LinearPerpetual = 1,

    /// <summary>A perpetual for a fixed value in the quote currency, paid in the underlying asset: gains are size · multiplier · (1/entry − 1/mark).</summary>
    InversePerpetual = 2,

    /// <summary>A future that ends at its expiry.</summary>
    Future = 3,

    /// <summary>A European option; the premium is the price.</summary>
    Option = 4,
}

/// <summary>Which way an option pays.</summary>
public enum OptionRight : byte
{
    /// <summary>To buy.</summary>
    Call = 0,

    /// <summary>To sell.</summary>
    Put = 1,
}

/// <summary>How an account's balances back its positions.</summary>
public enum MarginMode : byte
{
    /// <summary>All balances back all positions.</summary>
    Cross = 0,

    /// <summary>Each position is backed by what is set aside for it.</summary>
    Isolated = 1,

    /// <summary>All balances back all positions, which are margined as a portfolio.</summary>
    Portfolio = 2,
}

/// <summary>The terms of an instrument, fixed when it is listed.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Settle">The asset that gains and fees are paid in; for <see cref="InstrumentKind.Spot"/> the asset that is paid.</param>
/// <param name="SizeScale">Decimals of sizes, 0 to 18; for <see cref="InstrumentKind.Spot"/> those of the underlying asset.</param>
/// <param name="PriceScale">Decimals of prices and of the funding index, 0 to 18.</param>
/// <param name="Multiplier">Units of the underlying (of the quote currency for an inverse perpetual) in one contract, positive.</param>
/// <param name="Underlying">For <see cref="InstrumentKind.Spot"/> the asset that is bought; otherwise the feed that it follows, or null.</param>
/// <param name="Expiry">When it ends, in milliseconds since 1970; null for perpetuals and spot.</param>
/// <param name="Strike">An option's strike.</param>
/// <param name="Right">An option's right.</param>
public sealed record InstrumentTerms(
    string Symbol, InstrumentKind Kind, string Settle, int SizeScale, int PriceScale, Quantity Multiplier, string? Underlying = null, long? Expiry = null, Quantity? Strike = null, OptionRight? Right = null);
