using System.Globalization;
using System.Text;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>How far from the code a word may be for the argument to go through.</summary>
public enum ProximityRegime
{
    /// <summary>Up to half the minimum distance, (1 − ρ)/2: one codeword is near.</summary>
    UniqueDecoding,

    /// <summary>Up to 1 − √ρ·(1 + 1/m): a short list of codewords is near.</summary>
    Johnson,
}

/// <summary>One way to be cheated, with a bound on its probability.</summary>
/// <param name="Name">What goes wrong.</param>
/// <param name="Theorem">The result that bounds it.</param>
/// <param name="Bits">−log2 of the bound, rounded down to a hundredth.</param>
public sealed record SoundnessTerm(string Name, string Theorem, double Bits);

/// <summary>The soundness of one proof in one regime.</summary>
/// <param name="Regime">The regime.</param>
/// <param name="Multiplicity">The parameter m of the Johnson regime, the best one; 0 for unique decoding.</param>
/// <param name="Distance">The proximity parameter δ: a word farther than this from the code fails a query with probability over δ.</param>
/// <param name="ListSize">Bound on the number of codewords near a word, all tables together: 1 for unique decoding.</param>
/// <param name="Terms">All terms; none is left out.</param>
/// <param name="Bits">−log2 of the sum of the terms, rounded down.</param>
public sealed record RegimeReport(
    ProximityRegime Regime,
    int Multiplicity,
    double Distance,
    double ListSize,
    IReadOnlyList<SoundnessTerm> Terms,
    int Bits)
{
    /// <summary>The term with the fewest bits.</summary>
    public SoundnessTerm Weakest => Terms.MinBy(term => term.Bits)!;
}

/// <summary>
/// The proven soundness of one proof. The interactive-oracle bits are a theorem; the hash bits are an assumption on the commitment hash; the two
/// are never mixed into one figure.
/// </summary>
/// <param name="UniqueDecoding">The argument within the unique decoding radius.</param>
/// <param name="Johnson">The argument within the Johnson radius.</param>
/// <param name="Hash">The commitment hash.</param>
/// <param name="HashBits">Assumed collision resistance of the commitment hash, in bits.</param>
/// <param name="Violations">Conditions of the argument that do not hold, in words. If there is any, nothing is proven.</param>
public sealed record SoundnessReport(
    RegimeReport UniqueDecoding,
    RegimeReport Johnson,
    CommitmentHash Hash,
    int HashBits,
    IReadOnlyList<string> Violations)
{
    /// <summary>The regime that proves more.</summary>
    public RegimeReport Best => Johnson.Bits > UniqueDecoding.Bits ? Johnson : UniqueDecoding;

    /// <summary>Proven bits of the interactive oracle proof, grinding included: those of the better regime, or 0 if a condition is violated.</summary>
    public int OracleBits => Violations.Count == 0 ? Best.Bits : 0;

    /// <summary>Whether both the proven and the assumed part reach <paramref name="bits"/>. A verifier accepts nothing less.</summary>
    /// <param name="bits">The minimum asked for.</param>
    public bool Meets(int bits) => Meets(bits, bits);

    /// <summary>Whether the proven part reaches <paramref name="oracleBits"/> and the assumed part <paramref name="hashBits"/>.</summary>
    /// <param name="oracleBits">The minimum of <see cref="OracleBits"/>.</param>
    /// <param name="hashBits">The minimum of <see cref="HashBits"/>.</param>
    public bool Meets(int oracleBits, int hashBits) => OracleBits >= oracleBits && HashBits >= hashBits;

    /// <summary>The report as plain text, one line a term.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"proven {OracleBits} bits; {Hash} collisions assumed {HashBits} bits\n");
        foreach (string violation in Violations) text.Append(CultureInfo.InvariantCulture, $"not proven: {violation}\n");
        foreach (RegimeReport regime in new[] { UniqueDecoding, Johnson })
        {
            string m = regime.Multiplicity > 0 ? $", m = {regime.Multiplicity}" : "";
            text.Append(CultureInfo.InvariantCulture, $"{regime.Regime}: {regime.Bits} bits (distance {regime.Distance:F4}{m})\n");
            foreach (SoundnessTerm term in regime.Terms)
                text.Append(CultureInfo.InvariantCulture, $"  {term.Bits,7:F2}  {term.Name} [{term.Theorem}]\n");
        }
        return text.ToString();
    }
}
