using System.Reflection;

namespace Fermat.Ledger.Tests;

public sealed class VenueSecretTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("fermat-secret-").FullName;

    [Fact]
    public void A_saved_secret_loads_and_only_its_owner_can_read_it()
    {
        string path = Path.Combine(directory, "venue.secret");
        using VenueSecret secret = VenueSecret.Generate();
        secret.Save(path);
        using VenueSecret loaded = VenueSecret.Load(path);
        Assert.True(secret.Bytes.SequenceEqual(loaded.Bytes));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Two_generated_secrets_differ() => Assert.False(VenueSecret.Generate().Bytes.SequenceEqual(VenueSecret.Generate().Bytes));

    [Fact]
    public void A_secret_is_never_overwritten()
    {
        string path = Path.Combine(directory, "venue.secret");
        VenueSecret.Generate().Save(path);
        byte[] before = File.ReadAllBytes(path);
        Assert.Throws<IOException>(() => VenueSecret.Generate().Save(path));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_secret_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;                                            // modes are those of Unix
        string path = Path.Combine(directory, "venue.secret");
        VenueSecret.Generate().Save(path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => VenueSecret.Load(path)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00112233")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011")]
    public void Another_file_is_refused_without_showing_what_it_holds(string content)
    {
        string path = Path.Combine(directory, "other");
        VenueSecret.Generate().Save(path);
        File.WriteAllText(path, content);
        string message = Assert.Throws<InvalidDataException>(() => VenueSecret.Load(path)).Message;
        Assert.Contains("not a venue secret", message);
        if (content.Length > 0) Assert.DoesNotContain(content, message);
    }

    [Fact]
    public void Nothing_public_shows_the_secret() =>
        Assert.DoesNotContain(typeof(VenueSecret).GetProperties(BindingFlags.Public | BindingFlags.Instance), property => property.PropertyType != typeof(int));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(directory, recursive: true);
}
