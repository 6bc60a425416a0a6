using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>What is checked of a proof's header against the verifier's own circuit, key, public tables and policy.</summary>
internal sealed class StatementCheck(Circuit circuit, VerifyingKey key, IPublicTables publics, VerifierPolicy policy)
{
    private const string Part = "header";

    /// <summary>The proof is not longer than the policy allows.</summary>
    public Rejection? Length(int bytes) => bytes <= policy.MaximumProofBytes
        ? null
        : new Rejection(RejectionCode.ProofTooLong, "the proof is too long", $"at most {policy.MaximumProofBytes} bytes", $"{bytes} bytes");

    /// <summary>The proof was made for the verifier's key, and with the options that the key fixes.</summary>
    public Rejection? Key(ProofHeader header)
    {
        if (header.KeyDigest != key.Digest)
            return new Rejection(RejectionCode.WrongVerifyingKey, "the proof is for another verifying key", $"{key.Digest}", $"{header.KeyDigest}", Part);

        (CommitmentHash, int, int) expected = (key.Hash, key.BlowupLog2, key.TailRows);
        (CommitmentHash, int, int) got = (header.Options.Hash, header.Options.BlowupLog2, header.Options.TailRows);
        return got == expected
            ? null
            : new Rejection(RejectionCode.OptionsUnlikeKey, "the proof's hash, blowup log2 and tail rows are not the key's", $"{expected}", $"{got}", Part);
    }

    /// <summary>The proof is about the verifier's public inputs.</summary>
    public Rejection? PublicInputs(ProofHeader header)
    {
        Digest expected = Stark.PublicInputs.Digest(publics.PublicInputs);
        return header.PublicInputsDigest == expected
            ? null
            : new Rejection(RejectionCode.WrongPublicInputs, "the proof is about other public inputs", $"{expected}", $"{header.PublicInputsDigest}", Part);
    }

    /// <summary>Each height is within the circuit's and the field's limits, is the key's where the key fixes it, and suits the options.</summary>
    public Rejection? Heights(ProofHeader header)
    {
        foreach (Table table in circuit.Tables)
        {
            int height = header.LogHeights[table.Index];
            int highest = Math.Min(table.MaxLogHeight, KoalaBear.TwoAdicity - header.Options.BlowupLog2);
            if (height < table.MinLogHeight || height > highest)
            {
                return new Rejection(
                    RejectionCode.HeightOutOfRange, "a table's height is out of range", $"log2 {table.MinLogHeight} to {highest}", $"log2 {height}", Named(table));
            }

            if (key.PreprocessedLogHeights[table.Index] is { } fixedHeight && height != fixedHeight)
            {
                return new Rejection(
                    RejectionCode.HeightUnlikeKey, "a table's height is not the verifying key's", $"log2 {fixedHeight}", $"log2 {height}", Named(table));
            }
        }

        return header.Options.Validate(header.LogHeights) is { } wrong
            ? new Rejection(RejectionCode.OptionsUnlikeHeights, $"the options do not suit the heights: {wrong}", Part: Part)
            : null;
    }

    /// <summary>The public tables fit into the heights, and their columns into the policy's limit.</summary>
    public Rejection? PublicTables(ProofHeader header)
    {
        long cells = 0;
        foreach (Table table in circuit.Tables)
        {
            var domain = new TraceDomain(header.LogHeights[table.Index], header.Options.TailRows);
            int required = publics.RequiredRows(table.Index);
            if (domain.ActiveRows < required)
            {
                return new Rejection(
                    RejectionCode.PublicTableTooShort, "a public table has more rows than the proof's table", $"{required} rows", $"{domain.ActiveRows} rows", Named(table));
            }

            // What is allocated: a narrow column takes as much memory as a wide one.
            int stride = (table.PublicWidth + Matrix.StrideMultiple - 1) / Matrix.StrideMultiple * Matrix.StrideMultiple;
            cells += (long)stride * domain.Rows;
        }

        return cells <= policy.MaximumPublicCells
            ? null
            : new Rejection(
                RejectionCode.PublicTablesTooLarge, "the public columns would be too large", $"at most {policy.MaximumPublicCells} cells", $"{cells} cells", Part);
    }

    /// <summary>There are fewer messages than the field has elements, so that no multiplicity wraps around to zero.</summary>
    public Rejection? Messages(ProofShape shape)
    {
        long messages = circuit.MessageBound(shape.LogHeights);
        return messages < KoalaBear.Modulus
            ? null
            : new Rejection(RejectionCode.TooManyMessages, "so many messages could cancel by wrapping around", $"below {KoalaBear.Modulus}", $"{messages}", Part);
    }

    /// <summary>The parameters prove as many bits as the policy asks for.</summary>
    public Rejection? Soundness(ProofShape shape, out SoundnessReport report)
    {
        report = Stark.Soundness.Compute(shape.ToSoundnessInput());
        return report.Meets(policy.MinimumProvenBits)
            ? null
            : new Rejection(
                RejectionCode.TooFewProvenBits,
                "the parameters prove too little" + string.Concat(report.Violations.Select(violation => $"; {violation}")),
                $"at least {policy.MinimumProvenBits} bits",
                $"{report.OracleBits} proven bits, {report.HashBits} assumed hash bits",
                Part);
    }

    private static string Named(Table table) => $"table \"{table.Name}\"";
}
