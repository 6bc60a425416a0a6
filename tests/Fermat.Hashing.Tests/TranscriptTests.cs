using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

public sealed class TranscriptTests
{
    public static TheoryData<CommitmentHash> Hashes => [.. Enum.GetValues<CommitmentHash>()];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void The_same_operations_draw_the_same_challenges(CommitmentHash hash)
    {
        Transcript a = Typical(hash), b = Typical(hash);
        Assert.Equal(a.State, b.State);
        Assert.Equal(a.ChallengeQuintic("z"), b.ChallengeQuintic("z"));
        Assert.Equal(a.ChallengeBits("q", 20), b.ChallengeBits("q", 20));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    [Trait("Pitfall", "sponge without injective padding, leaves and nodes confusable, 2-to-1 compression without feed-forward")]
    public void Every_operation_label_and_length_counts(CommitmentHash hash)
    {
        KoalaBear[] zeros = new KoalaBear[16];
        Action<Transcript>[] operations =
        [
            _ => { },
            t => t.AbsorbBytes("", []),
            t => t.AbsorbBytes("a", []),
            t => t.AbsorbBytes("a", [0]),
            t => t.AbsorbBytes("a", [0, 0]),
            t => t.AbsorbBytes("a", new byte[3]),
            t => t.AbsorbBytes("a", new byte[4]),
            t => t.AbsorbBytes("a", new byte[8]),
            t => t.AbsorbBytes("a", new byte[32]),
            t => t.AbsorbUInt32("a", 0),
            t => t.AbsorbUInt64("a", 0),
            t => t.AbsorbFields("a", []),
            t => t.AbsorbFields("a", zeros.AsSpan(0, 1)),
            t => t.AbsorbFields("a", zeros.AsSpan(0, 5)),
            t => t.AbsorbFields("a", zeros.AsSpan(0, 8)),
            t => t.AbsorbFields("a", zeros),
            t => t.AbsorbQuintics("a", new Quintic[1]),
            t => t.AbsorbDigest("a", default),
            t => t.AbsorbDigest("b", default),
            t => t.AbsorbDigest("a", Digest.FromWords([uint.MaxValue, 0, 0, 0, 0, 0, 0, 0])),
            t => t.ChallengeQuintics("a", []),
            t => t.ChallengeQuintic("a"),
            t => t.ChallengeBits("a", 0),
            t => t.ChallengeBits("a", 1),
            t => t.CheckGrinding("a", 1, 0),
            t => t.CheckGrinding("a", 1, 1),
            t => t.CheckGrinding("a", 2, 1),
            t =>
            {
                t.AbsorbFields("a", zeros.AsSpan(0, 8));
                t.AbsorbFields("a", zeros.AsSpan(0, 8));
            },
            t =>
            {
                t.AbsorbBytes("a", [0]);
                t.AbsorbBytes("a", [0]);
            },
        ];
        var states = new HashSet<Digest>();
        foreach (Action<Transcript> operation in operations)
        {
            var transcript = new Transcript(hash, "test");
            operation(transcript);
            Assert.True(states.Add(transcript.State));
        }
    }

    [Fact]
    public void Protocol_and_hash_count()
    {
        Digest[] states =
        [
            .. Enum.GetValues<CommitmentHash>().Select(h => new Transcript(h, "test").State),
            .. Enum.GetValues<CommitmentHash>().Select(h => new Transcript(h, "test2").State),
        ];
        Assert.Equal(8, states.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Transcript((CommitmentHash)0, "test"));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Any_bit_of_absorbed_data_counts(CommitmentHash hash)
    {
        var states = new HashSet<Digest>();
        for (int bit = 0; bit < 8 * 50; bit++)
        {
            var data = new byte[50];
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            var transcript = new Transcript(hash, "test");
            transcript.AbsorbBytes("data", data);
            Assert.True(states.Add(transcript.State));
        }
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_clone_goes_its_own_way(CommitmentHash hash)
    {
        Transcript original = Typical(hash);
        Transcript clone = original.Clone();
        Digest before = original.State;
        clone.AbsorbUInt32("x", 1);
        Assert.Equal(before, original.State);
        Assert.NotEqual(before, clone.State);
        original.AbsorbUInt32("x", 1);
        Assert.Equal(clone.ChallengeQuintic("z"), original.ChallengeQuintic("z"));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Challenges_are_spread_over_the_field(CommitmentHash hash)
    {
        // 10,000 coefficients in 16 buckets: χ² with 15 degrees of freedom; 50 is exceeded with probability below 10^-4, and the draw is fixed.
        var quintics = new Quintic[2000];
        new Transcript(hash, "spread").ChallengeQuintics("c", quintics);
        var buckets = new int[16];
        foreach (Quintic q in quintics)
        {
            for (int i = 0; i < 5; i++) buckets[(int)((ulong)q[i].Value * 16 / KoalaBear.Modulus)]++;
        }

        Assert.Equal(2000, quintics.Distinct().Count());
        Assert.True(buckets.Sum(b => (b - 625) * (b - 625) / 625) < 50);
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Bits_stay_in_range_and_reach_it(CommitmentHash hash)
    {
        Transcript transcript = Typical(hash);
        foreach (int bits in new[] { 0, 1, 5, 24, 25, 31, 32 })
        {
            uint seen = 0;
            for (int i = 0; i < 60; i++)
            {
                uint drawn = transcript.ChallengeBits("q", bits);
                Assert.True(drawn <= (uint)((1UL << bits) - 1));
                seen |= drawn;
            }

            Assert.Equal((uint)((1UL << bits) - 1), seen);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.ChallengeBits("q", 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.ChallengeBits("q", -1));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Grinding_finds_the_smallest_nonce_and_both_sides_agree(CommitmentHash hash)
    {
        const int bits = 9;
        Transcript prover = Typical(hash), verifier = Typical(hash);
        ulong nonce = prover.Grind("query", bits);
        Assert.True(verifier.CheckGrinding("query", bits, nonce));
        Assert.Equal(prover.State, verifier.State);
        for (ulong smaller = 0; smaller < nonce; smaller++) Assert.False(Typical(hash).CheckGrinding("query", bits, smaller));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Grinding_of_no_bits_is_nothing(CommitmentHash hash)
    {
        Transcript transcript = Typical(hash);
        Digest before = transcript.State;
        Assert.Equal(0UL, transcript.Grind("query", 0));
        Assert.True(transcript.CheckGrinding("query", 0, 0));
        Assert.False(transcript.CheckGrinding("query", 0, 1));
        Assert.Equal(before, transcript.State);
        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.Grind("query", Transcript.MaxGrindingBits + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.CheckGrinding("query", -1, 0));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Grinding_can_be_cancelled(CommitmentHash hash)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Typical(hash).Grind("query", 40, source.Token));
    }

    [Fact]
    public void Blake3_transcript_is_as_documented()
    {
        byte[] state = new byte[32];
        void Frame(byte kind, string label, byte[] data)
        {
            byte[] name = Encoding.UTF8.GetBytes(label);
            state = Blake3.DeriveKey(
                "fermat v1 transcript absorb",
                [.. state, kind, .. BitConverter.GetBytes(name.Length), .. name, .. BitConverter.GetBytes((long)data.Length), .. data]).ToArray();
        }

        var transcript = new Transcript(CommitmentHash.Blake3, "proto");
        Frame(0, "proto", [1]);
        transcript.AbsorbBytes("b", [7, 8]);
        Frame(1, "b", [7, 8]);
        transcript.AbsorbUInt32("u", 5);
        Frame(2, "u", [5, 0, 0, 0]);
        transcript.AbsorbUInt64("w", 6);
        Frame(3, "w", [6, 0, 0, 0, 0, 0, 0, 0]);
        transcript.AbsorbFields("f", PoseidonTests.Fields(9, 10));
        Frame(4, "f", [9, 0, 0, 0, 10, 0, 0, 0]);
        transcript.AbsorbDigest("d", Digest.FromBytes(state));
        Frame(6, "d", state);
        Assert.Equal(Digest.FromBytes(state), transcript.State);

        Quintic challenge = transcript.ChallengeQuintic("c");
        Frame(16, "c", [1, 0, 0, 0]);
        var stream = new byte[200];
        Blake3Hasher.ForContext("fermat v1 transcript challenge").Update(state).FinishXof().Read(stream);
        uint[] words = [.. stream.Chunk(4).Select(w => BinaryPrimitives.ReadUInt32LittleEndian(w) & 0x7FFFFFFF).Where(w => w < KoalaBear.Modulus)];
        for (int i = 0; i < 5; i++) Assert.Equal(words[i], challenge[i].Value);

        uint bits = transcript.ChallengeBits("q", 12);
        Frame(17, "q", [12, 0, 0, 0]);
        Blake3Hasher.ForContext("fermat v1 transcript challenge").Update(state).FinishXof().Read(stream);
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(stream) & 0xFFF, bits);

        ulong nonce = transcript.Grind("g", 8);
        Frame(32, "g", [8, 0, 0, 0]);
        Assert.Equal(0, Blake3.DeriveKey("fermat v1 transcript grind", [.. state, .. BitConverter.GetBytes(nonce)]).ToArray()[0]);
        Frame(33, "g", BitConverter.GetBytes(nonce));
        Assert.Equal(Digest.FromBytes(state), transcript.State);
    }

    [Fact]
    public void Keccak_transcript_is_as_documented()
    {
        byte[] state = new byte[32];
        void Frame(byte kind, string label, byte[] data)
        {
            byte[] name = Encoding.UTF8.GetBytes(label);
            state = Keccak256.Hash(
                [0x10, .. state, kind, .. BitConverter.GetBytes(name.Length), .. name, .. BitConverter.GetBytes((long)data.Length), .. data]).ToArray();
        }

        var transcript = new Transcript(CommitmentHash.Keccak256, "proto");
        Frame(0, "proto", [2]);
        var challenges = new Quintic[3];
        transcript.ChallengeQuintics("c", challenges);
        Frame(16, "c", [3, 0, 0, 0]);
        byte[] stream = [.. Enumerable.Range(0, 4).SelectMany(i => Keccak256.Hash([0x11, .. state, .. BitConverter.GetBytes((long)i)]).ToArray())];
        uint[] words = [.. stream.Chunk(4).Select(w => BinaryPrimitives.ReadUInt32LittleEndian(w) & 0x7FFFFFFF).Where(w => w < KoalaBear.Modulus)];
        for (int i = 0; i < 15; i++) Assert.Equal(words[i], challenges[i / 5][i % 5].Value);

        ulong nonce = transcript.Grind("g", 8);
        Frame(32, "g", [8, 0, 0, 0]);
        Assert.Equal(0, Keccak256.Hash([0x12, .. state, .. BitConverter.GetBytes(nonce)]).ToArray()[0]);
    }

    [Fact]
    public void Poseidon_transcript_is_as_documented()
    {
        KoalaBear[] capacity = FieldConstants.Derive("fermat v1 transcript", 8);
        KoalaBear[] TakeIn(KoalaBear[] block)
        {
            KoalaBear[] state = PoseidonTests.Textbook([.. block, .. new KoalaBear[8 - block.Length], .. capacity], out _);
            capacity = state[8..];
            return state[..8];
        }

        void Header(byte kind, string label, long length)
        {
            var header = new KoalaBear[8];
            FieldConstants.Fill(
                Blake3Hasher.ForContext("fermat v1 transcript frame")
                    .Update([kind, .. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes(label)]).FinishXof(),
                header);
            TakeIn(header);
        }

        var transcript = new Transcript(CommitmentHash.Poseidon, "proto");
        Header(0, "proto", 1);
        TakeIn(PoseidonTests.Fields(3));
        transcript.AbsorbBytes("b", [1, 2, 3, 4, 5]);
        Header(1, "b", 5);
        TakeIn(PoseidonTests.Fields(0x030201, 0x0504));
        KoalaBear[] elements = PoseidonTests.RandomFields(new Random(8), 11);
        transcript.AbsorbFields("f", elements);
        Header(4, "f", 11);
        TakeIn(elements[..8]);
        TakeIn(elements[8..]);
        transcript.AbsorbDigest("d", Digest.FromFields(elements.AsSpan(0, 8)));
        Header(7, "d", 8);
        TakeIn(elements[..8]);
        var challenges = new Quintic[2];
        transcript.ChallengeQuintics("c", challenges);
        Header(16, "c", 4);
        TakeIn(PoseidonTests.Fields(2));
        KoalaBear[] drawn = [.. TakeIn(PoseidonTests.Fields(0)), .. TakeIn(PoseidonTests.Fields(1))];
        for (int i = 0; i < 10; i++) Assert.Equal(drawn[i], challenges[i / 5][i % 5]);
        Assert.Equal(Digest.FromFields(capacity), transcript.State);

        ulong nonce = transcript.Grind("g", 6);
        Header(32, "g", 4);
        TakeIn(PoseidonTests.Fields(6));
        Assert.Equal(0u, PoseidonTests.Textbook([KoalaBear.From(nonce), .. new KoalaBear[7], .. capacity], out _)[0].Value & 63);
    }

    private static Transcript Typical(CommitmentHash hash)
    {
        var transcript = new Transcript(hash, "fermat-test");
        transcript.AbsorbBytes("options", [1, 2, 3]);
        transcript.AbsorbDigest("root", Blake3.Hash("root"u8));
        transcript.AbsorbUInt32("height", 20);
        transcript.AbsorbFields("fields", PoseidonTests.Fields(1, 2, 3));
        return transcript;
    }
}
