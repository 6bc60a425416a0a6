using System.Diagnostics;
using System.Globalization;

namespace Fermat.Fuzzing;

/// <summary>
/// Runs a fuzz test: so many rounds as a rule; FERMAT_FUZZ_ROUNDS of them; or, for <c>./test --fuzz</c>, as many as fit in FERMAT_FUZZ_SECONDS, from a seed that the clock gives, printing how far it is.
/// FERMAT_FUZZ_SEED is the first seed: a failure names its own, and is run again by it alone. The input that failed, or that hangs, is written to a file in FERMAT_FUZZ_OUT.
/// </summary>
internal static class FuzzRun
{
    private const int SecondsBetweenReports = 10, SecondsUntilHung = 120;

    /// <summary>Makes inputs from seeds and checks them.</summary>
    /// <param name="name">In reports and file names.</param>
    /// <param name="rounds">How many in an ordinary test run.</param>
    /// <param name="make">An input from a seed, the same for the same seed; null for none.</param>
    /// <param name="check">Throws if the code does what it must not.</param>
    /// <returns>How many rounds were run.</returns>
    public static long Rounds(string name, int rounds, Func<int, byte[]?> make, Action<int, byte[]> check)
    {
        int seconds = Number("FERMAT_FUZZ_SECONDS") ?? 0;
        int? asked = Number("FERMAT_FUZZ_SEED");
        int first = asked ?? (seconds > 0 ? (int)(DateTime.UtcNow.Ticks & 0x3fffffff) : 0);
        int most = asked is not null && seconds == 0 && Number("FERMAT_FUZZ_ROUNDS") is null ? 1 : Number("FERMAT_FUZZ_ROUNDS") ?? rounds;
        var watch = Stopwatch.StartNew();
        if (seconds > 0) Console.WriteLine($"fuzz {name}: {seconds} s from seed {first}");
        var current = new Current(name);
        using Timer? guard = seconds == 0 ? null : new Timer(_ => current.SecondPassed(SecondsUntilHung), null, 1000, 1000);
        long reported = 0, done = 0;
        for (; seconds > 0 ? watch.Elapsed.TotalSeconds < seconds : done < most; done++)
        {
            int seed = unchecked(first + (int)done) & int.MaxValue;
            byte[]? input = null;
            try
            {
                current.Set(seed, null);
                input = make(seed);
                current.Set(seed, input);
                if (input is not null) check(seed, input);
            }
            catch (Exception failure)
            {
                Assert.Fail($"{name}: seed {seed}{Save(name, seed, input)}: {failure}");
            }

            if (seconds > 0 && watch.Elapsed.TotalSeconds >= reported + SecondsBetweenReports)
            {
                reported = (long)watch.Elapsed.TotalSeconds;
                Console.WriteLine($"fuzz {name}: {done + 1} rounds, {reported} s of {seconds} s, seed {seed}");
            }
        }

        if (seconds > 0) Console.WriteLine($"fuzz {name}: {done} rounds, nothing found");
        return done;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static string Save(string name, int seed, byte[]? input)
    {
        if (input is null) return " (no input was made)";
        string folder = Environment.GetEnvironmentVariable("FERMAT_FUZZ_OUT") is { Length: > 0 } asked ? asked : Path.Combine(Path.GetTempPath(), "fermat-fuzz");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{name.Replace(' ', '-')}-{seed}.input");
        File.WriteAllBytes(path, input);
        return $", input in {path}";
    }

    /// <summary>What is being checked, so that it can be told when that does not end. Seconds are counted, not read from a clock: while the process is stopped, or the machine asleep, none pass.</summary>
    private sealed class Current(string name)
    {
        private readonly Lock _lock = new();
        private (int Seed, byte[]? Input, int Seconds)? _now;

        public void Set(int seed, byte[]? input)
        {
            lock (_lock) _now = (seed, input, 0);
        }

        public void SecondPassed(int most)
        {
            lock (_lock)
            {
                if (_now is not var (seed, input, seconds)) return;
                _now = (seed, input, seconds + 1);
                if (seconds + 1 < most) return;
                Console.WriteLine($"fuzz {name}: seed {seed} has not ended after {most} s{Save(name, seed, input)}");
                Environment.Exit(1);
            }
        }
    }
}
