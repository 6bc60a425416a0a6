using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Parameters of batches that follow each other, the statements P between them, and each lie about these.</summary>
public sealed class ParameterEvidenceTests
{
    private const long Hour = 3_600_000;

    private static readonly Lazy<Made> Once = new(Make);

    private static TransitionInputs[] Batches => Once.Value.Batches;

    private static ImmutableArray<UpdateStatement> Updates => Once.Value.Updates;

    private sealed record Made(TransitionInputs[] Batches, ImmutableArray<UpdateStatement> Updates);

    /// <summary>Who verifies a chain in two calls brings what the first ended with to the second.</summary>
    [Fact]
    public void A_change_between_two_calls_is_seen_by_who_knows_what_was_before()
    {
        Fermat.Hashing.Digest before = ParameterSet.Digest(Batches[2].Rulebook, Batches[2].Market, new EngineBinding());
        TransitionInputs[] rest = [Batches[3]];
        UpdateStatement[] between = [.. Updates.Where(update => update.Height > Batches[2].EndHeight)];
        Assert.Equal(2, between.Length);
        Assert.Empty(ParameterEvidence.Check(rest, [], required: true).Changes);
        ParameterChange shown = Assert.Single(ParameterEvidence.Check(rest, [], before: before).Changes);
        Assert.Equal((0, before, true), (shown.Batch, shown.From, shown.Updates.IsEmpty));
        Assert.Equal(StatementRejectionCode.NotProven, ParameterEvidence.Check(rest, [], required: true, before: before).Fault!.Rejection.Code);
        Assert.Equal(between.Select(update => update.Height), Assert.Single(ParameterEvidence.Check(rest, between, required: true, before: before).Changes).Updates);
        Assert.Equal(StatementRejectionCode.NotAChain, ParameterEvidence.Check(rest, [between[1]], required: true, before: before).Fault!.Rejection.Code);
        Assert.Empty(ParameterEvidence.Check([Batches[3]], [], required: true, before: shown.To).Changes);
    }

    /// <summary>Four batches: before and after an update, after prices and funding, after two updates.</summary>
    private static Made Make()
    {
        var log = new VenueLog();
        log.Open("a", "100");
        Update("0.12");
        log.Deposit("a", "1");
        log.Prices(("P", "103"), ("BTC", "21000"));
        log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.01")));
        log.Deposit("a", "2");
        Update("0.13");
        Update("0.14");
        log.Deposit("a", "3");
        var cutter = new VenueBatches(log.Rulebook, log.Options, new BatchOptions(VenueLog.Depth));
        var batches = new List<VenueBatch>();
        var updates = ImmutableArray.CreateBuilder<UpdateStatement>();
        for (int i = 0; i < log.Log.Count; i++)
        {
            if (i < VenueLog.Listings)
            {
                cutter.Pass(log.Log[i]);
                continue;
            }
            if (cutter.UpdateOf(log.Log[i]) is { } update) updates.Add(new UpdateStatement((ulong)i + 1, update));
            if (cutter.Add(log.Log[i]) is { } batch) batches.Add(batch);
        }
        if (cutter.Finish() is { } last) batches.Add(last);
        Assert.Null(cutter.Refused);
        return new Made([.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))], updates.ToImmutable());

        void Update(string initial)
        {
            log.Wait(Hour);
            log.Apply((id, t) => new ParametersUpdated(id, t, $$$"""{"market":{"Instrument":[{"initial":[["0","{{{initial}}}","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"}]}}"""));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_are_found_and_statements_P_lead_from_set_to_set(bool required)
    {
        Assert.Equal((4, 3), (Batches.Length, Updates.Length));
        ParameterEvidenceResult result = ParameterEvidence.Check(Batches, [.. Updates.Reverse()], required);
        Assert.True(result.Fault is null, result.Fault?.Rejection.ToString());
        Assert.Equal([1, 3], result.Changes.Select(change => change.Batch));
        Assert.Equal([[Updates[0].Height], [Updates[1].Height, Updates[2].Height]], result.Changes.Select(change => change.Updates.ToArray()));
        Assert.All(result.Changes, change => Assert.Equal("Instrument P: initial", Assert.Single(change.Where)));
        Assert.Equal((Set(0), Set(1), Set(2), Set(3)), (result.Changes[0].From, result.Changes[0].To, result.Changes[1].From, result.Changes[1].To));
        Assert.Equal(Set(1), Set(2));                                                                // prices and funding are no parameters
        Assert.NotEqual(Batches[1].MarketDigest, Batches[2].MarketDigest);
    }

    [Fact]
    public void A_changed_bracket_without_a_statement_P_is_said_and_refused_where_one_is_required()
    {
        ParameterEvidenceResult said = ParameterEvidence.Check(Batches, []);
        Assert.Null(said.Fault);
        Assert.All(said.Changes, change => Assert.Empty(change.Updates));
        Assert.Equal([1, 3], said.Changes.Select(change => change.Batch));
        Rejected(1, -1, StatementRejectionCode.NotProven, "parameters changed (Instrument P: initial), and no statement P", Batches, []);
        Rejected(3, -1, StatementRejectionCode.NotProven, "parameters changed (Instrument P: initial), and no statement P", Batches, [Updates[0]]);
        Assert.Null(ParameterEvidence.Check(Batches[1..3], [], required: true).Fault);

        // a bracket that no update ever changed, a parameter, a record
        TransitionInputs other = With(Batches[2], "maintenance", Batches[2].Market.Tables[Table][0].Fields[Field("initial")]);
        Rejected(1, -1, StatementRejectionCode.NotProven, "Instrument P: maintenance", [Batches[1], other], []);
        MarketData market = Batches[2].Market;
        Rejected(1, -1, StatementRejectionCode.NotProven, "guard_level", [Batches[1], Batches[2] with { Market = market with { Parameters = market.Parameters.SetItem(Parameter("guard_level"), new FieldValue(market.Parameters[Parameter("guard_level")].Integer + 1)) } }], []);
        Rejected(1, -1, StatementRejectionCode.NotProven, "Instrument Q is gone", [Batches[1], Batches[2] with { Market = market with { Tables = market.Tables.SetItem(Table, market.Tables[Table].RemoveAt(1)) } }], []);
    }

    [Fact]
    public void A_statement_P_of_another_update()
    {
        Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not begin with the parameters of the batch before it", Batches, [Updates[1] with { Height = Updates[0].Height }]);
        Rejected(-1, 1, StatementRejectionCode.NotAChain, "does not lead to the parameters of the batch after it", Batches, [Updates[0], Updates[1] with { Height = Updates[0].Height }]);
        Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not lead to the parameters of the batch after it", Batches, [Updates[1], Updates[0]]);
        Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not begin with the parameters of the batch before it", Batches, [Updates[2], Updates[0]]);
        Rejected(-1, 2, StatementRejectionCode.NotAChain, "does not begin where that of height", Batches, [Updates[0], Updates[1], Updates[1] with { Height = Updates[2].Height }]);
        Rejected(-1, 1, StatementRejectionCode.NotAChain, "is inside of the batch", Batches, [Updates[0], Updates[1] with { Height = Batches[2].EndHeight }]);
        Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not lead to the parameters of the batch after it", [Batches[0], Batches[2]], [Updates[0] with { Height = Batches[0].Height }]);
        Rejected(-1, 3, StatementRejectionCode.NotAChain, "does not begin with the parameters of the batch before it", Batches, [.. Updates, Updates[2] with { Height = Batches[3].EndHeight + 1 }]);
    }

    [Fact]
    public void A_statement_P_whose_old_set_is_not_the_batch_s()
    {
        // from a set that never was, to make the step look small
        ParameterUpdate small = Updates[0].Update with { Before = Bracket(Updates[0].Update.Before, "0.115") };
        ParameterFault fault = Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not begin with the parameters of the batch before it", Batches, [new UpdateStatement(Updates[0].Height, small)]);
        Assert.Equal(($"{Set(0)}", $"{ParameterSet.Digest(small.Rulebook, small.Before)}"), (fault.Rejection.Expected, fault.Rejection.Got));
        ParameterUpdate other = Updates[0].Update with { After = Bracket(Updates[0].Update.After, "0.121") };
        fault = Rejected(-1, 0, StatementRejectionCode.NotAChain, "does not lead to the parameters of the batch after it", Batches, [new UpdateStatement(Updates[0].Height, other)]);
        Assert.Equal(($"{Set(1)}", $"{ParameterSet.Digest(other.Rulebook, other.After)}"), (fault.Rejection.Expected, fault.Rejection.Got));
    }

    [Fact]
    public void A_statement_P_that_breaks_a_rule_or_is_another_venue_s()
    {
        ParameterUpdate update = Updates[0].Update;
        int elapsed = update.Rulebook.Rulebook.Meta!.System.ToList().FindIndex(field => field.Name == "elapsed");
        Rejected(-1, 0, StatementRejectionCode.UpdateRule, "one_an_hour", Batches, [Updates[0] with { Update = update with { Aggregates = update.Aggregates.SetItem(elapsed, 1) } }]);
        Rejected(-1, 0, StatementRejectionCode.WrongVenue, "venue", Batches, [Updates[0] with { Update = update with { Venue = "another" } }]);
        Rejected(-1, 0, StatementRejectionCode.WrongRulebook, "another rulebook", Batches, [Updates[0] with { Update = update with { Rulebook = VenueLog.Of("cross_tiered") } }]);
    }

    /// <summary>A rulebook whose instruments have seconds to go and no expiry: nothing fixes them, so neither does the engine write them, and they are parameters.</summary>
    [Fact]
    public void Time_left_without_expiry_is_a_parameter()
    {
        var rulebook = VenueLog.Changed("cross_perps", text => text.Replace("market Instrument {", "quantity Seconds scale 0 bits 40 nonnegative\nmarket Instrument {\n  left: Seconds = 600", StringComparison.Ordinal));
        var log = new VenueLog(rulebook, new EngineOptions());
        log.Open("a", "100");
        TransitionInputs first = TransitionProver.InputsOf(log.Cut().Batches.Single().Batch, VenueLog.Salts);
        int table = rulebook.Schema.TableOf("Instrument"), left = rulebook.Schema.Tables[table].FieldOf("left");
        Assert.All(first.Market.Tables[table], record => Assert.Equal(600, record.Fields[left].Integer));
        MarketData moved = first.Market with { Tables = first.Market.Tables.SetItem(table, [.. first.Market.Tables[table].Select(record => record with { Fields = record.Fields.SetItem(left, new FieldValue(1_000_000)) })]) };
        TransitionInputs next = first with { Market = moved, Height = first.EndHeight, RootBefore = first.RootAfter };
        Rejected(1, -1, StatementRejectionCode.NotProven, "left", [first, next], []);
    }

    /// <summary>Leaves hold numbers of records: with one more before all others everybody's holdings would be another's, though no update changes what was there.</summary>
    [Fact]
    public void A_record_that_is_put_first_moves_what_is_held()
    {
        MarketRecord first = Batches[1].Market.Tables[Table][0];
        TransitionInputs[] Put(int at, string symbol) => [Batches[0], Batches[1] with
        {
            Market = Batches[1].Market with { Tables = Batches[1].Market.Tables.SetItem(Table, Batches[1].Market.Tables[Table].Insert(at, first with { Symbol = symbol })) },
            Units = Batches[1].Units with { Sizes = Batches[1].Units.Sizes.Insert(at, Batches[1].Units.Sizes[0]) },
        }];
        ChainBreak broken = TransitionChain.Check(Put(0, "A"))!;
        Assert.Equal((1, StatementRejectionCode.WrongMarketData), (broken.Batch, broken.Rejection.Code));
        Assert.Contains($"{first.Symbol} as number 0", broken.Rejection.ToString(), StringComparison.Ordinal);
        Assert.Null(TransitionChain.Check(Put(Batches[1].Market.Tables[Table].Length, "Z")));
        // two that change places, though the set is the same
        ImmutableArray<MarketRecord> records = Batches[1].Market.Tables[Table];
        ChainBreak turned = TransitionChain.Check([Batches[0], Batches[1] with { Market = Batches[1].Market with { Tables = Batches[1].Market.Tables.SetItem(Table, [.. records.Reverse()]) } }])!;
        Assert.Equal((StatementRejectionCode.WrongMarketData, records[^1].Symbol), (turned.Rejection.Code, turned.Rejection.Got));
        // taken away, it moves those behind it
        Assert.Equal("A as number 0", TransitionChain.MovedRecord(Batches[0].Rulebook.Schema, Put(0, "A")[1].Market, Batches[1].Market)?.Record.Split(' ', 2)[1]);
    }

    [Fact]
    public void Names_of_a_binding_say_what_prices_are()
    {
        var binding = new EngineBinding { Mark = "initial" };                                        // then the bracket is what moves, and marks are parameters
        ParameterEvidenceResult result = ParameterEvidence.Check(Batches, [], binding: binding);
        Assert.Equal("Instrument P: mark", Assert.Single(Assert.Single(result.Changes, change => change.Batch == 2).Where));
    }

    private static int Table => Batches[0].Rulebook.Schema.Tables.ToList().FindIndex(table => table.Name == "Instrument");

    private static int Field(string name) => Batches[0].Rulebook.Schema.Tables[Table].Fields.ToList().FindIndex(field => field.Name == name);

    private static int Parameter(string name) => Batches[0].Rulebook.Schema.Parameters.ToList().FindIndex(field => field.Name == name);

    private static Fermat.Hashing.Digest Set(int batch) => ParameterSet.Digest(Batches[batch].Rulebook, Batches[batch].Market);

    private static TransitionInputs With(TransitionInputs batch, string field, FieldValue value) => batch with { Market = With(batch.Market, field, value) };

    /// <summary>Market data in which the first instrument, P, has another field.</summary>
    private static MarketData With(MarketData market, string field, FieldValue value)
    {
        MarketRecord old = market.Tables[Table][0];
        Assert.Equal("P", old.Symbol);
        return market with { Tables = market.Tables.SetItem(Table, market.Tables[Table].SetItem(0, old with { Fields = old.Fields.SetItem(Field(field), value) })) };
    }

    private static MarketData Bracket(MarketData market, string rate)
    {
        var type = (FieldType.Ladder)Batches[0].Rulebook.Schema.Tables[Table].Fields[Field("initial")].Type;
        Assert.True(VenueLog.Number(rate).TryAt(type.Y.Scale, out Int128 units));
        return With(market, "initial", new FieldValue(0, LadderData.Create(type, [[BigInteger.Zero, units, BigInteger.Zero]], out _)));
    }

    private static ParameterFault Rejected(int batch, int update, StatementRejectionCode code, string words, TransitionInputs[] batches, ImmutableArray<UpdateStatement> updates)
    {
        ParameterFault? fault = ParameterEvidence.Check(batches, updates, required: true).Fault;
        Assert.NotNull(fault);
        Assert.True(code == fault.Rejection.Code && batch == fault.Batch && update == fault.Update, $"{fault.Batch}, {fault.Update}: {fault.Rejection}");
        Assert.Contains(words, fault.Rejection.ToString(), StringComparison.Ordinal);
        return fault;
    }
}
