using System.Collections.Immutable;
using System.Globalization;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>Changes of one field, swaps, parts of another proof, cuts at boundaries; the rest is left as it is, or made to fit (nonce, query set), so that late checks are reached.</summary>
internal sealed class ProofMutations(OpenedProof one, OpenedProof two, byte[] first, byte[] second)
{
    private readonly ProofMessages _messages = one.Messages;

    /// <summary>Those that any proof has.</summary>
    public IEnumerable<Mutation> Of() =>
    [
        new("changed-opening", random => one.With(queries: one.Queries with { Commitments = ChangeOne(one.Queries.Commitments, random) })),
        new("changed-layer-opening", random => one.With(queries: one.Queries with { Layers = ChangeOne(one.Queries.Layers, random) })),
        new("swapped-openings", random => With(_messages with { Openings = Swap(_messages.Openings, random) })),
        new("changed-opening-at-z", random =>
        {
            int i = random.Next(_messages.Openings.Length);
            return With(_messages with { Openings = _messages.Openings.SetItem(i, _messages.Openings[i] + Draw(random)) });
        }),
        new("bus-sums", random =>
        {
            Quintic moved = Draw(random);
            return With(_messages with { BusSums = [_messages.BusSums[0] + moved, random.Next(2) == 0 ? _messages.BusSums[1] - moved : _messages.BusSums[1]] });
        }, RejectionCode.BusSumsNotZero, RejectionCode.ConstraintsNotSatisfied),
        new("heights", random => one.With(one.Header with { LogHeights = one.Header.LogHeights.SetItem(random.Next(2), random.Next(0, 26)) })),
        new("height-near", random => one.With(one.Header with { LogHeights = one.Header.LogHeights.SetItem(0, one.Header.LogHeights[0] + (random.Next(2) == 0 ? random.Next(1, 3) : -random.Next(1, 3))) })),
        new("options", random =>
        {
            byte[] changed = [.. first];
            changed[10 + random.Next(ProofOptions.EncodedLength)] = (byte)random.Next(random.Next(2) == 0 ? 4 : 256);
            return changed;
        }),
        new("fewer-queries", random => one.With(one.Header with { Options = one.Header.Options with { Queries = Math.Max(1, one.Header.Options.Queries - random.Next(1, 16)) } })),
        new("header-byte", random => Xor(first, random.Next(22, 86), random)),
        new("first-bytes", random => Xor(first, random.Next(10), random), RejectionCode.WrongMagic, RejectionCode.UnknownVersion),
        new("not-reduced", random =>
        {
            byte[] changed = [.. first];
            ProofPart part = Pick(one.Parts.Where(part => part.Name is "bus sums" or "openings" or "final polynomial" || part.Name.StartsWith("opening of", StringComparison.Ordinal)), random);
            int at = one.Offset(part.Name) + (part.Name.StartsWith("opening of", StringComparison.Ordinal) ? 0 : 4 * random.Next(part.Bytes / 4));
            BitConverter.TryWriteBytes(changed.AsSpan(at), BitConverter.ToUInt32(changed, at) + KoalaBear.Modulus);
            return changed;
        }, RejectionCode.NonCanonicalElement),
        new("cut", random => first[..Math.Clamp(one.Offset(Pick(one.Parts, random).Name) + random.Next(-2, 3), 0, first.Length - 1)], RejectionCode.Truncated),
        new("gone-on", random => [.. first, .. first[..random.Next(1, 40)]], RejectionCode.TrailingBytes),
        new("gone-on-far", random => [.. first, .. new byte[random.Next(24 << 10, 25 << 10)]], RejectionCode.TrailingBytes, RejectionCode.ProofTooLong),
        new("nonce", random => With(_messages with { Nonce = _messages.Nonce + (ulong)random.NextInt64(1, long.MaxValue) })),
        new("roots-of-another", random => random.Next(3) switch
        {
            0 => With(_messages with { PhaseRoots = _messages.PhaseRoots.SetItem(random.Next(3), two.Messages.PhaseRoots[random.Next(3)]) }),
            1 => With(_messages with { QuotientRoot = two.Messages.QuotientRoot }),
            _ => With(_messages with { LayerRoots = _messages.LayerRoots.SetItem(random.Next(_messages.LayerRoots.Length), two.Messages.LayerRoots[0]) }),
        }),
        new("part-of-another", random =>
        {
            ProofPart part = Pick(one.Parts, random), other = two.Parts.Single(p => p.Name == part.Name);
            int from = two.Offset(part.Name), to = one.Offset(part.Name);
            return [.. first[..to], .. second[from..(from + other.Bytes)], .. first[(to + part.Bytes)..]];
        }),
        new("bytes", random =>
        {
            byte[] changed = [.. first];
            for (int times = random.Next(1, 4); times > 0; times--) random.NextBytes(changed.AsSpan(random.Next(changed.Length - 8), random.Next(1, 8)));
            return changed;
        }),
    ];

    /// <summary>Those that look for messages which lead to the same query, whose openings then still fit: what a cheat can do about one query without grinding.</summary>
    public IEnumerable<Mutation> AimedAtTheQuery() =>
    [
        new("final-polynomial", random =>
        {
            int at = random.Next(1, _messages.FinalPolynomial.Length);
            return With(one.WithSameQueries(_messages with { FinalPolynomial = _messages.FinalPolynomial.SetItem(at, _messages.FinalPolynomial[at] + Draw(random)) }));
        }, RejectionCode.FinalPolynomialMismatch),
        new("layer-root", random => With(one.WithSameQueries(_messages with
        {
            LayerRoots = _messages.LayerRoots.SetItem(random.Next(_messages.LayerRoots.Length), Root(random)),
        })), RejectionCode.WrongLayerOpening),
        new("noise-for-a-layer", random =>
        {
            int layer = random.Next(one.Shape.Rounds.Count);
            (int logHeight, int width) = one.Shape.LayerTree(layer).Matrices[0];
            using var noise = new Matrix(1 << logHeight, width);
            for (int row = 0; row < noise.Rows; row++)
                for (int column = 0; column < width; column++) noise[row, column] = TestFields.Element(random);
            using var tree = MerkleTree.Commit(one.Header.Options.Hash, [noise], new SaltSource(new byte[32], "noise"));
            ProofMessages messages = one.WithSameQueries(_messages with { LayerRoots = _messages.LayerRoots.SetItem(layer, tree.Root) });
            return one.With(messages: messages, queries: one.Queries with { Layers = one.Queries.Layers.SetItem(layer, tree.Open(one.Plan.InLayer(layer))) });
        }, RejectionCode.LayerMismatch),
    ];

    private byte[] With(ProofMessages messages) => one.With(messages: messages);

    private ImmutableArray<MultiOpening> ChangeOne(ImmutableArray<MultiOpening> openings, Random random)
    {
        int which = random.Next(openings.Length);
        MultiOpening opening = openings[which];
        KoalaBear[][] rows = [.. opening.Rows.Select(row => row.ToArray())];
        byte[] salts = opening.Salts.ToArray();
        Digest[] siblings = [.. opening.Siblings];
        switch (random.Next(4))
        {
            case 1 when salts.Length > 0:
                salts[random.Next(salts.Length)] ^= (byte)random.Next(1, 256);
                break;
            case 2 when siblings.Length > 1:
                siblings[random.Next(siblings.Length)] = Root(random);
                break;
            case 3 when siblings.Length > 0: // the same digest in another encoding, where there is one
                Span<uint> words = stackalloc uint[Digest.Words];
                int sibling = random.Next(siblings.Length);
                siblings[sibling].CopyWordsTo(words);
                words[random.Next(Digest.Words)] += KoalaBear.Modulus;
                siblings[sibling] = Digest.FromWords(words);
                break;
            default:
                KoalaBear[] row = Pick(rows.Where(row => row.Length > 0), random);
                row[random.Next(row.Length)] += KoalaBear.From(random.Next(1, 1000));
                break;
        }

        return openings.SetItem(which, new MultiOpening(opening.Plan, rows, salts, siblings));
    }

    private static ImmutableArray<Quintic> Swap(ImmutableArray<Quintic> values, Random random)
    {
        (int i, int j) = (random.Next(values.Length), random.Next(values.Length));
        return values.SetItem(i, values[j]).SetItem(j, values[i]);
    }

    private static byte[] Xor(byte[] proof, int at, Random random)
    {
        byte[] changed = [.. proof];
        changed[at] ^= (byte)random.Next(1, 256);
        return changed;
    }

    private static T Pick<T>(IEnumerable<T> of, Random random)
    {
        T[] all = [.. of];
        return all[random.Next(all.Length)];
    }

    private static Quintic Draw(Random random) => Quintic.From(random.Next(1, 1000));

    private static Digest Root(Random random) => Blake3.Hash(System.Text.Encoding.ASCII.GetBytes(random.Next().ToString(CultureInfo.InvariantCulture)));
}
