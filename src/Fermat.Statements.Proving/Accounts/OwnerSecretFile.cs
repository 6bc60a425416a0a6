using System.Security.Cryptography;
using System.Text.Json;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Proving.Accounts;

/// <summary>An owner's secret in a file that only its owner can read: <c>{ "format", "version", "secret", "signer" }</c>. Messages about such a file never show what it holds.</summary>
public static class OwnerSecretFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-owner-secret";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    private const int MaxBytes = 4096;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the secret to a new file that only its owner can read (mode 0600).</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public static void Save(string path, OwnerSecret owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        using var buffer = new MemoryStream(MaxBytes);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("secret", Digest.FromFields(owner.Secret.AsSpan()).ToString());
            json.WriteString("signer", Convert.ToHexStringLower(owner.Signer.AsSpan()));
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(path, options))
        {
            stream.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            stream.Flush(flushToDisk: true);
        }
        CryptographicOperations.ZeroMemory(buffer.GetBuffer());
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file holds something else, or others can read or write it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OwnerSecret Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly & ~UnixFileMode.UserExecute) != 0)
            throw new InvalidDataException($"{path}: others than the owner may read or write this secret; run: chmod 600 {path}");
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[MaxBytes];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 2 });
            return Read(json.RootElement) ?? throw new InvalidDataException($"{path}: not an owner's secret of version {Version}");
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{path}: not an owner's secret: it is not JSON");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static OwnerSecret? Read(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object || file.EnumerateObject().Count() != 4 || Text("format") != Format) return null;
        if (!file.TryGetProperty("version", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != Version) return null;
        if (!Digest.TryParse(Text("secret"), out Digest secret) || Text("signer") is not { } signer || signer.Length is not (0 or 2 * OwnerIdentity.SignerLength) || signer.AsSpan().ContainsAnyExcept("0123456789abcdef")) return null;
        var elements = new KoalaBear[Digest.Words];
        if (!secret.TryToFields(elements) || elements.All(element => element == KoalaBear.Zero)) return null;
        return new OwnerSecret([.. elements], [.. Convert.FromHexString(signer)]);

        string? Text(string name) => file.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
