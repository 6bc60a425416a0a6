using Fermat.Air;
using Fermat.Hashing;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

/// <summary>Each term against its formula, evaluated with the ordinary library functions.</summary>
public sealed class SoundnessTermTests
{
    private static readonly double FieldBits = 5 * Math.Log2(2130706433.0);

    private static readonly CircuitShape Two = new(
        [
            new TableShape("tall", 16, 40, 10, 30, 3, [1, 4, 0]),
            new TableShape("short", 12, 25, 0, 10, 2, [2]),
        ],
        [new RandomPointIdentity("limbs", 0, 37)]);

    private static SoundnessReport Report(CircuitShape shape) => Soundness.Compute(new SoundnessInput(shape, Options(2, 90)));

    private static double Bits(RegimeReport report, string start) => report.Terms.Single(term => term.Name.StartsWith(start, StringComparison.Ordinal)).Bits;

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected - 0.011, expected + 1e-9);

    [Fact]
    public void Terms_of_the_relation_in_unique_decoding()
    {
        RegimeReport report = Report(Two).UniqueDecoding;
        Near(FieldBits - Math.Log2(37), Bits(report, "random point: limbs"));
        // a message of width w: max(w, 1) for the numerator, 1 for its denominator
        Near(FieldBits - Math.Log2(65536.0 * (2 + 5 + 2) + 4096 * 3), Bits(report, "lookup, 200704 messages"));
        Near(FieldBits - Math.Log2(40), Bits(report, "constraints"));
        Near(FieldBits - Math.Log2(4 * 65536 + 4 * 4096), Bits(report, "out-of-domain point"));
        Assert.Equal(1, report.ListSize);
    }

    [Fact]
    public void Terms_of_the_relation_carry_the_list_size_in_the_Johnson_regime()
    {
        SoundnessReport report = Report(Two);
        double list = Math.Log2(report.Johnson.Multiplicity * 2.0);   // m/(2ρ), ρ = 1/4
        Assert.Equal(report.Johnson.Multiplicity * 2, report.Johnson.ListSize);
        foreach (string start in new[] { "random point", "lookup", "constraints", "out-of-domain" })
            Assert.InRange(Bits(report.UniqueDecoding, start) - Bits(report.Johnson, start), list - 0.02, list + 0.02);
    }

    [Fact]
    public void Terms_of_the_low_degree_test_in_unique_decoding()
    {
        RegimeReport report = Report(Two).UniqueDecoding;
        Near(FieldBits - 18, Bits(report, "batching at 2^16"));
        Near(FieldBits - 14, Bits(report, "batching at 2^12"));
        Near(FieldBits - 18 - Math.Log2(7), Bits(report, "fold 2^18 by 8"));
        Near(FieldBits - 15, Bits(report, "fold 2^15 by 2"));
        Near(FieldBits - 14, Bits(report, "roll-in of 2^12"));
        Near(FieldBits - 14 - Math.Log2(7), Bits(report, "fold 2^14 by 8"));
        Near(FieldBits - 11 - Math.Log2(7), Bits(report, "fold 2^11 by 8"));
        Near(-90 * Math.Log2(0.625) + 20, Bits(report, "90 queries"));
        Assert.Equal(12, report.Terms.Count);
    }

    [Fact]
    public void Batching_in_the_Johnson_regime_is_the_theorem()
    {
        RegimeReport report = Soundness.ComputeJohnson(new SoundnessInput(Two, Options(2, 90)), 20);
        double reduced = 65535.0 / 262144, delta = 1 - 0.5 * 1.05, half = 20.5;
        double bad = (2 * Math.Pow(half, 5) + 3 * half * delta * reduced) / (3 * Math.Pow(reduced, 1.5)) * 262144 + half / Math.Sqrt(reduced);
        Near(FieldBits - Math.Log2(bad), Bits(report, "batching at 2^16"));
        Near(-90 * Math.Log2(0.525) + 20, Bits(report, "90 queries"));
        Assert.Equal(delta, report.Distance, 12);
    }

    [Fact]
    public void A_circuit_without_messages_has_no_lookup_term() =>
        Assert.DoesNotContain(Report(Plain(14)).Johnson.Terms, term => term.Name.StartsWith("lookup", StringComparison.Ordinal));

    /// <summary>Pitfall: multiplicities that wrap p.</summary>
    [Fact]
    public void As_many_messages_as_field_elements_prove_nothing()
    {
        CircuitShape Wide(int perRow) => new([new TableShape("main", 21, 40, 0, 10, 3, [.. Enumerable.Repeat(1, perRow)])], []);
        Assert.Equal(2130706433 - 1, Wide(1016).Messages);
        Assert.Empty(Report(Wide(1016)).Violations);
        SoundnessReport over = Report(Wide(1017));
        Assert.Contains("wrap", Assert.Single(over.Violations), StringComparison.Ordinal);
        Assert.Equal(0, over.OracleBits);
        Assert.False(over.Meets(1));
        Assert.True(over.Best.Bits > 0);
    }

    [Fact]
    public void Hash_bits_are_apart_and_bound_what_is_met()
    {
        var input = new SoundnessInput(Plain(12), Options(2, 175, hash: CommitmentHash.Poseidon));
        SoundnessReport report = Soundness.Compute(input);
        Assert.True(report.OracleBits > 124);
        Assert.Equal(124, report.HashBits);
        Assert.True(report.Meets(124));
        Assert.False(report.Meets(125));
        Assert.Equal(128, Soundness.HashBits(CommitmentHash.Blake3));
        Assert.Equal(128, Soundness.HashBits(CommitmentHash.Keccak256));
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Report(new CircuitShape([], [])));
        Assert.Throws<ArgumentException>(() => Report(new CircuitShape([new TableShape("t", 14, -1, 0, 0, 3, [])], [])));
        Assert.Throws<ArgumentException>(() => Report(new CircuitShape([new TableShape("t", 14, 1, 0, 0, 4, [])], [])));
        Assert.Throws<ArgumentException>(() => Report(new CircuitShape([new TableShape("t", 14, 1, 0, 0, 3, [-1])], [])));
        Assert.Throws<ArgumentException>(() => Report(new CircuitShape([new TableShape("t", 14, 1, 0, 0, 3, [])], [new("r", 0, -5)])));
    }

    [Fact]
    public void The_text_names_every_term_and_its_theorem()
    {
        string text = Report(Two).ToText();
        Assert.Contains("ePrint 2025/2055, Theorem 4.6", text, StringComparison.Ordinal);
        Assert.Contains("ePrint 2020/654", text, StringComparison.Ordinal);
        Assert.Contains("random point: limbs", text, StringComparison.Ordinal);
    }
}
