namespace Fermat.Stark;

/// <summary>Why a proof was not accepted.</summary>
/// <param name="Code">The check that failed.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="Expected">What would have passed, if that can be said shortly.</param>
/// <param name="Got">What the proof has instead.</param>
/// <param name="Part">The part of the proof, for example <c>table "range"</c> or <c>FRI layer 2</c>.</param>
public sealed record Rejection(RejectionCode Code, string Message, string? Expected = null, string? Got = null, string? Part = null)
{
    /// <summary>The sentence, followed by what was expected, what was found and where.</summary>
    public override string ToString()
    {
        string text = $"{Code}: {Message}";
        if (Part is not null) text += $"; in {Part}";
        if (Expected is not null) text += $"; expected {Expected}";
        if (Got is not null) text += $"; got {Got}";
        return text;
    }
}
