using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>A circuit without what others have: no bus, no preprocessed and no public columns, and no column in phase 1, although a challenge is drawn in it. The column "mixed" of phase 2 is value·α + β, α drawn in phase 0 and β in phase 1.</summary>
internal sealed class SparseToy : IPublicTables, ITraceExtender
{
    public const int LogHeight = 7;

    public SparseToy()
    {
        var builder = new CircuitBuilder("sparse toy");
        Expr alpha = builder.Challenge("alpha", phase: 0), beta = builder.Challenge("beta", phase: 1);
        builder.RandomPoint("mixed by alpha", phase: 0, degree: 1);
        builder.RandomPoint("mixed by beta", phase: 1, degree: 1);
        TableBuilder table = builder.Table("only");
        Expr value = table.Column("value"), mixed = table.ExtensionColumn("mixed", phase: 2);
        table.ConstrainTransition("value moves on", table.Next(value) - value - 1);
        table.Constrain("mixed", mixed - value * alpha - beta);
        Circuit = builder.Build();
    }

    public Circuit Circuit { get; }

    /// <summary>Added to β where the column is filled in, which the constraint does not allow.</summary>
    public uint Offset { get; init; }

    public ReadOnlySpan<byte> PublicInputs => [1, 2, 3];

    public VerifyingKey Key() => VerifyingKey.Compile(Circuit, SequenceToy.Options, [LogHeight]);

    public byte[] Prove()
    {
        var trace = new TableTrace(Circuit, 0, LogHeight, SequenceToy.Options.TailRows);
        for (int row = 0; row < trace.ActiveRows; row++) trace.Phase(0)[row, 0] = KoalaBear.From(row);
        return Prover.Prove(Circuit, [trace], this, this, SequenceToy.Options, new ProverContext { Seed = new byte[32], SkipSelfChecks = Offset != 0 });
    }

    public VerificationResult Verify(byte[] proof) => Verifier.Verify(Circuit, Key(), this, proof, SequenceToy.Policy);

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
    }

    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        for (int row = 0; row < traces[table].ActiveRows; row++)
            (challenges[0] * traces[table].Phase(0)[row, 0] + challenges[1] + KoalaBear.From(Offset)).CopyTo(traces[table].Phase(phase).Row(row)[..Quintic.Degree]);
    }
}
