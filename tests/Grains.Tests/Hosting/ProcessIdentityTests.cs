using System.Diagnostics;
using OrleansHealing.Hosting;

namespace OrleansHealing.Tests.Hosting;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void StartOf_ThisProcess_IsTheSameEachTime()
    {
        var start = ProcessIdentity.StartOf(Environment.ProcessId);

        Assert.False(string.IsNullOrEmpty(start));
        Assert.Equal(start, ProcessIdentity.StartOf(Environment.ProcessId));
        Assert.NotEqual("", ProcessIdentity.Space);
    }

    [Fact]
    public async Task StartOf_ProcessThatEnded_IsNone()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        var pid = process.Id;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Null(ProcessIdentity.StartOf(pid));
    }
}
