using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Signatures;
using Fermat.Statements.Proving.Accounts;

namespace Fermat.Cli.Accounts;

/// <summary><c>fermat owner new</c> and <c>fermat owner show</c> (the secret by which an account's owner proves health, and the key that stands in the account), and <c>fermat owner sign</c> (an instruction with its owner's signature).</summary>
internal static class OwnerCommands
{
    private const string DefaultFile = "owner.secret", Signer = "signer";

    public static void Add(Command root, AddCommand add)
    {
        var owner = new Command("owner",
            "What an account's owner is known by.\n\n" +
            "  Once:              fermat owner new alice.secret --signer 0x…      keep the file; tell the venue the owner key\n" +
            "  To trade:          fermat owner sign '{…}' --owner alice.secret --signer-key alice.key --venue NAME --nonce 1\n" +
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
        AddSign(owner, add);
    }

    private static void AddSign(Command owner, AddCommand add)
    {
        var instruction = new Argument<string>("event") { Description = "The instruction, as one JSON object: a trade, withdrawal-requested, transfer, margin-assigned, collateral-pledged or pledge-released; or @FILE. A trade that the other side has signed keeps that signature." };
        var key = new Option<string>("--signer-key") { Description = "A file with the private key (64 hex digits) of the address that signs for the account.", Required = true };
        var secret = new Option<string?>("--owner") { Description = "The owner's secret, where the account was opened with the key of one (fermat owner new): its key commitment is shown with the signature. Without it the account is one of the address alone." };
        var venue = new Option<string>("--venue") { Description = "The venue's name, as the first event of its log has it.", Required = true };
        var chain = new Option<ulong>("--chain") { Description = "The venue's chain id.", DefaultValueFactory = _ => 1 };
        var nonce = new Option<ulong>("--nonce") { Description = "How many instructions of the account were applied before, and one more.", Required = true };
        var until = new Option<long?>("--until") { Description = "The last moment at which it counts, in milliseconds since 1970. Default: a day from now." };
        var account = new Option<string?>("--account") { Description = "Of a trade: for which side, by its account." };
        add(owner, new Command("sign",
            "Sign an instruction as an account's owner (EIP-712, secp256k1), and print it with the signature: one line of a venue's events. The event's time is the venue's to say and is not signed.\n\n" +
            "  fermat owner sign '{\"type\":\"withdrawal-requested\",\"id\":\"w1\",\"time\":1780001140000,\"account\":\"alice\",\"asset\":\"USD\",\"amount\":\"10\"}' --signer-key alice.key --owner alice.secret --venue 'Example Perpetuals' --nonce 1 >> events.jsonl\n" +
            "  fermat owner sign @trade.json --account alice --signer-key alice.key --venue 'Example Perpetuals' --nonce 2") { instruction, key, secret, venue, chain, nonce, until, account },
            (parsed, terminal, _) =>
            {
                string text = parsed.GetRequiredValue(instruction);
                ReadOnlyMemory<byte> json = text.StartsWith('@') ? Files.Read(text[1..], 1 << 20) : System.Text.Encoding.UTF8.GetBytes(text);
                LedgerEvent asked = Venue.VenueReplay.Event(json, "event", 1);
                using Secp256k1Key signer = KeyOf(parsed.GetRequiredValue(key));
                OwnerSecret? owned = parsed.GetValue(secret) is { } path ? Load(path) : null;
                if (owned is { Signer.IsEmpty: false } && !owned.Signer.AsSpan().SequenceEqual(signer.Address.ToArray()))
                    throw CliFailure.BadInput("other-signer", $"this owner's signer is {EthereumAddress.FromBytes(owned.Signer.AsSpan())}, and the key is that of {signer.Address}", parsed.GetValue(secret), "take the key of the address that fermat owner show names");
                long last = parsed.GetValue(until) ?? DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
                var signature = new EventSignature(parsed.GetRequiredValue(venue), parsed.GetValue(chain));
                return Sign(asked, parsed.GetValue(account), unsigned => signature.Sign(unsigned, parsed.GetValue(nonce), last, signer, owned?.Commitment), terminal);
            });
    }

    private static int Sign(LedgerEvent asked, string? account, Func<LedgerEvent, Authorisation> sign, Terminal terminal)
    {
        (LedgerEvent signed, AccountId by) = asked switch
        {
            Trade e when account == e.Buyer.Value => ((LedgerEvent)(e with { ByBuyer = sign(e) }), e.Buyer),
            Trade e when account == e.Seller.Value => (e with { BySeller = sign(e) }, e.Seller),
            Trade e => throw CliFailure.BadInput("bad-option", account is null ? "a trade has two sides, and --account says for which one it is signed" : $"{account} is neither side of the trade", hint: $"--account {e.Buyer}, or --account {e.Seller}"),
            WithdrawalRequested e => (e with { By = sign(e) }, e.Account),
            Transfer e => (e with { By = sign(e) }, e.From),
            MarginAssigned e => (e with { By = sign(e) }, e.Account),
            CollateralPledged e => (e with { By = sign(e) }, e.Account),
            PledgeReleased e => (e with { By = sign(e) }, e.To),
            _ => throw CliFailure.BadInput("not-an-instruction", "no owner instructs such an event, so none signs it", hint: "trade, withdrawal-requested, transfer, margin-assigned, collateral-pledged, pledge-released"),
        };
        if (account is not null && by.Value != account) throw CliFailure.BadInput("bad-option", $"it is {by} that instructs this, not {account}", hint: "leave --account out, or give the event that it is for");
        string line = EventJson.Write(signed);
        terminal.Say(line);
        terminal.Answer(new JsonObject { ["ok"] = true, ["account"] = by.Value, ["event"] = JsonNode.Parse(line) });
        return ExitCodes.Ok;
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
        using Secp256k1Key key = KeyOf(keyFile);
        return key.Address.ToArray();
    }

    private static Secp256k1Key KeyOf(string keyFile)
    {
        ReadOnlySpan<byte> text = Files.Read(keyFile, 256).AsSpan().Trim(" \t\r\n"u8);
        if (text.StartsWith("0x"u8)) text = text[2..];
        Span<byte> secret = stackalloc byte[32];
        bool read = text.Length == 64 && Convert.FromHexString(System.Text.Encoding.Latin1.GetString(text), secret, out _, out int written) == System.Buffers.OperationStatus.Done && written == 32;
        Secp256k1Key? key = read ? Secp256k1Key.FromBytes(secret) : null;
        secret.Clear();
        return key ?? throw CliFailure.BadInput("bad-key", "--signer-key: not a private key of secp256k1", keyFile, "64 hexadecimal digits");
    }

    private static CliFailure Exists(string path) => CliFailure.BadInput("file-exists", $"{path} is there already, and a secret is never overwritten", path, "fermat owner show prints what belongs to it; or name another file");
}
