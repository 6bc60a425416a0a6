namespace Fermat.Statements.Tests.Solvency;

/// <summary>A rulebook with a field of every kind, three collections, a header and items of several blocks, and a book whose numbers are at the ends of their quantities.</summary>
internal static class EveryField
{
    public const string Rulebook = """
        rulebook every_field
        quantity Money scale 2 bits 45 unit USD
        quantity Cash scale 2 bits 31 unit USD
        quantity Whole scale 0 in [-128, 127] unit coin
        quantity Odd scale 0 in [-3, 300] unit coin
        quantity Count scale 0 in [0, 255] unit coin
        quantity Half scale 0 bits 15 nonnegative unit coin
        quantity Some scale 0 bits 16 positive unit coin
        quantity Debt scale 2 in [-100, -0.01] unit USD
        quantity Wide scale 0 bits 127
        quantity Price scale 2 bits 15 positive unit USD/coin
        quantity Rate scale 2 in [0, 1]
        quantity Parity scale 0 in [1, 1] unit coin/USD
        enum Kind { spot, margined, frozen }
        market Asset { index: Price, counts: tiers Money to Rate }
        market Desk { open: Flag }
        market Instrument { mark: Price, settle: Asset, kind: Kind }
        parameters { parity: Parity = 1 }
        account {
          suspended: Flag
          tier: Kind
          wide: Wide
          debt: Debt
          balances: { asset: Asset, amount: Whole, odd: Odd }*
          positions: { desk: Desk, cost: Cash, instrument: Instrument, size: Whole, whole: Count, half: Half, some: Some, long: Flag, kind: Kind, wide: Wide }* up to 3
          loans: { asset: Asset, owed: Cash }*
        }
        value(b): Money = down((b.amount + b.odd) * b.asset.index)
        worth(p): Money = down((p.size + p.whole + p.half - p.some) * p.instrument.mark - p.cost)
        counted(b): Money = down(tiered(b.asset.counts, max(value(b), 0)) + min(value(b), 0))
        margin(g): Money = max p in g: abs(worth(p)) else 0
        equity = debt + (sum b in balances: counted(b)) + sum p in positions: worth(p) - sum l in loans: l.owed
        net_equity = debt + (sum b in balances: value(b)) + sum p in positions: worth(p) - sum l in loans: l.owed
        initial = sum g in positions by (instrument.kind, desk): margin(g)
        maintenance = initial
        liquidatable = (equity < maintenance and not suspended and tier != frozen) or (any p in positions where p.long: p.kind = frozen) or wide > 100
        claim(a: Asset) = sum b in balances where b.asset = a: (b.amount + b.odd) - parity * sum p in positions where p.instrument.settle = a and p.long: p.cost - parity * sum l in loans where l.asset = a: l.owed
        price(a: Asset) = a.index
        net_size(i: Instrument) = sum p in positions where p.instrument = i: p.size
        """;

    private const string Market = """
        "parameters": {},
        "market": {
          "Asset": [ { "symbol": "A", "index": "3", "counts": [["0", "0.5"], ["10", "0.2"]] }, { "symbol": "B", "index": "327.67", "counts": [["0", "1"]] }, { "symbol": "C", "index": "0.01", "counts": [["0", "0"]] } ],
          "Desk": [ { "symbol": "d", "open": true }, { "symbol": "e", "open": false } ],
          "Instrument": [ { "symbol": "I", "mark": "7", "settle": "A", "kind": "spot" }, { "symbol": "J", "mark": "9.01", "settle": "C", "kind": "frozen" } ]
        }
        """;

    public const string Book = $$"""
        {
          {{Market}},
          "accounts": [
            { "id": "ann", "ownerKey": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "nonce": "18446744073709551615", "suspended": true, "tier": "frozen", "wide": "-170141183460469231731687303715884105727", "debt": "-100",
              "balances": [ { "asset": "A", "amount": "-128", "odd": "-3" }, { "asset": "B", "amount": "127", "odd": "300" }, { "asset": "C", "amount": "0", "odd": "0" } ],
              "positions": [
                { "desk": "d", "instrument": "I", "size": "-128", "cost": "-21474836.47", "whole": "0", "half": "0", "some": "1", "long": true, "kind": "spot", "wide": "-1" },
                { "desk": "d", "instrument": "J", "size": "127", "cost": "21474836.47", "whole": "255", "half": "32767", "some": "65535", "long": false, "kind": "frozen", "wide": "170141183460469231731687303715884105727" },
                { "desk": "e", "instrument": "I", "size": "0", "cost": "0", "whole": "0", "half": "0", "some": "1", "long": true, "kind": "margined", "wide": "0" } ],
              "loans": [ { "asset": "C", "owed": "21474836.47" } ] },
            { "id": "bob", "suspended": false, "tier": "spot", "wide": "0", "debt": "-0.01", "balances": [], "positions": [], "loans": [] },
            { "id": "cat", "suspended": false, "tier": "margined", "wide": "101", "debt": "-1",
              "balances": [ { "asset": "C", "amount": "1", "odd": "-1" } ],
              "positions": [
                { "desk": "e", "instrument": "I", "size": "127", "cost": "1", "whole": "1", "half": "1", "some": "1", "long": true, "kind": "frozen", "wide": "5" },
                { "desk": "e", "instrument": "J", "size": "-127", "cost": "-1", "whole": "1", "half": "1", "some": "2", "long": false, "kind": "spot", "wide": "-5" } ],
              "loans": [ { "asset": "A", "owed": "-0.01" }, { "asset": "B", "owed": "0.02" } ] },
            { "id": "dan", "suspended": false, "tier": "spot", "wide": "0", "debt": "-0.01", "balances": [],
              "positions": [ { "desk": "d", "instrument": "I", "size": "1", "cost": "1", "whole": "1", "half": "1", "some": "1", "long": true, "kind": "spot", "wide": "5" } ], "loans": [] }
          ]
        }
        """;
}
