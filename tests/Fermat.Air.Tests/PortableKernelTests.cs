using System.Diagnostics;

namespace Fermat.Air.Tests;

public sealed class PortableKernelTests
{
    /// <summary>The vector code without AVX2 gives the same results: runs the evaluator and lane tests again in a process that has it switched off.</summary>
    [Fact]
    public async Task TheEvaluatorsAgreeWithoutAvx2()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableAVX2"] = "0";
        start.Environment["DOTNET_EnableHWIntrinsic"] = "1";
        foreach (string argument in new[] { typeof(PortableKernelTests).Assembly.Location, "-class", typeof(EvaluatorTests).FullName!, "-class", typeof(LanesTests).FullName! })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.DoesNotContain("Total: 0,", output);
    }
}
