namespace Fermat.Rules;

/// <summary>What bounds a rulebook and its inputs, so that code from outside neither hangs nor swamps whoever runs it. Each is an error with its place when it is exceeded.</summary>
public static class RuleLimits
{
    /// <summary>Bytes of a rulebook's text.</summary>
    public const int MaxTextBytes = 1 << 18;

    /// <summary>Nesting of expressions.</summary>
    public const int MaxDepth = 128;

    /// <summary>Nesting of expressions when functions are put in the place of their calls.</summary>
    public const int MaxInlinedDepth = 512;

    /// <summary>Expressions one inside the other in a definition's value, the definitions that it uses included.</summary>
    public const int MaxCoreDepth = 1024;

    /// <summary>Factors of a declared unit.</summary>
    public const int MaxUnitFactors = 16;

    /// <summary>Nodes of all definitions together, after functions are put in the place of their calls.</summary>
    public const int MaxNodes = 1 << 16;

    /// <summary>Decimals of a number, products included.</summary>
    public const int MaxScale = 60;

    /// <summary>Decimals of a declared quantity.</summary>
    public const int MaxQuantityScale = 24;

    /// <summary>Bits of a declared quantity.</summary>
    public const int MaxQuantityBits = 127;

    /// <summary>Bits of any number, products and sums included.</summary>
    public const int MaxBits = 512;

    /// <summary>Records of a market table, unless it says <c>up to</c> less.</summary>
    public const int MaxRecords = 1 << 16;

    /// <summary>Items of a collection in one account, unless it says <c>up to</c> less.</summary>
    public const int MaxItems = 1 << 10;

    /// <summary>Knots of a ladder.</summary>
    public const int MaxKnots = 256;

    /// <summary>Records of a table that an account's value is computed for, one by one (scenarios).</summary>
    public const int MaxScenarios = 1 << 12;

    /// <summary>Fields of a record, an item or an account; parameters; tables; collections; quantities; each.</summary>
    public const int MaxFields = 256;

    /// <summary>Evaluations of public nodes for one set of market data.</summary>
    public const long MaxPublicEvaluations = 1L << 28;
}
