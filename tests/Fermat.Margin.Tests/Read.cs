using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

/// <summary>Reads books from texts.</summary>
internal static class Read
{
    public static (Book? Book, IReadOnlyList<BookError> Errors) Json(string json) => Json(Encoding.UTF8.GetBytes(json));

    public static (Book? Book, IReadOnlyList<BookError> Errors) Json(byte[] json)
    {
        using BookSource source = BookSource.OpenJson(new SlowStream(json, 1000), "book.json");
        return (source.ReadToEnd(), source.Errors);
    }

    public static (Book? Book, IReadOnlyList<BookError> Errors) Csv(byte[] header, byte[] accounts)
    {
        using BookSource source = BookSource.OpenCsv(new SlowStream(header, 1000), "assets.json", new SlowStream(accounts, 1000), "accounts.csv");
        return (source.ReadToEnd(), source.Errors);
    }

    public static byte[] WriteJson(Book book)
    {
        var stream = new MemoryStream();
        BookWriter.WriteJson(stream, book.Header, book.Accounts);
        return stream.ToArray();
    }

    public static (byte[] Header, byte[] Accounts) WriteCsv(Book book)
    {
        MemoryStream header = new(), accounts = new();
        BookWriter.WriteHeaderJson(header, book.Header);
        BookWriter.WriteAccountsCsv(accounts, book.Header, book.Accounts);
        return (header.ToArray(), accounts.ToArray());
    }

    /// <summary>Fails unless the two books are the same in everything.</summary>
    public static void AssertEqual(Book expected, Book? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(
            expected.Header with { Assets = [], Reserves = [] },
            actual.Header with { Assets = [], Reserves = [] },
            (a, b) => (a.Venue, a.Height, a.QuoteAsset, a.ReservesSource, a.InsuranceFund, a.Buffer) == (b.Venue, b.Height, b.QuoteAsset, b.ReservesSource, b.InsuranceFund, b.Buffer));
        Assert.Equal(expected.Assets, actual.Assets);
        Assert.Equal(expected.Reserves, actual.Reserves);
        Assert.Equal(expected.Accounts.Count, actual.Accounts.Count);
        for (int i = 0; i < expected.Accounts.Count; i++)
        {
            Account one = expected.Accounts[i], other = actual.Accounts[i];
            Assert.Equal((one.Id, one.OwnerKey, one.Nonce, one.Mode), (other.Id, other.OwnerKey, other.Nonce, other.Mode));
            Assert.Equal(one.Balances, other.Balances);
        }
    }
}
