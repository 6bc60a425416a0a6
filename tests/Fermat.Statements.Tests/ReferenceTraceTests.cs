using Fermat.Air;
using Fermat.Algebra;
using Fermat.Margin;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>The fast trace builder and the plain one, which knows digits, carries and permutations from their definitions, write the same cells.</summary>
public sealed class ReferenceTraceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_tiny_book(int hashSlots) => Same(SampleBooks.Tiny(), reveal: hashSlots % 2 == 0, hashSlots);

    [Fact]
    public void The_example_book() => Same(SampleBooks.Example, reveal: false, hashSlots: 3);

    [Fact]
    public void A_generated_book_with_bankrupt_accounts() => Same(SampleBooks.Generated(60, seed: 5, items: 3, bankruptPerMillion: 200_000), reveal: true, hashSlots: 2);

    [Fact]
    public void A_book_without_accounts() => Same(SampleBooks.Tiny().With([]), reveal: true, hashSlots: 1);

    private static void Same(Book book, bool reveal, int hashSlots)
    {
        using Scene scene = Scene.Of(book, reveal, hashSlots);
        IReadOnlyList<TableTrace> plain = WitnessFiller.Fill(scene, Witness.Of(scene));
        foreach (TableTrace trace in scene.Traces)
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 2))
                for (int cell = column.Offset; cell < column.Offset + column.BaseWidth; cell++)
                    for (int row = 0; row < trace.ActiveRows; row++)
                    {
                        KoalaBear fast = trace.Phase(column.Phase)[row, cell], slow = plain[trace.Table.Index].Phase(column.Phase)[row, cell];
                        if (fast != slow) Assert.Fail($"{trace.Table.Name}[{row}].{column.Name}: {fast}, by the reference {slow}");
                    }
    }
}
