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
/// A futures market for tests: an order book by price and time, mark to market after every order that trades, margins by linear_scaled. Money and positions are a ledger's: trades, settlements,
/// liquidations, socialized losses are its events; what is set aside of a party's balance as margin is kept here.
/// </summary>
internal sealed class ClearingHouse
{
    private const string Market = "M", Asset = "X";
    private readonly LedgerState _ledger = new();
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
        Do(id => new VenueOpened(id, 0, "clearing", new AccountId("insurance"), new AccountId("fees")));
        Do(id => new AssetListed(id, 0, Asset, 0));
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms(Market, InstrumentKind.Future, Asset, 0, 0, new Quantity(1), Expiry: long.MaxValue)));
    }

    public long Mark { get; private set; }

    public long Insurance => _ledger.Accounts[_ledger.Insurance].Balance(0).Amount;

    public Int128 Total
    {
        get
        {
            Int128 total = 0;
            foreach (AccountState account in _ledger.Accounts) total += account.Balance(0).Amount;
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

    /// <summary>The end of a block: the mark is the last trade's price; gains and losses move; margins are topped up or released; whoever is below maintenance is closed out.</summary>
    private void Tick()
    {
        if (_traded == 0) return;
        Mark = _traded;
        string[] parties = [.. _margin.Keys.Order(StringComparer.Ordinal)];
        long[] before = [.. parties.Select(party => Account(party).Balance(0).Amount)];
        Do(id => new Settlement(id, 0, Market, new Quantity(Mark), Close: false));
        long[] gains = [.. parties.Select((party, i) => Account(party).Balance(0).Amount - before[i])];
        Share(parties, gains);
        for (int i = 0; i < parties.Length; i++)                                                     // losses come from margin first, wins go to general
            if (gains[i] < 0) _margin[parties[i]] = BigInteger.Max(0, _margin[parties[i]] + gains[i]);
        long held = Account("insurance").Position(0).Size;
        foreach (string party in parties) Adjust(party);
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

    /// <summary>Losses that a balance does not cover come from insurance, then from the winners.</summary>
    private void Share(string[] parties, long[] gains)
    {
        long[] wins = [.. gains.Select(gain => Math.Max(gain, 0))];
        foreach (string party in parties)
        {
            long owed = -Math.Min(Account(party).Balance(0).Amount, 0);
            if (owed > 0 && Insurance > 0) Do(id => new InsurancePaid(id, 0, new AccountId(party), Asset, new Quantity(Math.Min(owed, Insurance))));
            owed = -Math.Min(Account(party).Balance(0).Amount, 0);
            if (owed == 0) continue;
            Int128 due = wins.Aggregate((Int128)0, (sum, win) => sum + win);
            long[] paid = LossSharing.Distribute(due - owed, wins);
            LossShare[] shares = [.. parties.Select((name, i) => new LossShare(new AccountId(name), new Quantity(wins[i] - paid[i]))).Where(share => share.Amount.Sign > 0)];
            Do(id => new LossSocialized(id, 0, new AccountId(party), Asset, shares));
            wins = paid;
        }
    }

    private void Adjust(string party)
    {
        _margin[party] += Level(party, "liquidation.top_up");
        _margin[party] -= Level(party, "liquidation.released");
        if (Volume(party) == 0 || Level(party, "equity") >= Level(party, "maintenance")) return;
        _orders.RemoveAll(order => order.Party == party);
        if (Level(party, "equity") >= Level(party, "maintenance")) return;
        long left = Account(party).Balance(0).Amount;
        Do(id => new Liquidation(id, 0, new AccountId(party), Market, new Quantity(Volume(party)), new Quantity(Mark), new AccountId("insurance"), default));
        if (left > 0) Do(id => new Transfer(id, 0, new AccountId(party), new AccountId("insurance"), Asset, new Quantity(left), null));
        _margin[party] = 0;
    }

    private AccountState Account(string party)
    {
        Assert.True(_ledger.TryFindAccount(new AccountId(party), out int index), party);
        return _ledger.Accounts[index];
    }

    private void Do(Func<EventId, LedgerEvent> make)
    {
        Prepared prepared = _ledger.Prepare(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"c{++_events}"))));
        Assert.True(prepared.Change is not null, prepared.Rejection?.ToString());
        _ledger.Commit(prepared.Change);
        Assert.Empty(_ledger.CheckSums());
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
