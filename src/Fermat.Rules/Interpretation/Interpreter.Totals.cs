using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Interpretation;

public sealed partial class Interpreter
{
    /// <summary>Adds an account to the sums of a book.</summary>
    /// <param name="sums">Of the same rulebook and market data.</param>
    /// <param name="account">The account.</param>
    /// <exception cref="InvalidOperationException">The rulebook says nothing about whole books.</exception>
    /// <exception cref="RuleEvaluationException">A public value does not exist.</exception>
    public void AddTo(BookSums sums, AccountData account)
    {
        CoreSolvency rules = Rulebook.Solvency ?? throw new InvalidOperationException("the rulebook says nothing about whole books");
        Frame frame = Open(account);
        sums.AddAccount(Evaluate(rules.NetEquity, frame), Evaluate(rules.Liquidatable, frame).IsOne, Evaluate(rules.Bankrupt, frame).IsOne);
        for (int total = 0; total < rules.Totals.Length; total++)
            foreach (CoreTotalTerm term in rules.Totals[total].Terms)
                foreach (int item in Elements(term.Item.Source, frame))
                {
                    frame.Bound[term.Item.Id] = item;
                    sums.AddTo(total, (int)Evaluate(term.Reference, frame), Evaluate(term.Value, frame));
                }
    }
}
