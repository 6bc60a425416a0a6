using System.Collections.Immutable;
using System.Diagnostics;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// Reads a proof part by part, each when the lengths of its arrays are known: those of the messages from the shape, those of the
/// openings from the queries. No length is ever taken from the proof. Failures stick in the <see cref="ByteReader"/>.
/// </summary>
internal static class ProofReader
{
    /// <summary>Reads the header of a proof of a circuit with this many tables.</summary>
    public static ProofHeader? Header(ref ByteReader reader, int tables)
    {
        reader.Begin("header");
        ReadOnlySpan<byte> magic = reader.Bytes(ProofFormat.Magic.Length);
        if (reader.Failure is null && !magic.SequenceEqual(ProofFormat.Magic))
        {
            reader.Fail(new Rejection(
                RejectionCode.WrongMagic, "this is not a proof", Convert.ToHexStringLower(ProofFormat.Magic), Convert.ToHexStringLower(magic), reader.Part));
        }

        ushort version = reader.UInt16();
        if (reader.Failure is null && version != ProofFormat.Version)
        {
            reader.Fail(new Rejection(
                RejectionCode.UnknownVersion, "the proof has a version that this verifier does not read", $"{ProofFormat.Version}", $"{version}", reader.Part));
        }

        ReadOnlySpan<byte> encodedOptions = reader.Bytes(ProofOptions.EncodedLength);
        if (reader.Failure is not null) return null;
        if (!ProofOptions.TryParse(encodedOptions, out ProofOptions? options, out string? wrong))
        {
            reader.Fail(new Rejection(RejectionCode.InvalidOptions, $"the options are invalid: {wrong}", Got: Convert.ToHexStringLower(encodedOptions), Part: reader.Part));
            return null;
        }

        Digest key = reader.Digest();
        Digest publicInputs = reader.Digest();
        ReadOnlySpan<byte> heights = reader.Bytes(tables);
        return reader.Failure is null ? new ProofHeader(options, key, publicInputs, [.. heights.ToArray().Select(height => (int)height)]) : null;
    }

    /// <summary>Reads what the prover says before the queries.</summary>
    public static ProofMessages? Messages(ref ByteReader reader, ProofShape shape)
    {
        reader.Begin("phase roots");
        Digest[] phaseRoots = reader.Digests(shape.Commitments.Count(commitment => commitment.Kind == CommitmentKind.Phase));
        reader.Begin("bus sums");
        var busSums = reader.Quintics(shape.HasBusSums ? shape.LogHeights.Length : 0);
        reader.Begin("quotient root");
        Digest quotientRoot = reader.Digest();
        reader.Begin("openings");
        var openings = reader.Quintics(shape.Openings.Count);
        reader.Begin("layer roots");
        Digest[] layerRoots = reader.Digests(shape.Rounds.Count);
        reader.Begin("final polynomial");
        var finalPolynomial = reader.Quintics(shape.FinalPolynomialLength);
        reader.Begin("nonce");
        ulong nonce = reader.UInt64();
        if (reader.Failure is not null) return null;
        return new ProofMessages
        {
            PhaseRoots = [.. phaseRoots],
            BusSums = [.. busSums],
            QuotientRoot = quotientRoot,
            Openings = [.. openings],
            LayerRoots = [.. layerRoots],
            FinalPolynomial = [.. finalPolynomial],
            Nonce = nonce,
        };
    }

    /// <summary>Reads the openings at the queries, and the end of the proof.</summary>
    public static ProofQueries? Queries(ref ByteReader reader, ProofShape shape, QueryPlan plan)
    {
        var commitments = ImmutableArray.CreateBuilder<MultiOpening>();
        for (int c = 0; c < shape.Commitments.Length; c++)
        {
            reader.Begin($"opening of {shape.Commitments[c].Name}");
            if (Opening(ref reader, shape.Commitments[c].Tree, plan.InCommitment(c)) is { } opening) commitments.Add(opening);
        }

        var layers = ImmutableArray.CreateBuilder<MultiOpening>();
        for (int layer = 0; layer < shape.Rounds.Count; layer++)
        {
            reader.Begin($"opening of FRI layer {layer}");
            if (Opening(ref reader, shape.LayerTree(layer), plan.InLayer(layer)) is { } opening) layers.Add(opening);
        }

        if (reader.Failure is null && reader.Remaining > 0)
        {
            reader.Fail(new Rejection(
                RejectionCode.TrailingBytes, "bytes follow the end of the proof", $"{reader.Position} bytes", $"{reader.Position + reader.Remaining} bytes"));
        }

        return reader.Failure is null ? new ProofQueries(commitments.ToImmutable(), layers.ToImmutable()) : null;
    }

    /// <summary>Reads the opening of a tree at some places: each matrix's rows, then the salts, then the siblings.</summary>
    private static MultiOpening? Opening(ref ByteReader reader, TreeShape shape, IReadOnlyList<int> indices)
    {
        if (!OpeningPlan.TryCreate(shape, indices, out OpeningPlan? plan, out string? wrong)) throw new UnreachableException(wrong);
        var rows = new KoalaBear[shape.Matrices.Count][];
        for (int m = 0; m < rows.Length; m++) rows[m] = reader.Elements((long)plan.Size.Rows[m] * shape.Matrices[m].Width);
        byte[] salts = reader.Bytes((long)plan.Size.Salts * SaltSource.SaltLength).ToArray();
        Digest[] siblings = reader.Digests(plan.Size.Siblings);
        return reader.Failure is null ? new MultiOpening(plan, rows, salts, siblings) : null;
    }
}
