namespace Fermat.Ledger.Events;

/// <summary>An owner's consent to one event.</summary>
/// <param name="Nonce">The account's next nonce: one more than the number of the owner's instructions so far.</param>
/// <param name="Until">Not valid after this time, in milliseconds since 1970.</param>
/// <param name="Scheme">The signature scheme.</param>
/// <param name="PublicKey">The key whose digest the account has.</param>
/// <param name="Signature">Over the event's digest, the nonce and the time limit, as the scheme says.</param>
public sealed record Authorisation(ulong Nonce, long Until, SignatureScheme Scheme, byte[] PublicKey, byte[] Signature);

/// <summary>Signature schemes of owners.</summary>
public enum SignatureScheme : byte
{
    /// <summary>ECDSA over secp256k1 on an EIP-712 digest, checked natively.</summary>
    Secp256k1 = 1,
}
