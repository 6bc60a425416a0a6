using System.CommandLine;
using System.Globalization;
using Fermat.Stark;

namespace Fermat.Cli.Configuration;

/// <summary>A default of the command line that can be set once: by an environment variable, or in the configuration file.</summary>
/// <param name="Name">The name in the file and for <c>fermat config</c>.</param>
/// <param name="Option">The option it is the default of.</param>
/// <param name="Below">The first words of the commands it applies to; null for all.</param>
/// <param name="Default">What holds where nothing is set, in words or as a value.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Problem">What is wrong with a value; null for nothing.</param>
internal sealed record Setting(string Name, string Option, IReadOnlyList<string>? Below, string Default, string Description, Func<string, string?> Problem)
{
    /// <summary>All settings, in the order they are listed.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("profile", "--profile", null, "fast", "fast (rate 1/2), balanced (1/4) or compact (1/8): proving time against proof size.", OneOf("fast", "balanced", "compact")),
        new("bits", "--bits", ["prove", "run"], $"{Profiles.StandardBits}", "Proven bits of soundness that proofs reach, 1 to 128.", Number(1, Profiles.HighBits)),
        new("minimum-bits", "--bits", ["verify"], $"{Profiles.StandardBits}", "Proven bits below which proofs are rejected, 1 to 128.", Number(1, Profiles.HighBits)),
        new("memory", "--memory", null, "three quarters of the machine's", "Most MiB the prover's matrices may take.", Number(1, 1L << 40)),
        new("secret", "--secret", null, VenueSecrets.FileName, "File of the venue's secret.", value => value.Length > 0 ? null : "the name of a file"),
    ];

    /// <summary>The environment variable, for example <c>FERMAT_MINIMUM_BITS</c>.</summary>
    public string Variable => "FERMAT_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Makes a valid value the default of the option, whatever its type.</summary>
    public static void SetDefault(Option option, string value)
    {
        switch (option)
        {
            case Option<string> text: text.DefaultValueFactory = _ => value; break;
            case Option<int> number: number.DefaultValueFactory = _ => int.Parse(value, CultureInfo.InvariantCulture); break;
            case Option<long?> number: number.DefaultValueFactory = _ => long.Parse(value, CultureInfo.InvariantCulture); break;
            default: throw new InvalidOperationException($"{option.Name} has a type that no setting has: {option.ValueType}");
        }
    }

    private static Func<string, string?> OneOf(params string[] values) => value => values.Contains(value, StringComparer.Ordinal) ? null : string.Join(", ", values);

    private static Func<string, string?> Number(long least, long most) => value =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most ? null : $"a whole number from {least} to {most}";
}
