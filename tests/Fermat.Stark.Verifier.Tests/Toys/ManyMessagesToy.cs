using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>One table that sends itself so many messages a row that a tall enough table could reach p of them.</summary>
internal sealed class ManyMessagesToy : IPublicTables
{
    private const int Messages = 1 << 9;
    private const int LogHeight = 7;

    private readonly Circuit _circuit;

    public ManyMessagesToy()
    {
        var builder = new CircuitBuilder("many messages");
        Bus bus = builder.Bus("self");
        TableBuilder table = builder.Table("talker");
        Expr value = table.Column("value");
        for (int i = 0; i < Messages / 2; i++)
        {
            table.Send(bus, $"to {i}", 1, value + i);
            table.Receive(bus, $"from {i}", 1, value + i);
        }

        _circuit = builder.Build();
    }

    public Circuit Circuit => _circuit;

    public ReadOnlySpan<byte> PublicInputs => [];

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
    }

    public byte[] Prove()
    {
        var trace = new TableTrace(_circuit, 0, LogHeight, SequenceToy.Options.TailRows);
        for (int row = 0; row < trace.ActiveRows; row++) trace.Phase(0)[row, 0] = KoalaBear.From(row);
        return Prover.Prove(_circuit, [trace], this, null, SequenceToy.Options, new ProverContext { Seed = new byte[32] });
    }

    public VerificationResult Verify(byte[] proof) =>
        Verifier.Verify(_circuit, VerifyingKey.Compile(_circuit, SequenceToy.Options, [LogHeight]), this, proof, SequenceToy.Policy);
}
