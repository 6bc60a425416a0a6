using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The field elements by which an account leaf names its account and its owner: eight elements each, from the BLAKE3 output stream of a domain
/// label followed by the bytes (see <see cref="FieldConstants.Fill"/>). Whoever builds a leaf and whoever checks one compute them here.
/// </summary>
public static class AccountDigests
{
    /// <summary>Block 1 of a leaf: "fermat account id v1" followed by the id in ASCII.</summary>
    public static KoalaBear[] OfId(string accountId) => Derive("fermat account id v1"u8, Encoding.ASCII.GetBytes(accountId));

    /// <summary>Block 1 of a leaf of a rulebook's schema: "fermat account id v2" followed by the schema's digest and the id in UTF-8.</summary>
    /// <param name="schema">The BLAKE3 derive-key digest, context "fermat account schema v1", of the schema's canonical bytes.</param>
    /// <param name="accountId">The account's id.</param>
    public static KoalaBear[] OfId(Digest schema, string accountId)
    {
        ArgumentNullException.ThrowIfNull(accountId);
        byte[] content = new byte[Digest.Length + Encoding.UTF8.GetByteCount(accountId)];
        schema.CopyTo(content);
        Encoding.UTF8.GetBytes(accountId, content.AsSpan(Digest.Length));
        return Derive("fermat account id v2"u8, content);
    }

    /// <summary>Block 2 of a leaf: "fermat owner key v1" followed by the 32 bytes of the owner key (zeros when there is none).</summary>
    public static KoalaBear[] OfOwner(ReadOnlySpan<byte> ownerKey) => Derive("fermat owner key v1"u8, ownerKey);

    /// <summary>
    /// Block 2 of a leaf of a rulebook's schema: the owner key itself where it is eight field elements (words below 2^31 − 2^24 + 1, as digests of <see cref="OwnerIdentity.OwnerKey"/> are) and not all zeros; of any other key what
    /// <see cref="OfOwner"/> makes of it. Such an owner cannot prove health. Two keys have one block only where one was chosen as the other's digest, so no two that were made honestly do.
    /// </summary>
    /// <param name="ownerKey">32 bytes.</param>
    public static KoalaBear[] OfOwnerV2(ReadOnlySpan<byte> ownerKey)
    {
        var elements = new KoalaBear[Digest.Words];
        return ownerKey.ContainsAnyExcept((byte)0) && Digest.FromBytes(ownerKey).TryToFields(elements) ? elements : OfOwner(ownerKey);
    }

    /// <summary>The block that names a verifier and what it asks for: "fermat verifier v1", the length of the name in UTF-8 in four bytes, lowest first, the name, and the scope.</summary>
    /// <param name="verifier">The verifier's name.</param>
    /// <param name="scope">What pseudonyms are told apart by, beside the verifier.</param>
    public static KoalaBear[] OfVerifier(string verifier, string scope)
    {
        byte[] name = Encoding.UTF8.GetBytes(verifier);
        byte[] length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)name.Length);
        return Derive("fermat verifier v1"u8, [.. length, .. name, .. Encoding.UTF8.GetBytes(scope)]);
    }

    private static KoalaBear[] Derive(ReadOnlySpan<byte> label, ReadOnlySpan<byte> content)
    {
        var elements = new KoalaBear[Digest.Words];
        FieldConstants.Fill(new Blake3Hasher().Update(label).Update(content).FinishXof(), elements);
        return elements;
    }
}
