using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Signatures;

namespace Fermat.Engine.Tests;

/// <summary>A venue under cross_perps: USD with 6 decimals, BTC with 8, perpetuals with plain brackets; everybody's sums are checked after each event.</summary>
internal sealed class Venue
{
    public const string Parameters =
        """
        {"market":{"Asset":[{"haircut":[["0","1"]],"symbol":"USD"},{"haircut":[["0","0.9"]],"symbol":"BTC"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.2","0"]],"maintenance":[["0","0.1","0"]],"symbol":"Q"}]}}
        """;

    private static readonly Dictionary<string, CoreRulebook> Compiled = [];
    private int _events;

    public Venue(string rulebook = "cross_perps", EngineOptions? options = null, string? parameters = Parameters)
        : this(Rulebook(rulebook), options, parameters)
    {
    }

    public Venue(CoreRulebook rulebook, EngineOptions? options = null, string? parameters = Parameters)
    {
        Engine = new MarginEngine(rulebook, options, Log.Add);
        Apply((id, t) => new VenueOpened(id, t, "test", new AccountId("insurance"), new AccountId("fees")));
        Apply((id, t) => new AssetListed(id, t, "USD", 6));
        Apply((id, t) => new AssetListed(id, t, "BTC", 8));
        foreach (string symbol in new[] { "P", "Q" })
            Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms(symbol, InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))));
        if (parameters is not null) Apply((id, t) => new ParametersUpdated(id, t, parameters.Trim()));
        Prices(("USD", "1"), ("BTC", "20000"), ("P", "100"), ("Q", "50"));
    }

    public List<LoggedEvent> Log { get; } = [];

    public MarginEngine Engine { get; }

    public long Time { get; set; } = 1_700_000_000_000;

    public static CoreRulebook Rulebook(string name)
    {
        lock (Compiled)
        {
            if (Compiled.TryGetValue(name, out CoreRulebook? known)) return known;
            CompilationResult result = RulebookCompiler.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", name + ".risk")), name + ".risk");
            return Compiled[name] = result.Rulebook ?? throw new InvalidOperationException(result.Render());
        }
    }

    public static Quantity Number(string text) => Quantity.TryParse(text, out Quantity value) ? value : throw new FormatException(text);

    public static Secp256k1Key Key(byte seed) => Secp256k1Key.FromBytes(SHA256.HashData([seed]))!;

    public EventId NextId() => new(string.Create(CultureInfo.InvariantCulture, $"e{++_events}"));

    public SubmitResult Submit(LedgerEvent instruction)
    {
        SubmitResult result = Engine.Submit(instruction);
        Assert.Empty(Engine.State.CheckSums());
        return result;
    }

    public SubmitResult Submit(Func<EventId, long, LedgerEvent> instruction) => Submit(instruction(NextId(), Time += 1000));

    public void Apply(Func<EventId, long, LedgerEvent> instruction)
    {
        SubmitResult result = Submit(instruction);
        Assert.True(result.IsApplied, result.Rejection?.ToString());
    }

    public void Prices(params (string Feed, string Price)[] prices) => Apply((id, t) => new PricesSet(id, t, prices.ToDictionary(p => p.Feed, p => Number(p.Price)), null));

    public void Open(string account, string usd = "0", OwnerKey owner = default)
    {
        Apply((id, t) => new AccountOpened(id, t, new AccountId(account), owner, MarginMode.Cross));
        if (usd != "0") Deposit(account, usd);
    }

    public void Deposit(string account, string amount, string asset = "USD") => Apply((id, t) => new Deposit(id, t, new AccountId(account), asset, Number(amount)));

    public SubmitResult Trade(string buyer, string seller, string size, string price = "100", string instrument = "P", string fee = "0") =>
        Submit((id, t) => new Trade(id, t, instrument, new AccountId(buyer), new AccountId(seller), Number(size), Number(price), Number(fee), Number(fee), null, null));

    public SubmitResult Withdraw(string account, string amount, string asset = "USD") => Submit((id, t) => new WithdrawalRequested(id, t, new AccountId(account), asset, Number(amount), null));

    public AccountHealth Health(string account) => Engine.Health(new AccountId(account))!.Value;

    public string Usd(string account)
    {
        Assert.True(Engine.State.TryFindAccount(new AccountId(account), out int index));
        return ExactDecimal.Format((BigInteger)Engine.State.Accounts[index].Balance(0).Amount, 6);
    }

    public string Size(string account, int instrument = 0)
    {
        Assert.True(Engine.State.TryFindAccount(new AccountId(account), out int index));
        return ExactDecimal.Format((BigInteger)Engine.State.Accounts[index].Position(instrument).Size, 3);
    }

    /// <summary>What the engine made since.</summary>
    public IEnumerable<LedgerEvent> Generated(int since = 0) => Log.Skip(since).Where(logged => logged.Generated).Select(logged => logged.Event);
}
