using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Configuration;
using Fermat.Cli.Output;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat config</c>: defaults that are set once.</summary>
internal static class ConfigCommand
{
    public const string Name = "config";

    public static void Add(Command root, AddCommand add, Settings settings)
    {
        var config = new Command(Name, "Defaults that are set once. A flag goes before the environment (FERMAT_…), that before the file, that before the default.");
        add(root, config, (_, terminal, _) => List(settings, terminal));
        add(config, new Command("list", "Every setting, its value and where that is from."), (_, terminal, _) => List(settings, terminal));

        var name = new Argument<string>("name") { Description = $"One of {string.Join(", ", Setting.All.Select(setting => setting.Name))}." };
        var value = new Argument<string>("value") { Description = "The value." };
        add(config, new Command("get", "The value that holds.") { name }, (parsed, terminal, _) =>
        {
            Setting asked = Settings.Named(parsed.GetRequiredValue(name));
            SettingValue found = settings.Values().Single(each => each.Setting == asked);
            terminal.Say(found.Value);
            terminal.Answer(new JsonObject { ["ok"] = true, ["name"] = asked.Name, ["value"] = found.Value, ["source"] = found.Source });
            return ExitCodes.Ok;
        });
        add(config, new Command("set", "Write a setting into the file, e.g.:  fermat config set profile compact") { name, value }, (parsed, terminal, _) =>
            Set(settings, Settings.Named(parsed.GetRequiredValue(name)), parsed.GetRequiredValue(value), terminal));
        add(config, new Command("unset", "Take a setting out of the file.") { name }, (parsed, terminal, _) =>
            Set(settings, Settings.Named(parsed.GetRequiredValue(name)), null, terminal));
    }

    private static int List(Settings settings, Terminal terminal)
    {
        var answer = new JsonArray();
        foreach (SettingValue value in settings.Values())
        {
            string from = value.Source == "environment" ? value.Setting.Variable : value.Source;
            terminal.Say($"{value.Setting.Name,-14}{value.Value,-34}{from,-22}{value.Setting.Description}");
            answer.Add(new JsonObject { ["name"] = value.Setting.Name, ["value"] = value.Value, ["source"] = value.Source, ["variable"] = value.Setting.Variable });
        }

        terminal.Say($"file: {settings.File ?? "none"}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["file"] = settings.File, ["settings"] = answer });
        return ExitCodes.Ok;
    }

    private static int Set(Settings settings, Setting setting, string? value, Terminal terminal)
    {
        string path = settings.Set(setting, value);
        terminal.Say(value is null ? $"{setting.Name} is no longer set in {path}" : $"{setting.Name} is {value} in {path}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["name"] = setting.Name, ["value"] = value, ["file"] = path });
        return ExitCodes.Ok;
    }
}
