using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Tests;

/// <summary>Runs test classes again in a process of its own that is held to one kernel, in the way <c>apps/kernel</c> does.</summary>
internal static class ForcedKernel
{
    /// <summary>The kernels of this machine, by the names <c>FERMAT_KERNEL</c> takes.</summary>
    public static TheoryData<string> All => [.. new[] { "scalar", "portable" }, .. Avx2.IsSupported ? new[] { "avx2" } : [], .. Avx512F.VL.IsSupported ? new[] { "avx512" } : []];

    /// <summary>Fails when a test of the classes does, or when none ran.</summary>
    public static async Task Run(string kernel, params Type[] classes)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FERMAT_KERNEL"] = kernel;
        if (kernel is "scalar" or "portable") start.Environment["DOTNET_EnableAVX2"] = "0";
        else if (kernel == "avx2") start.Environment["DOTNET_EnableAVX512"] = "0";
        start.ArgumentList.Add(classes[0].Assembly.Location);
        foreach (Type type in classes.Append(typeof(ForcedKernelTests)))
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add(type.FullName!);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
        foreach (Type type in classes) Assert.True(type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)), $"{type} has no tests");
        Assert.DoesNotContain("Total: 0,", output, StringComparison.Ordinal);
    }
}

/// <summary>That the process is held to what it was told: without this, a misspelt switch would go unnoticed.</summary>
public sealed class ForcedKernelTests
{
    [Fact]
    public void TheRuntimeHasNoInstructionsBeyondTheKernel()
    {
        switch (Environment.GetEnvironmentVariable("FERMAT_KERNEL"))
        {
            case "scalar" or "portable":
                Assert.False(Avx2.IsSupported);
                break;
            case "avx2":
                Assert.True(Avx2.IsSupported);
                Assert.False(Avx512F.IsSupported);
                break;
            case "avx512":
                Assert.True(Avx512F.VL.IsSupported);
                break;
        }
    }
}
