using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The constants of <see cref="Poseidon16Lanes"/>, in native memory for ever. Words are Montgomery words in signed form, within ±p/2 unless
/// said otherwise.
/// </summary>
/// <remarks>
/// <para>Full rounds keep their state times a known factor σ: a cube makes it σ³, and the matrix, computed as 2·M with one Montgomery reduction of
/// the integer result, 2·σ³/R (R = 2^32). Round constants are stored times σ, and the factor is taken away at the end.</para>
/// <para>Partial rounds: let x be the state that enters them, M̃ the matrix M with column 0 set to zero, w_m the cube of round m and c_k, ρ as in
/// <see cref="Poseidon16Sparse"/>. The input of the S-box of round k is
/// t_k = (M̃^k x)[0] + Σ_{m&lt;k} (M̃^{k−m−1} M e_0)[0]·w_m + c_k, and the state that leaves is M̃^20 x + Σ_m M̃^{19−m} M e_0·w_m + ρ. So the 20 rounds are
/// 36 inner products with the vector (x_1 … x_15, w_0 … w_19); x_0 enters t_0 only.</para>
/// </remarks>
internal static unsafe class Poseidon16LaneConstants
{
    private const int Width = Poseidon16.Width, Partial = Poseidon16.PartialRounds, Half = Poseidon16.FullRounds / 2;

    /// <summary>Terms of the longest inner product: 15 elements and 20 cubes.</summary>
    internal const int MaxTerms = Width - 1 + Partial;

    private static readonly KoalaBear R = KoalaBear.From(1UL << 32);
    private static readonly KoalaBear[] Scales = BuildScales();

    /// <summary>Round constants of the 8 full rounds, 16 words each; those of rounds 0 and 4, whose input is in [0, p), are within [−p, 0).</summary>
    internal static readonly int* Rounds = BuildRounds();

    /// <summary>The factor of x_0 in t_0.</summary>
    internal static readonly int First = Signed(Scales[Half].Inverse());

    /// <summary>Row k: the terms of t_k, k = 0 … 19 (row 0 is unused); then 16 rows: the terms of the state that leaves. <see cref="MaxTerms"/> a row.</summary>
    internal static readonly int* Terms = Build(Partial + Width, MaxTerms, out Starts);

    /// <summary>What an inner product starts with: its additive constant times R, as an integer.</summary>
    internal static readonly long[] Starts;

    /// <summary>What takes the factor away from the cubes of the eight full rounds, and from the result.</summary>
    internal static readonly LaneFactor[] CubeUnscale = [.. Enumerable.Range(0, 2 * Half).Select(r => new LaneFactor(Scales[r % Half].Pow(3).Inverse()))];

    /// <inheritdoc cref="CubeUnscale"/>
    internal static readonly LaneFactor ResultUnscale = new(Scales[Half].Inverse());

    /// <summary>
    /// The matrix of the first eight sums, u_j = x_j + x_{j+8}: entry d, as pairs of 16-bit words (C[d], C[d + 1]) in all lanes, C[d] = row[d] + row[d + 8].
    /// Output i takes pair (2k − i) mod 8 of inputs 2k, 2k + 1.
    /// </summary>
    internal static readonly Vector256<short>* Cyclic = BuildPairs(8, d => Row(d) + Row(d + 8));

    /// <summary>The same for the differences v_j = x_j − x_{j+8}, C[d] = row[d] − row[d + 8], for d mod 16 (C[d + 8] = −C[d]).</summary>
    internal static readonly Vector256<short>* Negacyclic = BuildPairs(16, d => Row(d) - Row(d + 8));

    private static int Row(int d) => (int)Poseidon16Constants.MdsFirstRow[d & 15];

    /// <summary>σ before round r of a run of four full rounds, r = 0 … 4.</summary>
    private static KoalaBear[] BuildScales()
    {
        var scales = new KoalaBear[Half + 1];
        scales[0] = KoalaBear.One;
        for (int r = 0; r < Half; r++) scales[r + 1] = KoalaBear.From(2) * scales[r].Pow(3) * R.Inverse();
        return scales;
    }

    private static int* BuildRounds()
    {
        int* words = Allocate<int>(2 * Half * Width);
        for (int r = 0; r < 2 * Half; r++)
        {
            int round = r < Half ? r : r + Partial;
            for (int i = 0; i < Width; i++)
            {
                KoalaBear constant = Poseidon16.RoundConstants[round][i] * Scales[r % Half];
                words[(r * Width) + i] = r % Half == 0 ? (int)(constant.Raw - KoalaBear.Modulus) : Signed(constant);
            }
        }

        return words;
    }

    private static int* Build(int rows, int pitch, out long[] starts)
    {
        int* terms = Allocate<int>(rows * pitch);
        starts = new long[rows];
        KoalaBear unscale = Scales[Half].Inverse();

        // powers[k] = M̃^k and responses[d] = M̃^d M e_0
        KoalaBear[,] power = Identity();
        var responses = new List<KoalaBear[]> { Column(Multiply(power, keepColumnZero: true)) };
        for (int k = 0; k < Partial; k++)
        {
            if (k > 0) Fill(terms + (k * pitch), k, i => power[0, i] * unscale, m => responses[k - 1 - m][0]);
            starts[k] = Signed(Poseidon16.Sparse.Constants[k] * R);
            power = Multiply(power, keepColumnZero: false);
            responses.Add(Response(responses[^1]));
        }

        for (int row = 0; row < Width; row++)
        {
            Fill(terms + ((Partial + row) * pitch), Partial, i => power[row, i] * unscale, m => responses[Partial - 1 - m][row]);
            starts[Partial + row] = Signed(Poseidon16.Sparse.Residual[row] * R);
        }

        return terms;
    }

    private static void Fill(int* row, int cubes, Func<int, KoalaBear> element, Func<int, KoalaBear> cube)
    {
        for (int i = 1; i < Width; i++) row[i - 1] = Signed(element(i));
        for (int m = 0; m < cubes; m++) row[Width - 1 + m] = Signed(cube(m));
    }

    private static KoalaBear[,] Identity()
    {
        var identity = new KoalaBear[Width, Width];
        for (int i = 0; i < Width; i++) identity[i, i] = KoalaBear.One;
        return identity;
    }

    /// <summary>left · M, or left · M̃.</summary>
    private static KoalaBear[,] Multiply(KoalaBear[,] left, bool keepColumnZero)
    {
        var product = new KoalaBear[Width, Width];
        for (int i = 0; i < Width; i++)
        {
            for (int j = keepColumnZero ? 0 : 1; j < Width; j++)
            {
                for (int k = 0; k < Width; k++) product[i, j] += left[i, k] * Poseidon16.Mds[k][j];
            }
        }

        return product;
    }

    /// <summary>M̃ · vector.</summary>
    private static KoalaBear[] Response(KoalaBear[] vector)
    {
        var next = new KoalaBear[Width];
        for (int i = 0; i < Width; i++)
        {
            for (int j = 1; j < Width; j++) next[i] += Poseidon16.Mds[i][j] * vector[j];
        }

        return next;
    }

    private static KoalaBear[] Column(KoalaBear[,] matrix) => [.. Enumerable.Range(0, Width).Select(i => matrix[i, 0])];

    private static Vector256<short>* BuildPairs(int count, Func<int, int> entry)
    {
        Vector256<short>* pairs = Allocate<Vector256<short>>(count);
        for (int d = 0; d < count; d++) pairs[d] = Vector256.Create((entry(d) & 0xFFFF) | (entry(d + 1) << 16)).AsInt16();
        return pairs;
    }

    /// <summary>The Montgomery word in signed form, within ±p/2.</summary>
    private static int Signed(KoalaBear x) => x.Raw > KoalaBear.Modulus / 2 ? (int)(x.Raw - KoalaBear.Modulus) : (int)x.Raw;

    private static T* Allocate<T>(int count)
        where T : unmanaged
    {
        nuint bytes = (nuint)(count * sizeof(T));
        var memory = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }
}
