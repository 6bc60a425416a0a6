using System.Numerics;
using Fermat.Rules.PublicMath;

namespace Fermat.Rules.Tests.PublicMath;

/// <summary>Values computed elsewhere (vectors.py, mpmath at 120 digits), at every output scale that matters.</summary>
public sealed class VectorTests
{
    private static readonly BigInteger Year = BigInteger.Pow(10, 18);

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(18)]
    public void Functions_agree_with_an_independent_reference_within_their_contract(int scale)
    {
        int seen = 0;
        foreach (string line in File.ReadLines(Path.Combine(Root(), "tests", "Fermat.Rules.Tests", "PublicMath", "vectors.csv")))
        {
            string[] cells = line.Split(',');
            BigInteger[] a = [.. cells[1..].Select(c => BigInteger.Parse(c, System.Globalization.CultureInfo.InvariantCulture))];
            BigInteger reference = a[^1], unit = BigInteger.Pow(10, 40 - scale);
            PublicMathResult result = Evaluate(cells[0], a, scale);
            Assert.True(result.IsValue, line);
            BigInteger error = BigInteger.Abs(result.Value * unit - reference);
            Assert.True(error <= 6 * unit / 10 + (BigInteger.Abs(reference) >> 50) + 1, $"{line}: {result.Value} at scale {scale}");
            seen++;
        }
        Assert.Equal(998, seen);
    }

    private static PublicMathResult Evaluate(string name, BigInteger[] a, int scale) => name switch
    {
        "exp" => PublicFunctions.Exp(a[0], 18, scale),
        "ln" => PublicFunctions.Ln(a[0], 18, scale),
        "cdf" => PublicFunctions.NormalCdf(a[0], 18, scale),
        "pdf" => PublicFunctions.NormalPdf(a[0], 18, scale),
        "pow" => PublicFunctions.Pow(a[0], 18, a[1], 18, scale),
        "call" => Black76.Price(OptionKind.Call, Input(a), scale),
        "put" => Black76.Price(OptionKind.Put, Input(a), scale),
        "delta" => Black76.Delta(OptionKind.Call, Input(a), scale),
        "gamma" => Black76.Gamma(Input(a), scale),
        "vega" => Black76.Vega(Input(a), scale),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Black76Input Input(BigInteger[] a) => new(a[0], a[1], 18, a[2], 18, a[3], Year, 1, 0);

    internal static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Fermat.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("not inside the repository");
    }
}
