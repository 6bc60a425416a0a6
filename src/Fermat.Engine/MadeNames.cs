using System.Globalization;
using Fermat.Ledger.Events;

namespace Fermat.Engine;

/// <summary>
/// The names of the events that an engine makes: <c>engine:</c> and the height before the event. No height comes twice, and from outside nobody takes such a name; where a log has one that is not its event's own (it was taken before
/// these names were reserved), the name that the engine would have given gets a number behind it. So what the engine makes never has a name that the log has.
/// </summary>
internal sealed class MadeNames
{
    private const string Prefix = "engine:";
    private readonly HashSet<EventId> _others = [];

    /// <summary>Whether a name is one of those that only the engine gives.</summary>
    public static bool IsReserved(EventId id) => id.Value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Takes note of an event that enters the log at a height: only what has a reserved name that is not its own is remembered.</summary>
    public void Note(EventId id, ulong before)
    {
        if (IsReserved(id) && id.Value != Plain(before)) _others.Add(id);
    }

    /// <summary>The name of the event that the engine makes next.</summary>
    public EventId Next(ulong before)
    {
        var name = new EventId(Plain(before));
        for (int number = 2; _others.Contains(name); number++) name = new EventId(string.Create(CultureInfo.InvariantCulture, $"{Plain(before)}:{number}"));
        return name;
    }

    private static string Plain(ulong before) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{before}");
}
