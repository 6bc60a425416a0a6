using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>What an instrument's terms say in the fields of its market record: what it settles in, what it is on, whether it is an inverse contract or an option and which, and when it ends. A rulebook has those of these fields that it needs.</summary>
internal sealed class TermsBinding
{
    private const string Call = "call", Put = "put";
    private const int Millisecond = 1000;
    private readonly EngineBinding _names;
    private readonly ImmutableArray<SchemaField> _fields;
    private readonly int _assets, _settle, _inverse, _option, _right, _strike, _underlying, _expiry;

    /// <param name="schema">The rulebook's.</param>
    /// <param name="names">Its names.</param>
    /// <param name="instruments">The table of instruments.</param>
    /// <param name="assets">The table of assets; −1 where there is none.</param>
    /// <exception cref="ArgumentException">A field of one of these names is of another type.</exception>
    public TermsBinding(RulebookSchema schema, EngineBinding names, int instruments, int assets)
    {
        (_names, _fields, _assets) = (names, schema.Tables[instruments].Fields, assets);
        (_settle, _underlying) = (Find(names.Settle), Find(names.Underlying));
        (_inverse, _option) = (Flag(names.Inverse), Flag(names.Option));
        _right = Find(names.Right, type => type is FieldType.Choice { Type.Values: [Call, Put] }, $"a choice of {Call} and {Put}, in this order");
        _strike = Find(names.Strike, type => type is FieldType.Number, "a number");
        _expiry = Seconds(names.Expiry);
        Left = _expiry >= 0 ? Seconds(names.Left) : -1;                                              // alone it could not be compared with anything, so it is a field as others are
        if (_underlying >= 0 && _fields[_underlying].Type is not FieldType.Reference) throw Other(names.Underlying, "a reference to a market record");
    }

    /// <summary>The field of the seconds that are left to the expiry at the last price set; −1 where there is none, or none for the expiry.</summary>
    public int Left { get; }

    /// <summary>Writes what a listed instrument's terms say into its record.</summary>
    public void Write(JsonObject record, InstrumentTerms terms)
    {
        Say(_settle, terms.Settle);
        Say(_inverse, terms.Kind == InstrumentKind.InversePerpetual);
        Say(_option, terms.Kind == InstrumentKind.Option);
        if (terms.Right is { } right) Say(_right, right == OptionRight.Call ? Call : Put);
        if (terms.Strike is { } strike) Say(_strike, strike.ToString());
        if (terms.Underlying is { } underlying) Say(_underlying, underlying);
        Say(_expiry, ((terms.Expiry ?? 0) / Millisecond).ToString(CultureInfo.InvariantCulture));

        void Say(int field, JsonNode value)
        {
            if (field >= 0) record[_fields[field].Name] = value;
        }
    }

    /// <summary>The seconds from a time, in milliseconds, to an instrument's expiry; 0 after it, and of what has none.</summary>
    public static Int128 LeftAt(InstrumentTerms terms, long time) => terms.Expiry is { } expiry ? Math.Max(expiry / Millisecond - time / Millisecond, 0) : 0;

    /// <summary>Why an instrument of these terms cannot be margined by the rulebook, or null.</summary>
    public string? Problem(LedgerState state, InstrumentTerms terms)
    {
        if (terms.Kind == InstrumentKind.InversePerpetual && (_inverse < 0 || Find(_names.Funding) < 0)) return $"the rulebook values positions by size times price, which an inverse perpetual is not: its {_names.InstrumentTable} needs a flag {_names.Inverse} and a funding index";
        if (terms.Kind == InstrumentKind.Option && _option >= 0 && (_right < 0 || _strike < 0)) return $"{terms.Symbol} is an option, and the rulebook's {_names.InstrumentTable} has no {(_right < 0 ? _names.Right : _names.Strike)}";
        if (terms.Strike is { } strike && _strike >= 0 && !Takes(_strike, strike)) return $"the strike {strike} of {terms.Symbol} does not fit the rulebook's {_names.Strike}";
        if (terms.Expiry is { } expiry && (_expiry >= 0 || Left >= 0) && expiry % Millisecond != 0) return $"{terms.Symbol} expires between two seconds, and the rulebook counts whole ones";
        if (_underlying >= 0 && ReferencesAssets && terms.Underlying is { } underlying && !state.TryFindAsset(underlying, out _)) return $"{terms.Symbol} is on {underlying}, and the rulebook takes what is on an asset of the venue";
        return null;
    }

    private bool ReferencesAssets => _assets >= 0 && _fields[_underlying].Type is FieldType.Reference reference && reference.Table == _assets;

    private bool Takes(int field, Amount value)
    {
        var number = (FieldType.Number)_fields[field].Type;
        return value.TryAt(number.Quantity.Scale, out Int128 units) && number.Quantity.Bounds.Contains(units);
    }

    private int Flag(string name) => Find(name, type => type is FieldType.Flag, "a flag");

    private int Seconds(string name) => Find(name, type => type is FieldType.Number { Quantity: { Scale: 0, Bounds.Min.Sign: 0 } }, "a number of seconds");

    private int Find(string name) => SchemaField.IndexOf(_fields, name);

    private int Find(string name, Func<FieldType, bool> fits, string what) => Find(name) is var at and >= 0 && !fits(_fields[at].Type) ? throw Other(name, what) : Find(name);

    private ArgumentException Other(string name, string what) => new($"{_names.InstrumentTable}.{name} is not {what}: the binding must say which field is meant");
}
