namespace Fermat.Air;

/// <summary>
/// A channel between tables: over all tables, every message is received as often as it is sent. All messages of a bus have one width.
/// </summary>
public sealed class Bus
{
    internal Bus(int index, string name)
    {
        Index = index;
        Name = name;
    }

    /// <summary>Position among the circuit's buses; its successor is added to every fingerprint, so messages of two buses never agree.</summary>
    public int Index { get; }

    /// <summary>The name, unique in the circuit.</summary>
    public string Name { get; }

    /// <summary>The number of elements of a message; −1 until the first message is declared.</summary>
    public int Width { get; internal set; } = -1;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A challenge: an extension element drawn from the transcript once its phase is committed.</summary>
/// <param name="Index">Position among the circuit's challenges; the order of drawing.</param>
/// <param name="Name">The name, also the label in the transcript.</param>
/// <param name="Phase">Drawn after this phase is committed.</param>
public sealed record ChallengeInfo(int Index, string Name, int Phase);
