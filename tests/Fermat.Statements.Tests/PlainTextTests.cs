using System.Text;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>Texts that a venue chooses and a verifier prints.</summary>
public sealed class PlainTextTests
{
    private static readonly SolvencyPublicInputs Inputs = SolvencyScene.Of("balances").Statement;

    /// <summary>Verifiers print these texts beside their verdict.</summary>
    [Theory]
    [InlineData("venue\u001b[8m")]
    [InlineData("venue\r\nCompared with what you brought: everything")]
    [InlineData("venue\u202e")]
    [InlineData("venue\u2028")]
    [InlineData("venue\u009b2J")]
    public void A_text_that_could_rewrite_a_verdict_is_refused(string text)
    {
        foreach (SolvencyPublicInputs inputs in (SolvencyPublicInputs[])[Inputs with { Venue = text }, Inputs with { ReservesSource = text }])
        {
            Assert.Equal(StatementRejectionCode.OutOfRange, inputs.Problem()!.Code);
            Assert.Equal(StatementRejectionCode.OutOfRange, SolvencyStatement.Verify(inputs, Array.Empty<byte>(), SolvencyAnchors.None).Rejection!.Code);
        }
    }

    /// <summary>Two texts with different halves of a pair would have the same canonical bytes.</summary>
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.Equal(StatementRejectionCode.OutOfRange, (Inputs with { Venue = "venue" + (char)0xd800 }).Problem()!.Code);
        Assert.Null((Inputs with { Venue = "Börse \U0001f3e6 交易所" }).Problem());
    }

    [Theory]
    [InlineData("test\\u001b[8mvenue")]
    [InlineData("test\\nvenue")]
    [InlineData("test\\u202evenue")]
    public void A_file_with_such_a_text_is_malformed(string text)
    {
        StatementRejection? statement = SolvencyStatementFile.TryRead(Edit(SolvencyStatementFile.Write(Inputs), "test venue", text), Inputs.Rulebook, out _);
        StatementRejection? inclusion = InclusionFile.TryRead(Edit(InclusionFile.Write(InclusionTests.Book.Rulebook, InclusionTests.Opening()), InclusionTests.Book.Venue, text), InclusionTests.Book.Rulebook, out _);
        Assert.Equal((StatementRejectionCode.MalformedFile, "$.venue"), (statement!.Code, statement.Place));
        Assert.Equal((StatementRejectionCode.MalformedFile, "$.venue"), (inclusion!.Code, inclusion.Place));
    }

    [Fact]
    public void A_field_given_twice_in_two_spellings_is_malformed()
    {
        byte[] file = Edit(SolvencyStatementFile.Write(Inputs), "\"venue\":", "\"\\u0076enue\": \"another\", \"venue\":");
        Assert.Equal(StatementRejectionCode.MalformedFile, SolvencyStatementFile.TryRead(file, Inputs.Rulebook, out _)!.Code);
    }

    private static byte[] Edit(byte[] file, string found, string replaced)
    {
        string text = Encoding.UTF8.GetString(file);
        Assert.Contains(found, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(found, replaced, StringComparison.Ordinal));
    }
}
