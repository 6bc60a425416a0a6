namespace Fermat.Algebra;

/// <summary>Powers of field elements.</summary>
internal static class FieldPower
{
    /// <summary>Square and multiply, most significant bit first.</summary>
    public static T Pow<T>(T value, ulong exponent)
        where T : struct, IField<T>
    {
        T result = T.One;
        for (int bit = 63 - System.Numerics.BitOperations.LeadingZeroCount(exponent); bit >= 0; bit--)
        {
            result = result.Square();
            if (((exponent >> bit) & 1) != 0)
                result *= value;
        }

        return result;
    }
}
