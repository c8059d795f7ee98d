using Microsoft.Extensions.Time.Testing;

namespace OrleansHealing.Silo.Launching;

public sealed class SiloLauncherTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Run_ChildrenEnd_PrefixesTheirLinesAndReturnsTheWorstCode()
    {
        var code = await LauncherAt(TimeProvider.System).RunAsync(
            [Shell("silo-1", "echo 'silo-1 is up. '; echo bad >&2; exit 3"), Shell("silo-2", "echo two")],
            TestContext.Current.CancellationToken);

        Assert.Equal(3, code);
        var lines = Lines(_output);
        Assert.Contains("[silo-1] silo-1 is up. ", lines);
        Assert.Contains("[silo-2] two", lines);
        Assert.Contains("[silo-1] ended with exit code 3; it is not started again", lines);
        Assert.Equal(["[silo-1] bad"], Lines(_errors));
    }

    [Fact]
    public async Task Run_OneKilled_ReportsItAndLeavesTheOthers()
    {
        using var stop = new CancellationTokenSource();
        var run = LauncherAt(TimeProvider.System).RunAsync(
            [Shell("silo-1", "echo 'silo-1 is up. '; kill -9 $$"), Shell("silo-2", "echo up; cat >/dev/null; echo stopped")],
            stop.Token);
        await Eventually.SeeAsync("the report", () => Task.FromResult(_output.ToString()), seen => seen.Contains("exit code 137", StringComparison.Ordinal));

        Assert.False(run.IsCompleted);
        await stop.CancelAsync();

        Assert.Equal(137, await run);
        Assert.Contains("[silo-2] stopped", Lines(_output));
    }

    [Fact]
    public async Task Run_OneCannotStart_StopsTheOthersAndEndsWithItsMessageAndCode()
    {
        var code = await LauncherAt(TimeProvider.System).RunAsync(
            [Shell("silo-1", "echo 'silo-1 is up. '; cat >/dev/null; echo stopped; exit 9"), Shell("silo-2", "echo 'Port 1 is taken.' >&2; exit 1")],
            TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains("[silo-1] stopped", Lines(_output));
        Assert.Equal(
            ["[silo-2] Port 1 is taken.", "[silo-2] ended with exit code 1 before it was up; the launch is given up"], Lines(_errors));
    }

    [Fact]
    public async Task Run_ToldToStopAndAChildDoesNot_KillsItAfterTheLimit()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var run = LauncherAt(time).RunAsync([Shell("silo-1", "echo up; exec sleep 600")], stop.Token);
        await Eventually.SeeAsync("the child", () => Task.FromResult(_output.ToString()), seen => seen.Contains("up", StringComparison.Ordinal));

        await stop.CancelAsync();
        Assert.False(run.IsCompleted);
        await Eventually.TrueAsync("the kill once the limit is over", () =>
        {
            time.Advance(SiloLauncher.StopLimit);
            return run.IsCompleted;
        });

        Assert.Equal(137, await run);
        Assert.Equal(["[silo-1] did not stop within 30 s and is killed"], Lines(_errors));
    }

    private SiloLauncher LauncherAt(TimeProvider time) => new(TextWriter.Synchronized(_output), TextWriter.Synchronized(_errors), time);

    private static PlannedSilo Shell(string name, string script) => new(name, new ChildCommand("/bin/sh", ["-c", script]));

    private static string[] Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
