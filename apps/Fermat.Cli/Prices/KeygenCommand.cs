using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Signatures;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices keygen</c>: a key for a source.</summary>
internal static class KeygenCommand
{
    public static void Add(Command prices, AddCommand add)
    {
        var file = new Argument<string>("file") { Description = "The key's file." };
        var command = new Command("keygen",
            "Draw a source's private key (secp256k1) and write it, as 64 hexadecimal digits, to a file that only you can read (mode 0600). A file that is there is never overwritten. Prints the address by which oracle rules name the source.\n\n" +
            "  fermat prices keygen alpha.key\n\n" +
            "A key that you have already does as well: any file with 64 hexadecimal digits.") { file };
        add(prices, command, (parsed, terminal, _) => Run(parsed.GetRequiredValue(file), terminal));
    }

    private static int Run(string path, Terminal terminal)
    {
        if (File.Exists(path)) throw CliFailure.BadInput("file-exists", $"{path} is there already, and a key is never overwritten", path, "name another file");
        Span<byte> secret = stackalloc byte[32];
        Secp256k1Key? drawn;
        do
        {
            RandomNumberGenerator.Fill(secret);
            drawn = Secp256k1Key.FromBytes(secret);
        }
        while (drawn is null);
        using Secp256k1Key key = drawn;
        byte[] text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret) + "\n");
        Files.Write(path, text, secret: true);
        secret.Clear();
        Array.Clear(text);
        terminal.Say($"{path}: a source's private key, made now; keep it private and safe");
        terminal.Say($"address {key.Address}");
        terminal.Say("The rules of a venue that counts this source have it under \"sources\": " + $"{{ \"name\": \"…\", \"address\": \"{key.Address}\" }}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["file"] = path, ["address"] = key.Address.ToString() });
        return ExitCodes.Ok;
    }
}
