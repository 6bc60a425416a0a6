using BenchmarkDotNet.Attributes;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>The kernels between transforms and hashes: constraints in strips, and a fold of FRI.</summary>
public class ProtocolBenchmarks
{
    private static readonly Quintic Challenge = new(KoalaBear.From(5), KoalaBear.One, KoalaBear.Half, KoalaBear.From(7), KoalaBear.Generator);

    private readonly Quintic[] _codeword = new Quintic[1 << 17];
    private readonly int[] _rows = [.. Enumerable.Range(0, StripProgram.StripRows)];
    private TableTrace _trace = null!;
    private Matrix _selectors = null!;
    private StripScratch _scratch = null!;
    private BoundStrip _constraints = null!;

    /// <summary>A trace of the yardstick, and a codeword.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Circuit circuit = Poseidon2Circuit.Build();
        _trace = Poseidon2Trace.Fill(circuit, 8, 8, 1);
        _selectors = Selectors.OverCoset(8, 8, KoalaBear.Generator);
        StripProgram program = circuit.Tables[0].FoldProgram;
        _scratch = program.CreateScratch();
        _constraints = program.Bind(new StripInputs { Phases = [_trace.Phase(0)], Selectors = _selectors, FoldChallenge = Challenge });
        Quintic value = Quintic.One;
        for (int i = 0; i < _codeword.Length; i++) _codeword[i] = value *= Challenge;
    }

    /// <summary>Frees what native memory was taken.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _scratch.Dispose();
        _selectors.Dispose();
        _trace.Dispose();
    }

    /// <summary>The folded constraints of 2048 Poseidon2 permutations: one strip of 256 rows, one core.</summary>
    [Benchmark]
    public void Strip() => _constraints.Run(_rows, [], _scratch);

    /// <summary>A codeword of 2^17 elements folded by eight, all cores.</summary>
    [Benchmark]
    public Quintic[] Fold() => FriFolder.Fold(_codeword, 3, Challenge, CancellationToken.None);
}
