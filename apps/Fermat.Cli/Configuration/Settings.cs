using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;

namespace Fermat.Cli.Configuration;

/// <summary>The value of a setting and where it is from: "environment", "file" or "default".</summary>
internal sealed record SettingValue(Setting Setting, string Value, string Source);

/// <summary>
/// Defaults of the command line: what is set in the environment goes before what is set in the file; a flag on the command line goes before both. The file is <c>fermat/config.json</c> in the user's
/// configuration folder (<c>XDG_CONFIG_HOME</c>, or <c>~/.config</c>): one JSON object whose members are settings, each a string.
/// </summary>
internal sealed class Settings(Func<string, string?> environment)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The settings of this process.</summary>
    public static Settings OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>The configuration file; null where the machine has no place for one.</summary>
    public string? File
    {
        get
        {
            string? folder = environment("XDG_CONFIG_HOME") is { Length: > 0 } named && Path.IsPathRooted(named) ? named
                : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config")
                : environment("APPDATA");
            return string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, "fermat", "config.json");
        }
    }

    /// <summary>The setting of a name.</summary>
    /// <exception cref="CliFailure">There is none; the nearest name is suggested.</exception>
    public static Setting Named(string name, string? file = null)
    {
        if (Setting.All.FirstOrDefault(setting => setting.Name == name) is { } found) return found;
        Setting nearest = Setting.All.MinBy(setting => Distance(name, setting.Name))!;
        string hint = Distance(name, nearest.Name) <= 3 ? $"did you mean {nearest.Name}?" : $"there are {string.Join(", ", Setting.All.Select(setting => setting.Name))}";
        throw CliFailure.BadInput("unknown-setting", $"there is no setting '{name}'", file, hint);
    }

    /// <summary>Every setting with the value that holds and where it is from.</summary>
    /// <exception cref="CliFailure">A variable or the file has a wrong value, or the file is none.</exception>
    public IReadOnlyList<SettingValue> Values()
    {
        JsonObject file = Read();
        return [.. Setting.All.Select(setting => Value(setting, file))];
    }

    /// <summary>Makes what is set the default of the options it is for.</summary>
    /// <exception cref="CliFailure">As <see cref="Values"/>.</exception>
    public void Apply(RootCommand root)
    {
        foreach (SettingValue value in Values().Where(value => value.Source != "default"))
            foreach (Command command in root.Subcommands.Where(command => value.Setting.Below is not { } below || below.Contains(command.Name, StringComparer.Ordinal)))
                Apply(command, value);
    }

    /// <summary>Writes one setting into the file, or takes it out.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">Its value; null to take it out.</param>
    /// <exception cref="CliFailure">The value is wrong, the file is none, or there is no place for it.</exception>
    public string Set(Setting setting, string? value)
    {
        string path = File ?? throw CliFailure.BadInput("no-config-folder", "there is no folder for configuration", hint: "set XDG_CONFIG_HOME or HOME");
        if (value is not null) Check(setting, value, "the command line", null);
        JsonObject file = Read();
        file.Remove(setting.Name);
        if (value is not null) file[setting.Name] = value;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Files.Write(path, JsonSerializer.SerializeToUtf8Bytes(file, Indented));
        return path;
    }

    private static void Apply(Command command, SettingValue value)
    {
        foreach (Option option in command.Options.Where(option => option.Name == value.Setting.Option)) Setting.SetDefault(option, value.Value);
        foreach (Command below in command.Subcommands) Apply(below, value);
    }

    private SettingValue Value(Setting setting, JsonObject file)
    {
        if (environment(setting.Variable) is { Length: > 0 } set) return new(setting, Check(setting, set, setting.Variable, null), "environment");
        return file[setting.Name] is { } node ? new(setting, Check(setting, node.GetValue<string>(), "the configuration file", File), "file") : new(setting, setting.Default, "default");
    }

    private static string Check(Setting setting, string value, string where, string? file) => setting.Problem(value) is not { } expected ? value
        : throw CliFailure.BadInput("bad-setting", $"{setting.Name} is '{value}' in {where}; it takes {expected}", file, $"fermat config set {setting.Name} VALUE");

    private JsonObject Read()
    {
        if (File is not { } path || !System.IO.File.Exists(path)) return [];
        JsonObject read;
        try
        {
            read = JsonNode.Parse(System.IO.File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("it is not an object");
            foreach ((string name, JsonNode? node) in read)
            {
                Named(name, path);
                if (node?.GetValueKind() != JsonValueKind.String) throw new JsonException($"{name} is not a string");
            }
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException) // an ArgumentException: a name twice
        {
            throw CliFailure.BadInput("bad-config-file", $"the configuration file cannot be read: {wrong.Message}", path, "correct it, or delete it");
        }

        return read;
    }

    /// <summary>How many letters are put in, left out or changed between two words.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(diagonal, row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
