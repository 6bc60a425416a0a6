using System.Buffers;
using System.Runtime.CompilerServices;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Second;

/// <summary>
/// One small proof, step by step, as committed files: vectors/protocol. The record is the second verifier's; the first must go through the same states. With
/// FERMAT_UPDATE_VECTORS=1 the files are written anew.
/// </summary>
public class ProtocolVectorTests
{
    private static readonly ProofOptions Options = new(
        CommitmentHash.Blake3, BlowupLog2: 1, Queries: 3, QueryGrindingBits: 4, FoldingLog2: 2, FinalPolynomialLog2: 2, TailRows: 16);

    private static readonly SequenceToy Toy = new() { LogHeights = [7, 6] };

    [Fact]
    public void Proof_circuit_and_every_step_are_those_of_the_committed_files()
    {
        var canonical = new ArrayBufferWriter<byte>();
        Toy.Circuit.WriteCanonical(canonical);
        byte[] proof = Toy.Prove(Options);
        Same("sequence.circuit", canonical.WrittenSpan.ToArray());
        Same("sequence.proof", proof);
        Same("sequence.json", System.Text.Encoding.UTF8.GetBytes(Record(proof, out _)));
    }

    [Fact]
    public void The_first_verifier_goes_through_the_same_states()
    {
        byte[] proof = Toy.Prove(Options);
        Record(proof, out SecondRecord record);
        Assert.True(Toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 0), Toy.Key(Options)).Accepted);
        var states = new List<string>();
        var opened = new OpenedProof(Toy, Options, proof);
        opened.PlanFor(opened.Messages, afterStep: transcript => states.Add(Convert.ToHexStringLower(transcript.State.ToArray())));
        string[] second = [.. record.Frames.Select(frame => frame.State)];
        Assert.True(states.Count > 15);
        Assert.All(states, state => Assert.Contains(state, second));
        Assert.Equal(states.Order(StringComparer.Ordinal), states.OrderBy(state => state, StringComparer.Ordinal).Distinct());
        Assert.Equal(states.OrderBy(state => Array.IndexOf(second, state)), states);
        Assert.Equal(second[^1], states[^1]);
    }

    private static string Record(byte[] proof, out SecondRecord record)
    {
        var canonical = new ArrayBufferWriter<byte>();
        Toy.Circuit.WriteCanonical(canonical);
        using var preprocessing = Preprocessing.Commit(Toy.Circuit, Options, Toy.LogHeights);
        byte[] root = preprocessing.Tree!.Root.ToArray();
        record = new SecondRecord();
        Assert.Null(new SecondVerifier(canonical.WrittenSpan.ToArray(), [null, Toy.LogHeights[1]], root, Toy) { Record = record }.Reject(proof));
        return record.ToJson(
        [
            ("circuit", "sequence.circuit"),
            ("proof", "sequence.proof"),
            ("public inputs", Convert.ToHexStringLower(Toy.PublicInputs)),
            ("preprocessed root", Convert.ToHexStringLower(root)),
        ]);
    }

    private static void Same(string file, byte[] now, [CallerFilePath] string source = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "protocol", file);
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, now);
        }

        Assert.Equal(File.ReadAllBytes(path), now);
    }
}
