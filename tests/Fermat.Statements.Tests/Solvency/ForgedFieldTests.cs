using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Forgeries against a rulebook with a field of every kind, by a prover who keeps the range table's counts right whatever it changes.</summary>
public sealed class ForgedFieldTests
{
    private static readonly SolvencyScene Scene = SolvencyScene.Of(EveryField.Rulebook, EveryField.Book);

    [Fact]
    public void The_truth_breaks_nothing() => Assert.Equal("satisfied", Scene.Check().ToString());

    [Fact]
    public void No_cell_can_be_another_even_if_range_checks_are_counted_again()
    {
        IReadOnlyList<TableTrace> traces = Scene.Fill();
        var mutator = new CellMutator(Scene.Circuit.Circuit, traces, SolvencyScene.Challenges);
        var unnoticed = new List<string>();
        foreach (TableTrace trace in traces.Where(t => t.Table.Index != Scene.Circuit.Range.Table && t.Table.Index != Scene.Circuit.Hash.Table))
            for (int phase = 0; phase < 2; phase++)
                foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase == phase && !c.Name.StartsWith("blind", StringComparison.Ordinal)))
                    for (int row = 0; row < Math.Min(trace.ActiveRows, 9); row++)
                        for (int part = 0; part < column.BaseWidth; part++)
                        {
                            KoalaBear value = trace.Phase(phase)[row, column.Offset + part];
                            foreach (KoalaBear other in (KoalaBear[])[value + KoalaBear.One, value - KoalaBear.One, KoalaBear.One - value, value + KoalaBear.From(256)])
                                if (other != value && !IsNoticed(mutator.Try(trace.Table.Index, phase, row, column.Offset + part, other)))
                                    unnoticed.Add($"{trace.Table.Name}, row {row}: {column.Name} = {value.Value} may be {other.Value}");
                        }
        foreach (TableTrace trace in traces) trace.Dispose();
        Assert.True(unnoticed.Count == 0, $"{unnoticed.Count}: {string.Join("; ", unnoticed.Take(20))}");
    }

    /// <summary>A venue may hash anything into a leaf. A number that is not one of its quantity is refused whatever the leaf says.</summary>
    [Fact]
    [Trait("Pitfall", "non-canonical limb or bit decompositions, missing range checks on inputs")]
    public void No_number_is_outside_of_its_quantity()
    {
        RulebookSchema schema = Scene.Book.Rulebook.Schema;
        int tried = 0;
        for (int f = 0; f < schema.Scalars.Length; f++)
            foreach (BigInteger value in Outside(schema.Scalars[f]))
            {
                AccountData account = Scene.Accounts[0];
                Refused(schema.Scalars[f].Name, value, account with { Scalars = account.Scalars.SetItem(f, value) });
            }
        for (int c = 0; c < schema.Collections.Length; c++)
            for (int f = 0; f < schema.Collections[c].Fields.Length; f++)
                foreach (BigInteger value in Outside(schema.Collections[c].Fields[f]))
                {
                    AccountData account = Scene.Accounts[0];
                    Refused(schema.Collections[c].Fields[f].Name, value, account with { Items = account.Items.SetItem(c, account.Items[c].SetItem(0, account.Items[c][0].SetItem(f, value))) });
                }
        Assert.True(tried >= 12, $"{tried}");

        void Refused(string field, BigInteger value, AccountData account)
        {
            tried++;
            // a lie that changes nothing: the filler writes what does not fit as well as it can
            CheckReport report;
            try
            {
                report = Scene.Check([account, .. Scene.Accounts.Skip(1)], lie: new Lie(Scene.Circuit.Book.Lowering.Domains[0], -1, 0, same => same));
            }
            catch (Exception fault) when (fault is DivideByZeroException or IndexOutOfRangeException)
            {
                return; // the inverse, or the entry of the range table, that it takes does not exist
            }
            Assert.True(report.ViolationCount > 0 || report.Imbalances.Any(one => one.Bus is not ("block" or "total")), $"{field} = {value}");
        }
    }

    /// <summary>Numbers that the field's digits can hold and its quantity does not.</summary>
    private static IEnumerable<BigInteger> Outside(SchemaField field)
    {
        if (field.Type is not FieldType.Number { Quantity.Bounds: var bounds }) return [];
        Bounds digits = DigitFormat.Of(bounds).Range;
        return ((BigInteger[])[bounds.Min - 1, bounds.Max + 1, digits.Min, digits.Max]).Where(value => digits.Contains(value) && !bounds.Contains(value)).Distinct();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_value_that_is_replaced_with_everything_after_it_recomputed_is_noticed()
    {
        var believed = new List<string>();
        int told = 0;
        foreach (Domain domain in Scene.Circuit.Book.Lowering.Domains)
            for (int slot = 0; slot < domain.Slots; slot++)
                for (int row = 0; row < 3; row++)
                    foreach (int change in (int[])[1, -1, 255])
                    {
                        bool isLie = false;
                        object Instead(object value)
                        {
                            isLie = value is BigInteger or int;
                            return value is BigInteger number ? number + change : value is int small ? (small == 0 ? 1 : small + change) : value;
                        }
                        try
                        {
                            CheckReport report = Scene.Check(lie: new Lie(domain, slot, row, Instead));
                            if (!isLie) continue;
                            told++;
                            if (report.IsSatisfied) believed.Add($"{domain.Name}, row {row}, value {slot} by {change}");
                        }
                        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException or ArithmeticException)
                        {
                            // the filler cannot write it down
                        }
                    }
        Assert.True(believed.Count == 0 && told > 500, $"{told} told, believed: {string.Join("; ", believed.Take(20))}");
    }

    /// <summary>Whether a constraint notices, or a bus that is not a range check of a number in range.</summary>
    private static bool IsNoticed(CheckReport report) => report.ViolationCount > 0 || report.Imbalances.Any(one => one.Bus switch
    {
        "range16" => !Below(one.Message[0], 1 << 16),
        "bytes" => !Below(one.Message[0], 256) || !Below(one.Message[1], 256),
        "tops" => !Below(one.Message[0], 256) || !Below(one.Message[1], 128),
        _ => true,
    });

    private static bool Below(Quintic element, uint end) => element == Quintic.From(element.C0.Value) && element.C0.Value < end;
}
