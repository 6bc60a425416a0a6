using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fermat.Margin.Books;

/// <summary>
/// Writes books, as JSON or as CSV, account by account. The bytes depend on the book alone. A written book reads back equal.
/// </summary>
public static class BookWriter
{
    /// <summary>Writes a JSON book.</summary>
    public static void WriteJson(Stream into, BookHeader header, IEnumerable<Account> accounts)
    {
        using StreamWriter writer = Open(into);
        WriteHeader(writer, header);
        writer.Write(",\n  \"accounts\": [");
        string separator = "\n";
        foreach (Account account in accounts)
        {
            writer.Write(separator);
            WriteAccount(writer, header, account);
            separator = ",\n";
        }
        writer.Write("\n  ]\n}\n");
    }

    /// <summary>Writes the JSON header that stands beside accounts.csv.</summary>
    public static void WriteHeaderJson(Stream into, BookHeader header)
    {
        using StreamWriter writer = Open(into);
        WriteHeader(writer, header);
        writer.Write("\n}\n");
    }

    /// <summary>Writes accounts.csv.</summary>
    public static void WriteAccountsCsv(Stream into, BookHeader header, IEnumerable<Account> accounts)
    {
        using StreamWriter writer = Open(into);
        writer.Write(string.Join(",", CsvAccountReader.Columns));
        writer.Write('\n');
        foreach (Account account in accounts)
        {
            string owner = account.OwnerKey.IsNone ? "" : account.OwnerKey.ToString();
            string first = $"{account.Id},{owner},{account.Nonce.ToString(CultureInfo.InvariantCulture)},{ModeName(account.Mode)},";
            if (account.Balances.Count == 0) writer.Write($"{first},,,,,\n");
            for (int i = 0; i < account.Balances.Count; i++)
            {
                Balance item = account.Balances[i];
                Asset asset = header.Assets[item.Asset];
                writer.Write(i == 0 ? first : $"{account.Id},,,,");
                writer.Write(asset.Symbol);
                foreach (ulong amount in (ReadOnlySpan<ulong>)[item.Equity, item.Debt, item.Loan, item.Margin, item.Portfolio])
                {
                    writer.Write(',');
                    writer.Write(ExactDecimal.Format(amount, asset.AmountScale));
                }
                writer.Write('\n');
            }
        }
    }

    /// <summary>Writes a JSON book to a file that only its owner can read: to a temporary name first, which then takes the place of what was there.</summary>
    public static void SaveJson(string path, BookHeader header, IEnumerable<Account> accounts) =>
        PrivateFile.Replace(path, stream => WriteJson(stream, header, accounts));

    /// <summary>Writes a CSV book into a directory, which is created if need be, as <c>assets.json</c> and <c>accounts.csv</c> that only their owner can read.</summary>
    public static void SaveCsv(string directory, BookHeader header, IEnumerable<Account> accounts)
    {
        Directory.CreateDirectory(directory);
        PrivateFile.Replace(Path.Combine(directory, BookSource.AccountsFile), stream => WriteAccountsCsv(stream, header, accounts));
        PrivateFile.Replace(Path.Combine(directory, BookSource.HeaderFile), stream => WriteHeaderJson(stream, header));
    }

    /// <summary>The name of a mode in files.</summary>
    public static string ModeName(AccountMode mode) => mode switch
    {
        AccountMode.Cross => "cross",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private static StreamWriter Open(Stream into) => new(into, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };

    private static void WriteHeader(StreamWriter writer, BookHeader header)
    {
        int scale = RiskParameters.Create(header.Assets).ValueScale;
        writer.Write("{\n");
        Field(writer, "format", JsonHeaderReader.Format);
        Field(writer, "venue", header.Venue);
        Field(writer, "height", header.Height.ToString(CultureInfo.InvariantCulture));
        Field(writer, "quoteAsset", header.QuoteAsset);
        writer.Write("  \"assets\": [\n");
        for (int i = 0; i < header.Assets.Count; i++)
        {
            WriteAsset(writer, header.Assets[i], header.Reserves[i]);
            writer.Write(i + 1 < header.Assets.Count ? ",\n" : "\n");
        }
        writer.Write("  ],\n");
        Field(writer, "reservesSource", header.ReservesSource);
        Field(writer, "insuranceFund", ExactDecimal.Format(header.InsuranceFund, scale));
        writer.Write($"  \"buffer\": \"{ExactDecimal.Format(header.Buffer, scale)}\"");
    }

    private static void Field(StreamWriter writer, string name, string value) => writer.Write($"  \"{name}\": {Quote(value)},\n");

    private static void WriteAsset(StreamWriter writer, Asset asset, BigInteger reserve)
    {
        writer.Write($"    {{\n      \"symbol\": \"{asset.Symbol}\", \"amountScale\": {asset.AmountScale}, \"indexPrice\": \"{asset.IndexPrice}\", "
            + $"\"reserve\": \"{ExactDecimal.Format(reserve, asset.AmountScale)}\"");
        for (int kind = 0; kind < Asset.Kinds; kind++)
        {
            IEnumerable<string> tiers = asset.Ladder((CollateralKind)kind).Tiers.Select(tier =>
                tier.Upper is { } upper ? $"{{ \"upTo\": \"{upper}\", \"keptPercent\": {tier.KeptPercent} }}" : $"{{ \"keptPercent\": {tier.KeptPercent} }}");
            writer.Write($",\n      \"{JsonHeaderReader.AssetFields[4 + kind]}\": [{string.Join(", ", tiers)}]");
        }
        writer.Write("\n    }");
    }

    private static void WriteAccount(StreamWriter writer, BookHeader header, Account account)
    {
        writer.Write($"    {{ \"id\": \"{account.Id}\"");
        if (!account.OwnerKey.IsNone) writer.Write($", \"ownerKey\": \"{account.OwnerKey}\"");
        if (account.Nonce != 0) writer.Write($", \"nonce\": \"{account.Nonce.ToString(CultureInfo.InvariantCulture)}\"");
        if (account.Mode != AccountMode.Cross) writer.Write($", \"mode\": \"{ModeName(account.Mode)}\"");
        writer.Write(", \"balances\": [");
        for (int i = 0; i < account.Balances.Count; i++)
        {
            Balance item = account.Balances[i];
            Asset asset = header.Assets[item.Asset];
            writer.Write($"{(i == 0 ? "" : ",")}\n      {{ \"asset\": \"{asset.Symbol}\"");
            Amount("equity", item.Equity);
            Amount("debt", item.Debt);
            Amount("loan", item.Loan);
            Amount("margin", item.Margin);
            Amount("portfolio", item.Portfolio);
            writer.Write(" }");

            void Amount(string name, ulong amount)
            {
                if (amount != 0) writer.Write($", \"{name}\": \"{ExactDecimal.Format(amount, asset.AmountScale)}\"");
            }
        }
        writer.Write(account.Balances.Count == 0 ? "] }" : " ] }");
    }

    /// <summary>A JSON text; letters of any script stay readable.</summary>
    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
