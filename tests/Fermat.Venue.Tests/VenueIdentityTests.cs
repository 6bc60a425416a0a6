using System.Text;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;

namespace Fermat.Venue.Tests;

/// <summary>What a venue was opened with, kept beside its log.</summary>
public sealed class VenueIdentityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-identity-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_read_as_it_was_kept_and_has_nothing_of_the_secret()
    {
        byte[] bytes = [.. Enumerable.Range(1, VenueSecret.Length).Select(i => (byte)i)];
        using var secret = new VenueSecret(bytes);
        VenueIdentity identity = VenueIdentity.Of(VenueLog.Of("cross_perps"), new EngineOptions { Chain = ulong.MaxValue, Binding = new EngineBinding { Left = "remaining" } }, 12, secret);
        using (SqliteLedgerStore store = Open())
        {
            Assert.Null(VenueIdentity.Read(store));
            (identity with { Depth = 3 }).Keep(store);
            identity.Keep(store);
        }
        using SqliteLedgerStore again = Open();
        Assert.Equal(identity, VenueIdentity.Read(again));
        Assert.Empty(identity.Differences(VenueIdentity.Read(again)!));
        string kept = Encoding.UTF8.GetString(Assert.Single(again.Read(StoredKind.Identity, 0)));
        Assert.DoesNotContain(Convert.ToHexStringLower(bytes)[..16], kept, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(secret.Fingerprint().ToString(), kept, StringComparison.Ordinal);
        using var other = new VenueSecret([.. bytes[..^1], 0]);
        Assert.NotEqual(secret.Fingerprint(), other.Fingerprint());
    }

    [Fact]
    public void Each_part_that_is_another_is_told()
    {
        using VenueSecret secret = VenueSecret.Generate(), other = VenueSecret.Generate();
        VenueIdentity kept = VenueIdentity.Of(VenueLog.Of("cross_perps"), new EngineOptions(), 12, secret);
        Assert.Equal([new VenueDifference(VenuePart.Depth, "12", "13")], kept.Differences(kept with { Depth = 13 }));
        Assert.Equal([new VenueDifference(VenuePart.Chain, "1", "2")], kept.Differences(kept with { Chain = 2 }));
        Assert.Equal([new VenueDifference(VenuePart.Binding, "{}", """{"left":"remaining"}""")], kept.Differences(VenueIdentity.Of(VenueLog.Of("cross_perps"), new EngineOptions { Binding = new EngineBinding { Left = "remaining" } }, 12, secret)));
        Assert.Equal([VenuePart.Rulebook, VenuePart.Secret], kept.Differences(VenueIdentity.Of(VenueLog.Of("isolated_perps"), new EngineOptions(), 12, other)).Select(difference => difference.Part));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"format":"fermat-venue-identity","version":2}""")]
    [InlineData("""{"format":"fermat-venue-identity","version":1,"rulebook":"x"}""")]
    public void What_is_damaged_is_not_taken_for_a_venue_that_knows_nothing(string kept)
    {
        using SqliteLedgerStore store = Open();
        store.Write(StoredKind.Identity, 0, [Encoding.UTF8.GetBytes(kept)]);
        Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => VenueIdentity.Read(store)).Failure);
    }

    private SqliteLedgerStore Open() => SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db"));
}
