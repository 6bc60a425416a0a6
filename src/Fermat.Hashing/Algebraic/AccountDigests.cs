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

    private static KoalaBear[] Derive(ReadOnlySpan<byte> label, ReadOnlySpan<byte> content)
    {
        var elements = new KoalaBear[Digest.Words];
        FieldConstants.Fill(new Blake3Hasher().Update(label).Update(content).FinishXof(), elements);
        return elements;
    }
}
