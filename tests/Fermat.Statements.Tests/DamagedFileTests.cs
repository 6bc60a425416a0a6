using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>A thousand damaged files of each kind: never a crash, never an accepted lie, always a message with a place.</summary>
public sealed class DamagedFileTests
{
    private const int Files = 1000;

    private static readonly Lazy<SolvencyOutcome> Proof = new(() => QuickProofs.Prove(QuickProofs.Tiny, QuickProofs.Options with { Reveal = RevealMode.Totals }));

    [Fact]
    public void Damaged_statements_are_rejected_or_say_the_same()
    {
        SolvencyPublicInputs statement = Proof.Value.Inputs!;
        byte[] honest = statement.ToCanonicalBytes(), file = SolvencyStatementFile.Write(statement);
        int read = 0;
        for (int seed = 0; seed < Files; seed++)
        {
            StatementRejection? rejection = SolvencyStatementFile.TryRead(Damage(file, seed), statement.Rulebook, out SolvencyPublicInputs? inputs);
            Assert.True(rejection is null != inputs is null, $"seed {seed}");
            if (inputs is null)
            {
                AssertSays(rejection!, seed);
                continue;
            }
            read++;
            SolvencyVerification result = QuickProofs.Verify(inputs, Proof.Value.Proof);
            bool same = inputs.Problem() is null && inputs.ToCanonicalBytes().AsSpan().SequenceEqual(honest);
            Assert.True(result.Accepted == same, $"seed {seed}: {result.Rejection}");
        }
        Assert.InRange(read, 1, Files - 1);
    }

    [Fact]
    public void Damaged_openings_are_rejected_or_say_the_same()
    {
        AccountData alice = QuickProofs.Tiny.Accounts.First();
        SolvencyPublicInputs statement = Proof.Value.Inputs!;
        byte[] file = InclusionFile.Write(statement.Rulebook, InclusionMaker.Make(QuickProofs.Tiny, alice, 0, Proof.Value.Tree!, QuickProofs.Salts));
        var anchors = new InclusionAnchors(statement.Rulebook, statement.StateRoot, alice.Id, alice.OwnerKey) { Statement = StatedBook.Of(statement) };
        int read = 0;
        for (int seed = 0; seed < Files; seed++)
        {
            StatementRejection? rejection = InclusionFile.TryRead(Damage(file, seed), statement.Rulebook, out InclusionOpening? opening);
            Assert.True(rejection is null != opening is null, $"seed {seed}");
            if (opening is null)
            {
                AssertSays(rejection!, seed);
                continue;
            }
            read++;
            Assert.True(opening.Verify(anchors) is null == InclusionFile.Write(statement.Rulebook, opening).AsSpan().SequenceEqual(file), $"seed {seed}");
        }
        Assert.InRange(read, 1, Files - 1);
    }

    private static void AssertSays(StatementRejection rejection, int seed)
    {
        Assert.True(rejection.Message.Length > 0, $"seed {seed}");
        Assert.True(rejection.Place is not null, $"seed {seed}: {rejection}");
    }

    /// <summary>One to three changes: a bit, a byte, a stretch removed, repeated or moved, a digit, the end cut off, a line twice, a value of another kind.</summary>
    private static byte[] Damage(byte[] file, int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>(file);
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 1; changes--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(10))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                case 6: Replace(bytes, "0123456789"u8, at, (byte)('0' + random.Next(10))); break;
                case 7: bytes.Insert(at, (byte)" \n\t"[random.Next(3)]); break;
                case 8: SwapLines(bytes, random); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "null", "-1", "1e999", "\"\\ud800\"", "[[[[[[[[[[", "{}", "\"\"", "99999999999999999999999" }[random.Next(8)])); break;
            }
        }
        return [.. bytes];
    }

    private static void Replace(List<byte> bytes, ReadOnlySpan<byte> any, int from, byte with)
    {
        while (from < bytes.Count && !any.Contains(bytes[from])) from++;
        if (from < bytes.Count) bytes[from] = with;
    }

    private static void SwapLines(List<byte> bytes, Random random)
    {
        string[] lines = Encoding.Latin1.GetString([.. bytes]).Split('\n');
        int a = random.Next(lines.Length), b = random.Next(lines.Length);
        (lines[a], lines[b]) = (lines[b], lines[a]);
        bytes.Clear();
        bytes.AddRange(Encoding.Latin1.GetBytes(string.Join('\n', lines)));
    }
}
