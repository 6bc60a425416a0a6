using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Ledger;

/// <summary>
/// The salt of each leaf: 8 field elements (248 bits) from the venue secret, the account id and the height, so that salts are fresh at every snapshot and a root can be rebuilt.
/// Boundaries of segments and digests of events have salts of their own, from other keys; a boundary's is over a digest of everything that fixes what they hide and their position.
/// key = BLAKE3 derive-key("fermat 2026 leaf salt v1", secret); salt = the field elements (<see cref="FieldConstants.Fill"/>) of the keyed BLAKE3 output stream of height (8 bytes, little-endian) ‖ id (ASCII).
/// </summary>
/// <remarks>Safe for use by several threads at once.</remarks>
public sealed class SaltDeriver : IDisposable
{
    /// <summary>Field elements in a salt.</summary>
    public const int Length = 8;

    private const string Context = "fermat 2026 leaf salt v1", BoundaryContext = "fermat 2026 segment boundary salt v1", EventContext = "fermat 2026 event salt v1";
    private readonly byte[] key, boundaryKey, eventKey;

    /// <summary>Derives the salt keys of a venue.</summary>
    public SaltDeriver(VenueSecret secret)
    {
        key = Blake3.DeriveKey(Context, secret.Bytes).ToArray();
        boundaryKey = Blake3.DeriveKey(BoundaryContext, secret.Bytes).ToArray();
        eventKey = Blake3.DeriveKey(EventContext, secret.Bytes).ToArray();
    }

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

    /// <summary>The salt of a segment boundary: the field elements of the keyed BLAKE3 output stream of digest ‖ position (4 bytes, little-endian).</summary>
    /// <param name="statement">A digest of the statement and the state root, which fix what the boundary hides: no salt may ever hide two contents.</param>
    /// <param name="position">Segments before the boundary.</param>
    public KoalaBear[] DeriveBoundary(Digest statement, int position)
    {
        Span<byte> input = stackalloc byte[Digest.Length + sizeof(int)];
        statement.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[Digest.Length..], position);
        var salt = new KoalaBear[Length];
        FieldConstants.Fill(Blake3Hasher.Keyed(boundaryKey).Update(input).FinishXof(), salt);
        return salt;
    }

    /// <summary>The salt of an event's digest: the field elements of the keyed BLAKE3 output stream of height (8 bytes, little-endian) ‖ BLAKE3 of the event's bytes.</summary>
    /// <param name="height">The event's height in the log.</param>
    /// <param name="eventBytes">Its canonical bytes: no salt may ever hide two contents.</param>
    public KoalaBear[] DeriveEvent(ulong height, ReadOnlySpan<byte> eventBytes)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong) + Digest.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(input, height);
        Blake3.Hash(eventBytes).CopyTo(input[sizeof(ulong)..]);
        var salt = new KoalaBear[Length];
        FieldConstants.Fill(Blake3Hasher.Keyed(eventKey).Update(input).FinishXof(), salt);
        return salt;
    }

    /// <summary>Overwrites the keys in memory.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(boundaryKey);
        CryptographicOperations.ZeroMemory(eventKey);
    }
}
