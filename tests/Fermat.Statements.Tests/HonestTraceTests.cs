using Fermat.Margin;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Traces of honest books satisfy every constraint and balance every bus.</summary>
public sealed class HonestTraceTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(true, 3)]
    [InlineData(false, 4)]
    public void The_tiny_book_satisfies_the_circuit(bool reveal, int hashSlots) => Satisfies(SampleBooks.Tiny(), reveal, hashSlots);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_example_book_satisfies_the_circuit(bool reveal) => Satisfies(SampleBooks.Example, reveal, 3);

    private static void Satisfies(Book book, bool reveal, int hashSlots)
    {
        using Scene scene = Scene.Of(book, reveal, hashSlots);
        Assert.Empty(scene.Checker().CheckAll());
    }
}
