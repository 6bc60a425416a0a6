using Fermat.Fuzzing;
using Fermat.Statements.Parameters;
using static Fermat.Statements.Tests.Parameters.ParameterScene;

namespace Fermat.Statements.Tests.Parameters;

/// <summary>Files of statement P changed with knowledge of their structure: never an exception, never another update.</summary>
[Trait("Category", "Fuzz")]
public sealed class ParameterFileFuzzTests
{
    [Fact]
    public void Changed_files_are_rejected_or_say_the_same()
    {
        byte[] file = ParameterStatementFile.Write(Honest()), honest = Honest().CanonicalBytes();
        int read = 0;
        long rounds = FuzzRun.Rounds("parameter file", 2000, seed => JsonFuzz.Mutate(file, new Random(seed)), (_, input) =>
        {
            StatementRejection? rejection = ParameterStatementFile.TryRead(input, Rulebook, out ParameterUpdate? update);
            Assert.True(rejection is null ^ update is null);
            if (update is null) return;
            read++;
            Assert.Equal(honest, update.CanonicalBytes());
            Assert.Equal(file, ParameterStatementFile.Write(update));
        });
        Assert.InRange(read, 1, rounds - 1);
    }
}
