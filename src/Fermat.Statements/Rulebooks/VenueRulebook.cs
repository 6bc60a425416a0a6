using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Rulebooks;

/// <summary>A compiled rulebook with its digests: what a verifier of statements over rulebooks brings along.</summary>
public sealed class VenueRulebook
{
    // market data never change, and a statement of many segments asks for these once for each
    private readonly ConditionalWeakTable<MarketData, MarketDigests> digests = [];
    private readonly ConditionalWeakTable<MarketData, StrongBox<string?>> problems = [];

    private VenueRulebook(CoreRulebook rulebook, ImmutableArray<byte> canonicalBytes)
    {
        Rulebook = rulebook;
        Digest = Blake3.DeriveKey("fermat rulebook v2", canonicalBytes.AsSpan());
        Leaves = new LeafLayout(rulebook.Schema);
        SchemaDigest = Blake3.DeriveKey("fermat account schema v1", Leaves.CanonicalBytes().AsSpan());
    }

    /// <summary>The checked rulebook.</summary>
    public CoreRulebook Rulebook { get; }

    /// <summary>What its inputs and accounts look like.</summary>
    public RulebookSchema Schema => Rulebook.Schema;

    /// <summary>The rulebook's name.</summary>
    public string Name => Schema.Name;

    /// <summary>The digest of the normalised program: layout and comments do not change it, whatever changes the meaning does.</summary>
    public Digest Digest { get; }

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Leaves { get; }

    /// <summary>The digest of the accounts' schema, which enters every leaf.</summary>
    public Digest SchemaDigest { get; }

    /// <summary>What it says about whole books; null when it does not say what is owed and what that is worth.</summary>
    public CoreSolvency? Solvency => Rulebook.Solvency is { Claims: not null, Price: not null } solvency ? solvency : null;

    /// <summary>The digest of the values of the rulebook's parameters. One that names a record has its index: only together with <see cref="MarketDigest"/> it says which record that is.</summary>
    /// <param name="market">Data for the schema.</param>
    public Digest ParameterValuesDigest(MarketData market) => DigestsOf(market).Parameters;

    /// <summary>The digest of the market tables: every record's symbol and fields, in their order.</summary>
    /// <param name="market">Data for the schema.</param>
    public Digest MarketDigest(MarketData market) => DigestsOf(market).Tables;

    /// <summary>The digest of everything public that accounts are judged by: <see cref="ParameterValuesDigest"/> and <see cref="MarketDigest"/>.</summary>
    /// <param name="market">Data for the schema.</param>
    public Digest ParametersDigest(MarketData market) => DigestsOf(market).Both;

    /// <summary>What is wrong with market data that did not come from <see cref="RuleInputs"/>, or null (<see cref="MarketChecks.Problem"/>).</summary>
    internal string? Problem(MarketData market) => problems.GetValue(market, data => new(MarketChecks.Problem(Schema, data))).Value;

    private MarketDigests DigestsOf(MarketData market) => digests.GetValue(market, data =>
    {
        Digest parameters = Blake3.DeriveKey("fermat rulebook parameters v1", MarketBytes.OfParameters(data)), tables = Blake3.DeriveKey("fermat market data v1", MarketBytes.OfTables(Schema, data));
        byte[] both = new byte[2 * Digest.Length];
        parameters.CopyTo(both);
        tables.CopyTo(both.AsSpan(Digest.Length));
        return new MarketDigests(parameters, tables, Blake3.DeriveKey("fermat parameters and market data v1", both));
    });

    /// <summary>The rulebook of a text, or null; the result then says what is wrong with it.</summary>
    /// <param name="result">What the compiler made of the text.</param>
    public static VenueRulebook? Of(CompilationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Rulebook is { } rulebook ? new VenueRulebook(rulebook, result.CanonicalBytes) : null;
    }

    private sealed record MarketDigests(Digest Parameters, Digest Tables, Digest Both);
}
