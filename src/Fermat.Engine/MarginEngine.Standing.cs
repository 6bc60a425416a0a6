using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Interpretation;

namespace Fermat.Engine;

/// <summary>How accounts stand.</summary>
public sealed partial class MarginEngine
{
    /// <summary>How an account stands; null when something of it has no price.</summary>
    public AccountHealth? Health(AccountId account) => State.TryFindAccount(account, out int index) ? Judge(State.Accounts[index], out _) : null;

    /// <summary>Every number of an account that the rulebook defines, as exact decimals by name, <c>equity</c> and <c>maintenance</c> among them; empty when something of it has no price.</summary>
    /// <param name="account">The account.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Levels(AccountId account) =>
        State.TryFindAccount(account, out int index) && Judge(State.Accounts[index], out _) is not null && _binding.Items.Account(_binding, State.Accounts[index], out _) is { } data ? _rules!.Levels(data) : [];

    /// <summary>How all accounts stand, by index; null where something of one has no price. Runs on all cores.</summary>
    public IReadOnlyList<AccountHealth?> HealthOfAll() => Healths();

    /// <summary>How many accounts stand where, the venue's own and those without a price left out.</summary>
    public HealthLadder Ladder()
    {
        Span<int> counts = stackalloc int[5];
        Standing[] standings = Standings();
        for (int i = 0; i < standings.Length; i++)
            if (!IsVenue(i)) counts[(int)standings[i]]++;
        return new HealthLadder(counts[(int)Standing.Margined], counts[(int)Standing.Restricted], counts[(int)Standing.Liquidatable], counts[(int)Standing.Bankrupt]);
    }

    private Standing[] Standings()
    {
        AccountState[] accounts = [.. State.Accounts];
        var standings = new Standing[accounts.Length];
        if (_rules is not { } rules) return standings;
        Parallel.For(0, (accounts.Length + BatchSize - 1) / BatchSize, chunk =>
        {
            int from = chunk * BatchSize, count = Math.Min(BatchSize, accounts.Length - from);
            if (_binding.Items.Columns(_binding, accounts.AsSpan(from, count), out _) is { } batch && Exists(() => rules.Classify(batch, standings.AsSpan(from, count)))) return;
            for (int i = from; i < from + count; i++) // one without a price does not hide the others
                if (Judge(accounts[i], out _) is { } health) standings[i] = MarginRules.StandingOf(health);
        });
        return standings;
    }

    private AccountHealth?[] Healths()
    {
        AccountState[] accounts = [.. State.Accounts];
        var healths = new AccountHealth?[accounts.Length];
        if (_rules is not { } rules) return healths;
        Parallel.For(0, (accounts.Length + BatchSize - 1) / BatchSize, chunk =>
        {
            int from = chunk * BatchSize, count = Math.Min(BatchSize, accounts.Length - from);
            AccountHealth[] judged = [];
            if (_binding.Items.Columns(_binding, accounts.AsSpan(from, count), out _) is { } batch && Exists(() => judged = rules.Judge(batch)))
            {
                for (int i = 0; i < count; i++) healths[from + i] = judged[i];
                return;
            }
            for (int i = from; i < from + count; i++) healths[i] = Judge(accounts[i], out _); // one without a price does not hide the others
        });
        return healths;
    }

    /// <summary>How an account stands, or null and what of it has no price.</summary>
    private AccountHealth? Judge(AccountState account, out string? problem)
    {
        problem = "there are no parameters yet";
        if (_rules is not { } rules) return null;
        if (_binding.Items.Account(_binding, account, out problem) is not { } data) return null;
        AccountHealth? health = null;
        if (!Exists(() => health = rules.Judge(data), out string? undefined)) problem = $"{account.Id} cannot be valued: {undefined}";
        return health;
    }

    private static bool Exists(Action values) => Exists(values, out _);

    /// <summary>Whether all values exist that something takes. What an option is worth in a scenario, say, may have none; then an account that holds it is one without a price.</summary>
    private static bool Exists(Action values, out string? undefined)
    {
        undefined = null;
        try
        {
            values();
            return true;
        }
        catch (RuleEvaluationException fault)
        {
            undefined = fault.Message;
            return false;
        }
    }
}
