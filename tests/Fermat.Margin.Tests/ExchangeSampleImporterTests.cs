using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class ExchangeSampleImporterTests
{
    private static ExchangeSampleOptions Sample(bool skip, string assets = "assets_sample.csv") =>
        new(SharedData.Sample(assets), [SharedData.Sample("sample_users0.csv"), SharedData.Sample("sample_users1.csv")]) { SkipInvalid = skip };

    [Fact]
    public void Inconsistent_rows_are_errors_that_name_row_column_and_reason()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample(skip: false));
        Assert.Null(result.Book);
        Assert.Empty(result.Skipped);
        foreach (var e in result.Errors) TestContext.Current.TestOutputHelper!.WriteLine(e.ToString());
    }

    [Fact]
    public void Skipping()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample(skip: true));
        Assert.Empty(result.Errors);
        var p = RiskParameters.Create(result.Book!.Assets);
        var t = MarginEvaluator.Totals(p, result.Book.Accounts);
        TestContext.Current.TestOutputHelper!.WriteLine($"{result.Skipped.Count} {t}, {t.Net.Length} {string.Join(",", t.Net)} W={p.ValueScale}");
        Assert.Empty(t.Insolvencies(p, result.Book.Header));
    }
    [Fact]
    public void Skipping483()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample(skip: true, "assets_483.csv"));
        Assert.Empty(result.Errors);
        var p = RiskParameters.Create(result.Book!.Assets);
        var t = MarginEvaluator.Totals(p, result.Book.Accounts);
        TestContext.Current.TestOutputHelper!.WriteLine($"{result.Skipped.Count} {t}, {t.Net.Length} W={p.ValueScale}");
        Assert.Empty(t.Insolvencies(p, result.Book.Header));
    }
}
