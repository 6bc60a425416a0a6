using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

[CollectionDefinition(nameof(KernelTests), DisableParallelization = true)]
public sealed class KernelCollection;

/// <summary>Every kernel that the machine has, forced in turn, against the scalar code.</summary>
[Collection(nameof(KernelTests))]
public sealed unsafe class KernelTests
{
    private static readonly int[] Lengths = [1, 63, 64, 65, 127, 128, 1000, 1023, 1024, 1025, 2048, 2049, 3072, 5000, 8192, 16385];

    private static readonly uint[] Key = [.. Enumerable.Range(1, 8).Select(i => 0x9E3779B9u * (uint)i)];

    private delegate void LaneHash(byte* input, nint pitch, int length, ReadOnlySpan<uint> key, uint flags, Digest* digests);

    [Fact]
    public void Blake3_portable_lanes() => CheckBlake3(Blake3Lanes<PortableRotation>.Hash);

    [Fact]
    public void Blake3_avx2_lanes()
    {
        Assert.SkipUnless(Avx2.IsSupported, "this machine has no AVX2");
        CheckBlake3(Blake3Lanes<Avx2Rotation>.Hash);
    }

    [Fact]
    public void Blake3_avx512_lanes()
    {
        Assert.SkipUnless(Avx512F.VL.IsSupported, "this machine has no AVX-512 for vectors of 256 bits");
        CheckBlake3(Blake3Lanes<Avx512Rotation>.Hash);
    }

    [Fact]
    public void Blake3_streams_in_lanes_carry_into_the_high_counter_word()
    {
        Blake3Xof xof = Blake3Hasher.Keyed(new byte[32]).Update([1, 2, 3]).FinishXof();
        var expected = new byte[512];
        var got = new byte[512];
        foreach (ulong block in new ulong[] { 0, 1, 1000, uint.MaxValue - 3, 1UL << 40 })
        {
            for (int i = 0; i < 8; i++) xof.ReadAt(64 * (block + (ulong)i), expected.AsSpan(64 * i, 64)); // too few bytes for lanes
            fixed (byte* into = got)
            {
                Blake3Lanes<PortableRotation>.Stream(xof, block, into);
                Assert.Equal(expected, got);
                if (!Avx512F.VL.IsSupported) continue;
                Blake3Lanes<Avx512Rotation>.Stream(xof, block, into);
                Assert.Equal(expected, got);
            }
        }
    }

    [Fact]
    public void Blake3_streams_are_the_same_in_reads_of_any_length()
    {
        Blake3Xof xof = Blake3Hasher.Keyed(new byte[32]).Update([1, 2, 3]).FinishXof();
        var expected = new byte[2000];
        for (int i = 0; i < expected.Length; i++) xof.ReadAt((ulong)i, expected.AsSpan(i, 1));
        foreach (int length in new[] { 0, 1, 64, 191, 192, 193, 511, 512, 513, 703, 704, 705, 1024, 1500 })
        {
            foreach (int position in new[] { 0, 1, 64, 192, 320, 448 })
            {
                var got = new byte[length];
                xof.ReadAt((ulong)position, got);
                Assert.Equal(expected[position..(position + length)], got);
            }
        }
    }

    [Fact]
    public void Keccak_lanes()
    {
        foreach (int length in Lengths)
        {
            int blocks = KeccakLanes.Blocks(length);
            nint pitch = blocks * Keccak256.Rate;
            byte[] input = RandomInput(4, (int)pitch, length);
            Digest[] expected = [.. Enumerable.Range(0, 4).Select(i => Keccak256.Hash(input.AsSpan((int)pitch * i, length)))];
            var digests = new Digest[4];
            fixed (byte* from = input)
            fixed (Digest* to = digests)
            {
                for (int i = 0; i < 4; i++) KeccakLanes.Pad(from + (i * pitch), length);
                KeccakLanes<PortableLogic>.Hash(from, pitch, blocks, to);
                Assert.Equal(expected, digests);
                if (!Avx512F.VL.IsSupported) continue;
                Array.Clear(digests);
                KeccakLanes<Avx512Logic>.Hash(from, pitch, blocks, to);
                Assert.Equal(expected, digests);
            }
        }
    }

    [Theory]
    [InlineData(CommitmentHash.Blake3)]
    [InlineData(CommitmentHash.Keccak256)]
    [InlineData(CommitmentHash.Poseidon)]
    [InlineData(CommitmentHash.Poseidon2)]
    public void Trees_do_not_depend_on_the_kernel_or_the_number_of_cores(CommitmentHash hash)
    {
        using var forest = new Forest(new Random(21), (9, 5), (7, 300), (9, 8), (2, 17), (0, 1));
        foreach (bool salted in new[] { true, false })
        {
            Assert.Single(OnEveryKernel(() =>
            {
                using MerkleTree tree = forest.Commit(hash, salted);
                return tree.Root;
            }).Distinct());
        }
    }

    [Theory]
    [InlineData(CommitmentHash.Blake3)]
    [InlineData(CommitmentHash.Keccak256)]
    [InlineData(CommitmentHash.Poseidon)]
    [InlineData(CommitmentHash.Poseidon2)]
    public void Nonces_do_not_depend_on_the_kernel_or_the_number_of_cores(CommitmentHash hash)
    {
        foreach (int bits in new[] { 1, 4, 10 })
        {
            Assert.Single(OnEveryKernel(() =>
            {
                var transcript = new Transcript(hash, "grinding");
                transcript.AbsorbUInt32("bits", (uint)bits);
                return transcript.Grind("grind", bits);
            }).Distinct());
        }
    }

    [Fact]
    public void State_hashes_do_not_depend_on_the_kernel_or_the_number_of_cores()
    {
        KoalaBear[] blocks = PoseidonTests.RandomFields(new Random(2), 8 * 300);
        int[] counts = [.. Enumerable.Repeat(2, 150)];
        Assert.Single(OnEveryKernel(() =>
        {
            var leaves = new Digest[150];
            LeafSponge.HashMany(blocks, counts, leaves);
            var level = new Digest[75];
            StateTreeHash.Level(1, leaves, level);
            uint[] state = [.. blocks.Take(128).Select(x => x.Raw)];
            var cubes = new uint[8 * Poseidon16.Cubes];
            Poseidon16.PermuteRecording8(state, cubes);
            uint[] state2 = [.. blocks.Take(128).Select(x => x.Raw)];
            var cubes2 = new uint[8 * Poseidon2_16.Cubes];
            Poseidon2_16.PermuteRecording8(state2, cubes2);
            return string.Concat(level) + string.Join(' ', [.. state, .. cubes, .. state2, .. cubes2]);
        }).Distinct());
    }

    private static List<T> OnEveryKernel<T>(Func<T> compute)
    {
        KernelKind activeKernel = Kernels.Active;
        int degree = Parallelism.Degree;
        var results = new List<T>();
        try
        {
            foreach (KernelKind kind in Kernels.Available)
            {
                foreach (int cores in new[] { 1, 3 })
                {
                    Kernels.Active = kind;
                    Parallelism.Degree = cores;
                    results.Add(compute());
                }
            }
        }
        finally
        {
            Kernels.Active = activeKernel;
            Parallelism.Degree = degree;
        }

        return results;
    }

    private static void CheckBlake3(LaneHash hash)
    {
        foreach (int length in Lengths)
        {
            int pitch = (length + 63) / 64 * 64;
            byte[] input = RandomInput(8, pitch, length);
            var digests = new Digest[8];
            fixed (byte* from = input)
            fixed (Digest* to = digests) hash(from, pitch, length, Key, Blake3Core.KeyedHash, to);
            for (int i = 0; i < 8; i++)
                Assert.Equal(new Blake3Hasher(Key, Blake3Core.KeyedHash).Update(input.AsSpan(pitch * i, length)).Finish(), digests[i]);
        }
    }

    private static byte[] RandomInput(int count, int pitch, int length)
    {
        var random = new Random(length);
        var input = new byte[count * pitch];
        for (int i = 0; i < count; i++) random.NextBytes(input.AsSpan(i * pitch, length));
        return input;
    }
}
