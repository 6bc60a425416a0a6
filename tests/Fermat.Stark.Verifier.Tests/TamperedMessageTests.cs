using System.Buffers.Binary;
using Fermat.Algebra;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>One test a rejection: a real proof, changed in what it says before the queries, is turned down by that name.</summary>
public class TamperedMessageTests
{
    [Fact]
    [Rejects(RejectionCode.NonCanonicalElement)]
    [Trait("Pitfall", "non-canonical encodings of proofs")]
    public void Elements_not_below_the_modulus()
    {
        foreach (ProofPart part in Opened.Parts.Where(part => part.Name is "bus sums" or "openings" or "final polynomial" || part.Name.StartsWith("opening of", StringComparison.Ordinal)))
        {
            byte[] proof = Honest.ToArray();
            // The element's value plus p: the same element, another encoding.
            Span<byte> word = proof.AsSpan(Opened.Offset(part.Name), 4);
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(word);
            BinaryPrimitives.WriteUInt32LittleEndian(word, value + KoalaBear.Modulus);
            Assert.StartsWith(part.Name, AssertRejected(RejectionCode.NonCanonicalElement, Toy.Verify(proof)).Part, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Rejects(RejectionCode.BusSumsNotZero)]
    public void Bus_sums_that_do_not_cancel() => AssertRejected(
        RejectionCode.BusSumsNotZero,
        Toy.Verify(Opened.With(messages: Opened.Messages with { BusSums = [Opened.Messages.BusSums[0], Opened.Messages.BusSums[1] + Quintic.One] })));

    [Fact]
    [Rejects(RejectionCode.OutOfDomainPointInDomain)]
    public void Out_of_domain_point_inside_the_domain()
    {
        // No proof can be made to draw such a point; the check is asked directly, with the shape and messages of a real one.
        using var publicColumns = new PublicColumns(Opened.Shape, Toy);
        var check = new OutOfDomainCheck(Opened.Shape, publicColumns, new Quintic[3], Quintic.One, Opened.Messages.Openings, Opened.Messages.BusSums);
        Quintic[] inside =
        [
            Quintic.One,
            new(KoalaBear.RootOfUnity(9)),
            new(KoalaBear.Generator),
            new(KoalaBear.Generator * KoalaBear.RootOfUnity(11)),
            new(KoalaBear.Generator * KoalaBear.RootOfUnity(11).Inverse()),
        ];
        Assert.All(inside, point => Assert.Equal(RejectionCode.OutOfDomainPointInDomain, check.Point(point)?.Code));
        Assert.Null(check.Point(Quintic.X));
        Assert.Null(check.Point(new Quintic(KoalaBear.RootOfUnity(12))));
    }

    [Fact]
    [Rejects(RejectionCode.ConstraintsNotSatisfied)]
    public void Changed_opening()
    {
        for (int i = 0; i < Opened.Messages.Openings.Length; i += 7)
        {
            var openings = Opened.Messages.Openings.SetItem(i, Opened.Messages.Openings[i] + Quintic.One);
            AssertRejected(RejectionCode.ConstraintsNotSatisfied, Toy.Verify(Opened.With(messages: Opened.Messages with { Openings = openings })));
        }
    }

    [Fact]
    [Rejects(RejectionCode.WrongGrinding)]
    public void Nonce_without_work()
    {
        // About one in eight other nonces would do; the first that does not is refused for it, the others lead to other queries.
        ulong nonce = Opened.Messages.Nonce;
        Assert.Contains(
            Enumerable.Range(1, 16), step => Toy.Verify(Opened.With(messages: Opened.Messages with { Nonce = nonce + (ulong)step })).Rejection!.Code == RejectionCode.WrongGrinding);
        Assert.All(
            Enumerable.Range(1, 16), step => Assert.False(Toy.Verify(Opened.With(messages: Opened.Messages with { Nonce = nonce + (ulong)step })).Accepted));
    }

    [Fact]
    [Rejects(RejectionCode.TrailingBytes)]
    public void Bytes_after_the_end() => AssertRejected(RejectionCode.TrailingBytes, Toy.Verify([.. Honest, 0]));
}
