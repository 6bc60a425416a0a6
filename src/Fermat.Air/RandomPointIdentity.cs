namespace Fermat.Air;

/// <summary>
/// An identity between polynomials that a circuit checks only at a random point: at challenges drawn after the columns it speaks of were
/// committed. Whoever writes the circuit declares its degree, which is part of the circuit's canonical bytes and a term of the soundness error.
/// </summary>
/// <param name="Name">Name in reports.</param>
/// <param name="Phase">Last phase committed before the challenges are drawn.</param>
/// <param name="Degree">Total degree of the identity in those challenges: 1 to 2^31 − 1 in a circuit.</param>
public sealed record RandomPointIdentity(string Name, int Phase, long Degree);
