using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Programs that a test class has, by name.</summary>
public interface INamedPrograms
{
    /// <summary>Their names.</summary>
    static abstract IEnumerable<string> Names { get; }
}

/// <summary>What holds of each of a class's programs: its circuit says what the interpreter says, every cell matters, no lie is believed.</summary>
/// <typeparam name="TPrograms">The class that has them.</typeparam>
public abstract class ProgramTests<TPrograms>
    where TPrograms : INamedPrograms
{
    public static TheoryData<string> Names => [.. TPrograms.Names];

    /// <summary>How many accounts lies are told about.</summary>
    private protected virtual int Liars => int.MaxValue;

    [Theory]
    [MemberData(nameof(Names))]
    public void Circuit_says_what_the_interpreter_says_and_every_cell_matters(string name)
    {
        (LoweringBench bench, RuleInputs inputs) = Open(name);
        bench.Check(inputs.Market!, inputs.Accounts);
        bench.CheckEveryCell(inputs.Market!, inputs.Accounts);
    }

    /// <summary>A quotient that is another has the rest that follows from it.</summary>
    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Names))]
    public void No_lie_is_believed(string name)
    {
        (LoweringBench bench, RuleInputs inputs) = Open(name);
        bench.CheckEveryLie(inputs.Market!, [.. inputs.Accounts.Take(Liars)]);
    }

    private protected abstract (LoweringBench Bench, RuleInputs Inputs) Open(string name);
}
