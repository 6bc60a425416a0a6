using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>An extension-field column is committed as five base-field columns, the coefficients of 1, X, …, X⁴.</summary>
public static class ExtensionColumn
{
    /// <summary>The column's value where its five base-field columns take these values, which are themselves of the extension field.</summary>
    public static Quintic Combine(ReadOnlySpan<Quintic> components)
    {
        Quintic sum = components[Quintic.Degree - 1];
        for (int i = Quintic.Degree - 2; i >= 0; i--) sum = sum * Quintic.X + components[i];
        return sum;
    }
}
