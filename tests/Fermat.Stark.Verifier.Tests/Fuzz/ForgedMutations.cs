using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>Lies whose roots, paths, challenges and nonce are all as they should be, each with the checks that are there to stop it.</summary>
internal static class ForgedMutations
{
    private static readonly RejectionCode[] NotLowDegree = [RejectionCode.LayerMismatch, RejectionCode.FinalPolynomialMismatch];

    public static IEnumerable<Mutation> Of(SequenceToy toy, ProofOptions options)
    {
        SequenceToy Toy(Action<Matrix, Matrix>? tamper = null, uint weightOffset = 0, uint sumOffset = 0) => new(toy.Start, toy.Weights)
        {
            LogHeights = toy.LogHeights,
            Tamper = tamper ?? ((_, _) => { }),
            WeightOffset = weightOffset,
            SumOffset = sumOffset,
        };
        byte[] Forge(Lies lies, SequenceToy? from = null) => new Forger(from ?? toy, options, lies, 1).Forge();
        int Active(int table) => (1 << toy.LogHeights[table]) - options.TailRows;
        ProofShape shape = new(toy.Circuit, options, toy.LogHeights);
        int layers = shape.Rounds.Count;

        yield return new("forged-trace-cell", random => Forge(new Lies(), Toy((sequence, range) =>
        {
            if (random.Next(4) > 0) sequence[random.Next(Active(SequenceToy.Sequence)), random.Next(4)] += Element(random);
            else range[random.Next(Active(SequenceToy.Range)), 0] += Element(random);
        })), RejectionCode.ConstraintsNotSatisfied, RejectionCode.BusSumsNotZero);
        yield return new("forged-later-column", random => Forge(new Lies(), Toy(sumOffset: (uint)random.Next(1, 1000))), RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-public-column", random => Forge(new Lies(), Toy(weightOffset: (uint)random.Next(1, 1000))), RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-statement", random =>
        {
            uint[] weights = [.. toy.Weights];
            weights[random.Next(weights.Length)] += (uint)random.Next(1, 1000);
            return Forge(new Lies { Header = header => header with { PublicInputsDigest = PublicInputs.Digest(toy.PublicInputs) } }, new SequenceToy(toy.Start, weights) { LogHeights = toy.LogHeights });
        }, RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-circuit", random => Forge(
            new Lies { Header = header => header with { KeyDigest = toy.Key(options).Digest } },
            new SequenceToy(random.Next(2, 100), toy.Weights) { LogHeights = toy.LogHeights }), RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-bus-sums", random =>
        {
            Quintic moved = Draw(random);
            return Forge(new Lies { BusSums = sums => (sums[0], sums[1]) = (sums[0] + moved, sums[1] - moved) });
        }, RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-bus-sum", random => Forge(new Lies { BusSums = sums => sums[random.Next(2)] += Draw(random) }), RejectionCode.BusSumsNotZero);
        yield return new("forged-columns", random =>
        {
            int which = random.Next(1, shape.Commitments.Length);
            return Forge(new Lies { Columns = (commitment, matrices) => NotOfLowDegree(commitment == which ? matrices : [], options, random) });
        }, NotLowDegree);
        yield return new("forged-preprocessed", random => Forge(new Lies { Columns = (commitment, matrices) => NotOfLowDegree(commitment == 0 ? matrices : [], options, random) }), RejectionCode.WrongPreprocessedOpening);
        yield return new("forged-opening", random => Forge(new Lies { Openings = opened => opened.Openings[random.Next(opened.Openings.Length)] += Draw(random) }), RejectionCode.ConstraintsNotSatisfied);
        yield return new("forged-opening-mended", random => Forge(new Lies
        {
            Openings = opened =>
        {
            OpeningGroup[] groups = [.. opened.Shape.Openings.Groups.Where(group => opened.Shape.Commitments[group.Commitment].Kind != CommitmentKind.Quotient)];
            OpeningGroup group = groups[random.Next(groups.Length)];
            opened.Openings[group.First + random.Next(group.Count)] += Draw(random);
            opened.Mend();
        }
        }), NotLowDegree);
        yield return new("forged-quotient-mended", random => Forge(new Lies
        {
            Openings = opened =>
        {
            OpeningGroup quotient = opened.Shape.Openings.OfTable(random.Next(2))[^1];
            opened.Openings[quotient.First + random.Next(1, quotient.Columns)] += Draw(random);
            opened.Mend();
        }
        }), NotLowDegree);
        yield return new("forged-trace-mended", random => Forge(
            new Lies { Openings = opened => opened.Mend() },
            Toy((sequence, _) => sequence[random.Next(Active(SequenceToy.Sequence)), 3] += Element(random))), NotLowDegree);
        yield return new("forged-committed-layer", random =>
        {
            int which = random.Next(layers);
            return Forge(new Lies { CommittedLayer = (layer, values) => ChangeEachCoset(layer == which ? values : [], shape.Rounds[layer], random) });
        }, NotLowDegree);
        yield return new("forged-folded-layer", random =>
        {
            int which = random.Next(layers);
            return Forge(new Lies { FoldedLayer = (layer, values) => ChangeEachCoset(layer == which ? values : [], shape.Rounds[layer], random) });
        }, NotLowDegree);
        yield return new("forged-low-degree-layer", random =>
        {
            (int which, Quintic added) = (random.Next(layers), Draw(random));
            return Forge(new Lies { FoldedLayer = (layer, values) => { for (int i = 0; i < values.Length; i++) values[i] += layer == which ? added : Quintic.Zero; } });
        }, NotLowDegree);
        yield return new("forged-fold", random =>
        {
            (int which, Quintic added) = (random.Next(layers), Draw(random));
            return Forge(new Lies { Fold = (layer, beta) => layer == which ? beta + added : beta });
        }, NotLowDegree);
        yield return new("forged-roll-in", random =>
        {
            Quintic added = Draw(random);
            return Forge(new Lies { RollIn = (_, gamma) => gamma + added });
        }, NotLowDegree);
        yield return new("forged-final-polynomial", random => Forge(new Lies
        {
            FinalPolynomial = final =>
        {
            int at = random.Next(final.Length);
            return final.SetItem(at, final[at] + Draw(random));
        }
        }), RejectionCode.FinalPolynomialMismatch);
        yield return new("forged-nonce", random =>
        {
            ulong moved = (ulong)random.NextInt64(1, long.MaxValue);
            return Forge(new Lies { Nonce = nonce => nonce + moved });
        });
        yield return new("forged-queries", random => Forge(new Lies { Queries = queries => [.. queries.Select(query => query ^ random.Next(1, 1 << shape.CodewordLog2))] }));
    }

    /// <summary>Changes a cell of every row but the first 2n, from which the quotient and the openings are computed: what is opened out of the domain is true of the polynomials there.</summary>
    private static void NotOfLowDegree(Matrix[] matrices, ProofOptions options, Random random)
    {
        if (matrices.Length == 0) return;
        Matrix matrix = matrices[random.Next(matrices.Length)];
        for (int row = 2 * matrix.Rows >> options.BlowupLog2; row < matrix.Rows; row++) matrix[row, random.Next(matrix.Columns)] += Element(random);
    }

    /// <summary>Changes one value of every coset, so that no query misses it.</summary>
    private static void ChangeEachCoset(Quintic[] values, FoldingRound round, Random random)
    {
        for (int coset = 0; coset < values.Length; coset += 1 << round.ArityLog2) values[coset + random.Next(1 << round.ArityLog2)] += Draw(random);
    }

    private static KoalaBear Element(Random random) => KoalaBear.From(random.Next(1, 1000));

    private static Quintic Draw(Random random) => Quintic.From(random.Next(1, 1000)) + (Quintic.X * KoalaBear.From(random.Next(1000)));
}
