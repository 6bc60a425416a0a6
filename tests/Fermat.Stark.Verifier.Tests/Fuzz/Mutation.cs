namespace Fermat.Stark.Tests.Fuzz;

/// <summary>A way to make a proof that must be rejected.</summary>
/// <param name="Name">In reports and corpus files: lower case, words joined by hyphens.</param>
/// <param name="Make">A proof from a source of randomness; null where the draw gives none.</param>
/// <param name="Codes">The only reasons for which it may be rejected; empty for any.</param>
internal sealed record Mutation(string Name, Func<Random, byte[]?> Make, params RejectionCode[] Codes);
