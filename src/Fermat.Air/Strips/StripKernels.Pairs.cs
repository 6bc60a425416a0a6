using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Sums with small integer factors, two terms to a multiplication (see <see cref="PairLanes"/>).</summary>
internal static unsafe partial class StripKernels
{
    public static void Split(in Step step)
    {
        uint* low = step.Register(step.Defined[0]), high = step.Register(step.Defined[1]);
        uint* x = step.Register(step.Used[0]), y = step.Register(step.Used[1]);
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += Lanes)
        {
            Vector256<uint> first = Vector256.Load(x + at), second = Vector256.Load(y + at);
            PairLanes.Low(first, second).Store(low + at);
            PairLanes.High(first, second).Store(high + at);
        }
    }

    public static void PairSum(in Step step)
    {
        int pairs = step.Data[0];
        int* factors = step.Data + 2;
        uint* d = step.Register(step.Defined[0]);
        Vector256<uint> constant = Vector256.Create(step.Data[1] < 0 ? 0 : step.Scalars[step.Data[1]]);
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += GroupRows)
        {
            Vector256<int> low0 = default, low1 = default, low2 = default, low3 = default;
            Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default;
            for (int i = 0; i < pairs; i++)
            {
                uint* low = step.Register(step.Used[2 * i]) + at;
                uint* high = step.Register(step.Used[(2 * i) + 1]) + at;
                Vector256<uint> k = Vector256.Create((uint)factors[i]);
                low0 += PairLanes.MultiplyAdd(Vector256.Load(low), k);
                low1 += PairLanes.MultiplyAdd(Vector256.Load(low + Lanes), k);
                low2 += PairLanes.MultiplyAdd(Vector256.Load(low + (2 * Lanes)), k);
                low3 += PairLanes.MultiplyAdd(Vector256.Load(low + (3 * Lanes)), k);
                high0 += PairLanes.MultiplyAdd(Vector256.Load(high), k);
                high1 += PairLanes.MultiplyAdd(Vector256.Load(high + Lanes), k);
                high2 += PairLanes.MultiplyAdd(Vector256.Load(high + (2 * Lanes)), k);
                high3 += PairLanes.MultiplyAdd(Vector256.Load(high + (3 * Lanes)), k);
            }
            KoalaBearVector.Add(PairLanes.Reduce(low0, high0), constant).Store(d + at);
            KoalaBearVector.Add(PairLanes.Reduce(low1, high1), constant).Store(d + at + Lanes);
            KoalaBearVector.Add(PairLanes.Reduce(low2, high2), constant).Store(d + at + (2 * Lanes));
            KoalaBearVector.Add(PairLanes.Reduce(low3, high3), constant).Store(d + at + (3 * Lanes));
        }
    }
}
