using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using Fermat.Margin;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>The part <c>book</c>, and what an account has beside the rulebook's fields.</summary>
public sealed partial class RuleInputs
{
    private const string IdMember = "id", OwnerKeyMember = "ownerKey", NonceMember = "nonce";
    private static readonly Quantity Counter = new("count", 0, Unit.None, new Bounds(0, ulong.MaxValue));

    /// <summary>The members of every account, beside the fields and collections of the rulebook: no field has one of these names.</summary>
    internal static ImmutableArray<string> AccountMembers { get; } = [IdMember, OwnerKeyMember, NonceMember];

    /// <summary>What is said of the whole book; null where the inputs have no part <c>book</c>.</summary>
    public BookFacts? Book { get; private set; }

    private void ReadBook(string path, JsonElement json)
    {
        Dictionary<string, JsonElement> members = Members(path, json, ["venue", "height", "reserves", "reservesSource", "insuranceFund", "buffer"], ["venue", "height", "reserves", "reservesSource"]);
        var reserves = new Dictionary<string, string>(StringComparer.Ordinal);
        JsonElement amounts = members.GetValueOrDefault("reserves");
        if (amounts.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty reserve in amounts.EnumerateObject()) reserves.Add(reserve.Name, Text($"{path}.reserves.{reserve.Name}", reserve.Value, "an amount"));
        else if (amounts.ValueKind != JsonValueKind.Undefined)
            Add($"{path}.reserves", "an object of amounts by symbol is expected", "{ \"BTC\": \"12.5\" }");
        Book = new BookFacts(
            Words($"{path}.venue", members.GetValueOrDefault("venue")), Count($"{path}.height", members.GetValueOrDefault("height")), reserves,
            Words($"{path}.reservesSource", members.GetValueOrDefault("reservesSource")),
            Text($"{path}.insuranceFund", members.GetValueOrDefault("insuranceFund"), "an amount"), Text($"{path}.buffer", members.GetValueOrDefault("buffer"), "an amount"));
    }

    private string Words(string path, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 and <= BookLimits.MaxTextLength } words) return words;
        if (json.ValueKind != JsonValueKind.Undefined) Add(path, $"a text of 1 to {BookLimits.MaxTextLength} characters is expected");
        return "";
    }

    /// <summary>A decimal as it is written; 0 where it is left out.</summary>
    private string Text(string path, JsonElement json, string expected)
    {
        if (json.ValueKind is JsonValueKind.String or JsonValueKind.Number) return json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        if (json.ValueKind != JsonValueKind.Undefined) Add(path, $"{expected} is expected", "a number, or a decimal text");
        return "0";
    }

    private ulong Count(string path, JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? 0 : (ulong)Number(path, json, Counter);

    private OwnerKey OwnerKeyOf(string path, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined) return OwnerKey.None;
        if (json.ValueKind == JsonValueKind.String && OwnerKey.TryParse(json.GetString(), out OwnerKey key)) return key;
        Add(path, "64 lower-case hexadecimal digits are expected", "leave it out where the venue has no key on file");
        return OwnerKey.None;
    }
}

/// <summary>What is said of a whole book beside its accounts: the part <c>book</c>. Amounts are decimals as they are written; the rulebook says what their units are.</summary>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="Reserves">By the symbol of an asset what the venue says it holds; an asset that is left out has none.</param>
/// <param name="ReservesSource">Where the reserves come from, in words.</param>
/// <param name="InsuranceFund">In the unit of net equity.</param>
/// <param name="Buffer">What reserves must exceed claims by, in the unit of net equity.</param>
public sealed record BookFacts(string Venue, ulong Height, IReadOnlyDictionary<string, string> Reserves, string ReservesSource, string InsuranceFund, string Buffer)
{
    /// <summary>Reads the amounts in the units of a rulebook.</summary>
    /// <param name="rules">What the rulebook says about whole books: of claims the table and the scale, of net equity the scale.</param>
    /// <param name="market">The market data, for the symbols.</param>
    /// <param name="errors">Receives what is wrong, by the path within the part.</param>
    /// <returns>By record of the claims' table the reserve in units of the claim; then insurance fund and buffer in units of net equity.</returns>
    /// <exception cref="InvalidOperationException">The rulebook does not say what is owed.</exception>
    public (ImmutableArray<BigInteger> Reserves, BigInteger InsuranceFund, BigInteger Buffer) Amounts(Core.CoreSolvency rules, MarketData market, List<InputError> errors)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(market);
        Core.CoreTotal claims = rules.Claims ?? throw new InvalidOperationException("the rulebook does not say what is owed");
        var end = new Bounds(0, (BigInteger.One << AmountBits) - 1);
        var coins = new Quantity("amount", claims.Type.Scale, Unit.None, end);
        var worth = new Quantity("amount", rules.NetEquity.Number.Scale, Unit.None, end);
        var reserves = new BigInteger[market.Tables[claims.Table].Length];
        foreach ((string symbol, string amount) in Reserves)
        {
            int record = market.IndexOf(claims.Table, symbol);
            if (record < 0) errors.Add(new InputError($"reserves.{symbol}", "the market has no asset of this symbol"));
            else reserves[record] = Read($"reserves.{symbol}", amount, coins);
        }
        return ([.. reserves], Read("insuranceFund", InsuranceFund, worth), Read("buffer", Buffer, worth));

        BigInteger Read(string path, string text, Quantity quantity)
        {
            if (ScaledNumber.TryParse(text, quantity, out BigInteger value, out string? hint) is { } problem) errors.Add(new InputError(path, problem, hint));
            return value;
        }
    }

    /// <summary>Amounts are below 2^176 units.</summary>
    public const int AmountBits = 176;
}
