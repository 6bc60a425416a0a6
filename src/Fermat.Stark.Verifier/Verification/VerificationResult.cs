using System.Collections.Immutable;

namespace Fermat.Stark;

/// <summary>The outcome of verifying a proof.</summary>
/// <param name="Accepted">Whether the statement is proven. Everything else is for people.</param>
/// <param name="Rejection">Why not; null exactly when accepted.</param>
/// <param name="Soundness">The soundness of the parameters, as far as the verifier came to compute it.</param>
/// <param name="Info">What the proof consists of; null unless all of it was read.</param>
public sealed record VerificationResult(bool Accepted, Rejection? Rejection, SoundnessReport? Soundness, ProofInfo? Info);

/// <summary>What a proof consists of.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Options">The parameters it was made with.</param>
/// <param name="KeyDigest">Digest of the verifying key, in hexadecimal.</param>
/// <param name="Tables">Its tables.</param>
/// <param name="Parts">Its parts in order, with their lengths, which add up to <paramref name="Bytes"/>.</param>
/// <param name="DistinctQueries">Queries without repeats.</param>
public sealed record ProofInfo(
    int Bytes, ProofOptions Options, string KeyDigest, ImmutableArray<ProofTableInfo> Tables, ImmutableArray<ProofPart> Parts, int DistinctQueries);

/// <summary>A table of a proof.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LogHeight">Logarithm of its rows.</param>
/// <param name="CommittedColumns">Base-field columns committed in all phases, without preprocessed columns and quotient.</param>
public sealed record ProofTableInfo(string Name, int LogHeight, int CommittedColumns);

/// <summary>A part of a proof.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
public sealed record ProofPart(string Name, int Bytes);
