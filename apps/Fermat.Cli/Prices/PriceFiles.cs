using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Fermat.Cli.Output;
using Fermat.Oracles;
using Fermat.Signatures;
using Fermat.Venue;

namespace Fermat.Cli.Prices;

/// <summary>Files of oracle rules, reports and price logs, and a source's key.</summary>
internal static class PriceFiles
{
    public static OracleRules Rules(string path) =>
        OracleRulesJson.Read(Files.Read(path, OracleRulesJson.MaxBytes), out string? problem) ?? throw CliFailure.BadInput("prices.bad-rules", problem!, path, "docs/schemas/oracle-rules-v1.schema.json has every field; docs/ORACLES.md says what each does");

    public static ImmutableArray<PriceReport> Reports(IEnumerable<string> paths)
    {
        var reports = ImmutableArray.CreateBuilder<PriceReport>();
        foreach (string path in paths)
        {
            ImmutableArray<PriceReport> read = PriceReportJson.Read(Files.Read(path, PriceReportJson.MaxBytes), out string? problem);
            if (problem is not null) throw CliFailure.BadInput("prices.bad-reports", problem, path, "fermat prices sign writes such files; docs/ORACLES.md has every field");
            reports.AddRange(read);
        }
        return reports.ToImmutable();
    }

    public static PriceLog Log(string path) =>
        PriceLogJson.Read(Files.Read(path, PriceLogJson.MaxBytes), out string? problem) ?? throw CliFailure.BadInput("prices.bad-log", problem!, path, "fermat prices set makes price logs; docs/schemas/price-log-v1.schema.json has every field");

    public static MarkLog Marks(string path) =>
        MarkLogJson.Read(Files.Read(path, MarkLogJson.MaxBytes), out string? problem) ?? throw CliFailure.BadInput("prices.bad-mark-log", problem!, path, "fermat prices publish --marks writes mark logs; docs/schemas/mark-log-v1.schema.json has every field");

    /// <summary>A price log whose sets all stand, and what the next one must follow.</summary>
    public static (PriceLog Log, PriceSets Sets) Standing(string path, OracleRules rules)
    {
        PriceLog log = Log(path);
        if (log.Rules.Digest() != rules.Digest())
            throw new CliFailure(ExitCodes.BadInput, [new Problem("prices.other-rules", "the price log was made under other rules", path, Hint: "a venue that changes its rules begins a new price log", Expected: $"{rules.Digest()}", Got: $"{log.Rules.Digest()}")]);
        PriceSets sets = log.Replay(out PriceLogFault? fault);
        return fault is null ? (log, sets) : throw new CliFailure(ExitCodes.Rejected, Code(fault.Rejection, "not-in-log"), fault.Message, path, "whoever verifies would refuse it too");
    }

    public static string Code(PriceRejection? rejection, string otherwise) => "prices." + (rejection is null ? otherwise : Show.Words(rejection.Code, "-"));

    /// <summary>A private key from its file.</summary>
    public static Secp256k1Key Key(string path)
    {
        ReadOnlySpan<byte> text = Files.Read(path, 256).AsSpan().Trim(" \t\r\n"u8);
        if (text.StartsWith("0x"u8)) text = text[2..];
        Span<byte> secret = stackalloc byte[32];
        bool read = text.Length == 64 && Convert.FromHexString(Encoding.Latin1.GetString(text), secret, out _, out int written) == System.Buffers.OperationStatus.Done && written == 32;
        Secp256k1Key? key = read ? Secp256k1Key.FromBytes(secret) : null;
        secret.Clear();
        return key ?? throw CliFailure.BadInput("bad-key", "not a private key of secp256k1", path, "64 hexadecimal digits; fermat prices keygen makes one");
    }

    /// <summary>A time in milliseconds since 1970; now if none is given.</summary>
    public static Option<long?> TimeOption(string description)
    {
        var time = new Option<long?>("--time") { Description = description + " In milliseconds since 1970; now if not given." };
        time.Validators.Add(result => { if (result.Tokens.Count == 1 && long.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) && value < 0) result.AddError($"{time.Name} must be at least 0"); });
        return time;
    }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public static string Say(long time) => time <= 253_402_300_799_999 ? string.Create(CultureInfo.InvariantCulture, $"{time} ({DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-dd HH:mm:ss.fff} UTC)") : time.ToString(CultureInfo.InvariantCulture);

    public static string Lasting(long milliseconds) => milliseconds switch
    {
        < 10_000 => $"{milliseconds} ms",
        < 7_200_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000} min {milliseconds / 1000 % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000} h {milliseconds / 60_000 % 60} min"),
    };
}
