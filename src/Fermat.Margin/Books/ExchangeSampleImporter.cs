using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>What to import and how.</summary>
/// <param name="AssetsFile">CSV of prices and ladders: symbol, usdt_price and three *_tiers_ratio columns, or token, asset_usdt_price and three collateral_*_ratio_tiers columns.</param>
/// <param name="UserFiles">CSVs of users: id, and e_, d_, vl_, m_, pm_ columns of each asset; read in this order.</param>
public sealed record ExchangeSampleOptions(string AssetsFile, IReadOnlyList<string> UserFiles)
{
    /// <summary>Name of the venue in the book.</summary>
    public string Venue { get; init; } = "exchange sample";

    /// <summary>The quote asset of the files' prices and tiers.</summary>
    public string QuoteAsset { get; init; } = "USDT";

    /// <summary>Decimals of every asset's amounts.</summary>
    public int AmountScale { get; init; } = 8;

    /// <summary>Whether users with inconsistent rows are left out, and reported as such, instead of being errors.</summary>
    public bool SkipInvalid { get; init; }
}

/// <summary>A user that was left out, and why.</summary>
/// <param name="Id">The user's id as the file has it.</param>
/// <param name="Reasons">At least one.</param>
public sealed record SkippedUser(string Id, IReadOnlyList<BookError> Reasons);

/// <summary>What came of an import.</summary>
/// <param name="Book">The book, or null when there are errors.</param>
/// <param name="Errors">What kept the files from being imported.</param>
/// <param name="Skipped">Who was left out, in the files' order; empty unless that was asked for.</param>
public sealed record ImportResult(Book? Book, IReadOnlyList<BookError> Errors, IReadOnlyList<SkippedUser> Skipped);

/// <summary>
/// Reads the published sample format of an exchange's proof of solvency: per user and asset the equity (<c>e_</c>), the debt (<c>d_</c>) and three kinds of collateral: loan
/// (<c>vl_</c>), margin (<c>m_</c>), portfolio margin (<c>pm_</c>). Net columns (the bare symbol) and the total column are not used. The files name no reserves:
/// they are constructed as Σ (equity − debt) per asset over the imported users, and labelled so in the book.
/// </summary>
public static class ExchangeSampleImporter
{
    /// <summary>What <see cref="BookHeader.ReservesSource"/> says.</summary>
    public const string ReservesSource = "constructed: per asset, the sum of equity - debt over the imported users, not below zero; the source names no reserves";

    /// <summary>Imports. Never throws because of what the files hold or lack.</summary>
    public static ImportResult Import(ExchangeSampleOptions options, CancellationToken cancel = default)
    {
        var errors = new ErrorList();
        var skipped = new List<SkippedUser>();
        Book? book = null;
        string file = options.AssetsFile;
        try
        {
            IReadOnlyList<Asset> assets = ExchangeSampleAssets.Read(file, options.AmountScale, errors);
            if (errors.Errors.Count > 0) return new ImportResult(null, errors.Errors, skipped);
            var header = new BookHeader(options.Venue, 0, options.QuoteAsset, assets, [], ReservesSource, 0, 0);
            var accounts = new List<Account>();
            var known = new AccountIdSet();
            foreach (string users in options.UserFiles)
            {
                file = users;
                using FileStream stream = File.OpenRead(users);
                var reader = new ExchangeSampleUsers(users, new CsvReader(stream, users, errors), header, known, errors);
                while (reader.Next() is { } row)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (row.Account is { } account) accounts.Add(account);
                    else if (options.SkipInvalid) skipped.Add(new SkippedUser(row.Id, row.Reasons));
                    else foreach (BookError reason in row.Reasons) errors.Add(reason.Code, new Place(reason.File, reason.Line, reason.Column), reason.Message, reason.Hint);
                }
            }
            if (errors.Errors.Count == 0) book = new Book(header with { Reserves = Reserves(assets.Count, accounts) }, accounts);
        }
        catch (BookReadStopped)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(BookErrorCode.CannotRead, new Place(file, 0, 0), e.Message);
        }
        return new ImportResult(book, errors.Errors, skipped);
    }

    private static BigInteger[] Reserves(int assets, List<Account> accounts)
    {
        var net = new BigInteger[assets];
        foreach (Account account in accounts)
            foreach (Balance item in account.Balances)
                net[item.Asset] += item.Net;
        return [.. net.Select(n => BigInteger.Max(n, 0))];
    }
}
