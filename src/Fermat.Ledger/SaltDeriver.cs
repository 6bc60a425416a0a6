using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Ledger;

/// <summary>
/// The salt of each leaf: 8 field elements (248 bits) from the venue secret, the account id and the height, so that salts are fresh at every snapshot and a root can be rebuilt.
/// key = BLAKE3 derive-key("fermat 2026 leaf salt v1", secret); salt = the field elements (<see cref="FieldConstants.Fill"/>) of the keyed BLAKE3 output stream of height (8 bytes, little-endian) ‖ id (ASCII).
/// </summary>
/// <remarks>Safe for use by several threads at once.</remarks>
public sealed class SaltDeriver : IDisposable
{
    /// <summary>Field elements in a salt.</summary>
    public const int Length = 8;

    private const string Context = "fermat 2026 leaf salt v1";
    private readonly byte[] key;

    /// <summary>Derives the salt key of a venue.</summary>
    public SaltDeriver(VenueSecret secret) => key = Blake3.DeriveKey(Context, secret.Bytes).ToArray();

    /// <summary>Writes the salt of an account at a height: 8 elements.</summary>
    public void Derive(AccountId account, ulong height, Span<KoalaBear> into)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong) + BookLimits.MaxAccountIdLength];
        BinaryPrimitives.WriteUInt64LittleEndian(input, height);
        int length = Encoding.ASCII.GetBytes(account.Value, input[sizeof(ulong)..]);
        FieldConstants.Fill(Blake3Hasher.Keyed(key).Update(input[..(sizeof(ulong) + length)]).FinishXof(), into[..Length]);
    }

    /// <summary>The salt of an account at a height, in a new array.</summary>
    public KoalaBear[] Derive(AccountId account, ulong height)
    {
        var salt = new KoalaBear[Length];
        Derive(account, height, salt);
        return salt;
    }

    /// <summary>Overwrites the key in memory.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
