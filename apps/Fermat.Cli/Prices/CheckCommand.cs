using System.CommandLine;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Oracles;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices check</c>: what reports come to at a time.</summary>
internal static class CheckCommand
{
    public static void Add(Command prices, AddCommand add)
    {
        var reports = new Argument<string[]>("reports") { Description = "Files of signed reports.", Arity = ArgumentArity.OneOrMore };
        var oracles = new Option<string>("--oracles") { Description = "The oracle rules: whose reports count, and when.", Required = true };
        Option<long?> time = PriceFiles.TimeOption("The time of the set that they would make.");
        var log = new Option<string?>("--log") { Description = "The venue's price log: reports must be after those that its sets counted." };
        var command = new Command("check",
            "Say what signed reports come to under the rules at a time: each feed's median, who was counted, and why each other report was not. Exit code 1 if a feed has no quorum. Nothing is written.\n\n" +
            "  fermat prices check alpha.json beta.json gamma.json --oracles oracles.json\n" +
            "  fermat prices check *.json --oracles oracles.json --time 1780015900000 --log prices.json") { reports, oracles, time, log };
        add(prices, command, (parsed, terminal, _) =>
        {
            OracleRules rules = PriceFiles.Rules(parsed.GetRequiredValue(oracles));
            PriceSets sets = parsed.GetValue(log) is { } path ? PriceFiles.Standing(path, rules).Sets : new PriceSets(rules);
            long at = parsed.GetValue(time) ?? PriceFiles.Now;
            PriceSetResult result = sets.Make(PriceFiles.Reports(parsed.GetRequiredValue(reports)), at);
            terminal.Say($"at {PriceFiles.Say(at)} under rules {rules.Digest()}");
            PriceSetView.Print(terminal, rules, result, at);
            terminal.Say(result.Set is { } set ? $"a price set: digest {set.Digest()}" : "NO price set: every feed of the rules needs its quorum");
            terminal.Answer(PriceSetView.ToJson(rules, result, at));
            return result.Set is null ? ExitCodes.Rejected : ExitCodes.Ok;
        });
    }
}
