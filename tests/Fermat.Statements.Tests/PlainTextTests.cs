using System.Text;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Texts that a venue chooses and a verifier prints.</summary>
public sealed class PlainTextTests
{
    /// <summary>Verifiers print these texts beside their verdict.</summary>
    [Theory]
    [InlineData("venue\u001b[8m")]
    [InlineData("venue\r\nCompared with what you brought: everything")]
    [InlineData("venue\u202e")]
    [InlineData("venue\u2028")]
    [InlineData("venue\u009b2J")]
    public void A_text_that_could_rewrite_a_verdict_is_refused(string text)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        foreach (SolvencyPublicInputs inputs in (SolvencyPublicInputs[])[scene.Inputs with { Venue = text }, scene.Inputs with { ReservesSource = text }])
        {
            Assert.Equal(StatementRejectionCode.OutOfRange, inputs.Problem()!.Code);
            Assert.Equal(StatementRejectionCode.OutOfRange, SolvencyStatement.Verify(inputs, Array.Empty<byte>(), SolvencyAnchors.None).Rejection!.Code);
        }
    }

    /// <summary>Two texts with different halves of a pair would have the same canonical bytes.</summary>
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        Assert.Equal(StatementRejectionCode.OutOfRange, (scene.Inputs with { Venue = "venue" + (char)0xd800 }).Problem()!.Code);
        Assert.Null((scene.Inputs with { Venue = "Börse \U0001f3e6 交易所" }).Problem());
    }

    [Theory]
    [InlineData("tiny\\u001b[8mvenue")]
    [InlineData("tiny\\nvenue")]
    [InlineData("tiny\\u202evenue")]
    public void A_file_with_such_a_text_is_malformed(string text)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        InclusionOpening opening = InclusionMaker.Make(scene.Book.Header, scene.Book.Accounts[0], 0, scene.Tree, scene.Salts);
        StatementRejection? statement = SolvencyStatementFile.TryRead(Edit(SolvencyStatementFile.Write(scene.Inputs), "tiny venue", text), out _);
        StatementRejection? inclusion = InclusionFile.TryRead(Edit(InclusionFile.Write(opening), "tiny venue", text), out _);
        Assert.Equal((StatementRejectionCode.MalformedFile, "$.venue"), (statement!.Code, statement.Place));
        Assert.Equal((StatementRejectionCode.MalformedFile, "$.venue"), (inclusion!.Code, inclusion.Place));
    }

    [Fact]
    public void A_field_given_twice_in_two_spellings_is_malformed()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        byte[] file = Edit(SolvencyStatementFile.Write(scene.Inputs), "\"venue\":", "\"\\u0076enue\": \"another\", \"venue\":");
        Assert.Equal(StatementRejectionCode.MalformedFile, SolvencyStatementFile.TryRead(file, out _)!.Code);
    }

    private static byte[] Edit(byte[] file, string found, string replaced)
    {
        string text = Encoding.UTF8.GetString(file);
        Assert.Contains(found, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(found, replaced, StringComparison.Ordinal));
    }
}
