using System.Collections.Immutable;
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

    /// <summary>The digest of everything public that accounts are judged by: parameters and market data.</summary>
    /// <param name="market">Data for the schema.</param>
    public Digest ParametersDigest(MarketData market) => Blake3.DeriveKey("fermat market data v1", MarketBytes.Write(Schema, market));

    /// <summary>The rulebook of a text, or null; the result then says what is wrong with it.</summary>
    /// <param name="result">What the compiler made of the text.</param>
    public static VenueRulebook? Of(CompilationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Rulebook is { } rulebook ? new VenueRulebook(rulebook, result.CanonicalBytes) : null;
    }
}
