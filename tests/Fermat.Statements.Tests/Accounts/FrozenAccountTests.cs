using System.Runtime.CompilerServices;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>
/// Statement files of version 1 about accounts, their canonical bytes, and what owners are known by, kept for ever. Proofs are not among them yet: they depend on how rulebooks are lowered, and that is not frozen. With
/// FERMAT_UPDATE_VECTORS=1 missing files are written; none is ever overwritten (vectors/README.md).
/// </summary>
public sealed class FrozenAccountTests
{
    [Theory]
    [InlineData("liquidation-due")]
    [InlineData("liquidation-not-due")]
    [InlineData("health")]
    public void Frozen_statements_of_version_1_are_read_as_they_were_written(string name)
    {
        WriteMissing();
        VenueRulebook rulebook = VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Folder(), "frozen.risk")), "frozen.risk"))!;
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), name + ".statement.json"));
        Assert.Null(AccountStatementFile.TryRead(file, rulebook, out AccountStatementInputs? inputs));
        Assert.Null(inputs!.Problem());
        Assert.Equal(file, AccountStatementFile.Write(inputs));
        Assert.Equal(Known(name), PublicInputs.Digest(inputs.ToCanonicalBytes()).ToString());
    }

    [Fact]
    public void What_an_owner_is_known_by_stays()
    {
        WriteMissing();
        foreach ((string name, Digest digest) in Identities()) Assert.Equal(Known(name), digest.ToString());
    }

    private static IEnumerable<(string Name, Digest Digest)> Identities()
    {
        KoalaBear[] secret = FieldConstants.Derive("a frozen owner", 8);
        Digest commitment = OwnerIdentity.Commitment(secret);
        yield return ("commitment", commitment);
        yield return ("owner key with a signer", OwnerIdentity.OwnerKey(commitment, [.. Enumerable.Range(1, OwnerIdentity.SignerLength).Select(i => (byte)i)]));
        yield return ("owner key", OwnerIdentity.OwnerKey(commitment, []));
        yield return ("pseudonym", OwnerIdentity.Pseudonym(secret, AccountDigests.OfVerifier("a lender", "loans")));
        yield return ("nullifier", LeafNullifier.Of(secret, OwnerIdentity.OwnerDomain.AsSpan(), 0x0123_4567_89ab_cdef));
    }

    /// <summary>A line of the frozen digests.</summary>
    private static string Known(string name) => File.ReadLines(Path.Combine(Folder(), "digests.txt")).Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    private static void WriteMissing()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") != "1" || Directory.Exists(Folder())) return;
        Directory.CreateDirectory(Folder());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk"), Path.Combine(Folder(), "frozen.risk"));
        var digests = new List<string>();
        Write("liquidation-due", CrossTiered.Inputs(AccountStatementKind.LiquidationDue, Erin));
        Write("liquidation-not-due", CrossTiered.Inputs(AccountStatementKind.LiquidationNotDue, Dave));
        Write("health", CrossTiered.Inputs(AccountStatementKind.Health, Alice, 1_000_000));
        File.WriteAllLines(Path.Combine(Folder(), "digests.txt"), [.. digests, .. Identities().Select(identity => $"{identity.Name}: {identity.Digest}")]);

        void Write(string name, AccountStatementInputs inputs)
        {
            File.WriteAllBytes(Path.Combine(Folder(), name + ".statement.json"), AccountStatementFile.Write(inputs));
            digests.Add($"{name}: {PublicInputs.Digest(inputs.ToCanonicalBytes())}");
        }
    }

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "accounts-1");
}
