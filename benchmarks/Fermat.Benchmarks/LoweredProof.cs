using System.Diagnostics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;

namespace Fermat.Benchmarks;

/// <summary>The tables of a lowered rulebook by themselves, filled for some accounts, proven and verified.</summary>
internal sealed class LoweredProof : IPublicTables, ITraceExtender
{
    private const int ProvenBitsAsked = 100;

    private readonly Circuit _circuit;
    private readonly LoweringTrace _witness;

    /// <summary>Proves that all definitions of some accounts are what the rulebook says.</summary>
    public LoweredProof((VenueRulebook Rulebook, MarketData Market, IReadOnlyList<AccountData> Accounts) book)
    {
        var builder = new CircuitBuilder($"{book.Rulebook.Name} by itself");
        Expr r = builder.Challenge("r", phase: 0), gamma = builder.Challenge("gamma", phase: 0);
        var range = new RangeTable(builder);
        var lowering = new Lowering(builder, range, r, gamma, book.Rulebook.Rulebook);
        builder.RandomPoint("rulebook at (r, gamma)", phase: 0, lowering.RandomPointDegree);
        _circuit = builder.Build();

        long started = Stopwatch.GetTimestamp();
        var interpreter = new Interpreter(book.Rulebook.Rulebook, book.Market);
        _witness = new LoweringTrace(lowering, interpreter, []);
        using (var scratch = new TableTraces(this)) scratch.FillPublic();
        PublicValues = Stopwatch.GetElapsedTime(started);

        _witness = new LoweringTrace(lowering, interpreter, [.. book.Accounts]);
        int[] rows = [.. _circuit.Tables.Select(table => table.Index == range.Table ? RangeTable.EntryRows : _witness.RowsOf(table.Index))];
        CircuitShape least = CircuitShape.Of(_circuit, [.. _circuit.Tables.Select(table => table.MinLogHeight)]);
        (Options, CircuitShape shape) = Profiles.Fit(ProofProfile.Fast, ProvenBitsAsked, least, rows);
        TableTrace[] traces = [.. _circuit.Tables.Select(table => new TableTrace(_circuit, table.Index, shape.LogHeights[table.Index], Options.TailRows))];
        var counts = new RangeCounts();
        _witness.Fill(_circuit, traces, counts);
        counts.Fill(range, traces[range.Table]);
        ProverReport? report = null;
        byte[] proof = Prover.Prove(_circuit, traces, this, this, Options, new ProverContext { Completed = done => report = done });
        Elapsed = Stopwatch.GetElapsedTime(started);
        (Report, Bytes) = (report!, proof.Length);

        VerificationResult result = Verifier.Verify(_circuit, VerifyingKey.Compile(_circuit, Options, shape.LogHeights), this, proof, new VerifierPolicy(ProvenBitsAsked));
        if (!result.Accepted) throw new InvalidOperationException($"the proof was rejected: {result.Rejection}");
        ProvenBits = result.Soundness!.OracleBits;
    }

    /// <summary>Public values, traces and proof.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>What everybody computes once.</summary>
    public TimeSpan PublicValues { get; }

    public ProverReport Report { get; }

    public ProofOptions Options { get; }

    public int Bytes { get; }

    public double ProvenBits { get; }

    public ReadOnlySpan<byte> PublicInputs => "benchmark"u8;

    public int RequiredRows(int table) => _circuit.Tables[table].PublicWidth > 0 ? _witness.RowsOf(table) : 0;

    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (phase < 2) _witness.FillPublic(table, phase, challenges, publicColumns);
    }

    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase == 1) _witness.FillPoints(table, challenges, traces);
    }

    /// <summary>Public tables that are filled once, so that what takes time in them is known and told apart.</summary>
    private sealed class TableTraces(LoweredProof proof) : IDisposable
    {
        private readonly List<Matrix> _matrices = [];

        public void FillPublic()
        {
            Quintic[] anywhere = [Quintic.From(3), Quintic.From(5)];
            foreach (Table table in proof._circuit.Tables.Where(table => table.PublicWidth > 0))
            {
                var matrix = new Matrix(1 << Profiles.LogHeight(proof._witness.RowsOf(table.Index), 1), table.PublicWidth);
                _matrices.Add(matrix);
                for (int phase = 0; phase < 2; phase++) proof.Fill(table.Index, phase, 0, anywhere, matrix);
            }
        }

        public void Dispose()
        {
            foreach (Matrix matrix in _matrices) matrix.Dispose();
        }
    }
}
