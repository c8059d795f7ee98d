using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Agents.Processes;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Agents.Processes;

/// <summary>Real processes, run by the body alone.</summary>
public sealed class ProcessAgentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("healing-test-").FullName;
    private readonly string _mark = $"TEST_MARK={Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        Assert.Empty(Marked.By(_mark));
    }

    [Fact]
    public async Task RunAsync_ExitsWithZero_ReturnsOnceAllItSaidWasTaken()
    {
        var context = Shell("""
            echo started; for i in 1 2 3; do echo "{\"progress\":{\"lines\":$i}}" > "$HEALING_HEARTBEAT"; done
            echo > "$HEALING_HEARTBEAT"; echo '{"expectedSilenceSeconds":300}' > "$HEALING_HEARTBEAT"; echo '{"incarnation":7,"progress":"end"}' > "$HEALING_HEARTBEAT"
            """);

        await RunAsync(context);

        Assert.Equal(["""{"lines":1}""", """{"lines":2}""", """{"lines":3}""", "null", "null", "silent 300", "heard", "\"end\""], context.Said);
        Assert.Contains("Information: worker says: started", context.Log);
    }

    [Theory]
    [InlineData("exit 3", "The process exited with code 3; it last said on stderr: first | second")]
    [InlineData("kill -KILL $$", "The process was killed by SIGKILL (status 137): by somebody, or by the kernel for want of memory; it last said on stderr: first | second")]
    [InlineData("kill -SEGV $$", "The process was killed by SIGSEGV (status 139); it last said on stderr: first | second")]
    public async Task RunAsync_EndsOtherwise_SaysHowAndWhatWasOnStderr(string end, string message)
    {
        var context = Shell($"ulimit -c 0; echo first >&2; echo second >&2; {end}");

        var failure = await Assert.ThrowsAsync<ProcessFailedException>(() => RunAsync(context));

        Assert.Equal(message, failure.Message);
        Assert.Equal(["Warning: worker says on stderr: first", "Warning: worker says on stderr: second"], context.Log);
    }

    [Fact]
    public async Task RunAsync_ExitsWith78_IsFatal()
    {
        var failure = await Assert.ThrowsAsync<FatalAgentException>(() => RunAsync(Shell("echo no key >&2; exit 78")));

        Assert.Equal("The process exited with code 78; it last said on stderr: no key (78 is EX_CONFIG: no restart helps)", failure.Message);
    }

    [Theory]
    [InlineData("no-such-program", null, "The command 'no-such-program' is no program that may be run (looked up in PATH=")]
    [InlineData("./no/such/program", null, "The command './no/such/program' is no program that may be run (looked up in ")]
    [InlineData("/proc/version", null, "The command '/proc/version' is no program that may be run")]
    [InlineData("sh", "/no/such/directory", "The working directory '/no/such/directory' is not there.")]
    public async Task RunAsync_CannotBeRun_IsFatalAndSaysWhy(string command, string? workingDirectory, string why)
    {
        var failure = await Assert.ThrowsAsync<FatalAgentException>(() => RunAsync(new ProcessContext(new { command, workingDirectory })));

        Assert.StartsWith(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AnyArguments_ReachItAsTheyAre()
    {
        string[] odd = ["", "two words", "$HOME `id` $(id)", "'\"\\", "a\nb", "--", "-e", "ünïcödé 🎉", "*"];
        var context = new ProcessContext(new
        {
            command = "sh",
            arguments = (string[])["-c", """printf '%s\0' "$@" > arguments; pwd > directory""", "name", .. odd],
            workingDirectory = _directory,
        });

        await RunAsync(context);

        Assert.Equal(odd, File.ReadAllText(Path.Combine(_directory, "arguments")).Split('\0').SkipLast(1));
        Assert.Equal(_directory, File.ReadAllText(Path.Combine(_directory, "directory")).Trim());
    }

    [Fact]
    public async Task RunAsync_Environment_HasWhatItNeedsAndNothingOfTheSilos()
    {
        var context = Shell($"env -0 > {_directory}/environment", new Dictionary<string, string> { ["MODE"] = "fast and loose" });
        var silo = new Dictionary<string, string?> { ["Healing__Dashboard__ApiKeys"] = "ada:secret", ["ConnectionStrings__redis"] = "h,password=secret", ["AWS_SECRET"] = "secret", ["PASSED_ON"] = "yes" };
        foreach (var (name, value) in silo)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        try
        {
            var agent = new ProcessAgent(
                Options.Create(new ProcessAgentOptions { InheritedVariables = { "PASSED_ON" } }), new SiloAddressOfPages { Url = "http://127.0.0.1:8080" }, new Tokens());
            await agent.RunAsync(context, Cancellation);
        }
        finally
        {
            foreach (var name in silo.Keys)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }

        var seen = File.ReadAllText(Path.Combine(_directory, "environment")).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        string[] ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
        string[] expected =
        [
            "HEALING_AGENT", "HEALING_FIRST_INCARNATION", "HEALING_HEARTBEAT", "HEALING_INCARNATION", "HEALING_PREVIOUS_FAILURE", "HEALING_RUN", "HEALING_STOP_SECONDS", "HEALING_TOKEN",
            "HEALING_URL", "MODE", "PASSED_ON", "TEST_MARK", .. new ProcessAgentOptions().InheritedVariables.Where(v => Environment.GetEnvironmentVariable(v) is not null),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Keys.Except(ofTheShell).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("worker", "7", "2", "crashed: it fell?[31m over", "http://127.0.0.1:8080", "token of worker 7", "fast and loose", "4"),
            (seen["HEALING_AGENT"], seen["HEALING_INCARNATION"], seen["HEALING_FIRST_INCARNATION"], seen["HEALING_PREVIOUS_FAILURE"], seen["HEALING_URL"], seen["HEALING_TOKEN"], seen["MODE"], seen["HEALING_STOP_SECONDS"]));
        Assert.False(Path.Exists(Path.GetDirectoryName(seen["HEALING_HEARTBEAT"])), "The pipe's directory is left.");
    }

    [Fact]
    public async Task RunAsync_Cancelled_GetsSigtermAndMayFinish()
    {
        var context = Shell($"trap 'echo saved > {_directory}/saved; exit 0' TERM; echo > \"$HEALING_HEARTBEAT\"; while :; do sleep 0.05; done");

        await StopAsync(context);

        Assert.Equal("saved", File.ReadAllText(Path.Combine(_directory, "saved")).Trim());
    }

    /// <summary>Also one that left its group, and its session, and whose parent is gone.</summary>
    [Fact]
    public async Task RunAsync_CancelledAndIgnored_KillsAllThatItStartedAfterTheGrace()
    {
        var context = Shell("trap '' TERM; sleep 1000 & setsid sleep 1000 & (setsid sh -c 'sleep 1000 & sleep 1000' &) ; echo > \"$HEALING_HEARTBEAT\"; while :; do sleep 0.05; done", grace: TimeSpan.FromSeconds(1));
        await StartedAsync(context, out var running, out var stop);
        await HealingCluster.UntilAsync("five processes that do nothing", () => Marked.By(_mark).Count >= 6);
        var watch = Stopwatch.StartNew();

        await StopAsync(running, stop);

        Assert.Empty(Marked.By(_mark));
        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(0.75), $"It had {watch.Elapsed} to leave.");
    }

    /// <summary>Its silo is about to stop: the process leaves while it is served, and the body only when it is handed over.</summary>
    [Fact]
    public async Task Leave_WhileItRuns_EndsTheProcessAndNotTheBody()
    {
        var context = Shell($"trap 'echo saved > {_directory}/saved; exit 1' TERM; echo > \"$HEALING_HEARTBEAT\"; while :; do sleep 0.05; done");
        var agent = new ProcessAgent(Options.Create(new ProcessAgentOptions()), new SiloAddressOfPages());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = agent.RunAsync(context, stop.Token);
        await HealingCluster.UntilAsync("the first beat", () => !context.Said.IsEmpty);

        await ((IRemoteBody)agent).LeaveAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal("saved", File.ReadAllText(Path.Combine(_directory, "saved")).Trim());
        Assert.Empty(Marked.By(_mark));
        Assert.False(running.IsCompleted, "The body ended before it was told to.");
        await StopAsync(running, stop);
        Assert.True(((IRemoteBody)agent).LeaveAsync().IsCompleted);
    }

    [Fact]
    public async Task RunAsync_StoppedBySigstop_IsKilledToo()
    {
        var context = Shell("echo > \"$HEALING_HEARTBEAT\"; trap '' TERM; kill -STOP $$; sleep 1000", grace: TimeSpan.Zero);

        await StopAsync(context);

        Assert.Empty(Marked.By(_mark));
    }

    [Fact]
    public async Task RunAsync_EndsAndLeavesOthers_TakesThemAlong()
    {
        await RunAsync(Shell("sleep 1000 & setsid sleep 1000 & exit 0"));

        Assert.Empty(Marked.By(_mark));
    }

    [Fact]
    public async Task RunAsync_GuardianKilled_FailsAndLeavesNoProcess()
    {
        var context = Shell("echo \"{\\\"progress\\\":$$}\" > \"$HEALING_HEARTBEAT\"; sleep 1000");
        await StartedAsync(context, out var running, out var stop);
        using var _ = stop;
        var child = int.Parse(context.Said.First(), CultureInfo.InvariantCulture);

        using (var kill = Process.Start("kill", ["-KILL", .. GuardiansOf(child).Select(p => p.ToString(CultureInfo.InvariantCulture))]))
        {
            await kill.WaitForExitAsync(Cancellation);
        }

        var failure = await Assert.ThrowsAsync<ProcessFailedException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.StartsWith("The guardian of the process was killed", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Marked.By(_mark));
    }

    [Fact]
    public async Task RunAsync_PrintsFasterThanIsLogged_LogsSoMuchAndCountsTheRest()
    {
        var context = Shell("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; head -c 200000 /dev/zero | tr '\\0' x; echo; sleep 1.1; printf 'a\\033[2Jb\\n'");

        await RunAsync(context, logLinesPerSecond: 20);

        var lines = context.Log.ToList();
        Assert.InRange(lines.Count, 21, 250);
        Assert.All(lines, l => Assert.InRange(l.Length, 1, 2100));
        Assert.Equal("Information: worker says: a?[2Jb", lines[^1]);
        Assert.Contains(lines, l => l.EndsWith("lines of worker were not logged: they were more than 20 a second", StringComparison.Ordinal));
        var counted = lines.Where(l => l.Contains("were not logged", StringComparison.Ordinal)).Sum(l => int.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.Equal(5002, counted + lines.Count(l => l.Contains("worker says", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunAsync_NoHeartbeatInThePipe_IsSaidAndCountsAsNone()
    {
        var context = Shell("for i in 1 2 3; do echo rubbish > \"$HEALING_HEARTBEAT\"; done; echo '{\"incarnation\":6}' > \"$HEALING_HEARTBEAT\"");

        await RunAsync(context);

        Assert.Empty(context.Said);
        Assert.Contains(context.Log, l => l.StartsWith("Warning: A line in the heartbeat pipe of worker is no heartbeat: body must be one JSON value", StringComparison.Ordinal));
        Assert.InRange(context.Log.Count, 1, 3);
    }

    [Fact]
    public async Task RunAsync_UsesUpItsProcessorTime_SaysSo()
    {
        var context = new ProcessContext(new { command = "sh", arguments = (string[])["-c", "ulimit -c 0; while :; do :; done"], environment = Variables(), cpuSeconds = 1 });

        var failure = await Assert.ThrowsAsync<ProcessFailedException>(() => RunAsync(context));

        Assert.StartsWith("The process used up its 1 s of processor time (SIGXCPU, status 152)", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(4096, true)]
    public async Task RunAsync_WantsALotOfMemory_GetsItWithinItsLimitOnly(int megabytes, bool getsIt)
    {
        var context = new ProcessContext(new
        {
            command = "sh",
            arguments = (string[])["-c", "ulimit -c 0; x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}"],
            environment = Variables(),
            memoryMegabytes = megabytes,
        });

        var failure = await Record.ExceptionAsync(() => RunAsync(context));

        Assert.Equal((getsIt, getsIt), (failure is null, context.Log.Contains("Information: worker says: 100000000")));
    }

    private static IEnumerable<int> GuardiansOf(int child) => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0)
        .Where(pid => pid > 0 && CommandOf(pid) is [_, _, _, "healing-guardian", var mark, ..] && File.ReadAllText($"/proc/{child}/environ").Contains($"HEALING_RUN={mark}", StringComparison.Ordinal));

    private static string[] CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private Dictionary<string, string> Variables(Dictionary<string, string>? more = null) =>
        new(more ?? []) { [_mark.Split('=')[0]] = _mark.Split('=')[1] };

    private ProcessContext Shell(string script, Dictionary<string, string>? environment = null, TimeSpan? grace = null) =>
        new(new { command = "sh", arguments = (string[])["-c", script], environment = Variables(environment) }) { StopGrace = grace ?? TimeSpan.FromSeconds(5) };

    /// <summary>One that does not end is stopped, and its test fails by that.</summary>
    private static async Task RunAsync(ProcessContext context, int logLinesPerSecond = 1000, CancellationToken? cancellation = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation ?? Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await new ProcessAgent(Options.Create(new ProcessAgentOptions { LogLinesPerSecond = logLinesPerSecond }), new SiloAddressOfPages()).RunAsync(context, limit.Token);
    }

    private static Task StartedAsync(ProcessContext context, out Task running, out CancellationTokenSource stop)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = Task.Run(() => RunAsync(context, cancellation: source.Token), Cancellation);
        (running, stop) = (run, source);
        return HealingCluster.UntilAsync("the first beat", () => !context.Said.IsEmpty || run.IsCompleted, () => string.Join("; ", context.Log));
    }

    private static async Task StopAsync(ProcessContext context)
    {
        await StartedAsync(context, out var running, out var stop);
        await StopAsync(running, stop);
    }

    private static async Task StopAsync(Task running, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        stop.Dispose();
    }

    private sealed class Tokens : IRunTokens
    {
        public string? Create(AgentId id, long incarnation) => $"token of {id} {incarnation}";
    }
}
