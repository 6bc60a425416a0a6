using Fermat.Algebra;
using Fermat.Hashing;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>What a rejection tells people, to the letter: what was wrong, in which part, what would have passed and what was there.</summary>
public class RejectionTextTests
{
    [Fact]
    public void What_is_absent_is_not_mentioned()
    {
        Assert.Equal("Truncated: words", new Rejection(RejectionCode.Truncated, "words").ToString());
        Assert.Equal("Truncated: words; in p; expected e; got g", new Rejection(RejectionCode.Truncated, "words", "e", "g", "p").ToString());
    }

    [Fact]
    public void Length_and_first_bytes()
    {
        int length = Honest.Length;
        Says($"ProofTooLong: the proof is too long; expected at most {length - 1} bytes; got {length} bytes", Honest, SequenceToy.Policy with { MaximumProofBytes = length - 1 });
        Says("Truncated: the proof ends too early; in header; expected at least 8 bytes; got 0 bytes", []);
        Says("Truncated: the proof ends too early; in header; expected at least 88 bytes; got 87 bytes", Honest[..87]);
        Says($"Truncated: the proof ends too early; in opening of FRI layer 2; expected at least {length} bytes; got {length - 1} bytes", Honest[..^1]);
        Says($"TrailingBytes: bytes follow the end of the proof; expected {length} bytes; got {length + 2} bytes", [.. Honest, 0, 0]);
        Says("WrongMagic: this is not a proof; in header; expected 46524d5450524631; got 47524d5450524631", With(0, 0x47));
        Says("UnknownVersion: the proof has a version that this verifier does not read; in header; expected 1; got 257", With(9, 1));
        byte[] blowup = With(12, 9);
        Says($"InvalidOptions: the options are invalid: blowup log2 9 is outside 1..5; in header; got {Convert.ToHexStringLower(blowup.AsSpan(10, 12))}", blowup);
    }

    [Fact]
    public void Statement()
    {
        Digest other = PublicInputs.Digest([1, 2, 3]);
        Says(
            $"WrongVerifyingKey: the proof is for another verifying key; in header; expected {Toy.Key().Digest}; got {other}",
            Opened.With(Opened.Header with { KeyDigest = other }));
        Says(
            $"WrongPublicInputs: the proof is about other public inputs; in header; expected {PublicInputs.Digest(Toy.PublicInputs)}; got {other}",
            Opened.With(Opened.Header with { PublicInputsDigest = other }));
        Says(
            "OptionsUnlikeKey: the proof's hash, blowup log2 and tail rows are not the key's; in header; expected (Blake3, 2, 24); got (Keccak256, 3, 32)",
            Opened.With(Opened.Header with { Options = SequenceToy.Options with { Hash = CommitmentHash.Keccak256, BlowupLog2 = 3, TailRows = 32 } }));
        Says("HeightUnlikeKey: a table's height is not the verifying key's; in table \"range\"; expected log2 7; got log2 8", WithHeights(9, 8));
        Says(
            "OptionsUnlikeHeights: the options do not suit the heights: table 0: 64 rows are fewer than 4 times the 24 tail rows; in header", WithHeights(6, 7));
        int lowest = Toy.Circuit.Tables[0].MinLogHeight;
        Says($"HeightOutOfRange: a table's height is out of range; in table \"sequence\"; expected log2 {lowest} to 22; got log2 23", WithHeights(23, 7));
        Says(
            "PublicTablesTooLarge: the public columns would be too large; in header; expected at most 8191 cells; got 8192 cells",
            Honest,
            SequenceToy.Policy with { MaximumPublicCells = 8191 });
        int bits = Toy.Verify(Honest).Soundness!.OracleBits;
        Says(
            $"TooFewProvenBits: the parameters prove too little; in header; expected at least {bits + 1} bits; got {bits} proven bits, 128 assumed hash bits",
            Honest,
            new VerifierPolicy(bits + 1));
    }

    [Fact]
    public void As_many_messages_as_the_field_has_elements()
    {
        var toy = new ManyMessagesToy();
        byte[] taller = toy.Prove();
        taller[ProofFormat.FixedHeaderLength] = 22;
        long messages = toy.Circuit.MessageBound([22]);
        Assert.True(messages >= KoalaBear.Modulus);
        Assert.Equal(
            $"TooManyMessages: so many messages could cancel by wrapping around; in header; expected below 2130706433; got {messages}", toy.Verify(taller).Rejection!.ToString());
    }

    /// <summary>Where a condition of the argument does not hold nothing is proven, and the rejection says which.</summary>
    [Fact]
    public void A_condition_of_the_argument_that_does_not_hold()
    {
        var toy = new ManyMessagesToy();
        var shape = new ProofShape(toy.Circuit, SequenceToy.Options, [22]);
        Rejection rejection = new ParameterCheck(toy.Circuit, new VerifierPolicy(1), new SoundnessMemo()).Soundness(shape, out SoundnessReport report)!;
        Assert.NotEmpty(report.Violations);
        Assert.Equal(
            $"TooFewProvenBits: the parameters prove too little; {toy.Circuit.MessageBound([22])} messages reach the field's 2130706433 elements: multiplicities could wrap; in header; "
            + $"expected at least 1 bits; got 0 proven bits, {report.HashBits} assumed hash bits",
            rejection.ToString());
    }

    [Fact]
    public void A_public_table_that_does_not_fit()
    {
        var longer = new SequenceToy(1, [.. Enumerable.Repeat(1u, 120)]);
        var opened = new OpenedProof(longer, SequenceToy.Options, longer.Prove());
        Assert.Equal(
            "PublicTableTooShort: a public table has more rows than the proof's table; in table \"sequence\"; expected 120 rows; got 104 rows",
            longer.Verify(opened.With(opened.Header with { LogHeights = [7, 7] })).Rejection!.ToString());
    }

    [Fact]
    public void Messages()
    {
        byte[] unreduced = Honest.ToArray();
        BitConverter.TryWriteBytes(unreduced.AsSpan(Opened.Offset("bus sums") + 12), KoalaBear.Modulus);
        Says("NonCanonicalElement: a field element is not reduced; in bus sums, element 3; expected below 2130706433; got 2130706433", unreduced);

        var sums = Opened.Messages.BusSums.SetItem(1, Opened.Messages.BusSums[1] + Quintic.X);
        Says(
            $"BusSumsNotZero: the messages of the tables do not balance; in bus sums; expected 0; got {Quintic.X}",
            Opened.With(messages: Opened.Messages with { BusSums = sums }));

        ulong nonce = Enumerable.Range(1, 64).Select(step => Opened.Messages.Nonce + (ulong)step)
            .First(nonce => Toy.Verify(Opened.With(messages: Opened.Messages with { Nonce = nonce })).Rejection!.Code == RejectionCode.WrongGrinding);
        Says(
            $"WrongGrinding: the nonce does not show the work that the options ask for; in nonce; expected 3 zero bits; got nonce {nonce}",
            Opened.With(messages: Opened.Messages with { Nonce = nonce }));
    }

    /// <summary>The opened quotient changed by a known amount: what is expected changes by that times the vanishing polynomial, what was found does not.</summary>
    [Fact]
    public void Constraints()
    {
        int quotient = Opened.Shape.Openings.OfTable(1)[^1].First;
        Rejection first = Changed(quotient, Quintic.One), second = Changed(quotient, Quintic.X);
        Assert.Equal("the constraints are not a multiple of the vanishing polynomial", first.Message);
        Assert.Equal("table \"range\"", first.Part);
        Assert.NotEqual(first.Expected, first.Got);
        Assert.NotEqual(first.Expected, second.Expected);
        Assert.Equal(first.Got, second.Got);
        Assert.All([first.Expected, first.Got], text => Assert.False(string.IsNullOrEmpty(text)));

        Rejection Changed(int at, Quintic by) => AssertRejected(
            RejectionCode.ConstraintsNotSatisfied,
            Toy.Verify(Opened.With(messages: Opened.Messages with { Openings = Opened.Messages.Openings.SetItem(at, Opened.Messages.Openings[at] + by) })));
    }

    [Fact]
    public void An_out_of_domain_point_in_the_domain()
    {
        using var publicColumns = new PublicColumns(Opened.Shape, Toy);
        var check = new OutOfDomainCheck(Opened.Shape, publicColumns, new Quintic[3], Quintic.One, Opened.Messages.Openings, Opened.Messages.BusSums);
        Assert.Equal(
            $"OutOfDomainPointInDomain: the out-of-domain point lies in a table's domain; in table \"sequence\"; got {Quintic.One}", check.Point(Quintic.One)!.ToString());
    }

    [Fact]
    public void Openings()
    {
        string[] parts = ["preprocessed columns", "phase 0", "phase 1", "phase 2", "quotient"];
        for (int c = 0; c < parts.Length; c++)
        {
            var changed = Opened.Queries.Commitments.SetItem(c, OpenedProof.ChangeRow(Opened.Queries.Commitments[c]));
            Digest root = c == 0 ? Toy.Key().PreprocessedRoot!.Value : c < 4 ? Opened.Messages.PhaseRoots[c - 1] : Opened.Messages.QuotientRoot;
            OpeningSays(parts[c], root, Opened.Queries with { Commitments = changed });
        }

        for (int layer = 0; layer < Opened.Shape.Rounds.Count; layer++)
        {
            var changed = Opened.Queries.Layers.SetItem(layer, OpenedProof.ChangeRow(Opened.Queries.Layers[layer]));
            OpeningSays($"FRI layer {layer}", Opened.Messages.LayerRoots[layer], Opened.Queries with { Layers = changed });
        }

        static void OpeningSays(string part, Digest root, ProofQueries queries)
        {
            Rejection rejection = Toy.Verify(Opened.With(queries: queries)).Rejection!;
            Assert.StartsWith("an opening does not match its commitment: ", rejection.Message, StringComparison.Ordinal);
            Assert.True(rejection.Message.Length > "an opening does not match its commitment: ".Length);
            Assert.Equal(("opening of " + part, "root " + root, null), (rejection.Part, rejection.Expected, rejection.Got));
        }
    }

    [Fact]
    public void The_final_polynomial()
    {
        ProofOptions options = SequenceToy.Options with { Queries = 1, QueryGrindingBits = 0 };
        var opened = new OpenedProof(Toy, options, Toy.Prove(options));
        byte[] proof = opened.With(messages: opened.WithSameQueries(opened.Messages));
        Rejection rejection = Toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 0), Toy.Key(options)).Rejection!;
        Assert.Equal("the final polynomial is not what the last layer folds to", rejection.Message);
        int position = opened.Shape.IndexAt(opened.Plan.Distinct[0], 4);
        Assert.Equal($"final polynomial, position {position}", rejection.Part);
        Assert.NotEqual(rejection.Expected, rejection.Got);
        Assert.All([rejection.Expected, rejection.Got], text => Assert.False(string.IsNullOrEmpty(text)));
    }

    private static void Says(string text, byte[] proof, VerifierPolicy? policy = null) => Assert.Equal(text, Toy.Verify(proof, policy).Rejection!.ToString());

    private static byte[] WithHeights(params int[] logHeights) => Opened.With(Opened.Header with { LogHeights = [.. logHeights] });

    private static byte[] With(int at, byte value)
    {
        byte[] changed = Honest.ToArray();
        changed[at] = value;
        return changed;
    }
}
