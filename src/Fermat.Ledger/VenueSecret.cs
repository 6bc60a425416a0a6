using System.Security.Cryptography;
using System.Text;
using Fermat.Hashing;

namespace Fermat.Ledger;

/// <summary>
/// The 32 bytes that a venue derives its leaf salts from. Whoever has them can tell, from a state root's openings, which guesses at an account's contents are right; so they are kept
/// in a file that only its owner can read, and are never printed. Who loses them cannot rebuild earlier roots.
/// </summary>
public sealed class VenueSecret : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] bytes;

    /// <summary>Takes 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 of them.</exception>
    public VenueSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Length) throw new ArgumentException($"A venue secret has {Length} bytes, not {secret.Length}.", nameof(secret));
        bytes = secret.ToArray();
    }

    /// <summary>The bytes, for a key derivation.</summary>
    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>By which a secret is told from another, without saying anything of either: BLAKE3 derive-key("fermat 2026 venue secret fingerprint v1", secret). No salt is derived in this context.</summary>
    public Digest Fingerprint() => Blake3.DeriveKey("fermat 2026 venue secret fingerprint v1", bytes);

    /// <summary>Draws a new secret from the operating system.</summary>
    public static VenueSecret Generate()
    {
        Span<byte> drawn = stackalloc byte[Length];
        RandomNumberGenerator.Fill(drawn);
        return new VenueSecret(drawn);
    }

    /// <summary>Reads a secret that <see cref="Save"/> wrote: 64 hexadecimal digits and a line end.</summary>
    /// <exception cref="InvalidDataException">The file holds something else, or others can read it. The message does not show what it holds.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static VenueSecret Load(string path)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & others) != 0)
            throw new InvalidDataException($"{path}: others than the owner may read or write this secret; run: chmod 600 {path}");
        using FileStream stream = File.OpenRead(path);
        Span<byte> text = stackalloc byte[(2 * Length) + 3];
        int length = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        Span<byte> decoded = stackalloc byte[Length];
        ReadOnlySpan<byte> digits = text[..length].TrimEnd("\r\n"u8);
        if (Convert.FromHexString(Encoding.Latin1.GetString(digits), decoded, out _, out int written) != System.Buffers.OperationStatus.Done || written != Length)
            throw new InvalidDataException($"{path}: not a venue secret; expected {2 * Length} hexadecimal digits");
        return new VenueSecret(decoded);
    }

    /// <summary>Writes the secret to a new file that only its owner can read.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public void Save(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes) + "\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Overwrites the bytes in memory.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
