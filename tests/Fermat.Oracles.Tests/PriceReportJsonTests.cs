using System.Text;

namespace Fermat.Oracles.Tests;

public sealed class PriceReportJsonTests
{
    private static readonly string Text = Encoding.UTF8.GetString(PriceReportJson.Write([PriceSetsTests.Report(0, "100.5", confidence: 990_000_000_000_000_000), PriceSetsTests.Report(1, "101")]).Span);

    [Fact]
    public void What_is_written_is_read_and_written_again_alike()
    {
        var reports = PriceReportJson.Read(Encoding.UTF8.GetBytes(Text), out string? problem);
        Assert.Null(problem);
        Assert.Equal(2, reports.Length);
        Assert.Equal(Text, Encoding.UTF8.GetString(PriceReportJson.Write(reports).Span));
        Assert.Equal(reports[0].Message(), PriceSetsTests.Report(0, "100.5", confidence: 990_000_000_000_000_000).Message());
    }

    [Theory]
    [InlineData("\"fermat price reports\"", "\"fermat prices\"", "$.format")]
    [InlineData("\"version\": 1", "\"version\": 2", "$.version")]
    [InlineData("\"version\": 1", "\"version\": 1.0", "$.version")]
    [InlineData("\"price\": \"100.5\"", "\"price\": \"100.50\"", "$.reports[0].price")]
    [InlineData("\"price\": \"100.5\"", "\"price\": 100.5", "$.reports[0].price")]
    [InlineData("\"price\": \"100.5\"", "\"price\": \"-1\"", "$.reports[0].price")]
    [InlineData("\"price\": \"100.5\"", "\"price\": \"0\"", "$.reports[0].price")]
    [InlineData("\"confidence\": \"0.99\"", "\"confidence\": \"1.01\"", "$.reports[0].confidence")]
    [InlineData("\"chain\": 8453", "\"chain\": -1", "$.reports[0].chain")]
    [InlineData("\"chain\": 8453", "\"chain\": 08453", "not JSON")]
    [InlineData("\"chain\": 8453", "\"chain\": 8453, \"chain\": 1", "twice")]
    [InlineData("\"chain\": 8453", "\"chains\": 8453", "not known")]
    [InlineData("\"sequence\": 1,", "", "$.reports[0].sequence")]
    [InlineData("\"feed\": \"BTC\"", "\"feed\": \"B TC\"", "$.reports[0].feed")]
    [InlineData("\"signer\": \"0x", "\"signer\": \"0X", "$.reports[0].signer")]
    [InlineData("\"signature\": \"0x", "\"signature\": \"0xab", "$.reports[0].signature")]
    [InlineData("\"reports\": [", "\"reports\": [ 5,", "$.reports[0]")]
    public void A_fault_is_named_by_its_place(string from, string to, string place)
    {
        int at = Text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0);
        Assert.Empty(PriceReportJson.Read(Encoding.UTF8.GetBytes(Text.Remove(at, from.Length).Insert(at, to)), out string? problem));
        Assert.Contains(place, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_and_never_throw()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Text);
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            for (int k = random.Next(1, 4); k > 0; k--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var reports = PriceReportJson.Read(damaged, out string? problem);
            Assert.True(problem is null || reports.IsEmpty);
        }
        Assert.Empty(PriceReportJson.Read(bytes.AsMemory(0, bytes.Length / 2), out _));
    }
}
