using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

/// <summary>Poseidon and Poseidon2 against the vectors published with Plonky3 (koala-bear/src/poseidon1.rs, poseidon2.rs, mds.rs).</summary>
public sealed class PoseidonTests
{
    [Fact]
    [Trait("Pitfall", "wrong number of rounds for the S-box degree")]
    public void Poseidon16_published_vector()
    {
        KoalaBear[] state = [.. Enumerable.Range(0, 16).Select(KoalaBear.From)];
        Poseidon16.Permute(state);
        Assert.Equal(
            Fields(
                610090613, 935319874, 1893335292, 796792199, 356405232, 552237741, 55134556, 1215104204,
                1823723405, 1133298033, 1780633798, 1453946561, 710069176, 1128629550, 1917333254, 1175481618),
            state);
    }

    [Fact]
    public void Poseidon16_matrix_published_vector()
    {
        KoalaBear[] input = Fields(
            1983708094, 1477844074, 1638775686, 98517138, 70746308, 968700066, 275567720, 1359144511,
            960499489, 1215199187, 474302783, 79320256, 1923147803, 1197733438, 1638511323, 303948902);
        KoalaBear[] expected = Fields(
            54729128, 2128589920, 81963306, 842781423, 59798772, 1955488131, 274677035, 372631613,
            1610234661, 608093248, 1204230235, 1081779929, 873712545, 436245025, 339463618, 255045423);
        KoalaBear[] output = [.. Poseidon16.Mds.Select(row => row.Zip(input, (m, x) => m * x).Aggregate((a, b) => a + b))];
        Assert.Equal(expected, output);
    }

    [Fact]
    [Trait("Pitfall", "wrong number of rounds for the S-box degree")]
    public void Poseidon2_width_16_published_vector()
    {
        KoalaBear[] state = Fields(
            894848333, 1437655012, 1200606629, 1690012884, 71131202, 1749206695, 1717947831, 120589055,
            19776022, 42382981, 1831865506, 724844064, 171220207, 1299207443, 227047920, 1783754913);
        Poseidon2_16.Permute(state);
        Assert.Equal(
            Fields(
                1934285469, 604889435, 133449501, 1026180808, 1830659359, 176667110, 1391183747, 351743874,
                1238264085, 1292768839, 2023573270, 1201586780, 1360691759, 1230682461, 748270449, 651545025),
            state);
    }

    [Fact]
    public void Poseidon2_width_24_published_vector()
    {
        KoalaBear[] state = Fields(
            886409618, 1327899896, 1902407911, 591953491, 648428576, 1844789031, 1198336108, 355597330,
            1799586834, 59617783, 790334801, 1968791836, 559272107, 31054313, 1042221543, 474748436,
            135686258, 263665994, 1962340735, 1741539604, 2026927696, 449439011, 1131357108, 50869465);
        Poseidon2_24.Permute(state);
        Assert.Equal(
            Fields(
                382801106, 82839311, 1503190615, 1987418517, 854076995, 1862291425, 262755189, 1050814217,
                722724562, 741265943, 1026879332, 754316749, 1966025564, 1518878196, 502200188, 1368172258,
                845459257, 1711434837, 724453836, 171032289, 655223446, 1098636135, 407832555, 1707498914),
            state);
    }

    [Fact]
    public void Poseidon16_is_its_textbook_form()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 50; trial++)
        {
            KoalaBear[] state = RandomFields(random, 16);
            KoalaBear[] expected = Textbook(state, out List<KoalaBear> expectedCubes);
            var cubes = new KoalaBear[Poseidon16.Cubes];
            KoalaBear[] recorded = [.. state];
            Poseidon16.Permute(state);
            Poseidon16.PermuteRecording(recorded, cubes);
            Assert.Equal(expected, state);
            Assert.Equal(expected, recorded);
            Assert.Equal(expectedCubes, cubes);
        }
    }

    [Fact]
    public void Poseidon16_round_constants_come_from_the_grain_generator()
    {
        var grain = new GrainGenerator(31, 16, 8, 20);
        foreach (var round in Poseidon16.RoundConstants)
        {
            foreach (KoalaBear constant in round) Assert.Equal(grain.NextBelow(KoalaBear.Modulus), constant.Value);
        }
    }

    [Fact]
    public void Poseidon16_matrix_is_maximum_distance_separable_in_all_small_minors()
    {
        // All 1 × 1 and 2 × 2 minors; for a circulant it is enough to fix the first row of each minor to be row 0.
        var m = Poseidon16.Mds;
        for (int r = 0; r < 16; r++)
        {
            for (int a = 0; a < 16; a++)
            {
                Assert.False(m[r][a].IsZero);
                for (int b = a + 1; b < 16 && r > 0; b++) Assert.NotEqual(m[0][a] * m[r][b], m[0][b] * m[r][a]);
            }
        }
    }

    internal static KoalaBear[] Fields(params uint[] values) => [.. values.Select(v => KoalaBear.From(v))];

    internal static KoalaBear[] RandomFields(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus)))];

    /// <summary>The permutation as the paper defines it, from the public constants.</summary>
    internal static KoalaBear[] Textbook(KoalaBear[] input, out List<KoalaBear> cubes)
    {
        KoalaBear[] state = [.. input];
        cubes = [];
        for (int r = 0; r < Poseidon16.Rounds; r++)
        {
            bool full = r < 4 || r >= Poseidon16.Rounds - 4;
            for (int i = 0; i < 16; i++)
            {
                state[i] += Poseidon16.RoundConstants[r][i];
                if (i > 0 && !full) continue;
                state[i] = state[i].Pow(3);
                cubes.Add(state[i]);
            }

            KoalaBear[] before = state;
            state = [.. Poseidon16.Mds.Select(row => row.Zip(before, (m, x) => m * x).Aggregate((a, b) => a + b))];
        }

        return state;
    }
}
