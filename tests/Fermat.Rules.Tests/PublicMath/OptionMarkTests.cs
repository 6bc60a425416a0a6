using System.Globalization;
using System.Numerics;
using Fermat.Rules.PublicMath;

namespace Fermat.Rules.Tests.PublicMath;

/// <summary>Black-76 against a day's option chain of an exchange: forward, vol and mark are theirs, expiry is at 08:00 UTC, a mark is in coins.</summary>
public sealed class OptionMarkTests
{
    [Fact]
    public void Marks_of_an_exchange_are_met_to_a_hundred_thousandth_of_a_coin()
    {
        string[]? lines = Find();
        Assert.SkipWhen(lines is null, "the option chain (option-marks) is not beside this checkout");
        var errors = new List<BigInteger>();
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split(',');
            var seconds = (long)(Moment(cells[4] + " 08:00:00") - Moment(cells[0])).TotalSeconds;
            var input = new Black76Input(Number(cells[17], 8), Number(cells[5], 8), 8, Number(cells[10], 8), 10, seconds, 31_536_000, 1, 0);
            PublicMathResult price = Black76.Price(cells[6] == "call" ? OptionKind.Call : OptionKind.Put, input, 12);
            Assert.True(price.IsValue, line);
            BigInteger coins = price.Value * BigInteger.Pow(10, 8) / input.Forward;
            errors.Add(BigInteger.Abs(coins - Number(cells[7], 12)));
        }
        errors.Sort();
        Assert.True(errors.Count > 1000);
        Assert.True(errors[errors.Count / 2] <= 10_000_000, $"median {errors[errors.Count / 2]}e-12 coin");
        Assert.True(errors[^1] <= 300_000_000, $"largest {errors[^1]}e-12 coin");
    }

    private static DateTime Moment(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A decimal number, perhaps with an exponent, at a scale.</summary>
    private static BigInteger Number(string text, int scale)
        => (BigInteger)(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) * (decimal)BigInteger.Pow(10, scale));

    private static string[]? Find()
    {
        for (DirectoryInfo? directory = new DirectoryInfo(VectorTests.Root()).Parent; directory is not null; directory = directory.Parent)
        {
            string folder = Path.Combine(directory.FullName, "shared", "data", "option-marks");
            if (Directory.Exists(folder)) return File.ReadAllLines(Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).First());
        }
        return null;
    }
}
