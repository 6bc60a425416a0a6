using Fermat.Algebra;
using Fermat.Margin;

namespace Fermat.Ledger.Tests;

public class SaltDeriverTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)];

    [Fact]
    public void A_salt_is_the_same_each_time_and_differs_in_secret_account_and_height()
    {
        using var deriver = new SaltDeriver(new VenueSecret(Secret));
        using var again = new SaltDeriver(new VenueSecret(Secret));
        using var other = new SaltDeriver(new VenueSecret(new byte[VenueSecret.Length]));
        string[] salts =
        [
            Show(deriver, "alice", 7), Show(deriver, "alice", 8), Show(deriver, "bob", 7), Show(deriver, "alice\u0037", 7), Show(deriver, "alice", 7UL << 56), Show(other, "alice", 7),
        ];
        Assert.Equal(salts.Length, salts.Distinct().Count());
        Assert.Equal(salts[0], Show(again, "alice", 7));
    }

    [Fact]
    public void A_salt_is_frozen() =>                                                       // what was rooted once must be rebuilt for ever
        Assert.Equal(Frozen, Show(new SaltDeriver(new VenueSecret(Secret)), "alice", 7));

    [Fact]
    public void Salts_are_spread_over_the_field()
    {
        using var deriver = new SaltDeriver(new VenueSecret(Secret));
        KoalaBear[] elements = [.. Enumerable.Range(0, 500).SelectMany(i => deriver.Derive(new AccountId($"a{i}"), 1))];
        Assert.Equal(elements.Length, elements.Select(e => e.Value).Distinct().Count());
        Assert.InRange(elements.Count(e => e.Value < KoalaBear.Modulus / 2), 1850, 2150);  // 2000 expected, standard deviation 32
    }

    private const string Frozen = "920845095 157636420 743961070 1098175211 1164705099 2116553109 1862021024 209458569";

    private static string Show(SaltDeriver deriver, string id, ulong height) => string.Join(" ", deriver.Derive(new AccountId(id), height).Select(e => e.Value));
}
