using System.Buffers.Binary;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Second;

/// <summary>
/// A second verifier, written from docs/PROTOCOL.md alone, slowly and plainly, for BLAKE3 with zero knowledge; it takes a circuit as its
/// canonical bytes and shares no code with the first but the field and BLAKE3. Soundness and policies are not its subject.
/// </summary>
internal sealed class SecondVerifier(byte[] canonicalCircuit, int?[] preprocessedLogs, byte[]? preprocessedRoot, IPublicTables publics)
{
    private sealed record Opened(int Tree, int Matrix, int Column, Quintic Value);

    private sealed record Tree(int Source, int Phase, byte[] Root, bool Salted, (int Table, int Log, int Width)[] Matrices);

    private readonly SecondCircuit _circuit = new(canonicalCircuit);
    private readonly List<Quintic> _challenges = [];

    /// <summary>Told what is computed on the way, if set.</summary>
    public SecondRecord? Record { get; init; }

    /// <summary>Null if the proof is accepted, else why not.</summary>
    public string? Reject(byte[] proof)
    {
        try
        {
            Check(new SecondReader(proof));
            return null;
        }
        catch (SecondRejectionException rejection)
        {
            return rejection.Message;
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new SecondRejectionException(otherwise);
    }

    private void Check(SecondReader proof)
    {
        // Header
        Require(proof.Bytes(10).AsSpan().SequenceEqual("FRMTPRF1\u0001\0"u8), "magic and version");
        byte[] options = proof.Bytes(12);
        (int blowup, int queries, int grinding, int folding, int finalLog) = (options[2], BinaryPrimitives.ReadUInt16LittleEndian(options.AsSpan(3)), options[5], options[6], options[7]);
        int tailRows = options[8] | options[9] << 8 | options[10] << 16;
        Require(options[0] == 1 && options[1] == 1 && options[11] == 1, "options");
        Require(blowup is >= 1 and <= 5 && queries is >= 1 and <= 1024 && folding is >= 1 and <= 3 && finalLog is >= 1 and <= 10 && grinding <= 40, "options");
        Require(tailRows is >= 8 and <= 65536 && tailRows % 8 == 0 && tailRows >= (2 * queries) + 10, "options");
        byte[] circuitDigest = SecondHash.Derive("fermat circuit v1", canonicalCircuit);
        byte[] keyDigest = SecondHash.Derive(
            "fermat verifying key v1", circuitDigest, [options[1], options[2]], SecondHash.U32((uint)tailRows), SecondHash.U32((uint)preprocessedLogs.Length),
            [.. preprocessedLogs.Select(log => (byte)(log ?? 255))], preprocessedRoot ?? []);
        Require(proof.Bytes(32).AsSpan().SequenceEqual(keyDigest), "verifying key");
        Require(proof.Bytes(32).AsSpan().SequenceEqual(SecondHash.Derive("fermat public inputs v1", publics.PublicInputs.ToArray())), "public inputs");
        int[] logs = [.. proof.Bytes(_circuit.Tables.Length).Select(log => (int)log)];
        for (int t = 0; t < logs.Length; t++)
        {
            SecondTable table = _circuit.Tables[t];
            Require(logs[t] >= table.MinLog && logs[t] <= table.MaxLog && logs[t] + blowup <= 24 && logs[t] >= finalLog, "height");
            Require((preprocessedLogs[t] ?? logs[t]) == logs[t] && 1 << logs[t] >= 4 * tailRows, "height");
            Require((1 << logs[t]) - tailRows >= publics.RequiredRows(t), "public table");
        }

        Require(_circuit.Tables.Select((table, t) => (long)table.Messages << logs[t]).Sum() < KoalaBear.Modulus, "messages");

        // 1. The statement
        var transcript = new SecondTranscript(Record);
        transcript.Bytes("options", options);
        transcript.Digest("circuit", circuitDigest);
        transcript.Digest("verifying key", keyDigest);
        transcript.Number("tables", logs.Length);
        foreach (int log in logs) transcript.Number("log height", log);
        transcript.Bytes("public inputs", publics.PublicInputs.ToArray());

        // 2. The phases. All roots and the bus sums come first in the encoding.
        var trees = new List<Tree>();
        if (preprocessedRoot is not null) trees.Add(TreeOf(0, 0, preprocessedRoot, t => _circuit.Tables[t].Width(0, 0)));
        int[] phases = [.. Enumerable.Range(0, _circuit.Phases).Where(phase => _circuit.Tables.Any(table => table.Width(1, phase) > 0))];
        foreach (int phase in phases) trees.Add(TreeOf(1, phase, proof.Bytes(32), t => _circuit.Tables[t].Width(1, phase)));
        Quintic[] busSums = _circuit.HasBusSums ? proof.Extensions(logs.Length) : [];
        for (int phase = 0; phase < _circuit.Phases; phase++)
        {
            for (int t = 0; t < logs.Length; t++) AbsorbPublicColumns(t, phase);
            if (trees.Find(tree => tree.Source == 1 && tree.Phase == phase) is { } tree) transcript.Digest("phase root", tree.Root);
            if (phase == _circuit.Phases - 1 && _circuit.HasBusSums) transcript.Extensions("bus sums", busSums);
            _challenges.AddRange(transcript.Draw("phase challenge", _circuit.ChallengePhases.Count(p => p == phase)));
        }

        Require(busSums.Aggregate(Quintic.Zero, (sum, s) => sum + s).IsZero, "bus sums");

        // 3. The quotient
        Quintic alpha = transcript.Draw("constraint challenge", 1)[0];
        trees.Add(TreeOf(3, 0, proof.Bytes(32), _ => 20));
        transcript.Digest("quotient root", trees[^1].Root);

        // 4. The out-of-domain point
        Quintic z = transcript.Draw("out-of-domain point", 1)[0];
        var all = new List<(Opened Opening, int Table, bool Next)>();
        for (int t = 0; t < logs.Length; t++)
        {
            for (int c = 0; c < trees.Count; c++)
            {
                int m = Array.FindIndex(trees[c].Matrices, matrix => matrix.Table == t);
                if (m < 0) continue;
                int width = trees[c].Source == 3 ? 15 : trees[c].Matrices[m].Width;
                for (int column = 0; column < width; column++) all.Add((new Opened(c, m, column, proof.Extension()), t, false));
                int[] next = trees[c].Source == 3 ? [] : _circuit.NextColumns(_circuit.Tables[t], trees[c].Source, trees[c].Phase);
                foreach (int column in next) all.Add((new Opened(c, m, column, proof.Extension()), t, true));
            }
        }

        transcript.Extensions("openings", all.Select(opening => opening.Opening.Value));
        for (int t = 0; t < logs.Length; t++)
        {
            Require(z.Pow(1UL << logs[t]) != Quintic.One && z.Pow(1UL << (logs[t] + blowup)) != new Quintic(KoalaBear.From(3).Pow(1UL << (logs[t] + blowup))), "z");
            CheckConstraints(t, z, alpha, busSums.Length > 0 ? busSums[t] : default);
        }

        // 5. Batching, 6. FRI
        Quintic[] lambda = transcript.Draw("batching", all.Count);
        int longest = logs.Max() + blowup;
        var layers = new List<(int Log, int Fold, byte[] Root, Quintic Beta, Quintic? Gamma)>();
        int[] targets = [.. logs.Distinct().OrderDescending().Skip(1), finalLog];
        var schedule = new List<(int Log, int Fold, bool Joins)>();
        for (int i = 0, log = logs.Max(); i < targets.Length; i++)
        {
            while (log > targets[i])
            {
                int fold = Math.Min(folding, log - targets[i]);
                schedule.Add((log + blowup, fold, log - fold == targets[i] && i < targets.Length - 1));
                log -= fold;
            }
        }

        byte[][] roots = [.. schedule.Select(_ => proof.Bytes(32))];
        foreach (((int log, int fold, bool joins), byte[] root) in schedule.Zip(roots))
        {
            transcript.Digest("layer root", root);
            layers.Add((log, fold, root, transcript.Draw("fold", 1)[0], joins ? transcript.Draw("roll-in", 1)[0] : null));
        }

        Quintic[] final = proof.Extensions(1 << finalLog);
        transcript.Extensions("final polynomial", final);

        // 7. The queries
        Require(transcript.Grinding("grinding", grinding, BinaryPrimitives.ReadUInt64LittleEndian(proof.Bytes(8))), "grinding");
        int[] indices = [.. Enumerable.Range(0, queries).Select(_ => transcript.DrawBits("query", longest))];
        SecondOpening[] opened = [.. trees.Select(tree =>
        {
            int depth = tree.Matrices.Max(matrix => matrix.Log);
            return new SecondOpening(proof, tree.Root, [.. tree.Matrices.Select(m => (m.Log, m.Width))], tree.Salted, indices.Select(q => q >> (longest - depth)));
        })];
        SecondOpening[] openedLayers = [.. layers.Select(layer => new SecondOpening(
            proof, layer.Root, [(layer.Log - layer.Fold, 5 << layer.Fold)], true, indices.Select(q => q >> (longest - layer.Log + layer.Fold))))];
        Require(proof.AtEnd, "more than a proof");
        Record?.Numbers("query indices", indices);
        foreach (int query in indices) CheckQuery(query);

        Tree TreeOf(int source, int phase, byte[] root, Func<int, int> width) => new(
            source, phase, root, source != 0, [.. Enumerable.Range(0, logs.Length).Where(t => width(t) > 0).Select(t => (t, logs[t] + blowup, width(t)))]);

        void CheckConstraints(int t, Quintic z, Quintic alpha, Quintic busSum)
        {
            var selectors = new SecondSelectors(logs[t], tailRows, z);
            Quintic next = z * SecondPolynomials.Root(logs[t]);
            using Matrix? publicColumns = PublicColumns(t, 1 << logs[t], selectors.Active);
            Quintic Base(SecondColumn column, int i, bool atNext) => column.Source == 2
                ? SecondPolynomials.OnSubgroup(row => publicColumns![row, column.Offset + i], logs[t], atNext ? next : z)
                : all.Find(o => o.Table == t && o.Next == atNext && o.Opening.Column == column.Offset + i
                    && trees[o.Opening.Tree].Source == column.Source && trees[o.Opening.Tree].Phase == column.Phase).Opening.Value;
            Quintic Column(int index, bool atNext)
            {
                SecondColumn column = _circuit.Tables[t].Columns.First(c => c.Index == index);
                return Enumerable.Range(0, column.Width).Aggregate(Quintic.Zero, (sum, i) => sum + Quintic.X.Pow((ulong)i) * Base(column, i, atNext));
            }

            var memo = new Dictionary<int, Quintic>();
            Quintic Value(int id) => memo.TryGetValue(id, out Quintic known) ? known : memo[id] = _circuit.Nodes[id] switch
            {
                { Kind: 0 } node => node.Constant,
                { Kind: 1 } node => Column(node.A, false),
                { Kind: 2 } node => Column(node.A, true),
                { Kind: 3 } node => selectors.Of(node.A),
                { Kind: 4 } node => _challenges[node.A],
                { Kind: 5 } => busSum,
                { Kind: 6 } node => Value(node.A) + Value(node.B),
                { Kind: 7 } node => Value(node.A) - Value(node.B),
                { Kind: 8 } node => Value(node.A) * Value(node.B),
                { Kind: 9 } node => -Value(node.A),
                _ => throw new SecondRejectionException("node"),
            };
            Quintic constraints = Quintic.Zero, power = Quintic.One;
            foreach (SecondConstraint constraint in _circuit.Tables[t].Constraints)
            {
                Quintic selector = constraint.Rows == 0 ? Quintic.One : selectors.Of(constraint.Rows - 1);
                constraints += power * selector * Value(constraint.Node);
                power *= alpha;
            }

            Quintic quotient = Quintic.Zero;
            foreach ((Opened piece, int i) in all.Where(o => o.Table == t && trees[o.Opening.Tree].Source == 3).Select((o, i) => (o.Opening, i)))
                quotient += z.Pow((ulong)(i / 5 * selectors.Active)) * Quintic.X.Pow((ulong)(i % 5)) * piece.Value;
            Record?.Value($"table {t}: constraints, vanishing polynomial, quotient at z", constraints, selectors.Vanishing, quotient);
            Require(constraints == selectors.Vanishing * quotient, "constraints");
        }

        void AbsorbPublicColumns(int t, int phase)
        {
            SecondColumn[] columns = [.. _circuit.Tables[t].Of(2, 0).Where(column => column.Phase == phase)];
            if (columns.Length == 0) return;
            using var matrix = new Matrix(1 << logs[t], _circuit.Tables[t].Of(2, 0).Sum(column => column.Width));
            publics.Fill(t, phase, (1 << logs[t]) - tailRows, [.. _challenges], matrix);
            transcript.Digest("public columns", SecondHash.Derive("fermat public columns v1", SecondHash.Elements(
                Enumerable.Range(0, 1 << logs[t]).SelectMany(row => columns.SelectMany(c => Enumerable.Range(c.Offset, c.Width)).Order().Select(i => matrix[row, i])))));
        }

        Matrix? PublicColumns(int t, int rows, int active)
        {
            SecondColumn[] columns = [.. _circuit.Tables[t].Of(2, 0)];
            if (columns.Length == 0) return null;
            var matrix = new Matrix(rows, columns.Sum(column => column.Width));
            foreach (int phase in columns.Select(column => column.Phase).Distinct())
                publics.Fill(t, phase, active, [.. _challenges.Take(_circuit.ChallengePhases.Count(p => p < phase))], matrix);
            return matrix;
        }

        Quintic Batched(int query, int log)
        {
            KoalaBear x = KoalaBear.From(3) * SecondPolynomials.Root(log).Pow((ulong)SecondPolynomials.Reverse(query >> (longest - log), log));
            Quintic sum = Quintic.Zero;
            for (int t = 0; t < logs.Length; t++)
            {
                if (logs[t] + blowup != log) continue;
                KoalaBear[] RowOf(int tree, int matrix) => opened[tree].Row(matrix, query >> (longest - trees[tree].Matrices.Max(m => m.Log)));
                KoalaBear[] pieces = RowOf(trees.Count - 1, t);
                sum += new Quintic(pieces[15], pieces[16], pieces[17], pieces[18], pieces[19]);
                for (int j = 0; j < all.Count; j++)
                {
                    if (all[j].Table != t) continue;
                    Opened o = all[j].Opening;
                    Quintic point = all[j].Next ? z * SecondPolynomials.Root(logs[t]) : z;
                    sum += lambda[j] * (new Quintic(RowOf(o.Tree, o.Matrix)[o.Column]) - o.Value) * (new Quintic(x) - point).Inverse();
                }
            }

            return sum;
        }

        void CheckQuery(int query)
        {
            Quintic value = Batched(query, longest);
            Record?.Value($"query {query}: batched", value);
            int log = longest;
            for (int i = 0; i < layers.Count; i++)
            {
                int position = query >> (longest - log), arity = 1 << layers[i].Fold;
                KoalaBear[] cells = openedLayers[i].Row(0, position / arity);
                Quintic[] coset = [.. cells.Chunk(5).Select(c => new Quintic(c[0], c[1], c[2], c[3], c[4]))];
                Require(coset[position % arity] == value, "layer");
                KoalaBear[] points = [.. Enumerable.Range(position / arity * arity, arity).Select(p => SecondPolynomials.Root(log).Pow((ulong)SecondPolynomials.Reverse(p, log)))];
                value = SecondPolynomials.Interpolate(points, coset, layers[i].Beta);
                log -= layers[i].Fold;
                Record?.Value($"query {query}: coset of layer {i}, its fold", [.. coset, value]);
                if (layers[i].Gamma is not { } gamma) continue;
                Quintic joining = Batched(query, log);
                value += gamma * joining;
                Record?.Value($"query {query}: rolled in after layer {i}, the sum", joining, value);
            }

            KoalaBear y = SecondPolynomials.Root(log).Pow((ulong)SecondPolynomials.Reverse(query >> (longest - log), log));
            Require(final.Select((c, i) => c * y.Pow((ulong)i)).Aggregate(Quintic.Zero, (sum, c) => sum + c) == value, "final polynomial");
        }
    }
}
