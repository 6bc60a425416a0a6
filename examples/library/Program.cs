using Fermat.Air;
using Fermat.Algebra;
using Fermat.Stark;

// The statement: "I know two secret numbers below 256 that start a Fibonacci sequence whose 20th number is the one I publish."
const int Last = 20, Range = 256;
var builder = new CircuitBuilder("fibonacci from secret numbers");
Bus small = builder.Bus("below 256");

// A table has columns and constraints: expressions that are zero on every row.
TableBuilder fibonacci = builder.Table("fibonacci");
Expr a = fibonacci.Column("a"), b = fibonacci.Column("b");
Expr asked = fibonacci.PublicColumn("asked"), answer = fibonacci.PublicColumn("answer");
fibonacci.ConstrainTransition("a moves on", fibonacci.Next(a) - b);
fibonacci.ConstrainTransition("b moves on", fibonacci.Next(b) - (a + b));
fibonacci.Constrain("the answer", asked * (a - answer));
fibonacci.Receive(small, "a starts small", fibonacci.FirstRow, a);
fibonacci.Receive(small, "b starts small", fibonacci.FirstRow, b);

// What tables receive, others send: this one offers every number below 256 as often as it is looked up.
TableBuilder range = builder.Table("range");
Expr value = range.Preprocessed("value"), uses = range.Column("uses");
range.PreprocessedValues((cells, _) => { for (int row = 0; row < Range; row++) cells[row, value.Offset] = KoalaBear.From(row); });
range.Send(small, "value", uses, value);
Circuit circuit = builder.Build();

// Both sides settle heights and options for the rows the tables must hold, and the security they want: here 100 proven bits.
ProofSetup setup = ProofSetup.Create(circuit, activeRows: [Last + 1, Range], ProofProfile.Fast, bits: 100);

// The prover knows the secret numbers. It fills the tables, all active rows of them, and proves.
byte[] Prove(int first, int second, PublicValues publics)
{
    IReadOnlyList<TableTrace> traces = setup.CreateTraces();
    traces[range.Index][first, uses] += KoalaBear.One;
    traces[range.Index][second, uses] += KoalaBear.One;
    (KoalaBear x, KoalaBear y) = (KoalaBear.From(first), KoalaBear.From(second));
    for (int row = 0; row < traces[fibonacci.Index].ActiveRows; row++, (x, y) = (y, x + y))
        (traces[fibonacci.Index][row, a], traces[fibonacci.Index][row, b]) = (x, y);
    return Prover.Prove(setup, traces, publics);
}

// The verifier brings circuit, setup and public values of its own, and takes nothing from the prover but the proof.
PublicValues Claim(uint number) => new(circuit, (asked, [.. new uint[Last], 1]), (answer, [.. new uint[Last], number]));
byte[] proof = Prove(12, 34, Claim(280_182));
VerifyingKey key = setup.CompileKey();
VerificationResult result = Verifier.Verify(key, Claim(280_182), proof, minimumProvenBits: 100);
Console.WriteLine($"a proof of {proof.Length >> 10} KiB: {(result.Accepted ? "accepted" : "rejected")} with {result.Soundness!.OracleBits} proven bits");
Console.WriteLine($"another number: {Verifier.Verify(key, Claim(280_183), proof).Rejection!.Code}");
proof[^1] ^= 1;
Console.WriteLine($"a changed byte: {Verifier.Verify(key, Claim(280_182), proof).Rejection!.Code}");
