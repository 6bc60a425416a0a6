using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>What a <see cref="Forger"/> lies about; whatever is null is told truly.</summary>
internal sealed record Lies
{
    /// <summary>Changes the extended columns of a commitment (its index, its matrices) before they are committed.</summary>
    public Action<int, Matrix[]>? Columns { get; init; }

    /// <summary>Changes the bus sums before they are absorbed; the quotient is computed with them.</summary>
    public Action<Quintic[]>? BusSums { get; init; }

    /// <summary>Changes the out-of-domain openings before they are absorbed.</summary>
    public Action<OpenedColumns>? Openings { get; init; }

    /// <summary>Changes what is committed of a FRI layer (its index, its values); the true values are folded.</summary>
    public Action<int, Quintic[]>? CommittedLayer { get; init; }

    /// <summary>Changes a FRI layer before it is committed and folded.</summary>
    public Action<int, Quintic[]>? FoldedLayer { get; init; }

    /// <summary>Changes the challenge by which a layer is folded.</summary>
    public Func<int, Quintic, Quintic>? Fold { get; init; }

    /// <summary>Changes the challenge with which a codeword joins after a layer.</summary>
    public Func<int, Quintic, Quintic>? RollIn { get; init; }

    /// <summary>Changes the final polynomial before it is absorbed.</summary>
    public Func<ImmutableArray<Quintic>, ImmutableArray<Quintic>>? FinalPolynomial { get; init; }

    /// <summary>Changes the nonce after it was ground for.</summary>
    public Func<ulong, ulong>? Nonce { get; init; }

    /// <summary>Changes the header at the end.</summary>
    public Func<ProofHeader, ProofHeader>? Header { get; init; }

    /// <summary>Opens the trees where the queries are not.</summary>
    public Func<int[], int[]>? Queries { get; init; }
}

/// <summary>All that the out-of-domain check looks at, for who wants to change openings so that it still passes.</summary>
internal sealed record OpenedColumns(
    ProofShape Shape, Quintic[] Openings, Quintic Point, PublicColumns Publics, Quintic[] Challenges, Quintic ConstraintChallenge, Quintic[] BusSums)
{
    /// <summary>Changes the quotient's first opening of every table so that the constraints equal the quotient times the vanishing polynomial.</summary>
    public void Mend()
    {
        var check = new OutOfDomainCheck(Shape, Publics, Challenges, ConstraintChallenge, [.. Openings], [.. BusSums]);
        foreach (Air.Table table in Shape.Circuit.Tables)
        {
            (Quintic expected, Quintic got) = check.Sides(table, Point);
            Quintic vanishing = Air.Selectors.AtPoint(Shape.LogHeights[table.Index], Shape.Options.TailRows, Point).Vanishing;
            Openings[Shape.Openings.OfTable(table.Index)[^1].First] += (got - expected) * vanishing.Inverse();
        }
    }
}
