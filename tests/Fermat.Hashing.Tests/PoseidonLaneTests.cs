using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

/// <summary>The eight-lane Poseidon against the scalar one, above all at the ends of the signed ranges it computes in.</summary>
public sealed class PoseidonLaneTests
{
    public static TheoryData<string> Inputs => ["random", "zero", "greatest", "extremes", "half", "raw extremes"];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Many_permutations_are_single_ones(string kind)
    {
        var random = new Random(17);
        KoalaBear[] states = [.. Enumerable.Range(0, 16 * 203).Select(_ => Element(kind, random))];
        KoalaBear[] expected = [.. states], recorded = [.. states];
        var expectedCubes = new KoalaBear[203 * Poseidon16.Cubes];
        var cubes = new KoalaBear[203 * Poseidon16.Cubes];
        for (int i = 0; i < 203; i++)
            Poseidon16.PermuteRecording(expected.AsSpan(16 * i, 16), expectedCubes.AsSpan(Poseidon16.Cubes * i, Poseidon16.Cubes));

        Poseidon16.PermuteMany(states);
        Poseidon16.PermuteManyRecording(recorded, cubes);
        Assert.Equal(expected, states);
        Assert.Equal(expected, recorded);
        Assert.Equal(expectedCubes, cubes);
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Lane_by_lane_permutations_are_single_ones(string kind)
    {
        var random = new Random(23);
        for (int trial = 0; trial < 20; trial++)
        {
            KoalaBear[] states = [.. Enumerable.Range(0, 8 * 16).Select(_ => Element(kind, random))];
            uint[] state = [.. Enumerable.Range(0, 8 * 16).Select(k => states[(16 * (k % 8)) + (k / 8)].Raw)];
            var cubes = new uint[8 * Poseidon16.Cubes];
            Poseidon16.PermuteRecording8(state, cubes);
            for (int lane = 0; lane < 8; lane++)
            {
                var expectedCubes = new KoalaBear[Poseidon16.Cubes];
                Span<KoalaBear> expected = states.AsSpan(16 * lane, 16);
                Poseidon16.PermuteRecording(expected, expectedCubes);
                for (int i = 0; i < 16; i++) Assert.Equal(expected[i].Raw, state[(8 * i) + lane]);
                for (int i = 0; i < Poseidon16.Cubes; i++) Assert.Equal(expectedCubes[i].Raw, cubes[(8 * i) + lane]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Many_permutations_of_Poseidon2_are_single_ones(string kind)
    {
        var random = new Random(29);
        KoalaBear[] states = [.. Enumerable.Range(0, 16 * 203).Select(_ => Element(kind, random))];
        KoalaBear[] expected = [.. states];
        for (int i = 0; i < 203; i++) Poseidon2_16.Permute(expected.AsSpan(16 * i, 16));
        Poseidon2_16.PermuteMany(states);
        Assert.Equal(expected, states);
        Assert.Throws<ArgumentException>(() => Poseidon2_16.PermuteMany(new KoalaBear[17]));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Recorded_permutations_of_Poseidon2_are_single_ones_and_the_cubes_are_those_of_the_scalar(string kind)
    {
        var random = new Random(37);
        for (int trial = 0; trial < 20; trial++)
        {
            KoalaBear[] states = [.. Enumerable.Range(0, 8 * 16).Select(_ => Element(kind, random))];
            uint[] state = [.. Enumerable.Range(0, 8 * 16).Select(k => states[(16 * (k % 8)) + (k / 8)].Raw)];
            var cubes = new uint[8 * Poseidon2_16.Cubes];
            Poseidon2_16.PermuteRecording8(state, cubes);
            for (int lane = 0; lane < 8; lane++)
            {
                KoalaBear[] expected = states[(16 * lane)..(16 * (lane + 1))], plain = [.. expected];
                var expectedCubes = new KoalaBear[Poseidon2_16.Cubes];
                Poseidon2_16.Scalar.Permute(expected, expectedCubes);
                Poseidon2_16.Permute(plain);
                Assert.Equal(plain, expected);
                for (int i = 0; i < 16; i++) Assert.Equal(expected[i].Raw, state[(8 * i) + lane]);
                for (int i = 0; i < Poseidon2_16.Cubes; i++) Assert.Equal(expectedCubes[i].Raw, cubes[(8 * i) + lane]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public unsafe void Eight_wide_permutations_of_Poseidon2_are_single_ones(string kind)
    {
        var random = new Random(31);
        for (int trial = 0; trial < 50; trial++)
        {
            KoalaBear[] states = [.. Enumerable.Range(0, 8 * 24).Select(_ => Element(kind, random))];
            var eight = new Vector256<uint>[24];
            for (int i = 0; i < 24; i++) eight[i] = Vector256.Create<uint>([.. Enumerable.Range(0, 8).Select(lane => states[(24 * lane) + i].Raw)]);
            fixed (Vector256<uint>* state = eight) Poseidon2_24.Eight.Permute(state);
            for (int lane = 0; lane < 8; lane++)
            {
                Span<KoalaBear> expected = states.AsSpan(24 * lane, 24);
                Poseidon2_24.Permute(expected);
                for (int i = 0; i < 24; i++) Assert.Equal(expected[i].Raw, eight[i][lane]);
            }
        }
    }

    [Fact]
    public void Only_whole_states_are_taken()
    {
        Assert.Throws<ArgumentException>(() => Poseidon16.PermuteMany(new KoalaBear[17]));
        Assert.Throws<ArgumentException>(() => Poseidon16.PermuteManyRecording(new KoalaBear[16], new KoalaBear[149]));
        Assert.Throws<ArgumentException>(() => Poseidon16.PermuteRecording8(new uint[127], new uint[8 * Poseidon16.Cubes]));
        Assert.Throws<ArgumentException>(() => Poseidon16.PermuteRecording8(new uint[128], new uint[Poseidon16.Cubes]));
        Assert.Throws<ArgumentException>(() => Poseidon2_16.PermuteRecording8(new uint[127], new uint[8 * Poseidon2_16.Cubes]));
        Assert.Throws<ArgumentException>(() => Poseidon2_16.PermuteRecording8(new uint[128], new uint[Poseidon2_16.Cubes]));
        Poseidon16.PermuteMany([]);
    }

    private static KoalaBear Element(string kind, Random random) => kind switch
    {
        "zero" => KoalaBear.Zero,
        "greatest" => KoalaBear.FromRaw(KoalaBear.Modulus - 1),
        "extremes" => random.Next(2) == 0 ? KoalaBear.Zero : KoalaBear.From(-1),
        "half" => KoalaBear.FromRaw((KoalaBear.Modulus / 2) + (uint)random.Next(2)),
        "raw extremes" => KoalaBear.FromRaw(random.Next(2) == 0 ? 1 : KoalaBear.Modulus - 1),
        _ => KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus)),
    };
}
