using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Proving;

internal static class Poseidon16Lanes
{
    public static void PermuteRecording(Span<uint> state, Span<uint> cubes)
    {
        Span<KoalaBear> one = stackalloc KoalaBear[16];
        Span<KoalaBear> recorded = stackalloc KoalaBear[Poseidon16.Cubes];
        for (int lane = 0; lane < 8; lane++)
        {
            for (int i = 0; i < 16; i++) one[i] = KoalaBear.FromRaw(state[8 * i + lane]);
            Poseidon16.PermuteRecording(one, recorded);
            for (int i = 0; i < 16; i++) state[8 * i + lane] = one[i].Raw;
            for (int i = 0; i < recorded.Length; i++) cubes[8 * i + lane] = recorded[i].Raw;
        }
    }
}
