using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>
/// The field's yardstick: one table, eight Poseidon2 permutations of width 16 over KoalaBear on each row, 164 columns each (16 inputs, 148 cubes), 1312 in all.
/// Every constraint says that a cube is one, so the degree is 3; between cubes all is linear.
/// </summary>
public static class Poseidon2Circuit
{
    /// <summary>Permutations a row.</summary>
    public const int Permutations = 8;

    /// <summary>Columns of one permutation.</summary>
    public const int ColumnsEach = Poseidon2_16.Width + Poseidon2_16.Cubes;

    /// <summary>The circuit; it has no messages and no public columns.</summary>
    public static Circuit Build()
    {
        var builder = new CircuitBuilder("yardstick: Poseidon2 width 16, 8 permutations a row");
        TableBuilder table = builder.Table("permutations");
        for (int p = 0; p < Permutations; p++) Permute(table, $"permutation {p}: ");
        return builder.Build();
    }

    private static void Permute(TableBuilder table, string name)
    {
        Expr[] state = table.Columns(name + "input", Poseidon2_16.Width);
        Expr[] cubes = table.Columns(name + "cube", Poseidon2_16.Cubes);
        int constant = 0, cube = 0;
        External(state);
        for (int round = 0; round < Poseidon2_16.FullRounds + Poseidon2_16.PartialRounds; round++)
        {
            const int half = Poseidon2_16.FullRounds / 2;
            bool full = round < half || round >= half + Poseidon2_16.PartialRounds;
            for (int i = 0; i < (full ? Poseidon2_16.Width : 1); i++)
            {
                Expr x = state[i] + Poseidon2_16.RoundConstants[constant++];
                table.Constrain($"{name}cube[{cube}]", cubes[cube] - (x * x * x));
                state[i] = cubes[cube++];
            }
            if (full) External(state);
            else Internal(state);
        }
    }

    private static void External(Expr[] state)
    {
        for (int i = 0; i < state.Length; i += 4)
        {
            Expr a = state[i], b = state[i + 1], c = state[i + 2], d = state[i + 3];
            Expr all = a + b + c + d;
            (state[i], state[i + 1], state[i + 2], state[i + 3]) = (all + a + 2 * b, all + b + 2 * c, all + c + 2 * d, all + d + 2 * a);
        }

        Expr[] sums = [.. Enumerable.Range(0, 4).Select(k => state[k] + state[k + 4] + state[k + 8] + state[k + 12])];
        for (int i = 0; i < state.Length; i++) state[i] += sums[i & 3];
    }

    private static void Internal(Expr[] state)
    {
        Expr sum = Expr.Sum(state);
        for (int i = 0; i < state.Length; i++) state[i] = sum + (Poseidon2_16.InternalDiagonal[i] * state[i]);
    }
}
