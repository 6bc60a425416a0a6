using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Statements.Solvency;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using static Fermat.Statements.Tests.Parameters.ParameterScene;

namespace Fermat.Statements.Tests.Parameters;

/// <summary>Statement P: what is honest is accepted with every anchor; each lie is refused by its name.</summary>
public sealed class ParameterStatementTests
{
    private static readonly Digest Another = Rulebook.Digest;

    private static ParameterAnchors Everything(ParameterUpdate update) => new()
    {
        Venue = update.Venue,
        OldParameters = update.OldParameters,
        OldMarket = update.OldMarket,
        NewParameters = update.NewParameters,
        NewMarket = update.NewMarket,
        Aggregates = Rulebook.Rulebook.Meta!.System.Zip(update.Aggregates).ToImmutableDictionary(pair => pair.First.Name, pair => pair.Second),
    };

    [Fact]
    public void An_honest_update_is_accepted_with_everything_pinned()
    {
        ParameterUpdate update = Honest();
        ParameterVerification result = ParameterStatement.Verify(update, Everything(update));
        Assert.True(result.Accepted, result.Rejection?.ToString());
        Assert.Equal(["bounded_step", "floors", "one_an_hour", "no_cut_in_stress", "honest_guard", "fund_guard_stays", "use_guard_stays"], result.Rules.Rules.Select(rule => rule.Rule));
    }

    [Fact]
    public void A_step_that_is_too_large_is_refused() => Breaks("bounded_step", Honest() with { After = Set("0.1250001", "0.06") });

    [Fact]
    public void A_floor_that_is_broken_is_refused() => Breaks("floors", Honest() with { Before = Set("0.1", "0.003"), After = Set("0.1", "0.0024") });

    [Fact]
    public void A_cut_while_volatility_rises_is_refused()
    {
        ParameterUpdate cut = Honest() with { After = Set("0.09", "0.05") };
        Assert.Null(Verify(cut));
        Breaks("no_cut_in_stress", cut with { Aggregates = Aggregates(volatility: 4_000_001) });
        Breaks("no_cut_in_stress", cut with { Aggregates = Aggregates(fund: 999), Before = Set("0.1", "0.05", Low), After = Set("0.09", "0.05", Low) });
    }

    private const string Low = "\"guard_level\": \"1000\", \"guard_factor\": \"2\", \"insurance\": \"999\"";

    [Fact]
    public void A_second_update_within_the_hour_is_refused() => Breaks("one_an_hour", Honest() with { Aggregates = Aggregates(elapsed: 3_599) });

    [Fact]
    public void A_record_that_leaves_is_refused() => Breaks("records stay", Honest() with { Before = Set("0.1", "0.05", symbol: "A"), After = Set("0.1", "0.05", symbol: "B") });

    [Fact]
    public void A_guard_that_is_told_of_another_fund_is_refused() => Breaks("honest_guard", Honest() with { Aggregates = Aggregates(fund: 999), Before = Set("0.1", "0.05", Low), After = Set("0.1", "0.05") });

    [Fact]
    public void Elapsed_time_that_is_lied_about_is_refused_by_who_knows_the_times()
    {
        ParameterUpdate late = Honest();                                                         // says two hours; half an hour it was
        StatementRejection? rejection = Verify(late, new ParameterAnchors { Aggregates = Pin("elapsed", 1_800) });
        Assert.Equal((StatementRejectionCode.WrongAggregate, "1800", "7200"), (rejection?.Code, rejection?.Expected, rejection?.Got));
        Breaks("one_an_hour", late with { Aggregates = Aggregates(elapsed: 1_800) });
    }

    [Fact]
    public void Other_aggregates_than_those_that_are_known_are_refused()
    {
        StatementRejection? rejection = Verify(Honest(), new ParameterAnchors { Aggregates = Pin("insurance_fund", 4_999_999_999) });
        Assert.Equal((StatementRejectionCode.WrongAggregate, "4999.999999", "5000"), (rejection?.Code, rejection?.Expected, rejection?.Got));
        Assert.Equal(StatementRejectionCode.WrongAggregate, Verify(Honest(), new ParameterAnchors { Aggregates = Pin("open_interest", 1) })?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(Honest() with { Aggregates = Honest().Aggregates[..4] })?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(Honest() with { Aggregates = Aggregates(elapsed: -1) })?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(Honest() with { Aggregates = Aggregates(volatility: 100_000_001) })?.Code);
    }

    [Fact]
    public void Another_old_or_new_set_than_the_known_one_is_refused()
    {
        ParameterUpdate honest = Honest();
        ParameterAnchors anchors = Everything(honest);
        // a new set of a step too far, excused by an old set that never was
        ParameterUpdate swapped = honest with { Before = Set("0.16", "0.08"), After = Set("0.2", "0.1") };
        Assert.Null(Verify(swapped));
        StatementRejection? rejection = Verify(swapped, anchors);
        Assert.Equal((StatementRejectionCode.WrongMarketData, $"{honest.OldMarket}", $"{swapped.OldMarket}"), (rejection?.Code, rejection?.Expected, rejection?.Got));
        Assert.Equal(StatementRejectionCode.WrongMarketData, Verify(honest with { After = Set("0.11", "0.06") }, anchors)?.Code);
        const string stricter = "\"guard_level\": \"1000\", \"guard_factor\": \"3\", \"insurance\": \"5000\"";
        Assert.Equal(StatementRejectionCode.WrongParameters, Verify(honest with { Before = Set("0.1", "0.05", stricter) }, anchors)?.Code);
        Assert.Equal(StatementRejectionCode.WrongParameters, Verify(honest with { After = Set("0.12", "0.06", stricter) }, anchors)?.Code);
        Assert.Equal(StatementRejectionCode.WrongParameters, Verify(honest with { Before = honest.After, After = honest.Before }, anchors with { OldMarket = null, NewMarket = null, OldParameters = Another })?.Code);
        Assert.Equal(StatementRejectionCode.WrongVenue, Verify(honest with { Venue = "another" }, anchors)?.Code);
    }

    [Fact]
    public void Sets_that_no_file_could_hold_are_refused()
    {
        ParameterUpdate honest = Honest();
        MarketData huge = honest.After with { Parameters = honest.After.Parameters.SetItem(2, new FieldValue(BigInteger.One << 90)) };
        Assert.Equal(StatementRejectionCode.InvalidParameters, Verify(honest with { After = huge })?.Code);
        MarketData twice = honest.Before with { Tables = honest.Before.Tables.SetItem(1, [.. honest.Before.Tables[1], honest.Before.Tables[1][0]]) };
        Assert.Equal(StatementRejectionCode.InvalidParameters, Verify(honest with { Before = twice })?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(honest with { Venue = "" })?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(honest with { After = Set("0.2", "0.06", symbol: "P\\u001b[2K") })?.Code);       // would rewrite a screen
        Assert.Equal(StatementRejectionCode.OutOfRange, Verify(honest with { Before = Set("0.1", "0.05", symbol: "P\\u202e") })?.Code);
    }

    [Fact]
    public void A_rulebook_without_rules_for_updates_says_nothing_of_one()
    {
        VenueRulebook silent = SolvencyScene.Rulebook("balances");
        RuleInputs inputs = RuleInputs.Read(silent.Schema, ("set", "{}"u8.ToArray()));
        Assert.Equal(StatementRejectionCode.NoUpdateRules, Verify(new ParameterUpdate { Rulebook = silent, Venue = "v", Before = inputs.Market!, After = inputs.Market!, Aggregates = [] })?.Code);
    }

    [Fact]
    public void Each_part_is_in_the_canonical_bytes()
    {
        ParameterUpdate honest = Honest();
        ParameterUpdate[] others =
        [
            honest with { Venue = "another" }, honest with { Before = honest.After }, honest with { After = honest.Before }, honest with { After = Set("0.12", "0.06", mark: "101") },
            honest with { Before = Set("0.1", "0.05", Low) }, honest with { Aggregates = Aggregates(elapsed: 7_201) }, honest with { Aggregates = Aggregates(before: 4_000_001) },
        ];
        Assert.Equal(others.Length + 1, others.Append(honest).Select(update => update.Digest).Distinct().Count());
        Assert.Equal("FRMTPRM1"u8.ToArray(), honest.CanonicalBytes()[..8]);
        Assert.Equal(Rulebook.Digest, Digest.FromBytes(honest.CanonicalBytes()[12..44]));
    }

    [Fact]
    public void The_digests_are_those_that_statements_of_solvency_bind()
    {
        SolvencyPublicInputs solvency = SolvencyScene.Of("cross_tiered").Statement;
        var update = new ParameterUpdate { Rulebook = solvency.Rulebook, Venue = "v", Before = solvency.Market, After = solvency.Market, Aggregates = [7_200, 3, 4] };
        var anchors = new ParameterAnchors { OldParameters = solvency.ParametersDigest, OldMarket = solvency.MarketDigest, NewParameters = solvency.ParametersDigest, NewMarket = solvency.MarketDigest };
        Assert.Null(Verify(update, anchors));
        MarketRecord record = solvency.Market.Tables[1][0];
        MarketData moved = solvency.Market with { Tables = solvency.Market.Tables.SetItem(1, solvency.Market.Tables[1].SetItem(0, record with { Fields = record.Fields.SetItem(0, new FieldValue(record.Fields[0].Integer + 1)) })) };
        Assert.Null(Verify(update with { After = moved }, anchors with { NewMarket = null }));
        Assert.Equal(StatementRejectionCode.WrongMarketData, Verify(update with { After = moved }, anchors)?.Code);
    }

    [Fact]
    public void Updates_of_a_chain_begin_where_the_one_before_ended()
    {
        ParameterUpdate first = Honest(), second = first with { Before = first.After, After = Set("0.13", "0.06") }, third = second with { Before = second.After, After = Set("0.14", "0.06") };
        Assert.Null(ParameterStatement.CheckChain([first, second, third]));
        Assert.Null(ParameterStatement.CheckChain([first]));
        Assert.Equal((1, StatementRejectionCode.NotAChain), Broken([first, third]));
        Assert.Equal((1, StatementRejectionCode.NotAChain), Broken([first, first]));
        Assert.Equal((1, StatementRejectionCode.NotAChain), Broken([second, first, third]));
        Assert.Equal((2, StatementRejectionCode.NotAChain), Broken([first, second, third with { Venue = "another" }]));
        Assert.Equal((1, StatementRejectionCode.NotAChain), Broken([first, second with { Before = Set("0.12", "0.06", Low) }]));

        static (int, StatementRejectionCode)? Broken(ParameterUpdate[] updates) => ParameterStatement.CheckChain(updates) is { } broken ? (broken.Update, broken.Rejection.Code) : null;
    }

    private static ImmutableDictionary<string, BigInteger> Pin(string name, BigInteger value) => ImmutableDictionary<string, BigInteger>.Empty.Add(name, value);
}
