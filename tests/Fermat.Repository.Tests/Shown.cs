namespace Fermat.Repository.Tests;

/// <summary>One of each kind of member, for the test of <see cref="PublicApi"/>.</summary>
public static class Shown
{
    public enum Colour : byte
    {
        Red = 1,
    }

    public delegate bool Rule(ref int x, params string?[] names);

    public static unsafe void Copy(byte* from, (int Row, Dictionary<string, object?>? Map) to) => _ = (*from, to);

    public abstract class Base<T>
        where T : class, new()
    {
        protected Base(T? first) => Hidden(first);

        protected abstract IReadOnlyList<string?> Names { get; }

        public virtual bool Try(ReadOnlySpan<byte> from, out T? found)
        {
            found = null;
            return from.Length > 0;
        }

        internal static void Hidden(T? first) => _ = first;
    }

    public readonly struct Point
    {
        public const int Size = 3;

        public int this[int i] => i;

        public static Point operator +(Point a, Point b) => a[0] > 0 ? a : b;
    }

    public sealed record Pair(int Left, string? Right = null);
}
