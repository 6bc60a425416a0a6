using System.Diagnostics;
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

        Crew.Run(new Loop(from, count, helpers, body, cancellationToken));
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

    /// <summary>
    /// The threads that help in loops, at most <see cref="Degree"/> − 1 of all loops of the process together, so that nested loops do not crowd the cores. A helper
    /// whose loop has run out goes on to another that wants one, and waits a moment for the next before it leaves: woken threads are late by more than a short
    /// loop takes. A caller that waits for others' last items lends its place.
    /// </summary>
    private static class Crew
    {
        /// <summary>How long a helper without work waits, in microseconds.</summary>
        private const long LingerMicroseconds = 50;

        private static readonly Lock Gate = new();
        private static readonly List<Loop> Wanting = []; // loops that have items left and want helpers, the innermost last
        private static int _helping;
        private static int _wanting;

        public static void Run(Loop loop)
        {
            lock (Gate)
            {
                Wanting.Add(loop);
                Summon();
            }

            loop.RunItems();
            bool lent = !loop.IsDone;
            lock (Gate)
            {
                Wanting.Remove(loop);
                Volatile.Write(ref _wanting, Wanting.Count);
                if (lent)
                {
                    _helping--;
                    Summon();
                }
            }

            if (lent)
            {
                loop.Wait();
                lock (Gate) _helping++;
            }

            loop.ThrowFailure();
        }

        /// <summary>What a thread of the pool does: one loop after the other.</summary>
        public static void Help(Loop first)
        {
            for (Loop? loop = first; loop is not null; loop = Next()) loop.RunItems();
        }

        /// <summary>Sends helpers, as far as there may be more, to the loops that want them. The gate is held.</summary>
        private static void Summon()
        {
            while (_helping < Degree - 1 && Take() is { } loop)
            {
                _helping++;
                ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: false);
            }

            Volatile.Write(ref _wanting, Wanting.Count);
        }

        /// <summary>A loop that wants a helper. The gate is held.</summary>
        private static Loop? Take()
        {
            while (Wanting.Count > 0)
            {
                Loop loop = Wanting[^1];
                bool wants = loop.TakeHelper(out bool more);
                if (!more) Wanting.RemoveAt(Wanting.Count - 1);
                if (wants) return loop;
            }

            return null;
        }

        /// <summary>Where a helper goes on; null when it has left.</summary>
        private static Loop? Next()
        {
            long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * LingerMicroseconds / 1_000_000);
            while (true)
            {
                bool late = Stopwatch.GetTimestamp() >= until;
                if (late || Volatile.Read(ref _wanting) > 0)
                {
                    lock (Gate)
                    {
                        Loop? loop = _helping < Degree ? Take() : null;
                        Volatile.Write(ref _wanting, Wanting.Count);
                        if (loop is not null) return loop;
                        if (late || _helping >= Degree)
                        {
                            _helping--;
                            return null;
                        }
                    }
                }

                Thread.SpinWait(8);
            }
        }
    }

    /// <summary>One running loop: threads take the next item until none is left. Threads that arrive late find nothing to do.</summary>
    private sealed class Loop(int from, int count, int helpers, Action<int> body, CancellationToken cancellationToken) : IThreadPoolWorkItem
    {
        private readonly ManualResetEventSlim _allDone = new(false);
        private ExceptionDispatchInfo? _failure;
        private int _helpers = helpers;
        private int _taken;
        private int _done;

        public bool IsDone => Volatile.Read(ref _done) == count;

        public void Execute() => Crew.Help(this);

        public void Wait() => _allDone.Wait();

        public void ThrowFailure() => _failure?.Throw();

        /// <summary>Counts one more helper, if one is wanted; says whether another one is.</summary>
        public bool TakeHelper(out bool more)
        {
            bool wants = _helpers > 0 && Volatile.Read(ref _taken) < count;
            if (wants) _helpers--;
            more = wants && _helpers > 0;
            return wants;
        }

        public void RunItems()
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
