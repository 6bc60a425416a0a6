using System.Runtime.ExceptionServices;

namespace Fermat.Algebra;

/// <summary>
/// Loops over independent items on several threads. Which thread runs an item is unspecified, the partition into items is not:
/// it never depends on <see cref="Degree"/>, so any loop whose items write to separate places gives the same result at every degree.
/// </summary>
public static class Parallelism
{
    private static int _degree = Environment.ProcessorCount;

    /// <summary>How many threads a loop may use, the calling one included; at first the number of processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than one.</exception>
    public static int Degree
    {
        get => Volatile.Read(ref _degree);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _degree, value);
        }
    }

    /// <summary>Runs <paramref name="body"/> once for every integer of [from, to). Loops may be nested.</summary>
    /// <param name="from">The first item.</param>
    /// <param name="to">One past the last item.</param>
    /// <param name="body">The work on one item. The first exception thrown stops the loop and is rethrown here.</param>
    /// <param name="cancellationToken">Checked before every item.</param>
    public static void For(int from, int to, Action<int> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        int count = to - from;
        int helpers = Math.Min(Degree, count) - 1;
        if (helpers <= 0)
        {
            for (int i = from; i < to; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(i);
            }

            return;
        }

        var loop = new Loop(from, count, body, cancellationToken);
        for (int i = 0; i < helpers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: false);
        loop.RunToEnd();
    }

    /// <summary>
    /// Runs <paramref name="body"/>(start, end) over the consecutive ranges of <paramref name="grain"/> items (the last may be shorter)
    /// that cover [0, count).
    /// </summary>
    /// <param name="count">The number of items.</param>
    /// <param name="grain">Items a range, at least one.</param>
    /// <param name="body">The work on the range [start, end).</param>
    /// <param name="cancellationToken">Checked before every range.</param>
    public static void ForRanges(int count, int grain, Action<int, int> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfLessThan(grain, 1);
        int ranges = (int)(((long)count + grain - 1) / grain);
        For(0, ranges, range => body(range * grain, (int)Math.Min(((long)range + 1) * grain, count)), cancellationToken);
    }

    /// <summary>One running loop: threads take the next item until none is left. Threads that arrive late find nothing to do.</summary>
    private sealed class Loop(int from, int count, Action<int> body, CancellationToken cancellationToken) : IThreadPoolWorkItem
    {
        private readonly ManualResetEventSlim _allDone = new(false);
        private ExceptionDispatchInfo? _failure;
        private int _taken;
        private int _done;

        public void Execute()
        {
            while (true)
            {
                int item = Interlocked.Increment(ref _taken) - 1;
                if ((uint)item >= (uint)count)
                    return; // every thread overshoots once, so the counter cannot wrap

                RunItem(from + item);
                if (Interlocked.Increment(ref _done) == count)
                    _allDone.Set();
            }
        }

        public void RunToEnd()
        {
            Execute();
            _allDone.Wait();
            _failure?.Throw();
        }

        private void RunItem(int item)
        {
            if (Volatile.Read(ref _failure) is not null)
                return;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(item);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            }
        }
    }
}
