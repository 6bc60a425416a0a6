using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// Computes the proven soundness of a proof from its own numbers. The argument for each term stands at the method that computes it and, in full,
/// in docs/protocol/SOUNDNESS.md. Floating point is used here and nowhere else in the verifier; it only ever errs towards fewer bits.
/// </summary>
public static class Soundness
{
    /// <summary>Elements of the field: the bound below which the number of messages keeps multiplicities from wrapping.</summary>
    private const long Modulus = 2130706433;

    private const int MaxMultiplicity = 2048;

    /// <summary>The soundness in both regimes, the Johnson parameter m chosen to prove the most.</summary>
    /// <param name="input">Tables, identities and options of the proof.</param>
    /// <exception cref="ArgumentException">The options are not valid for the heights, or a count is negative.</exception>
    public static SoundnessReport Compute(SoundnessInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check(input);
        return ComputeUnchecked(input);
    }

    /// <summary>The same whether or not the tables are tall enough for the tail rows: what a search for the options needs.</summary>
    internal static SoundnessReport ComputeUnchecked(SoundnessInput input) => new(
        Evaluate(input, new UniqueDecodingGap(input.Options.BlowupLog2)),
        BestJohnson(input),
        input.Options.Hash,
        HashBits(input.Options.Hash),
        Violations(input));

    /// <summary>
    /// Assumed collision resistance in bits: half the digest. Byte hashes have 256-bit digests; algebraic ones 8 elements of 30.99 bits, which a
    /// birthday search of expected 2^124 evaluations collides.
    /// </summary>
    /// <param name="hash">The commitment hash.</param>
    public static int HashBits(CommitmentHash hash) => hash switch
    {
        CommitmentHash.Blake3 or CommitmentHash.Keccak256 => 128,
        CommitmentHash.Poseidon or CommitmentHash.Poseidon2 => 124,
        _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "unknown hash"),
    };

    /// <summary>The soundness in the Johnson regime with a given parameter m.</summary>
    internal static RegimeReport ComputeJohnson(SoundnessInput input, int multiplicity)
    {
        Check(input);
        return Evaluate(input, new JohnsonGap(input.Options.BlowupLog2, multiplicity));
    }

    /// <summary>The query error falls with m and is convex in it, all others grow and are convex: the first rise of the sum ends the search.</summary>
    private static RegimeReport BestJohnson(SoundnessInput input)
    {
        int best = 3;
        Magnitude least = Total(Terms(input, new JohnsonGap(input.Options.BlowupLog2, best)));
        for (int m = best + 1; m <= MaxMultiplicity; m++)
        {
            Magnitude total = Total(Terms(input, new JohnsonGap(input.Options.BlowupLog2, m)));
            if (total > least) break;
            (best, least) = (m, total);
        }
        return Evaluate(input, new JohnsonGap(input.Options.BlowupLog2, best));
    }

    private static RegimeReport Evaluate(SoundnessInput input, ProximityGap gap)
    {
        List<Term> terms = Terms(input, gap);
        return new RegimeReport(
            gap.Regime,
            gap.Multiplicity,
            1 - gap.Agreement,
            gap.ListSize.ToDouble(),
            [.. terms.Select(term => new SoundnessTerm(term.Name(), term.Theorem, term.Error.FractionalBits))],
            Total(terms).Bits);
    }

    private static List<Term> Terms(SoundnessInput input, ProximityGap gap)
    {
        var terms = new List<Term>();
        RelationTerms.Add(terms, input.Shape, gap);
        LowDegreeTerms.Add(terms, input, gap);
        return terms;
    }

    private static Magnitude Total(List<Term> terms)
    {
        Magnitude total = Magnitude.Zero;
        foreach (Term term in terms) total += term.Error;
        return total;
    }

    /// <summary>
    /// Multiplicities are field elements, so a message sent p times would cancel by itself. With fewer than p messages in all it cannot.
    /// </summary>
    private static List<string> Violations(SoundnessInput input)
    {
        long messages = input.Shape.Messages;
        return messages < Modulus ? [] : [$"{messages} messages reach the field's {Modulus} elements: multiplicities could wrap"];
    }

    private static void Check(SoundnessInput input)
    {
        if (input.Options.Validate(input.Shape.LogHeights) is { } failure) throw new ArgumentException(failure, nameof(input));
        foreach (TableShape table in input.Shape.Tables)
        {
            if (table.OpenedAtPoint < 0 || table.OpenedAtNext < 0 || table.Constraints < 0 || table.ConstraintDegree is < 0 or > 3
                || table.MessageWidths.Any(width => width < 0))
                throw new ArgumentException($"table {table.Name}: a count is out of range", nameof(input));
        }
        if (input.Shape.RandomPoints.FirstOrDefault(identity => identity.Degree < 0) is { } negative)
            throw new ArgumentException($"identity {negative.Name}: degree {negative.Degree}", nameof(input));
    }

    /// <summary>A term before it is rounded. The name is made only when a report is.</summary>
    internal readonly record struct Term(Func<string> Name, string Theorem, Magnitude Error);
}
