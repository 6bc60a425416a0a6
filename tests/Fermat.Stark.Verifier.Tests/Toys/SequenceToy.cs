using System.Buffers.Binary;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>
/// A small circuit with one of everything: two tables of different heights, a bus, preprocessed columns (one read on the next row), a public column, a
/// public column of a later phase, and a column that depends on a challenge.
/// Table "sequence" is a Fibonacci sequence (a, b) from 1, <see cref="Start"/>, with b·weight in its last column on public weights, small values looked up in table "range", and the
/// value of the polynomial with these coefficients at a random point.
/// </summary>
internal sealed class SequenceToy : IPublicTables, ITraceExtender
{
    public const int Sequence = 0, Range = 1;
    public const int RangeValues = 16;

    private readonly byte[] _publicInputs;

    /// <param name="start">The second value of the sequence: part of the circuit, like a rulebook.</param>
    /// <param name="weights">Public.</param>
    public SequenceToy(int start = 1, params uint[] weights)
        : this(start, 1 << 12, weights)
    {
    }

    public SequenceToy(int start, int degree, uint[] weights)
    {
        Start = start;
        Weights = weights.Length > 0 ? weights : [3, 1, 4, 1, 5, 9, 2, 6];
        _publicInputs = new byte[4 * Weights.Length];
        for (int i = 0; i < Weights.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(_publicInputs.AsSpan(4 * i), Weights[i]);
        Circuit = Build(start, degree);
    }

    /// <summary>Cheap options: a few bits, enough for everything but soundness.</summary>
    public static ProofOptions Options { get; } = new(
        CommitmentHash.Blake3, BlowupLog2: 2, Queries: 6, QueryGrindingBits: 3, FoldingLog2: 3, FinalPolynomialLog2: 2, TailRows: 24);

    public static VerifierPolicy Policy { get; } = new(MinimumProvenBits: 4);

    public int Start { get; }

    public uint[] Weights { get; init; }

    public Circuit Circuit { get; }

    public int[] LogHeights { get; init; } = [9, 7];

    /// <summary>Changes phase 0 of both traces before proving: what a dishonest prover does.</summary>
    public Action<Matrix, Matrix> Tamper { get; init; } = (_, _) => { };

    /// <summary>Added to the public weights when they are filled in, without telling anyone.</summary>
    public uint WeightOffset { get; init; }

    /// <summary>Added to every value that the column of phase 1 sums, which the constraints do not allow.</summary>
    public uint SumOffset { get; init; }

    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    public int RequiredRows(int table) => table == Sequence ? Weights.Length : 0;

    public VerifyingKey Key(ProofOptions? options = null) => VerifyingKey.Compile(Circuit, options ?? Options, LogHeights);

    public VerificationResult Verify(ReadOnlySpan<byte> proof, VerifierPolicy? policy = null, VerifyingKey? key = null) =>
        Verifier.Verify(Circuit, key ?? Key(), this, proof, policy ?? Policy);

    /// <summary>A proof; the same for the same seed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="dishonest">Whether to make a proof although the trace is wrong.</param>
    public byte[] Prove(ProofOptions? options = null, byte seed = 1, bool dishonest = false)
    {
        options ??= Options;
        var context = new ProverContext { Seed = [.. Enumerable.Repeat(seed, 32)], SkipSelfChecks = dishonest };
        return Prover.Prove(Circuit, Traces(options), this, this, options, context);
    }

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (phase == 0)
        {
            for (int row = 0; row < Weights.Length; row++) publicColumns[row, 0] = KoalaBear.From(Weights[row] + WeightOffset);
            return;
        }

        Quintic power = Quintic.One;
        for (int row = 0; row < activeRows; row++, power *= challenges[0]) power.CopyTo(publicColumns.Row(row).Slice(1, Quintic.Degree));
    }

    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        TableTrace trace = traces[table];
        Quintic power = Quintic.One, sum = Quintic.Zero;
        for (int row = 0; row < trace.ActiveRows; row++, power *= challenges[0])
        {
            sum += power * (trace.Phase(0)[row, 2] + KoalaBear.From(SumOffset));
            sum.CopyTo(trace.Phase(1).Row(row)[..Quintic.Degree]);
        }
    }

    private static Circuit Build(int start, int degree)
    {
        var builder = new CircuitBuilder("sequence toy");
        Bus values = builder.Bus("values");
        Expr point = builder.Challenge("point", phase: 0);
        builder.RandomPoint("small values", phase: 0, degree);

        TableBuilder sequence = builder.Table("sequence");
        Expr a = sequence.Column("a"), b = sequence.Column("b"), small = sequence.Column("small"), weighted = sequence.Column("weighted");
        Expr weight = sequence.PublicColumn("weight"), power = sequence.PublicExtensionColumn("power", phase: 1);
        Expr sum = sequence.ExtensionColumn("sum", phase: 1);
        sequence.ConstrainFirst("a starts", a - 1);
        sequence.ConstrainFirst("b starts", b - start);
        sequence.ConstrainTransition("a moves on", sequence.Next(a) - b);
        sequence.ConstrainTransition("b moves on", sequence.Next(b) - a - b);
        sequence.Constrain("weighted", weighted - b * weight);
        sequence.ConstrainFirst("sum starts", sum - power * small);
        sequence.ConstrainTransition("sum moves on", sequence.Next(sum) - sum - sequence.Next(power) * sequence.Next(small));
        sequence.ConstrainTransition("power moves on", sequence.Next(power) - power * point);
        sequence.Receive(values, "small is in range", 1, small);

        TableBuilder range = builder.Table("range");
        Expr value = range.Preprocessed("value"), step = range.Preprocessed("step");
        Expr count = range.Column("count");
        range.ConstrainTransition("values are steps", range.Next(value) - value - step);
        range.Send(values, "value", count, value);
        range.PreprocessedValues(FillRange);
        return builder.Build();
    }

    private static void FillRange(Matrix columns, int activeRows)
    {
        for (int row = 0; row < activeRows; row++)
        {
            columns[row, 0] = KoalaBear.From(Math.Min(row, RangeValues - 1));
            columns[row, 1] = KoalaBear.From(row < RangeValues - 1 ? 1 : 0);
        }
    }

    internal TableTrace[] Traces(ProofOptions options)
    {
        TableTrace[] traces = [.. Circuit.Tables.Select(table => new TableTrace(Circuit, table.Index, LogHeights[table.Index], options.TailRows))];
        Matrix sequence = traces[Sequence].Phase(0), range = traces[Range].Phase(0);
        KoalaBear a = KoalaBear.One, b = KoalaBear.From(Start);
        for (int row = 0; row < traces[Sequence].ActiveRows; row++, (a, b) = (b, a + b))
        {
            int small = (row % RangeValues) * (row % RangeValues) % RangeValues;
            sequence[row, 0] = a;
            sequence[row, 1] = b;
            sequence[row, 2] = KoalaBear.From(small);
            sequence[row, 3] = row < Weights.Length ? b * KoalaBear.From(Weights[row]) : default;
            range[small, 0] += KoalaBear.One;
        }

        Tamper(sequence, range);
        return traces;
    }
}
