using System.CommandLine;
using Fermat.Cli.Commands;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices</c>: signed prices from a source's key to the log of a venue.</summary>
internal static class PricesCommands
{
    public static void Add(Command root, AddCommand add)
    {
        var prices = new Command("prices",
            "Signed prices: sources sign reports, a quorum of them makes a price set, the set goes into a venue's log, and anyone checks it.\n\n" +
            "  A source, once:       fermat prices keygen alpha.key                 prints the address that goes into the rules\n" +
            "  A source, each time:  fermat prices sign BTC=64200.5 ETH=3310 --key alpha.key --oracles oracles.json -o alpha.json\n" +
            "  Anyone:               fermat prices rules oracles.json               whose reports count, and the rules' digest\n" +
            "                        fermat prices check alpha.json beta.json --oracles oracles.json\n" +
            "  The venue:            fermat prices set alpha.json beta.json --oracles oracles.json --log prices.json --event noon -o events.jsonl\n" +
            "                        fermat run --rules cross_perps.risk --data venue --events events.jsonl\n" +
            "                        fermat prices publish events.jsonl --rules cross_perps.risk --log prices.json -o published.json --marks marks.json\n" +
            "  Whoever verifies:     fermat verify batch venue/proofs/*.statement.json --rules cross_perps.risk --prices published.json --marks marks.json --oracles oracles.json\n\n" +
            "Prices are decimals in their shortest form, times are milliseconds since 1970. docs/ORACLES.md describes reports, rules, sets and logs.");
        root.Add(prices);
        KeygenCommand.Add(prices, add);
        SignCommand.Add(prices, add);
        RulesCommand.Add(prices, add);
        CheckCommand.Add(prices, add);
        SetCommand.Add(prices, add);
        PublishCommand.Add(prices, add);
    }
}
