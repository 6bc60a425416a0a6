using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Engine;

/// <summary>
/// What an owner signs, as typed data (EIP-712) in the domain of a venue on a chain. Numbers are the event's canonical decimals, as texts; the event's time is the venue's to say and is
/// not signed: <c>until</c> bounds it.
/// </summary>
/// <param name="Venue">The venue's name, as the log's first event says it.</param>
/// <param name="Chain">The venue's chain id.</param>
public sealed record EventSignature(string Venue, ulong Chain)
{
    private const string Tail = "uint64 nonce,uint64 until)";
    private const string TradeType = "Trade(string id,string instrument,string buyer,string seller,string size,string price,string buyerFee,string sellerFee," + Tail;
    private const string WithdrawalType = "Withdrawal(string id,string account,string asset,string amount," + Tail;
    private const string TransferType = "Transfer(string id,string from,string to,string asset,string amount," + Tail;
    private const string MarginType = "MarginAssignment(string id,string account,string instrument,string amount," + Tail;
    private const string PledgeType = "Pledge(string id,string account,string to,string amount," + Tail;
    private const string ReleaseType = "Release(string id,string account,string to,string amount," + Tail;

    private const int WithCommitment = EthereumAddress.Length + Digest.Length;

    /// <summary>The owner key of an address and a key commitment (docs/adr/012-owner-keys.md): accounts that are opened with it take signatures of that address, and their owner can prove health.</summary>
    /// <param name="commitment">Of the owner's secret (<see cref="OwnerIdentity.Commitment"/>).</param>
    /// <param name="address">Who signs.</param>
    /// <exception cref="ArgumentException">The commitment is not made of canonical field elements.</exception>
    public static OwnerKey OwnerOf(Digest commitment, EthereumAddress address) => OwnerKey.FromBytes(OwnerIdentity.OwnerKey(commitment, address.ToArray()).ToArray());

    /// <summary>The owner key of an address alone, for owners without a secret: they trade, and cannot prove health.</summary>
    public static OwnerKey OwnerOf(EthereumAddress address) => OwnerKey.FromBytes(Keccak256.Hash([.. "fermat owner secp256k1 v1"u8, .. address.ToArray()]).ToArray());

    /// <summary>The owner key that an authorisation shows: accounts with it are those that it may speak for; null where it shows none. That it is signed is for <see cref="Check"/>.</summary>
    /// <param name="by">The authorisation.</param>
    public static OwnerKey? OwnerOf(Authorisation by)
    {
        ArgumentNullException.ThrowIfNull(by);
        return by.Scheme == SignatureScheme.Secp256k1 && by.PublicKey.Length is (EthereumAddress.Length or WithCommitment)
            ? OwnerShown(EthereumAddress.FromBytes(by.PublicKey.AsSpan(0, EthereumAddress.Length)), by.PublicKey.AsSpan(EthereumAddress.Length))
            : null;
    }

    /// <summary>The digest to sign.</summary>
    /// <param name="instruction">A trade, withdrawal, transfer, assignment of margin, pledge or release of one.</param>
    /// <param name="nonce">The account's nonce.</param>
    /// <param name="until">The last moment at which it counts, in milliseconds since 1970.</param>
    /// <exception cref="ArgumentException">The event is not one that owners sign.</exception>
    public Digest Message(LedgerEvent instruction, ulong nonce, long until)
    {
        Eip712Struct fields = instruction switch
        {
            Trade e => new Eip712Struct(TradeType).Text(e.Id.Value).Text(e.Instrument).Text(e.Buyer.Value).Text(e.Seller.Value).Text(e.Size.ToString()).Text(e.Price.ToString()).Text(e.BuyerFee.ToString()).Text(e.SellerFee.ToString()),
            WithdrawalRequested e => new Eip712Struct(WithdrawalType).Text(e.Id.Value).Text(e.Account.Value).Text(e.Asset).Text(e.Amount.ToString()),
            Transfer e => new Eip712Struct(TransferType).Text(e.Id.Value).Text(e.From.Value).Text(e.To.Value).Text(e.Asset).Text(e.Amount.ToString()),
            MarginAssigned e => new Eip712Struct(MarginType).Text(e.Id.Value).Text(e.Account.Value).Text(e.Instrument).Text(e.Amount.ToString()),
            CollateralPledged e => new Eip712Struct(PledgeType).Text(e.Id.Value).Text(e.Account.Value).Text(e.To.Value).Text(e.Amount.ToString()),
            PledgeReleased e => new Eip712Struct(ReleaseType).Text(e.Id.Value).Text(e.Account.Value).Text(e.To.Value).Text(e.Amount.ToString()),
            _ => throw new ArgumentException($"{instruction?.GetType().Name} is not an instruction of an owner", nameof(instruction)),
        };
        Digest hash = fields.Integer(nonce).Integer((System.Numerics.BigInteger)until).Hash();
        return Eip712.Message(new Eip712Domain($"Fermat venue {Venue}", "1", Chain).Separator(), hash);
    }

    /// <summary>Signs an instruction.</summary>
    /// <param name="instruction">A trade, withdrawal, transfer, assignment of margin, pledge or release of one.</param>
    /// <param name="nonce">The account's nonce.</param>
    /// <param name="until">The last moment at which it counts, in milliseconds since 1970.</param>
    /// <param name="key">The owner's.</param>
    /// <param name="commitment">The owner's key commitment, where the account's owner key was made with one.</param>
    public Authorisation Sign(LedgerEvent instruction, ulong nonce, long until, Secp256k1Key key, Digest? commitment = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] publicKey = commitment is { } shown ? [.. key.Address.ToArray(), .. shown.ToArray()] : key.Address.ToArray();
        return new Authorisation(nonce, until, SignatureScheme.Secp256k1, publicKey, key.Sign(Message(instruction, nonce, until)));
    }

    /// <summary>Whether an authorisation is one of an owner: null, or why not.</summary>
    /// <param name="instruction">The event that has it.</param>
    /// <param name="account">Whose.</param>
    /// <param name="owner">The owner's key digest.</param>
    /// <param name="by">The authorisation.</param>
    public EngineRejection? Check(LedgerEvent instruction, AccountId account, OwnerKey owner, Authorisation by)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (by.Scheme != SignatureScheme.Secp256k1) return new(EngineRejectionCode.BadSignature, $"there is no signature scheme {(int)by.Scheme}", "sign with secp256k1 (scheme 1)", account);
        if (by.PublicKey.Length is not (EthereumAddress.Length or WithCommitment))
            return new(EngineRejectionCode.WrongKey, "the key is not an address of 20 bytes, nor an address and a key commitment of 32", "name the address that signs, and the key commitment where the owner key was made with one", account);
        EthereumAddress address = EthereumAddress.FromBytes(by.PublicKey.AsSpan(0, EthereumAddress.Length));
        if (OwnerShown(address, by.PublicKey.AsSpan(EthereumAddress.Length)) != owner) return new(EngineRejectionCode.WrongKey, $"{address} is not the owner of {account}", "sign with the key that the account was opened with", account);
        SignatureFault fault = Secp256k1.Check(address, Message(instruction, by.Nonce, by.Until), by.Signature);
        return fault == SignatureFault.None ? null : new(EngineRejectionCode.BadSignature, $"the signature for {account} is refused: {fault}", "sign exactly this event, nonce and time limit", account);
    }

    /// <summary>The owner key that an address and what stands behind it make; null where that is no commitment.</summary>
    private static OwnerKey? OwnerShown(EthereumAddress address, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return OwnerOf(address);
        Digest commitment = Digest.FromBytes(rest);
        return commitment.IsCanonicalFields ? OwnerOf(commitment, address) : null;
    }
}
