using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>What kind of book to make up.</summary>
/// <param name="Accounts">How many accounts.</param>
public sealed record BookGeneratorOptions(int Accounts)
{
    /// <summary>The same seed gives the same book, byte for byte, on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many assets an account has items of; capped by the number of assets.</summary>
    public int ItemsPerAccount { get; init; } = 4;

    /// <summary>The assets, sorted by symbol; the built-in four when null.</summary>
    public IReadOnlyList<Asset>? Assets { get; init; }

    /// <summary>Of 1000 accounts, about how many are liquidatable.</summary>
    public int LiquidatablePerMille { get; init; } = 3;

    /// <summary>Of a million accounts, about how many are bankrupt; the insurance fund is made large enough to cover them.</summary>
    public int BankruptPerMillion { get; init; }

    /// <summary>Name of the venue.</summary>
    public string Venue { get; init; } = "generated exchange";

    /// <summary>The quote asset.</summary>
    public string QuoteAsset { get; init; } = "USDT";

    /// <summary>The ledger height.</summary>
    public ulong Height { get; init; } = 1;
}

/// <summary>
/// Makes up solvent books of any size, account by account: nothing is kept, so a million accounts can be written as a stream. Account sizes are Pareto-like (each doubling of the size
/// is reached by 48 % of those that reached the one before: tail index 1.05), three in ten accounts owe nothing, and the others owe up to 95 % of what their collateral counts.
/// </summary>
public sealed class BookGenerator
{
    private const int Chunk = 4096;
    private readonly BookGeneratorOptions options;
    private readonly RiskParameters parameters;
    private readonly AccountMaker maker;

    /// <summary>Prepares a book: its totals are worked out once, over all accounts, on all cores.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the assets do not fit together.</exception>
    public BookGenerator(BookGeneratorOptions options, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Accounts);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ItemsPerAccount, 1);
        if (options.LiquidatablePerMille is < 0 or > 1000) throw new ArgumentException("The liquidatable accounts are 0 to 1000 per mille.", nameof(options));
        if (options.BankruptPerMillion is < 0 or > 1_000_000) throw new ArgumentException("The bankrupt accounts are 0 to 1000000 per million.", nameof(options));
        this.options = options;
        parameters = RiskParameters.Create(options.Assets ?? BuiltInAssets);
        maker = new AccountMaker(parameters, options);
        BookTotals totals = SumUp(cancel);
        Header = MakeHeader(totals);
    }

    /// <summary>The assets that a book has when none are given: prices and ladders of no venue in particular.</summary>
    public static IReadOnlyList<Asset> BuiltInAssets { get; } =
    [
        new("btc", 8, new Price(65_000, 0), TierLadder.Create((50_000, 95), (250_000, 90), (1_000_000, 75), (null, 40)),
            TierLadder.Create((50_000, 97), (250_000, 92), (1_000_000, 80), (null, 50)), TierLadder.Create((20_000, 98), (100_000, 95), (1_000_000, 85), (null, 60))),
        new("eth", 8, new Price(35_205, 1), TierLadder.Create((50_000, 93), (250_000, 85), (1_000_000, 70), (null, 30)),
            TierLadder.Create((50_000, 95), (250_000, 90), (1_000_000, 75), (null, 40)), TierLadder.Create((20_000, 97), (100_000, 93), (1_000_000, 80), (null, 50))),
        new("sol", 8, new Price(15_042, 2), TierLadder.Create((10_000, 85), (50_000, 70), (250_000, 50)),
            TierLadder.Create((10_000, 90), (50_000, 80), (250_000, 60)), TierLadder.Create((5_000, 90), (50_000, 75), (250_000, 50))),
        new("usdt", 6, new Price(1, 0), TierLadder.Create((100_000, 100), (null, 95)), TierLadder.Create((100_000, 100), (null, 98)), TierLadder.Create((null, 100))),
    ];

    /// <summary>The book without its accounts. Reserves exceed claims by 2 %, the buffer is 1 % of the claims, the insurance fund 0.1 % and twice the shortfall.</summary>
    public BookHeader Header { get; }

    /// <summary>The accounts, made as they are asked for; the same ones each time.</summary>
    public IEnumerable<Account> Accounts(CancellationToken cancel = default)
    {
        for (int i = 0; i < options.Accounts; i++)
        {
            cancel.ThrowIfCancellationRequested();
            yield return maker.Make(i);
        }
    }

    /// <summary>The whole book in memory.</summary>
    public Book ToBook(CancellationToken cancel = default) => new(Header, [.. Accounts(cancel)]);

    private BookTotals SumUp(CancellationToken cancel)
    {
        var sum = new BookTotalsBuilder(parameters);
        if (options.Accounts == 0) return sum.Build();
        Parallel.ForEach(Partitioner.Create(0, options.Accounts, Chunk), new ParallelOptions { CancellationToken = cancel }, range =>
        {
            var part = new BookTotalsBuilder(parameters);
            for (int i = range.Item1; i < range.Item2; i++) part.Add(maker.Make(i));
            lock (sum) sum.Merge(part);                                                     // exact sums: their order does not matter
        });
        return sum.Build();
    }

    private BookHeader MakeHeader(BookTotals totals)
    {
        BigInteger[] reserves = [.. totals.Net.Select(net => BigInteger.Max(0, net + net / 50))];
        BigInteger buffer = totals.PositiveNetEquity / 100;
        BigInteger missing = totals.PositiveNetEquity + buffer - BookTotals.ReserveValue(parameters, reserves);
        if (missing.Sign > 0) reserves[0] += missing / parameters.Weight(0) + 1;
        return new BookHeader(options.Venue, options.Height, options.QuoteAsset, parameters.Assets, [.. reserves],
            "made up: 2 % more than the accounts' claims", 2 * totals.Shortfall + totals.PositiveNetEquity / 1000, buffer);
    }
}
