using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>The circuit agrees with the interpreter: its traces exist for every book, and hold the interpreter's numbers.</summary>
public sealed class InterpreterTests
{
    [Fact]
    public void Random_books_satisfy_the_circuit_with_the_interpreters_numbers()
    {
        for (int seed = 1; seed <= 40; seed++) Agrees(RandomBooks.Make(seed), reveal: seed % 2 == 0, hashSlots: 1 + seed % 4, $"seed {seed}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_heaviest_account_satisfies_the_circuit(bool owing) => Agrees(RandomBooks.Heaviest(owing), reveal: true, hashSlots: 4, "heaviest");

    [Fact]
    public void A_generated_book_over_many_assets_satisfies_the_circuit() => Agrees(SampleBooks.Generated(120, seed: 3, items: 7), reveal: false, hashSlots: 4, "generated");

    private static void Agrees(Book book, bool reveal, int hashSlots, string what)
    {
        using Scene scene = Scene.Of(book, reveal, hashSlots);
        Assert.True(scene.Checker().CheckAll() is { Count: 0 }, $"{what}: {string.Join("; ", scene.Checker().CheckAll())}");
        AccountColumns columns = scene.Circuit.Accounts;
        TableTrace accounts = scene.Traces[columns.Table];
        for (int leaf = 0; leaf < book.Accounts.Count; leaf++)
        {
            AccountMargin margin = MarginEvaluator.Evaluate(scene.Inputs.Parameters, book.Accounts[leaf]);
            Assert.Equal(margin.Surplus100, Value(accounts, columns.Surplus, leaf));
            Assert.Equal(100 * margin.NetEquity, Value(accounts, columns.Net, leaf));
        }
    }

    private static BigInteger Value(TableTrace trace, SignedSumColumns columns, int row)
    {
        Span<KoalaBear> cells = trace.Phase(0).Row(row);
        BigInteger magnitude = BigInteger.Zero;
        for (int l = columns.Magnitude.Length - 1; l >= 0; l--) magnitude = 256 * magnitude + cells[columns.Magnitude[l].Offset].Value;
        return cells[columns.Sign.Offset].IsZero ? magnitude : -magnitude - 1;
    }
}
