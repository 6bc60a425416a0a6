using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>Writes proofs in their one canonical encoding: see docs/PROTOCOL.md, "Encoding".</summary>
public static class ProofWriter
{
    /// <summary>The bytes of a proof.</summary>
    public static byte[] Write(Proof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var writer = new ByteWriter();
        Header(writer, proof.Header);
        Messages(writer, proof.Messages);
        foreach (MultiOpening opening in proof.Queries.Commitments) Opening(writer, opening);
        foreach (MultiOpening opening in proof.Queries.Layers) Opening(writer, opening);
        return writer.ToArray();
    }

    private static void Header(ByteWriter writer, ProofHeader header)
    {
        writer.Bytes(ProofFormat.Magic);
        writer.UInt16(ProofFormat.Version);
        writer.Bytes(header.Options.ToBytes());
        writer.Digest(header.KeyDigest);
        writer.Digest(header.PublicInputsDigest);
        foreach (int logHeight in header.LogHeights) writer.Byte(checked((byte)logHeight));
    }

    private static void Messages(ByteWriter writer, ProofMessages messages)
    {
        writer.Digests(messages.PhaseRoots.AsSpan());
        writer.Quintics(messages.BusSums.AsSpan());
        writer.Digest(messages.QuotientRoot);
        writer.Quintics(messages.Openings.AsSpan());
        writer.Digests(messages.LayerRoots.AsSpan());
        writer.Quintics(messages.FinalPolynomial.AsSpan());
        writer.UInt64(messages.Nonce);
    }

    private static void Opening(ByteWriter writer, MultiOpening opening)
    {
        foreach (KoalaBear[] rows in opening.Rows) writer.Elements(rows);
        writer.Bytes(opening.Salts);
        foreach (Digest sibling in opening.Siblings) writer.Digest(sibling);
    }
}
