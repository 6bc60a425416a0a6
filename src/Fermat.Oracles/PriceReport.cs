using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>What one source says about one feed, signed.</summary>
/// <param name="Chain">The chain id of the venue that it is for.</param>
/// <param name="Feed">What is priced: an asset's symbol for an index, an instrument's for a mark.</param>
/// <param name="Price">The price, with at most the feed's decimals.</param>
/// <param name="Confidence">How sure the source is, in units of 10^−18 from 0 to <see cref="FullConfidence"/>.</param>
/// <param name="Time">When it was so, in milliseconds since 1970.</param>
/// <param name="Sequence">Rises with every report of the source on the feed.</param>
/// <param name="Signer">Whose report it is.</param>
/// <param name="Signature">r, s, v over <see cref="Message"/>.</param>
public sealed record PriceReport(ulong Chain, string Feed, Price Price, ulong Confidence, long Time, ulong Sequence, EthereumAddress Signer, byte[] Signature)
{
    /// <summary>Quite sure: one.</summary>
    public const ulong FullConfidence = 1_000_000_000_000_000_000;

    /// <summary>Most characters of a feed's name.</summary>
    public const int MaxFeedLength = 64;

    /// <summary>The type that is signed (EIP-712).</summary>
    public const string Type = "PriceReport(string feed,uint64 price,uint8 scale,uint64 confidence,uint64 time,uint64 sequence)";

    /// <summary>The digest that the source signs: the report in the domain of the venue's chain.</summary>
    public Digest Message() => Eip712.Message(
        new Eip712Domain("Fermat price report", "1", Chain).Separator(),
        new Eip712Struct(Type).Text(Feed).Integer(Price.Mantissa).Integer((ulong)Price.Scale).Integer(Confidence).Integer((System.Numerics.BigInteger)Time).Integer(Sequence).Hash());

    /// <summary>The same report, signed with a source's key.</summary>
    public PriceReport SignedBy(Secp256k1Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return this with { Signer = key.Address, Signature = key.Sign(Message()) };
    }
}
