using System.Buffers.Binary;
using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Frozen;

/// <summary>
/// The statement of the frozen proofs and of the fuzz corpus: the circuit of <see cref="SequenceToy"/> as it was when they were made, and nothing but what a verifier needs. It is never changed; its
/// digest stands in <see cref="FrozenProofTests"/>. Another circuit gets a file of its own.
/// </summary>
internal sealed class FrozenSequence : IPublicTables
{
    private readonly uint[] _weights;
    private readonly byte[] _publicInputs;

    public FrozenSequence(params uint[] weights)
    {
        _weights = weights.Length > 0 ? weights : [3, 1, 4, 1, 5, 9, 2, 6];
        _publicInputs = new byte[4 * _weights.Length];
        for (int i = 0; i < _weights.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(_publicInputs.AsSpan(4 * i), _weights[i]);
    }

    public static Circuit Circuit { get; } = Build();

    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    public int RequiredRows(int table) => table == 0 ? _weights.Length : 0;

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (phase == 0)
        {
            for (int row = 0; row < _weights.Length; row++) publicColumns[row, 0] = KoalaBear.From(_weights[row]);
            return;
        }

        Quintic power = Quintic.One;
        for (int row = 0; row < activeRows; row++, power *= challenges[0]) power.CopyTo(publicColumns.Row(row).Slice(1, Quintic.Degree));
    }

    private static Circuit Build()
    {
        var builder = new CircuitBuilder("sequence toy");
        Bus values = builder.Bus("values");
        Expr point = builder.Challenge("point", phase: 0);
        builder.RandomPoint("small values", phase: 0, 4096);

        TableBuilder sequence = builder.Table("sequence");
        Expr a = sequence.Column("a"), b = sequence.Column("b"), small = sequence.Column("small"), weighted = sequence.Column("weighted");
        Expr weight = sequence.PublicColumn("weight"), power = sequence.PublicExtensionColumn("power", phase: 1);
        Expr sum = sequence.ExtensionColumn("sum", phase: 1);
        sequence.ConstrainFirst("a starts", a - 1);
        sequence.ConstrainFirst("b starts", b - 1);
        sequence.ConstrainTransition("a moves on", sequence.Next(a) - b);
        sequence.ConstrainTransition("b moves on", sequence.Next(b) - a - b);
        sequence.Constrain("weighted", weighted - b * weight);
        sequence.ConstrainFirst("sum starts", sum - power * small);
        sequence.ConstrainTransition("sum moves on", sequence.Next(sum) - sum - sequence.Next(power) * sequence.Next(small));
        sequence.ConstrainTransition("power moves on", sequence.Next(power) - power * point);
        sequence.Receive(values, "small is in range", 1, small);

        TableBuilder range = builder.Table("range");
        Expr value = range.Preprocessed("value"), step = range.Preprocessed("step");
        Expr count = range.Column("count");
        range.ConstrainTransition("values are steps", range.Next(value) - value - step);
        range.Send(values, "value", count, value);
        range.PreprocessedValues((columns, activeRows) =>
        {
            for (int row = 0; row < activeRows; row++)
            {
                columns[row, 0] = KoalaBear.From(Math.Min(row, 15));
                columns[row, 1] = KoalaBear.From(row < 15 ? 1 : 0);
            }
        });
        return builder.Build();
    }
}
