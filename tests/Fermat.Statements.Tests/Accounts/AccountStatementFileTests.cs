using System.Text;
using Fermat.Statements.Accounts;
using Fermat.Statements.Tests.Solvency;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Statement files of L and H: one statement, one file.</summary>
public sealed class AccountStatementFileTests
{
    [Theory]
    [InlineData(AccountStatementKind.LiquidationDue)]
    [InlineData(AccountStatementKind.LiquidationNotDue)]
    [InlineData(AccountStatementKind.Health)]
    public void A_statement_is_read_back_from_its_file_by_who_has_the_rulebook(AccountStatementKind kind)
    {
        AccountStatementInputs inputs = CrossTiered.Inputs(kind, Alice, threshold: 12_345_678_901);
        byte[] file = AccountStatementFile.Write(inputs);
        Assert.Null(AccountStatementFile.TryRead(file, CrossTiered.Rulebook, out AccountStatementInputs? read));
        Assert.Equal(inputs.Claim, read!.Claim);
        Assert.Equal(inputs.ToCanonicalBytes(), read.ToCanonicalBytes());
        Assert.Equal(file, AccountStatementFile.Write(read));
        Assert.Equal(StatementRejectionCode.WrongRulebook, AccountStatementFile.TryRead(file, SolvencyScene.Rulebook("balances"), out _)?.Code);
    }

    [Theory]
    [InlineData("\"kind\": \"health\"", "\"kind\": \"wealth\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"kind\": \"health\"", "\"kind\": \"liquidation-due\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"version\": 1", "\"version\": 2", StatementRejectionCode.UnknownFormat)]
    [InlineData("\"scope\"", "\"scape\"", StatementRejectionCode.MalformedFile)]
    [InlineData("\"threshold\": \"", "\"threshold\": \"-", StatementRejectionCode.MalformedFile)]
    [InlineData("\"index\": \"", "\"index\": \"1", StatementRejectionCode.DigestMismatch)]
    public void A_file_that_is_changed_is_not_read(string from, string to, StatementRejectionCode code)
    {
        string file = Encoding.UTF8.GetString(AccountStatementFile.Write(CrossTiered.Inputs(AccountStatementKind.Health, Alice, threshold: 1)));
        Assert.Contains(from, file, StringComparison.Ordinal);
        Assert.Equal(code, AccountStatementFile.TryRead(Encoding.UTF8.GetBytes(file.Replace(from, to, StringComparison.Ordinal)), CrossTiered.Rulebook, out AccountStatementInputs? read)?.Code);
        Assert.Null(read);
    }
}
