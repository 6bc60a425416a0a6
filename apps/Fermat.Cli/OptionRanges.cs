using System.CommandLine;
using System.Globalization;

namespace Fermat.Cli;

/// <summary>Ranges of numeric options, checked before the command runs.</summary>
internal static class OptionRanges
{
    /// <summary>Refuses numbers outside a range. What is not a number is left to the parser, which names it: asking it for the value here would throw.</summary>
    public static void MustBe(this Option option, int least, int most)
        => option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && (value < least || value > most))
                result.AddError(most == int.MaxValue ? $"{option.Name} must be at least {least}" : $"{option.Name} must be from {least} to {most}");
        });
}
