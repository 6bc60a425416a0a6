using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>The public columns that are given as lists, and the setup that prover and verifier make alike.</summary>
public sealed class PublicValuesTests
{
    private readonly Circuit _circuit;
    private readonly Expr _secret, _first, _second;

    public PublicValuesTests()
    {
        var builder = new CircuitBuilder("public values");
        TableBuilder table = builder.Table("table");
        _secret = table.Column("secret");
        _first = table.PublicColumn("first");
        _second = table.PublicColumn("second");
        table.Constrain("secret is the sum", _secret - _first - _second);
        _circuit = builder.Build();
    }

    [Fact]
    public void A_setup_keeps_to_the_tables_greatest_height()
    {
        var builder = new CircuitBuilder("low");
        TableBuilder table = builder.Table("low table");
        table.Constrain("zero", table.Column("zero"));
        table.MaxLogHeight = 12;
        Circuit circuit = builder.Build();
        ProofSetup full = ProofSetup.Create(circuit, [3000]);
        Assert.Equal([12], full.LogHeights);
        ArgumentException wrong = Assert.Throws<ArgumentException>("activeRows", () => ProofSetup.Create(circuit, [4097]));
        Assert.StartsWith("table low table takes at most 2^12 rows and needs 2^13", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_columns_to_fill() =>
        Assert.Throws<ArgumentNullException>("publicColumns", () => Values([7], [9]).Fill(0, 0, 100, [], null!));

    [Fact]
    public void The_bytes_are_counts_and_values_in_the_order_of_the_circuit()
    {
        PublicValues values = Values([7, 8], [9]), swapped = new(_circuit, (_second, [9]), (_first, [7, 8]));
        Assert.Equal([2, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0], values.PublicInputs.ToArray());
        Assert.Equal(values.PublicInputs.ToArray(), swapped.PublicInputs.ToArray());
        Assert.Equal(2, values.RequiredRows(0));
    }

    [Fact]
    public void Values_that_move_between_columns_have_other_bytes()
        => Assert.NotEqual(Values([7, 8], [9]).PublicInputs.ToArray(), Values([7], [8, 9]).PublicInputs.ToArray());

    [Fact]
    public void What_is_no_public_column_or_no_field_element_is_refused()
    {
        Assert.Contains("second are missing", Refusal((_first, [1])), StringComparison.Ordinal);
        Assert.Contains("given twice", Refusal((_first, [1]), (_first, [1])), StringComparison.Ordinal);
        Assert.Contains("secret is not a public", Refusal((_secret, [1]), (_first, [1]), (_second, [1])), StringComparison.Ordinal);
        Assert.Contains("is not below", Refusal((_first, [KoalaBear.Modulus]), (_second, [1])), StringComparison.Ordinal);
        Expr foreign = new PublicValuesTests()._first;
        Assert.Contains("is not a public", Refusal((foreign, [1]), (_second, [1])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proof_holds_for_its_public_values_alone()
    {
        ProofSetup setup = ProofSetup.Create(_circuit, [100], ProofProfile.Fast, bits: 40);
        IReadOnlyList<TableTrace> traces = setup.CreateTraces();
        (traces[0][0, _secret], traces[0][1, _secret]) = (KoalaBear.From(16), KoalaBear.From(8));
        byte[] proof = Prover.Prove(setup, traces, Values([7, 8], [9]));

        VerifyingKey key = setup.CompileKey();
        Assert.True(Verifier.Verify(key, Values([7, 8], [9]), proof, minimumProvenBits: 40).Accepted);
        Assert.Equal(RejectionCode.WrongPublicInputs, Verifier.Verify(key, Values([8, 8], [8]), proof, minimumProvenBits: 40).Rejection!.Code);
        Assert.Equal(RejectionCode.TooFewProvenBits, Verifier.Verify(key, Values([7, 8], [9]), proof).Rejection!.Code);
    }

    [Fact]
    public void A_setup_holds_the_rows_and_reaches_the_bits()
    {
        foreach (int rows in new[] { 1, 1500, 1600, 5000 })
        {
            ProofSetup setup = ProofSetup.Create(_circuit, [rows]);
            Assert.True((1 << setup.LogHeights[0]) - setup.Options.TailRows >= rows);
            Assert.True(Soundness.Compute(new SoundnessInput(CircuitShape.Of(_circuit, setup.LogHeights), setup.Options)).Meets(100));
        }

        Assert.Throws<ArgumentException>(() => ProofSetup.Create(_circuit, [1, 1]));
    }

    [Fact]
    public void A_cell_is_one_of_a_committed_column_of_its_table()
    {
        using var trace = new TableTrace(_circuit, 0, 5, 8);
        trace[3, _secret] = KoalaBear.From(5);
        Assert.Equal(5u, trace.Phase(0)[3, _secret.Offset].Value);
        Assert.Equal(5u, trace[3, _secret].Value);
        Assert.Throws<ArgumentException>(() => trace[3, _first]);
        Assert.ThrowsAny<Exception>(() => trace[3, _secret + 1]);
    }

    private PublicValues Values(uint[] first, uint[] second) => new(_circuit, (_first, first), (_second, second));

    private string Refusal(params (Expr Column, IReadOnlyList<uint> Values)[] columns)
        => Assert.Throws<ArgumentException>(() => new PublicValues(_circuit, columns)).Message;
}
