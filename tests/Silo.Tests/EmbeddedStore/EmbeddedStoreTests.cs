using System.Diagnostics;
using System.Runtime.Versioning;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.Launching;
using StackExchange.Redis;

namespace OrleansHealing.Silo.EmbeddedStore;

public sealed class EmbeddedStoreTests
{
    [Fact]
    public async Task EnsureStarted_RacersInTwoProcesses_StartOneStore()
    {
        await using var sandbox = new StoreSandbox();

        var endpoints = await Task.WhenAll(sandbox.EnsureAsync(), sandbox.EnsureAsync(), sandbox.EnsureAsync());

        var store = Assert.Single(endpoints.Distinct());
        Assert.True(ProcessTable.IsAlive(store.Pid));
        Assert.Null(sandbox.Files.TryLock());
    }

    [Fact]
    public async Task RunAsync_AnotherHoldsTheLock_EndsWithZeroAndChangesNothing()
    {
        await using var sandbox = new StoreSandbox();
        var endpoint = await sandbox.EnsureAsync();

        var (code, output) = await RunAsync(SiloExecutable.Command.With([EmbeddedStoreProcess.Verb, "--directory", sandbox.Root]));

        Assert.Equal(0, code);
        Assert.Empty(output);
        Assert.True(EmbeddedStoreEndpoint.TryRead(sandbox.Root, out var after));
        Assert.Equal(endpoint, after);
    }

    [Fact]
    public async Task EnsureStarted_StoreKilledRightAfterWrites_ComesBackWithAllOfThemOnTheSameEndpoint()
    {
        await using var sandbox = new StoreSandbox();
        var first = await sandbox.EnsureAsync();
        var connection = await sandbox.ConnectAsync(first);
        var database = connection.GetDatabase();
        var acknowledged = new int[16];
        using var killed = new CancellationTokenSource();
        var writers = Enumerable.Range(0, acknowledged.Length).Select(writer => WriteAsync(database, writer, acknowledged, killed.Token)).ToArray();
        await Eventually.TrueAsync("some acknowledged writes of each", () => acknowledged.All(count => count > 20));

        await StoreSandbox.KillAsync(first);
        await killed.CancelAsync();
        await Task.WhenAll(writers);
        var second = await sandbox.EnsureAsync();

        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal((first.Port, first.Password), (second.Port, second.Password));
        var after = (await sandbox.ConnectAsync(second)).GetDatabase();
        for (var writer = 0; writer < acknowledged.Length; writer++)
        {
            var stored = (int)await after.HashGetAsync("writes", writer);
            Assert.True(stored >= acknowledged[writer], $"Writer {writer} was told {acknowledged[writer]}, and {stored} came back.");
        }
    }

    [Fact]
    public async Task EnsureStarted_CheckpointedThenKilled_EverythingIsBack()
    {
        await using var sandbox = new StoreSandbox();
        var first = await sandbox.EnsureAsync();
        var connection = await sandbox.ConnectAsync(first);
        var database = connection.GetDatabase();
        await database.SortedSetAddAsync("deadlines", [.. Enumerable.Range(0, 500).Select(i => new SortedSetEntry($"agent-{i}#1", i))]);
        await database.ListLeftPushAsync("actions", ["before"]);
        await database.ExecuteAsync("SAVE");
        Assert.NotEmpty(Directory.GetFiles(sandbox.Files.Checkpoints, "snapshot*", SearchOption.AllDirectories));
        await database.ListLeftPushAsync("actions", ["after"]);

        await StoreSandbox.KillAsync(first);
        var after = (await sandbox.ConnectAsync(await sandbox.EnsureAsync())).GetDatabase();

        Assert.Equal(500, await after.SortedSetLengthAsync("deadlines"));
        Assert.Equal(["after", "before"], (await after.ListRangeAsync("actions")).Select(value => (string?)value));
    }

    [Fact]
    public async Task Client_StoreKilledAndStartedAgain_ReconnectsWithWhatItHolds()
    {
        await using var sandbox = new StoreSandbox();
        var first = await sandbox.EnsureAsync();
        var connection = await sandbox.ConnectAsync(first);
        await connection.GetDatabase().StringSetAsync("key", "value");

        await StoreSandbox.KillAsync(first);
        await sandbox.EnsureAsync();

        await Eventually.TrueAsync("the reconnection of the client", () => connection.IsConnected);
        Assert.Equal("value", (string?)await connection.GetDatabase().StringGetAsync("key"));
    }

    [Fact]
    public async Task Store_StarterKilled_GoesOn()
    {
        await using var sandbox = new StoreSandbox();

        // The shell starts the store in the background and is then killed with its whole process group's terminal signals.
        var silo = SiloExecutable.Command;
        var line = string.Join(' ', silo.Arguments.Prepend(silo.FileName).Concat([EmbeddedStoreProcess.Verb, "--directory", sandbox.Root]));
        using var starter = Process.Start(new ChildCommand("/bin/sh", ["-c", $"{line} & wait"]).ToStartInfo())!;
        var endpoint = await sandbox.EnsureAsync();

        starter.Kill();
        await starter.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (var signal in new[] { "INT", "HUP", "QUIT" })
        {
            Assert.Equal(0, (await RunAsync(new ChildCommand("/bin/sh", ["-c", $"kill -{signal} {endpoint.Pid}"]))).Code);
        }

        Assert.Equal(endpoint, await sandbox.EnsureAsync());
        Assert.True((await sandbox.ConnectAsync(endpoint)).IsConnected);
    }

    [Fact]
    public async Task Store_Terminated_EndsInOrder()
    {
        await using var sandbox = new StoreSandbox();
        var endpoint = await sandbox.EnsureAsync();

        await RunAsync(new ChildCommand("/bin/sh", ["-c", $"kill -TERM {endpoint.Pid}"]));

        await Eventually.TrueAsync("the end of the store", () => !ProcessTable.IsAlive(endpoint.Pid));
        Assert.Contains("told to end", string.Join('\n', BoundedFileLogger.LastLines(sandbox.Files.Log, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_LastClientLeft_EndsAfterTheLingerTimeAndNotBefore()
    {
        await using var sandbox = new StoreSandbox { Linger = TimeSpan.FromSeconds(1) };
        var endpoint = await sandbox.EnsureAsync();
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(endpoint.ConnectionString))
        {
            var since = Stopwatch.StartNew();
            await Eventually.TrueAsync("twice the linger time with a client", () => since.Elapsed > sandbox.Linger * 2);
            Assert.True(ProcessTable.IsAlive(endpoint.Pid), "The store ended while a client was connected.");
        }

        var left = Stopwatch.StartNew();
        await Eventually.TrueAsync("the end of the store", () => !ProcessTable.IsAlive(endpoint.Pid));

        Assert.True(left.Elapsed > sandbox.Linger / 2, $"The store ended {left.Elapsed} after its last client.");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Store_Running_KeepsItsPasswordToItsOwner()
    {
        await using var sandbox = new StoreSandbox();
        var endpoint = await sandbox.EnsureAsync();

        const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerFile, File.GetUnixFileMode(Path.Combine(sandbox.Root, EmbeddedStoreEndpoint.FileName)));
        Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(sandbox.Root));
        Assert.DoesNotContain(endpoint.Password, await File.ReadAllTextAsync(sandbox.Files.Log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var open in new[] { "cmdline", "environ" })
        {
            Assert.DoesNotContain(
                endpoint.Password,
                await File.ReadAllTextAsync($"/proc/{endpoint.Pid}/{open}", TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EnsureStarted_ProgramEndsAtOnce_SaysWhyWithTheLog()
    {
        await using var sandbox = new StoreSandbox();
        sandbox.Files.Create();
        await File.WriteAllTextAsync(sandbox.Files.Log, "the last words\n", TestContext.Current.CancellationToken);
        var broken = new EmbeddedStoreProcess(TimeProvider.System, new ChildCommand("/bin/sh", ["-c", "exit 3"]));

        var error = await Assert.ThrowsAsync<EmbeddedStoreException>(
            () => broken.EnsureStartedAsync(sandbox.Root, sandbox.Linger, TestContext.Current.CancellationToken));

        Assert.Contains("exit code 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("the last words", error.Message, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(IDatabase database, int writer, int[] acknowledged, CancellationToken killed)
    {
        try
        {
            for (var i = 1; !killed.IsCancellationRequested; i++)
            {
                await database.HashSetAsync("writes", writer, i);
                Volatile.Write(ref acknowledged[writer], i);
            }
        }
        catch (Exception e) when (e is RedisException or InvalidOperationException)
        {
            // The store was killed under it, perhaps in the middle of a write; what counts is what it had acknowledged.
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(ChildCommand command)
    {
        using var process = Process.Start(command.ToStartInfo())!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + errors);
    }
}
