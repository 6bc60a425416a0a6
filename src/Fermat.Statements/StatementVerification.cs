using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements;

/// <summary>The outcome of checking a statement that has one proof.</summary>
public abstract record StatementVerification
{
    private protected StatementVerification(StatementRejection? rejection, VerificationResult? result) => (Rejection, Result) = (rejection, result);

    /// <summary>Whether the statement is proven.</summary>
    public bool Accepted => Rejection is null && Result is { Accepted: true };

    /// <summary>Why not; null exactly when accepted.</summary>
    public StatementRejection? Rejection { get; }

    /// <summary>What the verifier of proofs said; null when the statement fell before its proof was looked at.</summary>
    public VerificationResult? Result { get; }

    /// <summary>Proven bits; 0 when not accepted.</summary>
    public int ProvenBits => Accepted ? Result!.Soundness!.OracleBits : 0;
}

/// <summary>A circuit of a statement, with its verifying keys.</summary>
internal interface IStatementCircuit
{
    /// <summary>Tables, buses, constraints.</summary>
    Circuit Circuit { get; }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    VerifyingKey CompileKey(ProofOptions options);
}

/// <summary>Verifies the one proof of a statement.</summary>
internal static class StatementProof
{
    /// <summary>Judges a proof's parameters, then compiles the circuit's key for them and verifies the proof. Never throws on account of the proof or of public values.</summary>
    /// <param name="circuitOf">The verifier's own circuit.</param>
    /// <param name="unprovable">What is said of a rulebook that has none; its reason follows.</param>
    /// <param name="publicTables">The public tables, of inputs without a problem.</param>
    /// <param name="proof">The proof's bytes, of any origin.</param>
    /// <param name="policy">What the verifier insists on.</param>
    public static (StatementRejection? Rejection, VerificationResult? Result) Verify<TCircuit>(
        Func<TCircuit> circuitOf, string unprovable, Func<TCircuit, IPublicTables> publicTables, ReadOnlyMemory<byte> proof, VerifierPolicy policy)
        where TCircuit : IStatementCircuit
    {
        TCircuit circuit;
        try
        {
            circuit = circuitOf();
        }
        catch (CoreException fault)
        {
            return (new StatementRejection(StatementRejectionCode.WrongRulebook, $"{unprovable}: {fault.Message}"), null);
        }
        var memo = new SoundnessMemo();
        if (Verifier.Judge(circuit.Circuit, proof.Span, policy, memo) is { } weak) return (SolvencyStatement.ProofRejected(weak.Rejection!, 0, 1), weak);
        try
        {
            VerifyingKey key = circuit.CompileKey(SolvencyStatement.OptionsOf(proof.Span));
            VerificationResult result = Verifier.Verify(circuit.Circuit, key, publicTables(circuit), proof.Span, policy, memo);
            return (result.Accepted ? null : SolvencyStatement.ProofRejected(result.Rejection!, 0, 1), result);
        }
        catch (RuleEvaluationException fault)
        {
            return (new StatementRejection(StatementRejectionCode.InvalidParameters, $"a public value does not exist: {fault.Message}"), null);
        }
    }
}
