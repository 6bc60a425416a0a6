using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>What is checked of a proof's header against the verifier's own key and public tables; the rest is in <see cref="ParameterCheck"/>.</summary>
internal sealed class StatementCheck(Circuit circuit, VerifyingKey key, IPublicTables publics, VerifierPolicy policy)
{
    private const string Part = "header";

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

    /// <summary>Where the key fixes a table's height, it is the key's.</summary>
    public Rejection? HeightsOfKey(ProofHeader header)
    {
        foreach (Table table in circuit.Tables)
        {
            int height = header.LogHeights[table.Index];
            if (key.PreprocessedLogHeights[table.Index] is { } fixedHeight && height != fixedHeight)
            {
                return new Rejection(
                    RejectionCode.HeightUnlikeKey, "a table's height is not the verifying key's", $"log2 {fixedHeight}", $"log2 {height}", ParameterCheck.Named(table));
            }
        }

        return null;
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
                    RejectionCode.PublicTableTooShort, "a public table has more rows than the proof's table", $"{required} rows", $"{domain.ActiveRows} rows", ParameterCheck.Named(table));
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
}
