using System.Runtime.CompilerServices;
using Fermat.Rules;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Tests.Parameters;

/// <summary>
/// A file of statement P of version 1, its rulebook, and the digests of both, kept for ever: what rules said of an update they go on saying. With FERMAT_UPDATE_VECTORS=1 missing files are written; none is ever overwritten
/// (vectors/README.md).
/// </summary>
public sealed class FrozenParameterTests
{
    [Fact]
    public void The_frozen_update_of_version_1_is_read_and_accepted_as_it_was_written()
    {
        WriteMissing();
        VenueRulebook rulebook = Rulebook();
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), "parameters.statement.json"));
        Assert.Null(ParameterStatementFile.TryRead(file, rulebook, out ParameterUpdate? update));
        Assert.Equal(file, ParameterStatementFile.Write(update!));
        ParameterVerification result = ParameterStatement.Verify(update!, ParameterAnchors.None);
        Assert.True(result.Accepted, result.Rejection?.ToString());
        Assert.Equal(File.ReadAllLines(Path.Combine(Folder(), "digests.txt")), Digests(update!));
    }

    private static string[] Digests(ParameterUpdate update) =>
    [
        $"rulebook: {update.Rulebook.Digest}", $"old parameters: {update.OldParameters}", $"old market data: {update.OldMarket}", $"new parameters: {update.NewParameters}",
        $"new market data: {update.NewMarket}", $"update: {update.Digest}",
    ];

    private static VenueRulebook Rulebook() => VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Folder(), "frozen.risk")), "frozen.risk"))!;

    private static void WriteMissing()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") != "1" || Directory.Exists(Folder())) return;
        Directory.CreateDirectory(Folder());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"), Path.Combine(Folder(), "frozen.risk"));
        ParameterUpdate update = ParameterScene.Honest() with { Rulebook = Rulebook() };
        File.WriteAllBytes(Path.Combine(Folder(), "parameters.statement.json"), ParameterStatementFile.Write(update));
        File.WriteAllLines(Path.Combine(Folder(), "digests.txt"), Digests(update));
    }

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "parameters-1");
}
