using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;

namespace Fermat.Ledger.Tests.Log;

/// <summary>A process that keeps a ledger is killed at random points: nothing that it acknowledged is lost, and the rest of the log is whole.</summary>
public sealed class KillTests : IDisposable
{
    private const string PathVariable = "FERMAT_TEST_LEDGER_CHILD";
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-kill-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>In a child process, which has the variable, the ledger runs instead of the tests.</summary>
    [ModuleInitializer]
    internal static void Child()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is not { Length: > 0 } path) return;
        using var ledger = DurableLedger.Open(SqliteLedgerStore.Open(path), new LedgerOptions(FilterBitsLog2: 16));
        ledger.Verify();
        Console.Out.WriteLine($"opened {ledger.AcknowledgedHeight}");
        int first = (int)ledger.AcknowledgedHeight;
        for (int round = 0; round < 3000; round++)                                              // if nobody kills it, it ends
        {
            LedgerScript.Run(ledger, first + 1_000_000 * round, 40, blockEvery: 5, acknowledge: height => Console.Out.WriteLine($"acknowledged {height}"));
            if (round % 4 == 3) ledger.WriteSnapshot();
        }
        Environment.Exit(0);
    }

    [Fact]
    public void Twenty_kills() => Kill(20, seed: 1);

    [Fact, Trait("Category", "Slow")]
    public void Two_hundred_kills() => Kill(200, seed: 2);

    private void Kill(int times, int seed)
    {
        string path = System.IO.Path.Combine(folder, "ledger.db");
        var random = new Random(seed);
        ulong acknowledged = 0;
        int inside = 0;
        for (int round = 0; round < times; round++)
        {
            using var child = new Process { StartInfo = Start(path) };
            child.Start();
            Assert.Equal("opened", child.StandardOutput.ReadLine()?.Split(' ')[0]);
            int lines = random.Next(0, 120);
            for (int i = 0; i < lines; i++) acknowledged = Read(child.StandardOutput.ReadLine(), acknowledged);
            using ILedgerReader reader = SqliteLedgerStore.OpenToRead(path);                    // beside who writes, and still there when it is killed and opened again
            Assert.True((LedgerLog.Read(reader).LastOrDefault()?.Height ?? 0) >= acknowledged, $"round {round}: {acknowledged} was acknowledged, and a reader does not see it");
            SpinWait.SpinUntil(() => false, TimeSpan.FromMicroseconds(random.Next(0, 3000)));    // a moment inside a block, a write or a wait for the disk
            child.Kill();                                                                       // SIGKILL
            while (child.StandardOutput.ReadLine() is { } rest)
                if (rest.StartsWith("acknowledged ", StringComparison.Ordinal)) acknowledged = Read(rest, acknowledged);
            child.WaitForExit();
            using (ILedgerReader left = SqliteLedgerStore.OpenToRead(path)) Assert.True((LedgerLog.Read(left).LastOrDefault()?.Height ?? 0) >= acknowledged); // what was left behind, before anybody writes again

            using var ledger = DurableLedger.Open(SqliteLedgerStore.Open(path), new LedgerOptions(FilterBitsLog2: 16));
            Assert.True(ledger.AcknowledgedHeight >= acknowledged, $"round {round}: {acknowledged} was acknowledged and {ledger.AcknowledgedHeight} is there");
            Assert.Empty(ledger.State.CheckSums());
            Assert.Empty(ledger.Recovery.BadSnapshots);
            ledger.Verify();
            if (ledger.AcknowledgedHeight > acknowledged) inside++;
            if (round % 10 == 9) AssertRebuilt(ledger, path);
            acknowledged = ledger.AcknowledgedHeight;
        }
        Assert.True(acknowledged > 100, $"{acknowledged} events after {times} kills, {inside} of them between the disk and the word");
    }

    /// <summary>The log alone leads to the same state.</summary>
    private static void AssertRebuilt(DurableLedger ledger, string path)
    {
        byte[] state = DurableLedgerTests.Bytes(ledger);
        ledger.Dispose();
        using DurableLedger rebuilt = DurableLedger.Open(SqliteLedgerStore.Open(path), new LedgerOptions(FilterBitsLog2: 16), fromLog: true);
        Assert.Equal(state, DurableLedgerTests.Bytes(rebuilt));
    }

    private static ulong Read(string? line, ulong before)
    {
        Assert.True(line is not null && line.StartsWith("acknowledged ", StringComparison.Ordinal), $"the child said \"{line}\"");
        ulong height = ulong.Parse(line.AsSpan("acknowledged ".Length), CultureInfo.InvariantCulture);
        Assert.True(height >= before);
        return height;
    }

    private static ProcessStartInfo Start(string path)
    {
        string host = Environment.ProcessPath!, assembly = typeof(KillTests).Assembly.Location;
        var start = new ProcessStartInfo(System.IO.Path.ChangeExtension(assembly, null)) { RedirectStandardOutput = true, UseShellExecute = false };
        if (!File.Exists(start.FileName))
        {
            start.FileName = host;
            start.ArgumentList.Add(assembly);
        }
        start.Environment[PathVariable] = path;
        return start;
    }
}
