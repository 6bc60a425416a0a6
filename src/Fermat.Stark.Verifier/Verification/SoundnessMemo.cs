using System.Collections.Immutable;
using Fermat.Air;

namespace Fermat.Stark;

/// <summary>
/// Remembers the soundness of the parameters that were looked at last. The search for the best Johnson parameter depends on circuit, options and heights alone; the proofs of one statement have
/// them in common, so one memo for all of them has it searched once. Safe to use from several threads.
/// </summary>
public sealed class SoundnessMemo
{
    private Entry? _last;

    /// <summary>The soundness of a proof of this shape.</summary>
    internal SoundnessReport Of(ProofShape shape)
    {
        Entry? last = Volatile.Read(ref _last);
        if (last is not null && ReferenceEquals(last.Circuit, shape.Circuit) && last.Options == shape.Options && last.LogHeights.SequenceEqual(shape.LogHeights)) return last.Report;
        SoundnessReport report = Soundness.Compute(shape.ToSoundnessInput());
        Volatile.Write(ref _last, new Entry(shape.Circuit, shape.Options, shape.LogHeights, report));
        return report;
    }

    private sealed record Entry(Circuit Circuit, ProofOptions Options, ImmutableArray<int> LogHeights, SoundnessReport Report);
}
