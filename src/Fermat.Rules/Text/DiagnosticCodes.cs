using System.Collections.Immutable;

namespace Fermat.Rules.Text;

/// <summary>Every code with its meaning: R01 text and syntax, R02 names and declarations, R03 types, units, bounds and stages, R04 warnings.</summary>
public static class DiagnosticCodes
{
    internal const string TooLarge = "R0100", Character = "R0101", Number = "R0102", Expected = "R0103", Declaration = "R0104", Expression = "R0105", Depth = "R0106",
        Chain = "R0107", BareIf = "R0108", Unclosed = "R0109", IfWithoutElse = "R0110", Keyword = "R0111", TooMany = "R0112";

    internal const string Duplicate = "R0201", UnknownName = "R0202", UnknownType = "R0203", UnknownField = "R0204", Recursion = "R0205", Quantity = "R0206", FieldType = "R0207",
        NoReference = "R0208", Default = "R0209", Count = "R0210", Required = "R0211", Predefined = "R0212";

    internal const string Units = "R0301", Scale = "R0302", Overflow = "R0303", Division = "R0304", Stage = "R0305", Type = "R0306", Limit = "R0307", Arguments = "R0308", NotAFunction = "R0309",
        Target = "R0310", OnlyRounded = "R0311", Annotation = "R0312", Source = "R0313", Choice = "R0314", Result = "R0315", Total = "R0316", Meta = "R0317";

    internal const string UnusedFunction = "R0401", UnusedName = "R0402";

    /// <summary>All codes, in order.</summary>
    public static ImmutableSortedDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        [TooLarge] = "the text is too large",
        [Character] = "a character that means nothing here",
        [Number] = "a number that cannot be read",
        [Expected] = "something else was expected",
        [Declaration] = "a declaration was expected",
        [Expression] = "an expression was expected",
        [Depth] = "expressions are nested too deeply",
        [Chain] = "comparisons do not chain",
        [BareIf] = "an `if` inside an expression needs parentheses",
        [Unclosed] = "a bracket is not closed",
        [IfWithoutElse] = "an `if` needs both `then` and `else`",
        [Keyword] = "a word of the language cannot be a name",
        [TooMany] = "too many errors",
        [Duplicate] = "one name for two things",
        [UnknownName] = "a name that nothing has",
        [UnknownType] = "a type that nothing declares",
        [UnknownField] = "a field that the record does not have",
        [Recursion] = "definitions that need each other",
        [Quantity] = "a quantity that cannot be",
        [FieldType] = "a type that cannot stand here",
        [NoReference] = "a collection without a reference",
        [Default] = "a default that does not fit",
        [Count] = "too many, or a count out of range",
        [Required] = "a definition that every rulebook needs is missing",
        [Predefined] = "a name that the language defines",
        [Units] = "units that do not fit",
        [Scale] = "scales that do not fit",
        [Overflow] = "a number that could leave its bounds",
        [Division] = "a division that could be by zero",
        [Stage] = "something private where only public values can stand",
        [Type] = "the wrong kind of value",
        [Limit] = "the rulebook is too large",
        [Arguments] = "the wrong number of arguments",
        [NotAFunction] = "a call of what is no function, or a function without arguments",
        [Target] = "a rounding that does not say to what",
        [OnlyRounded] = "an operation that is not exact outside of a rounding",
        [Annotation] = "an annotation that cannot stand here",
        [Source] = "something that cannot be run over",
        [Choice] = "a choice whose enumeration is not clear",
        [Result] = "a definition whose value cannot be shown",
        [Total] = "something that cannot be said about a whole book",
        [Meta] = "something that the block `meta` cannot say, or that only it can",
        [UnusedFunction] = "a function that nothing calls",
        [UnusedName] = "a name that nothing uses",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
