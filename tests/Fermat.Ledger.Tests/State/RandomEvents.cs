using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Tests.State;

/// <summary>Random events for a test venue; most are possible, many are not.</summary>
internal sealed class RandomEvents(TestVenue venue, int seed)
{
    private static readonly string[] Names = ["alice", "bob", "carol", "ivy", "olga", "insurance", "fees", "nobody"], AssetNames = ["USD", "BTC", "ETH"];
    private readonly Random random = new(seed);
    private int listed;

    public LedgerEvent Next()
    {
        venue.Now += random.Next(3);
        switch (random.Next(26))
        {
            case 0: return new Deposit(venue.NextId(), venue.Now, Account(), Asset(), Amount());
            case 1:
                {
                    AccountId account = Account();
                    return new WithdrawalRequested(venue.NextId(), venue.Now, account, Asset(), Amount(), By(account));
                }
            case 2:
                EventId request = venue.State.Pending.Count > 0 && random.Next(8) > 0 ? venue.State.Pending.Keys.ElementAt(random.Next(venue.State.Pending.Count)) : new EventId("none");
                return new WithdrawalSettled(venue.NextId(), venue.Now, request, random.Next(2) == 0);
            case 3:
                {
                    AccountId from = Account();
                    return new Transfer(venue.NextId(), venue.Now, from, Account(), Asset(), Amount(), By(from));
                }
            case 4: return new MarginAssigned(venue.NextId(), venue.Now, new AccountId("ivy"), Instrument(), Signed(Amount()), null);
            case 5: return new FundingTick(venue.NextId(), venue.Now, Instrument(), Signed(new Quantity(random.Next(1000), 6)));
            case 6: return new PricesSet(venue.NextId(), venue.Now, new Dictionary<string, Quantity> { [Instrument()] = Price(), [Asset()] = Price() }, random.Next(2) == 0 ? null : new byte[32]) { Confidences = venue.Now % 3 == 0 ? null : new Dictionary<string, Quantity> { [Asset()] = new(venue.Now % 101, 2) } };
            case 7:
                bool close = random.Next(40) == 0;
                string instrument = Instrument();
                return new Settlement(venue.NextId(), venue.Now, instrument, Price(), close);
            case 8: return List();
            case 9: return Taken((account, instrument, size) => new Liquidation(venue.NextId(), venue.Now, account, instrument, size, Price(), Account(), new Quantity(random.Next(100), 2)));
            case 10: return Taken((account, instrument, size) => new AutoDeleveraged(venue.NextId(), venue.Now, account, Account(), instrument, size, Price()));
            case 11: return new CollateralSold(venue.NextId(), venue.Now, Account(), Asset(), Amount(), Asset(), Amount(), Account());
            case 12: return new InsurancePaid(venue.NextId(), venue.Now, Account(), Asset(), Small());
            case 13: return new LossSocialized(venue.NextId(), venue.Now, Account(), Asset(), [.. Names[..3].Where(_ => random.Next(2) == 0).Select(name => new LossShare(new AccountId(name), Small()))]);
            case 14:
                {
                    AccountId account = Account();
                    return new CollateralPledged(venue.NextId(), venue.Now, account, Account(), Amount(), By(account));
                }
            case 15: return Release();
            default:
                AccountId buyer = Account(), seller = Account();
                return new Trade(venue.NextId(), venue.Now, Instrument(), buyer, seller, Small(), Price(), new Quantity(random.Next(-50, 100), 2), new Quantity(random.Next(100), 2), By(buyer), By(seller));
        }
    }

    private InstrumentListed List()
    {
        InstrumentTerms terms = TestVenue.Listed[random.Next(TestVenue.Listed.Length)];
        return new InstrumentListed(venue.NextId(), venue.Now, terms with { Symbol = $"{terms.Symbol}-{listed++ % 10}" });
    }

    /// <summary>A part of somebody's position, or more than it.</summary>
    private LedgerEvent Taken(Func<AccountId, string, Quantity, LedgerEvent> make)
    {
        AccountState account = venue.State.Accounts[random.Next(venue.State.Accounts.Count)];
        if (account.Positions.Length == 0) return make(account.Id, Instrument(), Small());
        Position position = account.Positions[random.Next(account.Positions.Length)];
        InstrumentTerms terms = venue.State.Instruments[position.Instrument].Terms;
        Int128 size = random.Next(2) == 0 ? position.Size : (Int128)position.Size * random.Next(1, 12) / 10;
        return make(account.Id, terms.Symbol, new Quantity(size, terms.SizeScale));
    }

    /// <summary>A part of what somebody has pledged, all of it, or more; now and then by somebody else.</summary>
    private PledgeReleased Release()
    {
        AccountState[] pledged = [.. venue.State.Accounts.Where(account => account.Pledged > 0)];
        if (pledged.Length == 0) return new PledgeReleased(venue.NextId(), venue.Now, Account(), Account(), Small(), null);
        AccountState account = pledged[random.Next(pledged.Length)];
        AccountId to = random.Next(8) == 0 ? Account() : venue.State.Accounts[account.PledgedTo].Id;
        Int128 amount = random.Next(3) == 0 ? account.Pledged : (Int128)account.Pledged * random.Next(1, 12) / 10;
        return new PledgeReleased(venue.NextId(), venue.Now, account.Id, to, new Quantity(amount, LedgerLimits.PledgeScale), By(to));
    }

    private AccountId Account() => new(Names[random.Next(Names.Length)]);

    private string Asset() => AssetNames[random.Next(AssetNames.Length)];

    private string Instrument() => venue.State.Instruments[random.Next(venue.State.Instruments.Count)].Terms.Symbol;

    private Quantity Amount() => random.Next(40) switch
    {
        0 => new Quantity(long.MaxValue, random.Next(9)),
        1 => new Quantity(random.Next(100), 9),
        _ => new Quantity(random.NextInt64(1, 1L << 40), random.Next(7)),
    };

    private Quantity Small() => new(random.Next(1, 1000), random.Next(3));

    private Quantity Price() => random.Next(30) == 0 ? new Quantity(random.Next(2)) : new Quantity(random.Next(1, 100_000), random.Next(2));

    private Quantity Signed(Quantity amount) => random.Next(2) == 0 ? amount : new Quantity(-amount.Mantissa, amount.Scale);

    private Authorisation? By(AccountId account)
    {
        if (account.Value != "olga") return null;
        ulong nonce = venue["olga"].Nonce + 1;
        return TestVenue.By(random.Next(20) == 0 ? nonce + (ulong)random.Next(2) - 1 : nonce);
    }
}
