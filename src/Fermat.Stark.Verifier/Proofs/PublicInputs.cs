using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>The digest of public inputs that a proof's header carries, so that a proof about something else is rejected by that name.</summary>
public static class PublicInputs
{
    /// <summary>BLAKE3 in key-derivation mode, context "fermat public inputs v1", of the canonical bytes.</summary>
    public static Digest Digest(ReadOnlySpan<byte> publicInputs) => Blake3.DeriveKey("fermat public inputs v1", publicInputs);
}
