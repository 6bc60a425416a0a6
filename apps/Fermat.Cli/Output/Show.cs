using System.Globalization;
using System.Numerics;
using Fermat.Margin;

namespace Fermat.Cli.Output;

/// <summary>Numbers as a person reads them. Exact values go to JSON; these are cut (not rounded) to a few decimals, and say so with an ellipsis.</summary>
internal static class Show
{
    /// <summary>An integer in units of 10^−scale with thousands separators, cut to <paramref name="decimals"/>.</summary>
    public static string Amount(BigInteger value, int scale, int decimals)
    {
        BigInteger unit = BigInteger.Pow(10, scale);
        BigInteger whole = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger rest);
        string sign = value.Sign < 0 ? "−" : "";
        string head = sign + Grouped(whole);
        if (decimals == 0 || scale == 0)
            return head + (rest.IsZero ? "" : "…");
        string digits = rest.ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0');
        string kept = digits.Length > decimals ? digits[..decimals] : digits.PadRight(decimals, '0');
        bool cut = digits.Length > decimals && digits.AsSpan(decimals).IndexOfAnyExcept('0') >= 0;
        return $"{head}.{kept}{(cut ? "…" : "")}";
    }

    /// <summary>A value of the book's risk parameters in the quote asset, two decimals.</summary>
    public static string Money(BigInteger value, RiskParameters parameters) => Amount(value, parameters.ValueScale, 2);

    /// <summary>The same for values in hundredths of a unit.</summary>
    public static string Money100(BigInteger value100, RiskParameters parameters) => Amount(value100, parameters.ValueScale + 2, 2);

    /// <summary>An exact decimal for JSON.</summary>
    public static string Exact(BigInteger value, int scale) => ExactDecimal.Format(value, scale);

    /// <summary>Bytes in the unit a person expects.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => Fixed(bytes / 1024.0, "KiB"),
        < 1024L * 1024 * 1024 => Fixed(bytes / 1048576.0, "MiB"),
        _ => Fixed(bytes / 1073741824.0, "GiB"),
    };

    /// <summary>A duration in the unit a person expects.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => Fixed(time.TotalMilliseconds, "ms", 0),
        < 120 => Fixed(time.TotalSeconds, "s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };

    /// <summary>A count with thousands separators.</summary>
    public static string Count(long count) => Grouped(count);

    /// <summary>An identifier cut in the middle when it is long.</summary>
    public static string Short(string id) => id.Length <= 20 ? id : $"{id[..8]}…{id[^8..]}";

    /// <summary>The words of an enum's name in lower case: <c>WrongStateRoot</c> with "-" is <c>wrong-state-root</c>. Error codes are made this way, so names are stable.</summary>
    public static string Words(Enum name, string separator)
        => string.Concat(name.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : separator) + char.ToLowerInvariant(c) : c.ToString()));

    private static string Fixed(double value, string unit, int digits = 1) => value.ToString("F" + digits, CultureInfo.InvariantCulture) + " " + unit;

    private static string Grouped(BigInteger value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(",", " ");
}
