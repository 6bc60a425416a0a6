namespace Fermat.Air;

/// <summary>A message put on a bus by every active row of a table.</summary>
/// <param name="Name">Unique in the table.</param>
/// <param name="Bus">The bus.</param>
/// <param name="Multiplicity">How often, as a field element; already negated for a received message.</param>
/// <param name="Message">The elements.</param>
/// <param name="IsSend">Whether it was declared as sent rather than received.</param>
/// <param name="IsGenerated">Whether it is one of the blinding messages.</param>
public sealed record Interaction(string Name, Bus Bus, Expr Multiplicity, IReadOnlyList<Expr> Message, bool IsSend, bool IsGenerated);

/// <summary>
/// Interactions that share a helper column: helper = numerator / denominator = Σ multiplicity / fingerprint on every active row.
/// </summary>
/// <param name="Interactions">The interactions.</param>
/// <param name="Helper">The helper column (extension, LogUp phase).</param>
/// <param name="Numerator">Σ_i multiplicity_i · Π_{j≠i} fingerprint_j.</param>
/// <param name="Denominator">Π fingerprint_i.</param>
public sealed record InteractionGroup(IReadOnlyList<Interaction> Interactions, Expr Helper, Expr Numerator, Expr Denominator);
