using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>What is checked of a proof's parameters, its options and heights, against the circuit and the policy alone. It needs no key.</summary>
internal sealed class ParameterCheck(Circuit circuit, VerifierPolicy policy, SoundnessMemo memo)
{
    private const string Part = "header";

    /// <summary>The proof is not longer than the policy allows.</summary>
    public Rejection? Length(int bytes) => bytes <= policy.MaximumProofBytes
        ? null
        : new Rejection(RejectionCode.ProofTooLong, "the proof is too long", $"at most {policy.MaximumProofBytes} bytes", $"{bytes} bytes");

    /// <summary>Each height is within the circuit's and the field's limits.</summary>
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
        }

        return null;
    }

    /// <summary>The options suit the heights.</summary>
    public Rejection? OptionsSuitHeights(ProofHeader header) => header.Options.Validate(header.LogHeights) is { } wrong
        ? new Rejection(RejectionCode.OptionsUnlikeHeights, $"the options do not suit the heights: {wrong}", Part: Part)
        : null;

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
        report = memo.Of(shape);
        return report.Meets(policy.MinimumProvenBits, policy.MinimumHashBits ?? policy.MinimumProvenBits)
            ? null
            : new Rejection(
                RejectionCode.TooFewProvenBits,
                "the parameters prove too little" + string.Concat(report.Violations.Select(violation => $"; {violation}")),
                policy.MinimumHashBits is { } hash ? $"at least {policy.MinimumProvenBits} bits, {hash} of the hash" : $"at least {policy.MinimumProvenBits} bits",
                $"{report.OracleBits} proven bits, {report.HashBits} assumed hash bits",
                Part);
    }

    internal static string Named(Table table) => $"table \"{table.Name}\"";
}
