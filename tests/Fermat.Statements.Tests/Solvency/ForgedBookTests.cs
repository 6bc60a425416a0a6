using System.Text;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Solvency;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Rows that a book under a rulebook does not have: items of an account that has no row, groups without items, values of records that are not there; and names that are twice in a statement's data.</summary>
public sealed class ForgedBookTests
{
    private static readonly SolvencyScene Scene = SolvencyScene.Of(EveryField.Rulebook, EveryField.Book);

    /// <summary>An account in the shadow would add to claims, or take from them, without being anybody's.</summary>
    [Theory]
    [InlineData("balances")]
    [InlineData("positions")]
    [InlineData("loans")]
    public void Items_are_of_an_account_that_has_a_row(string collection)
    {
        int accounts = Scene.Accounts.Count;
        CheckReport report = Scene.Check(change: traces =>
        {
            TableTrace items = Table(traces, collection);
            int last = LastRow(items), owner = Offset(items, "account");
            KoalaBear was = items.Phase(0)[last, owner];
            for (int row = last; row >= 0 && items.Phase(0)[row, owner] == was; row--) items.Phase(0)[row, owner] = KoalaBear.From(accounts);
        });
        Assert.Contains(report.Imbalances, imbalance => imbalance.Bus == $"{collection} of accounts: sums");
        Assert.Contains(report.Imbalances, imbalance => imbalance.Bus == "block");
    }

    /// <summary>A group that no item is in would be a number of the forger's choosing among those that are added up.</summary>
    [Fact]
    public void A_group_has_items()
    {
        TableTrace[] groups = [.. Scene.Fill().Where(trace => trace.Table.Name.Contains(" by ", StringComparison.Ordinal))];
        Assert.NotEmpty(groups);
        foreach (TableTrace group in groups)
        {
            CheckReport report = Scene.Check(change: traces =>
            {
                TableTrace rows = Table(traces, group.Table.Name);
                int last = LastRow(rows);
                rows.Phase(0).Row(last).CopyTo(rows.Phase(0).Row(last + 1)); // another one of the last account, which rises by its last key
                foreach (ColumnInfo key in rows.Table.Columns.Where(c => c.Name.StartsWith("key ", StringComparison.Ordinal))) rows.Phase(0)[last + 1, key.Offset] += KoalaBear.One;
                foreach (ColumnInfo count in rows.Table.Columns.Where(c => c.Name.StartsWith("number of", StringComparison.Ordinal))) rows.Phase(0)[last + 1, count.Offset] = KoalaBear.Zero;
            });
            Assert.False(report.IsSatisfied, group.Table.Name);
            Assert.Contains(report.Imbalances, imbalance => imbalance.Bus.EndsWith(": sums", StringComparison.Ordinal));
        }
    }

    /// <summary>Rows of public tables beyond the records are zeros: record 0 at a price of zero, if they could be looked up.</summary>
    [Fact]
    public void A_row_that_holds_no_record_is_not_looked_up()
    {
        int tried = 0;
        foreach (TableTrace table in Scene.Fill())
            foreach (ColumnInfo uses in table.Table.Columns.Where(c => c.Source == ColumnSource.Committed && (c.Name == "uses" || c.Name.EndsWith(": uses", StringComparison.Ordinal))))
            {
                tried++;
                CheckReport report = Scene.Check(change: traces => traces[table.Table.Index].Phase(0)[traces[table.Table.Index].ActiveRows - 1, uses.Offset] = KoalaBear.One);
                Assert.Contains("only what is offered is used", report.ToString(), StringComparison.Ordinal);
            }
        Assert.True(tried > 3);
    }

    /// <summary>Readers differ in which of two equal names they take: a price that people read could be another than the one that is proven.</summary>
    [Fact]
    public void Nothing_is_twice_in_a_statements_data()
    {
        SolvencyPublicInputs inputs = SolvencyScene.Of("cross_tiered").Statement;
        string file = Encoding.UTF8.GetString(SolvencyStatementFile.Write(inputs));
        foreach ((string from, string to) in ((string, string)[])[
            ("\"index\": \"", "\"index\": \"1\", \"index\": \""), ("\"symbol\": \"", "\"symbol\": \"X\", \"symbol\": \""), ("\"index\": \"", "\"indax\": \"1\", \"index\": \""), ("\"Asset\": [", "\"Asset\": [], \"Asset\": ["),
            ("\"market\": {", "\"market\": {}, \"market\": {")])
        {
            int at = file.IndexOf(from, StringComparison.Ordinal);
            Assert.True(at > 0, from);
            StatementRejection? rejection = SolvencyStatementFile.TryRead(Encoding.UTF8.GetBytes(file[..at] + to + file[(at + from.Length)..]), inputs.Rulebook, out _);
            Assert.True(rejection is not null, to);
        }
    }

    private static TableTrace Table(IReadOnlyList<TableTrace> traces, string name) => traces.Single(trace => trace.Table.Name == name);

    private static int Offset(TableTrace trace, string column) => trace.Table.Columns.Single(c => c.Name == column).Offset;

    private static int LastRow(TableTrace trace)
    {
        int active = Offset(trace, "active"), row = trace.ActiveRows - 1;
        while (trace.Phase(0)[row, active].IsZero) row--;
        return row;
    }
}
