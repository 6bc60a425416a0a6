using System.Runtime.CompilerServices;
using Fermat.Air;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>
/// Statement files of version 6 about batches, of which one has aggregates and a set of signed prices, with the canonical bytes of statements T, W (version 3) and D (version 4) about them, kept for ever; and proofs of W and D with the digests of their circuits, which change with how rulebooks are
/// lowered and with the protocol. With FERMAT_UPDATE_VECTORS=1 the folder is written where it is missing, and a proof anew that is not of the circuit of today or no longer verified (vectors/README.md).
/// </summary>
public sealed class FrozenWaterfallTests
{
    private const string Order = "order", Shares = "shares";

    [Theory]
    [InlineData(Order)]
    [InlineData(Shares)]
    public void Frozen_statements_are_read_as_they_were_written(string name)
    {
        Update();
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), name + ".statement.json"));
        TransitionInputs inputs = Read(name);
        Assert.Null(inputs.Problem());
        Assert.Equal(file, TransitionStatementFile.Write(inputs));
        Assert.Equal(Known("digests.txt", $"{name}: batch"), PublicInputs.Digest(inputs.ToCanonicalBytes()).ToString());
        Assert.Equal(Known("digests.txt", name), PublicInputs.Digest(CircuitOf(name).CanonicalBytes(inputs)).ToString());
    }

    [Theory]
    [InlineData(Order)]
    [InlineData(Shares)]
    public void Frozen_proofs_are_of_the_circuits_of_today(string name)
    {
        Update();
        Assert.Equal(Known("circuits.txt", name), $"{VerifyingKey.DigestOf(CircuitOf(name).Circuit)}");
        byte[] proof = File.ReadAllBytes(Path.Combine(Folder(), name + ".proof"));
        StatementVerification verified = Verify(name, Read(name), proof);
        Assert.True(verified.Accepted, $"{verified.Rejection}");
        Assert.True(verified.ProvenBits >= 100);
        Assert.Equal(StatementRejectionCode.ProofRejected, Verify(name, Read(name) with { Height = 7 }, proof).Rejection?.Code);
        proof[^1] ^= 1;
        Assert.Equal(StatementRejectionCode.ProofRejected, Verify(name, Read(name), proof).Rejection?.Code);
    }

    private static StatementVerification Verify(string name, TransitionInputs inputs, byte[] proof) => name == Order ? WaterfallStatement.Verify(inputs, proof) : SharesStatement.Verify(inputs, proof);

    private static BookCircuit CircuitOf(string name) => name == Order ? WaterfallCircuit.Of(Rulebook(), TransitionProver.DefaultHashSlots) : SharesCircuit.Of(Rulebook(), TransitionProver.DefaultHashSlots);

    private static TransitionInputs Read(string name)
    {
        Assert.Null(TransitionStatementFile.TryRead(File.ReadAllBytes(Path.Combine(Folder(), name + ".statement.json")), Rulebook(), out TransitionInputs? inputs));
        return inputs!;
    }

    private static VenueRulebook Rulebook() => VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Folder(), "frozen.risk")), "frozen.risk"))!;

    /// <summary>A line of a file of digests.</summary>
    private static string Known(string file, string name) => File.ReadLines(Path.Combine(Folder(), file)).Single(line => line.StartsWith(name + " = ", StringComparison.Ordinal))[(name.Length + 3)..];

    /// <summary>Writes what is missing, and proofs and circuits that are not those of today; once, however many tests ask.</summary>
    private static void Update()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") Updated.Value.ToString();
    }

    private static readonly Lazy<bool> Updated = new(() =>
    {
        bool isNew = !Directory.Exists(Folder());
        Directory.CreateDirectory(Folder());
        if (isNew) File.Copy(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"), Path.Combine(Folder(), "frozen.risk"));
        var digests = new List<string>();
        var circuits = new List<string>();
        foreach ((string name, TransitionBatch batch) in ((string, TransitionBatch)[])[(Order, WaterfallScene.Start(WaterfallScene.WithEth, WaterfallScene.Honest)), (Shares, SharesScene.Book(SharesScene.Honest) with { Aggregates = true, PriceSet = Blake3.DeriveKey("a set of signed prices", []) })])
        {
            string circuit = $"{name} = {VerifyingKey.DigestOf(CircuitOf(name).Circuit)}";
            circuits.Add(circuit);
            if (!isNew && File.ReadLines(Path.Combine(Folder(), "circuits.txt")).Contains(circuit) && Verify(name, Read(name), File.ReadAllBytes(Path.Combine(Folder(), name + ".proof"))).Accepted) continue;
            TransitionBatch frozen = batch with { Rulebook = Rulebook() };
            WaterfallOutcome outcome = name == Order ? WaterfallProver.Prove(frozen, Salts, ProofProfile.Compact) : SharesProver.Prove(frozen, Salts, ProofProfile.Compact);
            Assert.Null(outcome.Refused);
            if (isNew) File.WriteAllBytes(Path.Combine(Folder(), name + ".statement.json"), TransitionStatementFile.Write(outcome.Batch!));
            Assert.Equal(Read(name).ToCanonicalBytes(), outcome.Batch!.ToCanonicalBytes());
            File.WriteAllBytes(Path.Combine(Folder(), name + ".proof"), outcome.Proof);
            digests.Add($"{name}: batch = {PublicInputs.Digest(outcome.Batch.ToCanonicalBytes())}");
            digests.Add($"{name} = {PublicInputs.Digest(CircuitOf(name).CanonicalBytes(outcome.Batch))}");
        }
        if (isNew) File.WriteAllLines(Path.Combine(Folder(), "digests.txt"), digests);
        File.WriteAllLines(Path.Combine(Folder(), "circuits.txt"), circuits);
        return true;
    });

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "waterfall-2");
}
