using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Rules.Schema;

namespace Fermat.Engine;

/// <summary>Which of a rulebook's names stand for what the ledger knows. The defaults are the names of the standard rulebooks; a rulebook that uses others says so in JSON.</summary>
public sealed record EngineBinding
{
    private static readonly (string What, Func<EngineBinding, string?> Of)[] Names =
    [
        ("assetTable", binding => binding.AssetTable),
        ("index", binding => binding.Index),
        ("indexConfidence", binding => binding.IndexConfidence),
        ("instrumentTable", binding => binding.InstrumentTable),
        ("mark", binding => binding.Mark),
        ("markConfidence", binding => binding.MarkConfidence),
        ("funding", binding => binding.Funding),
        ("settle", binding => binding.Settle),
        ("inverse", binding => binding.Inverse),
        ("option", binding => binding.Option),
        ("right", binding => binding.Right),
        ("strike", binding => binding.Strike),
        ("underlying", binding => binding.Underlying),
        ("expiry", binding => binding.Expiry),
        ("left", binding => binding.Left),
        ("balances", binding => binding.Balances),
        ("balanceAsset", binding => binding.BalanceAsset),
        ("balanceAmount", binding => binding.BalanceAmount),
        ("cash", binding => binding.Cash),
        ("cashAsset", binding => binding.CashAsset),
        ("positions", binding => binding.Positions),
        ("positionInstrument", binding => binding.PositionInstrument),
        ("size", binding => binding.Size),
        ("cost", binding => binding.Cost),
        ("margin", binding => binding.Margin),
        ("mode", binding => binding.Mode),
        ("encumbered", binding => binding.Encumbered),
        ("pledgee", binding => binding.Pledgee),
    ];

    /// <summary>The market table of assets.</summary>
    public string AssetTable { get; init; } = "Asset";

    /// <summary>Its field that takes an asset's index price.</summary>
    public string Index { get; init; } = "index";

    /// <summary>Its field that takes how sure the sources are of that price, as a share of one; it may be missing.</summary>
    public string IndexConfidence { get; init; } = "confidence";

    /// <summary>The market table of instruments.</summary>
    public string InstrumentTable { get; init; } = "Instrument";

    /// <summary>Its field that takes the mark price.</summary>
    public string Mark { get; init; } = "mark";

    /// <summary>Its field that takes how sure the sources are of the mark price, as a share of one; it may be missing. A mark that the venue derives is as sure as the index that it goes back to.</summary>
    public string MarkConfidence { get; init; } = "confidence";

    /// <summary>Its field that takes the funding index. Where it has none, costs are brought to the funding index of the moment.</summary>
    public string Funding { get; init; } = "funding";

    /// <summary>Its field that refers to the settlement asset; it may be missing.</summary>
    public string Settle { get; init; } = "settle";

    /// <summary>Its flag that is set of inverse perpetuals; it may be missing, and then there can be none.</summary>
    public string Inverse { get; init; } = "inverse";

    /// <summary>Its flag that is set of options; it may be missing.</summary>
    public string Option { get; init; } = "option";

    /// <summary>Its field that says which option, a choice of <c>call</c> and <c>put</c>.</summary>
    public string Right { get; init; } = "kind";

    /// <summary>Its field that takes an option's strike.</summary>
    public string Strike { get; init; } = "strike";

    /// <summary>Its field that refers to the record of what the instrument is on; it may be missing.</summary>
    public string Underlying { get; init; } = "underlying";

    /// <summary>Its field that takes when the instrument ends, in seconds since 1970, 0 for one that does not; it may be missing.</summary>
    public string Expiry { get; init; } = "expiry";

    /// <summary>Its field that takes the seconds from the last price set to the expiry, 0 after it and for what has none; it may be missing. Without <see cref="Expiry"/> it is not written, and a parameter as others are.</summary>
    public string Left { get; init; } = "left";

    /// <summary>The account's collection of balances.</summary>
    public string Balances { get; init; } = "balances";

    /// <summary>A balance's reference to its asset.</summary>
    public string BalanceAsset { get; init; } = "asset";

    /// <summary>A balance's amount.</summary>
    public string BalanceAmount { get; init; } = "amount";

    /// <summary>The account's field that takes the balance of <see cref="CashAsset"/>, for rulebooks without a collection of balances.</summary>
    public string Cash { get; init; } = "free";

    /// <summary>The asset of <see cref="Cash"/>; null where there is a collection of balances.</summary>
    public string? CashAsset { get; init; }

    /// <summary>The account's collection of positions.</summary>
    public string Positions { get; init; } = "positions";

    /// <summary>A position's reference to its instrument.</summary>
    public string PositionInstrument { get; init; } = "instrument";

    /// <summary>A position's size, in units of the underlying (sizes times multiplier).</summary>
    public string Size { get; init; } = "size";

    /// <summary>A position's cost.</summary>
    public string Cost { get; init; } = "cost";

    /// <summary>What is set aside for a position in isolated mode; it may be missing.</summary>
    public string Margin { get; init; } = "margin";

    /// <summary>The account's field that takes its mode: a choice of some of <c>cross</c>, <c>isolated</c> and <c>portfolio</c>. It may be missing, and then all accounts are margined by the same rules.</summary>
    public string Mode { get; init; } = "mode";

    /// <summary>The account's field that takes what of its collateral is pledged: a number that is not negative. It may be missing, and then nothing can be pledged. Under other names than the default of this and of <see cref="Pledgee"/> pledges are kept, and not proven.</summary>
    public string Encumbered { get; init; } = PledgeFields.EncumberedName;

    /// <summary>The account's field that takes whom it is pledged to: the number of that account, counted from 1, and 0 where nothing is pledged. A whole number of 23 or 24 bits; where it is missing nothing can be pledged.</summary>
    public string Pledgee { get; init; } = PledgeFields.PledgeeName;

    /// <summary>Reads a binding: an object whose names are those of this record, in lower camel case; what is left out keeps its default.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="problem">What is wrong, or null.</param>
    public static EngineBinding? Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 2 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("an object is expected");
            var binding = new EngineBinding();
            foreach (JsonProperty name in document.RootElement.EnumerateObject())
                binding = name.Value.ValueKind == JsonValueKind.String ? binding.With(name.Name, name.Value.GetString()!) : throw new FormatException($"{name.Name}: a name is expected");
            problem = null;
            return binding;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            problem = $"the binding is refused: {fault.Message}";
            return null;
        }
    }

    /// <summary>The binding as <see cref="Read"/> takes it, in a form that is the same for the same binding: the names that are not the default, in the order of the properties.</summary>
    public string Write()
    {
        EngineBinding usual = new();
        var json = new JsonObject();
        foreach ((string what, Func<EngineBinding, string?> of) in Names)
            if (of(this) is { } name && name != of(usual)) json[what] = name;
        return json.ToJsonString();
    }

    private EngineBinding With(string what, string name) => what switch
    {
        "assetTable" => this with { AssetTable = name },
        "index" => this with { Index = name },
        "indexConfidence" => this with { IndexConfidence = name },
        "instrumentTable" => this with { InstrumentTable = name },
        "mark" => this with { Mark = name },
        "markConfidence" => this with { MarkConfidence = name },
        "funding" => this with { Funding = name },
        "settle" => this with { Settle = name },
        "inverse" => this with { Inverse = name },
        "option" => this with { Option = name },
        "right" => this with { Right = name },
        "strike" => this with { Strike = name },
        "underlying" => this with { Underlying = name },
        "expiry" => this with { Expiry = name },
        "left" => this with { Left = name },
        "balances" => this with { Balances = name },
        "balanceAsset" => this with { BalanceAsset = name },
        "balanceAmount" => this with { BalanceAmount = name },
        "cash" => this with { Cash = name },
        "cashAsset" => this with { CashAsset = name },
        "positions" => this with { Positions = name },
        "positionInstrument" => this with { PositionInstrument = name },
        "size" => this with { Size = name },
        "cost" => this with { Cost = name },
        "margin" => this with { Margin = name },
        "mode" => this with { Mode = name },
        "encumbered" => this with { Encumbered = name },
        "pledgee" => this with { Pledgee = name },
        _ => throw new FormatException($"{what} is not a part of a binding"),
    };
}
