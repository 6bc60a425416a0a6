using Fermat.Air;

namespace Fermat.Stark;

/// <summary>
/// The terms for the step from "columns exist that agree with the committed words" to "the tables are as the circuit says". In each, a polynomial that
/// is not zero vanishes at a random challenge (Schwartz–Zippel), for one of the at most L tuples of column polynomials that are near the committed words
/// when the challenge is drawn.
/// </summary>
internal static class RelationTerms
{
    public static void Add(List<Soundness.Term> terms, CircuitShape shape, ProximityGap gap)
    {
        Magnitude perRoot = gap.ListSize * ProximityGap.PerChallenge;
        foreach (RandomPointIdentity identity in shape.RandomPoints)
            terms.Add(new(() => $"random point: {identity.Name}", "Schwartz–Zippel", perRoot * identity.Degree));
        if (shape.Messages > 0)
            terms.Add(new(() => $"lookup, {shape.Messages} messages", "Haböck, ePrint 2022/1530; Schwartz–Zippel", perRoot * LookupDegree(shape)));
        terms.Add(new(() => "constraints", "Schwartz–Zippel", perRoot * ConstraintDegree(shape)));
        terms.Add(new(() => "out-of-domain point", "DEEP, ePrint 2019/336; Haböck, ePrint 2022/1216, Theorem 8", perRoot * IdentityDegree(shape)));
    }

    /// <summary>
    /// LogUp. A message of width w has the denominator α + (b+1) + Σ β^(i+1)·m_i: of total degree max(w, 1) in α and β together, monic in α, and
    /// different messages have different ones. If some message's multiplicities do not total zero, the sum of fractions is a rational function that is
    /// not zero, whose numerator has at most the degree of all denominators together: it vanishes with probability Σ max(w, 1) over q. A
    /// denominator that is zero leaves its helper column free: each is so for one α in q, hence + 1 a message. The running sums of all tables are tied
    /// together by one equation, so this uses the list of all tables jointly.
    /// </summary>
    private static double LookupDegree(CircuitShape shape)
    {
        double degree = 0;
        foreach (TableShape table in shape.Tables)
        {
            long perRow = 0;
            foreach (int width in table.MessageWidths) perRow += Math.Max(width, 1) + 1;
            degree += (double)perRow * (1L << table.LogHeight);
        }
        return degree;
    }

    /// <summary>
    /// A row on which one of c constraints is not zero makes Σ α^j·C_j a non-zero polynomial in α of degree below c. Tables share α; their bounds are added.
    /// </summary>
    private static double ConstraintDegree(CircuitShape shape) => shape.Tables.Sum(table => (double)table.Constraints);

    /// <summary>
    /// The identity checked at z, C(X) = Z_act(X)·Σ X^{i(n−k)}·q_i(X), is between polynomials. Column polynomials are only known to have degree at most n
    /// (their quotient by X − z has degree below n), so the left side has degree at most d·n + 1 (selectors count as columns; the transition factor is
    /// the + 1) and the right side at most 3(n − k) + n ≤ 4n. Two different such polynomials agree at no more points than that.
    /// </summary>
    private static double IdentityDegree(CircuitShape shape)
    {
        double degree = 0;
        foreach (TableShape table in shape.Tables)
        {
            double n = 1L << table.LogHeight;
            degree += Math.Max(table.ConstraintDegree * n + 1, 4 * n);
        }
        return degree;
    }
}
