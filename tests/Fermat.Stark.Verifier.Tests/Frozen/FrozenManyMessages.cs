using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Frozen;

/// <summary>The circuit of <see cref="ManyMessagesToy"/> as it was when the fuzz corpus was made: see <see cref="FrozenSequence"/>.</summary>
internal sealed class FrozenManyMessages : IPublicTables
{
    public static Circuit Circuit { get; } = Build();

    public ReadOnlySpan<byte> PublicInputs => [];

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
    }

    private static Circuit Build()
    {
        var builder = new CircuitBuilder("many messages");
        Bus bus = builder.Bus("self");
        TableBuilder table = builder.Table("talker");
        Expr value = table.Column("value");
        for (int i = 0; i < 256; i++)
        {
            table.Send(bus, $"to {i}", 1, value + i);
            table.Receive(bus, $"from {i}", 1, value + i);
        }

        return builder.Build();
    }
}
