using System.Text;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using static Fermat.Statements.Tests.Parameters.ParameterScene;

namespace Fermat.Statements.Tests.Parameters;

/// <summary>Files of statement P: one update, one file but for its layout.</summary>
public sealed class ParameterStatementFileTests
{
    private static readonly string File = Encoding.UTF8.GetString(ParameterStatementFile.Write(Honest()));

    private static StatementRejection? Read(string text, out ParameterUpdate? update, VenueRulebook? rulebook = null) => ParameterStatementFile.TryRead(Encoding.UTF8.GetBytes(text), rulebook ?? Rulebook, out update);

    [Fact]
    public void An_update_is_read_back_from_its_file()
    {
        Assert.Null(Read(File, out ParameterUpdate? update));
        Assert.Equal(Honest().CanonicalBytes(), update!.CanonicalBytes());
        Assert.Equal(File, Encoding.UTF8.GetString(ParameterStatementFile.Write(update)));
        Assert.True(ParameterStatementFile.IsOne(Encoding.UTF8.GetBytes(File)));
        Assert.Null(Read(string.Join(' ', File.Split('\n', StringSplitOptions.TrimEntries)), out ParameterUpdate? flat));
        Assert.Equal(update.Digest, flat!.Digest);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", StatementRejectionCode.UnknownFormat)]
    [InlineData("\"fermat-parameter-statement\"", "\"fermat-batch-statement\"", StatementRejectionCode.UnknownFormat)]
    [InlineData("\"venue\": \"a venue\",", "", StatementRejectionCode.MalformedFile)]                                              // missing
    [InlineData("\"venue\": \"a venue\",", "\"venue\": \"a venue\", \"height\": 1,", StatementRejectionCode.MalformedFile)]         // unknown
    [InlineData("\"venue\": \"a venue\",", "\"venue\": \"a venue\", \"venue\": \"a venue\",", StatementRejectionCode.MalformedFile)] // repeated
    [InlineData("\"venue\": \"a venue\"", "\"venue\": \"\"", StatementRejectionCode.OutOfRange)]
    [InlineData("\"venue\": \"a venue\"", "\"venue\": \"b venue\"", StatementRejectionCode.DigestMismatch)]
    [InlineData("\"rulebook\": \"cross_perps\"", "\"rulebook\": \"cross_tiered\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"elapsed\": \"7200\",", "", StatementRejectionCode.MalformedFile)]
    [InlineData("\"elapsed\": \"7200\"", "\"elapsed\": \"7200\", \"moon\": \"1\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"elapsed\": \"7200\"", "\"elapsed\": 7200", StatementRejectionCode.MalformedFile)]                               // another spelling
    [InlineData("\"elapsed\": \"7200\"", "\"elapsed\": \"07200\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"elapsed\": \"7200\"", "\"elapsed\": \"-7200\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"elapsed\": \"7200\"", "\"elapsed\": \"7201\"", StatementRejectionCode.DigestMismatch)]
    [InlineData("\"insurance_fund\": \"5000\"", "\"insurance_fund\": \"5000.0\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"guard_factor\": \"2\"", "\"guard_factor\": \"3\"", StatementRejectionCode.DigestMismatch)]
    [InlineData("\"guard_factor\": \"2\"", "\"guard_factor\": \"2.00\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"guard_factor\": \"2\",", "", StatementRejectionCode.MalformedFile)]                                              // left to its default
    [InlineData("\"guard_factor\": \"2\"", "\"guard_factor\": \"2\", \"guard_factors\": \"2\"", StatementRejectionCode.InvalidParameters)]
    [InlineData("\"mark\": \"100\"", "\"mark\": \"101\"", StatementRejectionCode.DigestMismatch)]
    [InlineData("\"mark\": \"100\"", "\"mark\": \"-1\"", StatementRejectionCode.InvalidParameters)]
    [InlineData("\"old\":", "\"older\":", StatementRejectionCode.MalformedFile)]
    public void A_file_that_is_changed_is_not_read(string from, string to, StatementRejectionCode code)
    {
        int at = File.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        StatementRejection? rejection = Read(File[..at] + to + File[(at + from.Length)..], out ParameterUpdate? update);
        Assert.True(code == rejection?.Code, rejection?.ToString());
        Assert.Null(update);
    }

    [Fact]
    public void Each_named_digest_is_compared()
    {
        foreach (string name in (string[])["rulebookDigest", "oldParametersDigest", "oldMarketDigest", "newParametersDigest", "newMarketDigest", "updateDigest"])
        {
            int at = File.IndexOf($"\"{name}\": \"", StringComparison.Ordinal) + name.Length + 5;
            string changed = File[..at] + (File[at] == '0' ? '1' : '0') + File[(at + 1)..];
            StatementRejection? rejection = Read(changed, out _);
            Assert.Equal(name == "rulebookDigest" ? StatementRejectionCode.WrongRulebook : StatementRejectionCode.DigestMismatch, rejection?.Code);
            Assert.Equal(64, rejection!.Expected!.Length);
            Assert.Equal(64, rejection.Got!.Length);
        }
    }

    [Fact]
    public void Records_out_of_order_are_another_file()
    {
        (int p, int q) = (File.IndexOf("\"symbol\": \"P\"", StringComparison.Ordinal), File.IndexOf("\"symbol\": \"Q\"", StringComparison.Ordinal));
        string swapped = File[..p] + "\"symbol\": \"R\"" + File[(p + 13)..q] + File[q..];
        Assert.Equal(StatementRejectionCode.MalformedFile, Read(swapped, out _)?.Code);
    }

    /// <summary>Records in the order of a ledger's listings: it is said where it is not that of the symbols, and nowhere else.</summary>
    [Fact]
    public void An_order_of_listing_has_one_file_too()
    {
        ParameterUpdate sorted = Honest(), listed = sorted with { Before = Turned(sorted.Before), After = Turned(sorted.After) };
        Assert.NotEqual(sorted.OldMarket, listed.OldMarket);
        Assert.True(ParameterStatement.Verify(listed, ParameterAnchors.None).Accepted);
        string file = Encoding.UTF8.GetString(ParameterStatementFile.Write(listed));
        Assert.Null(Read(file, out ParameterUpdate? update));
        Assert.Equal(listed.CanonicalBytes(), update!.CanonicalBytes());
        Assert.Equal(file, Encoding.UTF8.GetString(ParameterStatementFile.Write(update)));
        const string order = "\"order\": \"listed\",";
        Assert.Equal(3, file.Split(order).Length);
        int at = file.IndexOf(order, StringComparison.Ordinal);
        Assert.Equal(StatementRejectionCode.MalformedFile, Read(file.Remove(at, order.Length), out _)?.Code);
        Assert.Equal(StatementRejectionCode.InvalidParameters, Read(file.Replace("\"listed\"", "\"sorted\"", StringComparison.Ordinal), out _)?.Code);
        Assert.Equal(StatementRejectionCode.MalformedFile, Read(File.Replace("\"old\": {", $"\"old\": {{ {order}", StringComparison.Ordinal), out _)?.Code);

        // both references and records go by the numbers
        static MarketData Turned(MarketData market) => market with { Tables = [market.Tables[0], [.. market.Tables[1].Reverse()]] };
    }

    [Fact]
    public void A_file_is_read_by_who_has_the_rulebook_and_by_nobody_else()
    {
        string text = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"));
        VenueRulebook looser = VenueRulebook.Of(RulebookCompiler.Compile(text.Replace("<= 25% * initial_at", "<= 26% * initial_at", StringComparison.Ordinal), "r.risk"))!;
        Assert.Equal(StatementRejectionCode.WrongRulebook, Read(File, out _, looser)?.Code);          // the rules for updates are in the digest
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{ \"format\": \"fermat-parameter-statement\" }")]
    public void What_is_no_file_is_refused(string text) => Assert.Equal(StatementRejectionCode.MalformedFile, Read(text, out _)?.Code);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(File);
        for (int length = 0; length < bytes.Length - 2; length += 7)
            Assert.NotNull(ParameterStatementFile.TryRead(bytes[..length], Rulebook, out _));
    }
}
