using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Proving;

/// <summary>A book of a rulebook's schema, to be proven solvent.</summary>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Market">Parameters and market data.</param>
/// <param name="Accounts">The accounts in the order of their leaves. They are enumerated twice or more, and give the same each time; a large book need not be in memory.</param>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="Reserves">By asset, in units of the claim.</param>
/// <param name="ReservesSource">Where the reserves come from, in words.</param>
/// <param name="InsuranceFund">In units of net equity.</param>
/// <param name="Buffer">What reserves must exceed claims by, in units of net equity.</param>
public sealed record SolvencyBook(
    VenueRulebook Rulebook, MarketData Market, IEnumerable<AccountData> Accounts, string Venue, ulong Height, ImmutableArray<BigInteger> Reserves, string ReservesSource, BigInteger InsuranceFund, BigInteger Buffer)
{
    /// <summary>A book of docs/BOOKS.md under a rulebook that takes it, as rules/exchange_sample.risk does. Its accounts are converted as they are read, so they may stream.</summary>
    /// <param name="rulebook">A rulebook that says what is owed, about a market table of the book's assets and accounts of its balances (<see cref="BookAccounts"/>).</param>
    /// <param name="header">The book's header.</param>
    /// <param name="accounts">Its valid accounts in the order of their leaves; enumerated twice or more.</param>
    /// <exception cref="ArgumentException">The rulebook takes other accounts, or a number does not fit its quantities; for a number of an account it comes while the accounts are read.</exception>
    public static SolvencyBook Of(VenueRulebook rulebook, BookHeader header, IEnumerable<Account> accounts)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(accounts);
        BookAccounts reader = BookAccounts.Of(rulebook.Schema, header) ?? throw new ArgumentException($"the rulebook {rulebook.Name} is about other accounts than those of a book of docs/BOOKS.md", nameof(rulebook));
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", BookInputs.Write(header, [])));
        IReadOnlyList<InputError> errors = inputs.Errors;
        SolvencyBook? book = errors.Count > 0 ? null : Of(rulebook, inputs, out errors);
        return book is null
            ? throw new ArgumentException(string.Join("; ", errors), nameof(header))
            : book with { Accounts = accounts.Select(account => reader.TryRead(account, out AccountData? read) is { } wrong ? throw new ArgumentException($"account {account.Id}: {wrong}", nameof(accounts)) : read!) };
    }

    /// <summary>A book from files; null when something is missing in them, and the errors say what.</summary>
    /// <param name="rulebook">A rulebook that says what is owed.</param>
    /// <param name="inputs">Inputs without errors, read for the rulebook's schema; the part <c>book</c> among them.</param>
    /// <param name="errors">What is wrong, by path.</param>
    /// <exception cref="InvalidOperationException">The rulebook does not say what is owed.</exception>
    public static SolvencyBook? Of(VenueRulebook rulebook, RuleInputs inputs, out IReadOnlyList<InputError> errors)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(inputs);
        CoreSolvency rules = rulebook.Solvency ?? throw new InvalidOperationException("the rulebook does not say what is owed");
        if (inputs.Market is not { } market || inputs.Book is not { } facts)
        {
            errors = [new InputError("book", "is missing", "\"book\": { \"venue\", \"height\", \"reserves\", \"reservesSource\", \"insuranceFund\", \"buffer\" }")];
            return null;
        }
        var found = new List<InputError>();
        (ImmutableArray<BigInteger> reserves, BigInteger insuranceFund, BigInteger buffer) = facts.Amounts(rules, market, found);
        errors = [.. found.Select(error => error with { Path = "book." + error.Path })];
        return errors.Count > 0 ? null : new SolvencyBook(rulebook, market, inputs.Accounts, facts.Venue, facts.Height, reserves, facts.ReservesSource, insuranceFund, buffer);
    }
}
