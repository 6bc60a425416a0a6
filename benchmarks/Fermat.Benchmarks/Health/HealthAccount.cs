using System.Buffers.Binary;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>An account with its place in a state tree, and the public side of its statement: id, root and weights.</summary>
public sealed class HealthAccount : IPublicTables
{
    private const int Half = HealthCircuit.Half;

    private readonly KoalaBear[] _id = AccountDigests.OfId("benchmark");
    private readonly KoalaBear[] _salt = FieldConstants.Derive("fermat benchmark account salt", Half);
    private readonly KoalaBear[][] _siblings = [.. Enumerable.Range(0, HealthCircuit.Depth).Select(level => FieldConstants.Derive($"fermat benchmark sibling {level}", Half))];
    private readonly byte[] _publicInputs;

    /// <summary>An account and the tree it is in.</summary>
    /// <param name="balances">One for each asset, negative for a debt; not the least 64-bit integer.</param>
    /// <param name="claimWeights">What a unit of a positive balance counts.</param>
    /// <param name="debtWeights">What a unit of a negative balance counts.</param>
    public HealthAccount(long[] balances, uint[] claimWeights, uint[] debtWeights)
    {
        if (balances.Length != HealthCircuit.Assets || claimWeights.Length != balances.Length || debtWeights.Length != balances.Length)
            throw new ArgumentException($"give {HealthCircuit.Assets} balances and weights", nameof(balances));
        (Balances, ClaimWeights, DebtWeights) = (balances, claimWeights, debtWeights);
        Root = new KoalaBear[Half];
        KoalaBear[][] states = States();
        KoalaBear[] last = [.. states[^1]];
        Poseidon16.Permute(last);
        for (int i = 0; i < Half; i++) Root[i] = last[i] + states[^1][i];
        _publicInputs = Encode();
    }

    internal long[] Balances { get; }

    internal uint[] ClaimWeights { get; }

    internal uint[] DebtWeights { get; }

    /// <summary>The state root, public; tests change it.</summary>
    internal KoalaBear[] Root { get; }

    /// <summary>Σ balance · weight.</summary>
    public BigInteger Margin => Balances.Select((balance, i) => (BigInteger)balance * (balance < 0 ? DebtWeights[i] : ClaimWeights[i])).Aggregate(BigInteger.Zero, (a, b) => a + b);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => table switch { 0 => HealthCircuit.RootRow + 1, 1 => HealthCircuit.Assets, _ => 0 };

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (table == 0)
        {
            _id.CopyTo(publicColumns.Row(0));
            Root.CopyTo(publicColumns.Row(HealthCircuit.RootRow));
            return;
        }

        for (int row = 0; row < HealthCircuit.Assets; row++)
        {
            for (int b = 0; b < HealthCircuit.WeightBytes; b++)
            {
                publicColumns[row, b] = KoalaBear.From((byte)(ClaimWeights[row] >> (8 * b)));
                publicColumns[row, HealthCircuit.WeightBytes + b] = KoalaBear.From((byte)(DebtWeights[row] >> (8 * b)));
            }
        }
    }

    /// <summary>Whether the path turns right at a level, the leaf's being 0.</summary>
    internal static bool IsRight(int level) => (0b0110_1001_1100_0101_1010 >> level & 1) != 0;

    /// <summary>The states before each permutation: the leaf's blocks, then the nodes of the path.</summary>
    internal KoalaBear[][] States()
    {
        var states = new List<KoalaBear[]>();
        KoalaBear[] state = [.. _id, .. HealthCircuit.LeafIv];
        for (int block = 0; block < HealthCircuit.Blocks; block++)
        {
            Block(block).CopyTo(state, 0);
            states.Add([.. state]);
            Poseidon16.Permute(state);
        }

        for (int level = 0; level < HealthCircuit.Depth; level++)
        {
            KoalaBear[] digest = [.. Enumerable.Range(0, Half).Select(i => state[i] + states[^1][i])];
            state = IsRight(level) ? [.. _siblings[level], .. digest] : [.. digest, .. _siblings[level]];
            state[^1] += StateTreeHash.NodeTag + KoalaBear.From(level + 1);
            states.Add([.. state]);
            Poseidon16.Permute(state);
        }

        return [.. states];
    }

    private KoalaBear[] Block(int block)
    {
        if (block < HealthCircuit.FirstItem) return block == 0 ? _id : _salt;
        var elements = new KoalaBear[Half];
        long balance = Balances[block - HealthCircuit.FirstItem];
        ulong magnitude = (ulong)Math.Abs(balance);
        elements[0] = KoalaBear.From(balance < 0 ? 1 : 0);
        for (int w = 0; w < 4; w++) elements[1 + w] = KoalaBear.From((ushort)(magnitude >> (16 * w)));
        return elements;
    }

    private byte[] Encode()
    {
        var bytes = new byte[4 * ((2 * Half) + (2 * HealthCircuit.Assets))];
        int at = 0;
        foreach (uint word in _id.Concat(Root).Select(e => e.Value).Concat(ClaimWeights).Concat(DebtWeights))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), word);
            at += 4;
        }

        return bytes;
    }
}
