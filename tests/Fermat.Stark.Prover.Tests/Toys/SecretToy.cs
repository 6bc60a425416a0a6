using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Two tables; a column of the first holds one secret in every row, which the second receives. What is opened must not show it.</summary>
internal sealed class SecretToy(int nonce) : Toy
{
    public const int Secret = 123_456_789;

    public override IReadOnlyList<int> LogHeights => [7, 7];

    /// <summary>Means nothing, but makes the challenges of each proof its own.</summary>
    public override byte[] Statement => BitConverter.GetBytes(nonce);

    protected override Circuit Build()
    {
        var builder = new CircuitBuilder("secret");
        Bus bus = builder.Bus("secrets");
        TableBuilder first = builder.Table("first");
        Expr secret = first.Column("secret"), square = first.Column("square");
        first.ConstrainTransition("secret stays", first.Next(secret) - secret);
        first.Constrain("square", square - secret * secret);
        first.Send(bus, "secret", 1, secret);

        TableBuilder second = builder.Table("second");
        second.Receive(bus, "secret", 1, second.Column("copy"));
        return builder.Build();
    }

    protected override void Fill(TableTrace[] traces)
    {
        KoalaBear secret = KoalaBear.From(Secret);
        for (int row = 0; row < traces[0].ActiveRows; row++)
        {
            traces[0].Phase(0)[row, 0] = secret;
            traces[0].Phase(0)[row, 1] = secret * secret;
            traces[1].Phase(0)[row, 0] = secret;
        }
    }
}
