using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>
/// The field multiplications that a proof of the yardstick cannot do without, a row of the table, in the arithmetic of this protocol: what its share of the machine's limit counts.
/// Additions, hashing of bytes, memory and everything narrower than the table are left out, so the share is a lower bound on how busy the multipliers are.
/// </summary>
internal static class YardstickWork
{
    private const int LogHeight = 16;

    /// <summary>Multiplications a row.</summary>
    public static double Multiplies(ProofOptions options)
    {
        const double columns = Poseidon2Circuit.Permutations * Poseidon2Circuit.ColumnsEach;
        const double cubes = Poseidon2Circuit.Permutations * Poseidon2_16.Cubes;
        double cosets = 1 << options.BlowupLog2;
        double trace = Poseidon2Circuit.Permutations * ((2 * Poseidon2_16.Cubes) + (Poseidon2_16.PartialRounds * Poseidon2_16.Width));
        double extension = columns * (1 + cosets) * LogHeight / 2; // an inverse and a forward transform a coset, half a multiplication a butterfly level and element
        double constraints = 2 * ((cubes * (2 + 5)) + (Poseidon2Circuit.Permutations * Poseidon2_16.PartialRounds * Poseidon2_16.Width)); // on two cosets: cubes, folding, internal matrices
        double opening = columns * 2 * 5; // at the out-of-domain point and in the batched codeword, in the extension
        double permutationsHashed = options.Hash == CommitmentHash.Poseidon2 ? cosets * ((columns / 16) + 1) : 0; // width 24, blocks of 16
        const double each24 = (2 * ((8 * 24) + 23)) + (23 * 24);
        return trace + extension + constraints + opening + (permutationsHashed * each24);
    }
}
