using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Engine.Tests;

/// <summary>
/// A futures market for tests: an order book by price and time, whose trades and marks go to a margin engine under cleared_futures. Mark to market, close-outs, what the fund takes over and pays, and shared losses are the engine's. What is set aside of a party's
/// balance as margin, which nothing depends on but what the market shows, is kept here, at the levels of linear_scaled, which count open orders.
/// </summary>
internal sealed class ClearingHouse
{
    private const string Market = "M", Asset = "X";
    private readonly MarginEngine _engine;
    private readonly List<Order> _orders = [];
    private readonly Dictionary<string, BigInteger> _margin = [], _deposited = [], _entry = [];
    private readonly Dictionary<string, string> _factors;
    private readonly string _slippage, _long, _short;
    private bool _auction = true;
    private int _events, _placed, _blocks, _nextSale;
    private long _traded;

    public ClearingHouse(string slippage, string longFactor, string shortFactor, Dictionary<string, string> factors)
    {
        (_slippage, _long, _short, _factors) = (slippage, longFactor, shortFactor, factors);
        _engine = new MarginEngine(Venue.Rulebook("cleared_futures"), log: logged =>
        {
            Assert.Null(logged.Rejection);
            Log.Add(logged);
        });
        Do(id => new VenueOpened(id, 0, "clearing", new AccountId("insurance"), new AccountId("fees")));
        Do(id => new AssetListed(id, 0, Asset, 0));
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms(Market, InstrumentKind.Future, Asset, 0, 0, new Quantity(1), Expiry: long.MaxValue)));
        Do(id => new ParametersUpdated(id, 0, $$$"""{"market":{"Asset":[{"symbol":"X"}],"Instrument":[{"long_risk":"{{{longFactor}}}","short_risk":"{{{shortFactor}}}","slippage":"{{{slippage}}}","symbol":"M"}]},"parameters":{"initial_factor":"{{{factors["initial"]}}}","release_factor":"{{{factors["release"]}}}","search_factor":"{{{factors["search"]}}}"}}"""));
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { [Asset] = new(1) }, null));
    }

    /// <summary>All that happened.</summary>
    public List<LoggedEvent> Log { get; } = [];

    public long Mark { get; private set; }

    public long Insurance => _engine.State.Accounts[_engine.State.Insurance].Balance(0).Amount;

    public Int128 Total
    {
        get
        {
            Int128 total = 0;
            foreach (AccountState account in _engine.State.Accounts) total += account.Balance(0).Amount;
            return total;
        }
    }

    public void Deposit(string party, long amount)
    {
        Do(id => new AccountOpened(id, 0, new AccountId(party), default, MarginMode.Cross));
        Do(id => new Deposit(id, 0, new AccountId(party), Asset, new Quantity(amount)));
        (_margin[party], _deposited[party], _entry[party]) = (0, amount, 0);
    }

    public void Place(string party, bool buy, long volume, long price, string reference)
    {
        var order = new Order(party, buy, price, reference, _placed++) { Volume = volume };
        _orders.Add(order);
        if (_auction) return;
        Match(order);
        Tick();
    }

    public void Cancel(string party, string reference)
    {
        _orders.RemoveAll(order => order.Party == party && order.Reference == reference);
        Tick();
    }

    /// <summary>The opening auction: what crosses trades, in the order of placing.</summary>
    public void EndAuction()
    {
        _auction = false;
        foreach (Order order in _orders.ToList()) Match(order);
        Tick();
    }

    public long Volume(string party) => Account(party).Position(0).Size;

    public BigInteger Unrealised(string party) => Volume(party) == 0 ? 0 : Volume(party) * Mark - _entry[party];

    public BigInteger Realised(string party) => Account(party).Balance(0).Amount - _deposited[party] - Unrealised(party);

    public BigInteger Margin(string party) => _margin[party];

    public BigInteger General(string party) => Account(party).Balance(0).Amount - _margin[party];

    /// <summary>A level of linear_scaled.</summary>
    public BigInteger Level(string party, string definition)
    {
        string Number(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
        long buys = _orders.Where(order => order.Party == party && order.Buy).Sum(order => order.Volume), sells = _orders.Where(order => order.Party == party && !order.Buy).Sum(order => order.Volume);
        string json = $$"""
            {"parameters":{"search_factor":"{{_factors["search"]}}","initial_factor":"{{_factors["initial"]}}","release_factor":"{{_factors["release"]}}"},
             "market":{"Instrument":[{"symbol":"M","mark":"{{Mark}}","long_risk":"{{_long}}","short_risk":"{{_short}}","slippage":"{{_slippage}}"}]},
             "accounts":[{"id":"{{party}}","margin":"{{Number(_margin[party])}}","general":"{{Number(General(party))}}","positions":[{"instrument":"M","size":"{{Volume(party)}}","buys":"{{buys}}","sells":"{{sells}}"}]}]}
            """;
        var rulebook = Venue.Rulebook("linear_scaled");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("party", Encoding.UTF8.GetBytes(json)));
        Assert.Empty(inputs.Errors);
        ImmutableArray<BigInteger> values = new Interpreter(rulebook, inputs.Market!).Evaluate(inputs.Accounts[0]);
        int at = rulebook.Definitions.Select(d => d.Name).ToList().IndexOf(definition);
        return values[at] / BigInteger.Pow(10, rulebook.Definitions[at].Value.Number.Scale);
    }

    private void Match(Order order)
    {
        while (order.Volume > 0)
        {
            Order? best = _orders.Where(other => other.Buy != order.Buy && other.Party != order.Party && other.Volume > 0 && (order.Buy ? other.Price <= order.Price : other.Price >= order.Price))
                .OrderBy(other => order.Buy ? other.Price : -other.Price).ThenBy(other => other.Sequence).FirstOrDefault();
            if (best is null) break;
            long volume = Math.Min(order.Volume, best.Volume);
            if (_traded == 0) Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { [Market] = new(best.Price) }, null));      // nothing is traded before there is a mark
            (string buyer, string seller) = order.Buy ? (order.Party, best.Party) : (best.Party, order.Party);
            Do(id => new Trade(id, 0, Market, new AccountId(buyer), new AccountId(seller), new Quantity(volume), new Quantity(best.Price), default, default, null, null));
            _entry[buyer] += volume * best.Price;
            _entry[seller] -= volume * best.Price;
            order.Volume -= volume;
            best.Volume -= volume;
            _traded = best.Price;
        }
        _orders.RemoveAll(other => other.Volume == 0);
    }

    /// <summary>The end of a block: the mark is the last trade's price, at which the engine settles; margins are topped up or released.</summary>
    private void Tick()
    {
        if (_traded == 0) return;
        Mark = _traded;
        string[] parties = [.. _margin.Keys.Order(StringComparer.Ordinal)];
        foreach (string party in parties)
            if (Account(party).Position(0) is var position && (BigInteger)position.Size * Mark - position.Cost is { Sign: < 0 } loss) _margin[party] = BigInteger.Max(0, _margin[party] + loss); // losses come from margin first, wins go to general
        long held = Account("insurance").Position(0).Size;
        int from = Log.Count;
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { [Market] = new(Mark) }, null));
        Do(id => new Settlement(id, 0, Market, new Quantity(Mark), Close: false));
        foreach (string party in parties)
            if (Log.Skip(from).Any(logged => logged.Event is Liquidation closed && closed.Account.Value == party))
            {
                _margin[party] = 0;
                _orders.RemoveAll(order => order.Party == party);
            }
            else
            {
                _margin[party] += Level(party, "liquidation.top_up");
                _margin[party] -= Level(party, "liquidation.released");
            }
        if (held != 0 && _blocks >= _nextSale) Sell(held);
        _blocks++;
    }

    /// <summary>
    /// What the network took over in earlier blocks it offers to every order that would take it, the best first; then not again for ten blocks. Its sales do not set the mark.
    /// </summary>
    private void Sell(long held)
    {
        _nextSale = _blocks + 10;
        foreach (Order order in _orders.Where(order => order.Buy == held > 0).OrderBy(order => order.Buy ? -order.Price : order.Price).ThenBy(order => order.Sequence).ToList())
        {
            long volume = Math.Min(order.Volume, Math.Abs(held));
            if (volume == 0) break;
            (string buyer, string seller) = order.Buy ? (order.Party, "insurance") : ("insurance", order.Party);
            Do(id => new Trade(id, 0, Market, new AccountId(buyer), new AccountId(seller), new Quantity(volume), new Quantity(order.Price), default, default, null, null));
            _entry[order.Party] += (order.Buy ? volume : -volume) * order.Price;
            order.Volume -= volume;
            held -= Math.Sign(held) * volume;
        }
        _orders.RemoveAll(order => order.Volume == 0);
    }

    private AccountState Account(string party)
    {
        Assert.True(_engine.State.TryFindAccount(new AccountId(party), out int index), party);
        return _engine.State.Accounts[index];
    }

    private void Do(Func<EventId, LedgerEvent> make)
    {
        SubmitResult result = _engine.Submit(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"c{++_events}"))));
        Assert.True(result.IsApplied, result.Rejection?.ToString());
        Assert.Empty(_engine.State.CheckSums());
    }

    private sealed class Order(string party, bool buy, long price, string reference, int sequence)
    {
        public string Party => party;

        public bool Buy => buy;

        public long Price => price;

        public string Reference => reference;

        public int Sequence => sequence;

        public long Volume { get; set; }
    }
}
