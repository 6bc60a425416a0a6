namespace Fermat.Hashing.Tests;

/// <summary>
/// The Grain LFSR of the Poseidon paper, appendix E: 80 bits of state seeded with the parameters, self-shrinking output, field elements
/// most significant bit first with rejection.
/// </summary>
internal sealed class GrainGenerator
{
    private readonly Queue<int> _state = new();

    /// <param name="bits">Bits of the field's order.</param>
    /// <param name="width">Elements in a state.</param>
    /// <param name="fullRounds">Full rounds.</param>
    /// <param name="partialRounds">Partial rounds.</param>
    internal GrainGenerator(int bits, int width, int fullRounds, int partialRounds)
    {
        Push(1, 2); // a prime field
        Push(0, 4); // S-box x^alpha
        Push(bits, 12);
        Push(width, 12);
        Push(fullRounds, 10);
        Push(partialRounds, 10);
        Push((1 << 30) - 1, 30);
        for (int i = 0; i < 160; i++) Step();
    }

    internal uint NextBelow(uint modulus)
    {
        while (true)
        {
            uint value = 0;
            for (int i = 0; i < 31; i++) value = (value << 1) | (uint)NextBit();
            if (value < modulus) return value;
        }
    }

    private void Push(int value, int bits)
    {
        for (int i = bits - 1; i >= 0; i--) _state.Enqueue((value >> i) & 1);
    }

    /// <summary>Bits come in pairs: the second of a pair is output if the first is one.</summary>
    private int NextBit()
    {
        while (true)
        {
            int keep = Step();
            int bit = Step();
            if (keep == 1) return bit;
        }
    }

    private int Step()
    {
        int[] s = [.. _state];
        int bit = s[62] ^ s[51] ^ s[38] ^ s[23] ^ s[13] ^ s[0];
        _state.Dequeue();
        _state.Enqueue(bit);
        return bit;
    }
}
