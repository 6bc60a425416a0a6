using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Hashing;
using Fermat.Signatures;
using Fermat.Statements.Proving.Accounts;

namespace Fermat.Cli.Accounts;

/// <summary><c>fermat owner new</c> and <c>fermat owner show</c>: the secret by which an account's owner proves health, and the key that stands in the account.</summary>
internal static class OwnerCommands
{
    private const string DefaultFile = "owner.secret", Signer = "signer";

    public static void Add(Command root, AddCommand add)
    {
        var owner = new Command("owner",
            "What an account's owner is known by.\n\n" +
            "  Once:              fermat owner new alice.secret --signer 0x…      keep the file; tell the venue the owner key\n" +
            "  To trade:          sign with the address, and show the key commitment with it\n" +
            "  To prove health:   fermat prove health alice.inclusion.json --owner alice.secret …");
        root.Add(owner);
        var file = new Argument<string>("file") { Description = "The secret's file.", DefaultValueFactory = _ => DefaultFile };
        var address = new Option<string?>("--signer") { Description = "The address (0x and 40 hex digits) that signs the owner's trades and withdrawals. Without one the account cannot sign instructions." };
        var key = new Option<string?>("--signer-key") { Description = "In its place: a file with that address's private key (64 hex digits). Only the address is kept." };
        add(owner, new Command("new", "Draw a new secret and write it to a file that only you can read (mode 0600). A file that is there is never overwritten. Prints the owner key, which the venue books with your account, and what goes with it.") { file, address, key },
            (parsed, terminal, _) => New(parsed.GetRequiredValue(file), SignerOf(parsed.GetValue(address), parsed.GetValue(key)), terminal));
        var shown = new Argument<string>("file") { Description = "The secret's file.", DefaultValueFactory = _ => DefaultFile };
        add(owner, new Command("show", "Show the owner key, key commitment and address of a secret's file. The secret itself is not shown.") { shown },
            (parsed, terminal, _) => Print(Load(parsed.GetRequiredValue(shown)), parsed.GetRequiredValue(shown), terminal));
    }

    /// <summary>A secret from its file.</summary>
    public static OwnerSecret Load(string path)
    {
        if (!File.Exists(path)) throw CliFailure.BadInput("no-owner-secret", $"no owner's secret at {path}", path, "fermat owner new makes one");
        try
        {
            return OwnerSecretFile.Load(path);
        }
        catch (InvalidDataException wrong)
        {
            throw CliFailure.BadInput("bad-owner-secret", wrong.Message, path);
        }
    }

    private static int New(string path, byte[] signer, Terminal terminal)
    {
        if (File.Exists(path)) throw Exists(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } parent) Directory.CreateDirectory(parent);
        var owner = new OwnerSecret([.. OwnerIdentity.NewSecret()], [.. signer]);
        try
        {
            OwnerSecretFile.Save(path, owner);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw Exists(path);
        }
        terminal.Say($"{path}: your secret, made now; keep it private and safe. Who has it proves health in your name; who loses it cannot.");
        return Print(owner, path, terminal);
    }

    private static int Print(OwnerSecret owner, string path, Terminal terminal)
    {
        string? address = owner.Signer.IsEmpty ? null : EthereumAddress.FromBytes(owner.Signer.AsSpan()).ToString();
        terminal.Say($"owner key       {owner.Key}   (tell the venue; check it with fermat verify inclusion --owner-key)");
        terminal.Say($"key commitment  {owner.Commitment}   (show it with each signature)");
        terminal.Say(address is null ? "signer          none: no address signs for this owner" : $"signer          {address}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["file"] = path, ["ownerKey"] = owner.Key.ToString(), ["keyCommitment"] = owner.Commitment.ToString(), [Signer] = address });
        return ExitCodes.Ok;
    }

    private static byte[] SignerOf(string? address, string? keyFile)
    {
        if (address is not null && keyFile is not null) throw CliFailure.BadInput("usage", "the signer is given twice", hint: "--signer ADDRESS, or --signer-key FILE");
        if (address is not null)
        {
            return EthereumAddress.TryParse(address, out EthereumAddress parsed)
                ? parsed.ToArray()
                : throw CliFailure.BadInput("bad-option", "--signer: not an address", hint: "0x and 40 hexadecimal digits; where letters are of both cases their checksum must be right");
        }
        if (keyFile is null) return [];
        ReadOnlySpan<byte> text = Files.Read(keyFile, 256).AsSpan().Trim(" \t\r\n"u8);
        if (text.StartsWith("0x"u8)) text = text[2..];
        Span<byte> secret = stackalloc byte[32];
        bool read = text.Length == 64 && Convert.FromHexString(System.Text.Encoding.Latin1.GetString(text), secret, out _, out int written) == System.Buffers.OperationStatus.Done && written == 32;
        using Secp256k1Key? key = read ? Secp256k1Key.FromBytes(secret) : null;
        secret.Clear();
        return key?.Address.ToArray() ?? throw CliFailure.BadInput("bad-key", "--signer-key: not a private key of secp256k1", keyFile, "64 hexadecimal digits");
    }

    private static CliFailure Exists(string path) => CliFailure.BadInput("file-exists", $"{path} is there already, and a secret is never overwritten", path, "fermat owner show prints what belongs to it; or name another file");
}
