using Fermat.Air;
using Fermat.Algebra;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>What callers of the parts of the protocol are told when they get something wrong; <see cref="VerifierContractTests"/> has the rest.</summary>
public class ProtocolContractTests
{
    [Fact]
    public void Missing_arguments_are_named()
    {
        Circuit circuit = Toy.Circuit;
        ProofOptions options = SequenceToy.Options;
        int[] heights = Toy.LogHeights;
        using var preprocessing = Preprocessing.Commit(circuit, options, heights);
        using var columns = new Matrix(1 << 9, circuit.Tables[0].PublicWidth);
        Missing("circuit", () => Preprocessing.Commit(null!, options, heights));
        Missing("options", () => Preprocessing.Commit(circuit, null!, heights));
        Missing("logHeights", () => Preprocessing.Commit(circuit, options, null!));
        Missing("circuit", () => VerifyingKey.Of(null!, options, heights, preprocessing));
        Missing("options", () => VerifyingKey.Of(circuit, null!, heights, preprocessing));
        Missing("logHeights", () => VerifyingKey.Of(circuit, options, null!, preprocessing));
        Missing("preprocessing", () => VerifyingKey.Of(circuit, options, heights, null!));
        Missing("table", () => PublicColumns.DigestOf(null!, 0, columns));
        Missing("columns", () => PublicColumns.DigestOf(circuit.Tables[0], 0, null!));

        static void Missing(string name, Func<object?> call) => Assert.Equal(name, Assert.Throws<ArgumentNullException>(() => { call(); }).ParamName);
    }

    [Fact]
    public void There_is_a_height_for_each_table()
    {
        ArgumentException wrong = Assert.Throws<ArgumentException>("logHeights", () => new ProofShape(Toy.Circuit, SequenceToy.Options, [9]));
        Assert.StartsWith("1 heights for 2 tables", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Committing_preprocessed_columns_can_be_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => Preprocessing.Commit(Toy.Circuit, SequenceToy.Options, Toy.LogHeights, new CancellationToken(canceled: true)));
}
