using Microsoft.Extensions.Logging.Abstractions;

namespace OrleansHealing.Silo.EmbeddedStore;

public sealed class EmbeddedStoreGuardTests
{
    [Fact]
    public async Task Guard_StoreKilled_IsBackUnderTheSameConnection()
    {
        await using var sandbox = new StoreSandbox();
        var endpoint = await sandbox.EnsureAsync();
        var connection = await sandbox.ConnectAsync(endpoint);
        await connection.GetDatabase().StringSetAsync("key", "value");
        using var guard = new EmbeddedStoreGuard(
            new GuardedStore(sandbox.Root, sandbox.Linger, endpoint),
            connection,
            new EmbeddedStoreProcess(TimeProvider.System),
            TimeProvider.System,
            NullLogger<EmbeddedStoreGuard>.Instance);
        await guard.StartAsync(TestContext.Current.CancellationToken);

        await StoreSandbox.KillAsync(endpoint);

        await Eventually.TrueAsync(
            "another process as the store, and the client connected to it",
            () => OrleansHealing.Hosting.EmbeddedStoreEndpoint.TryRead(sandbox.Root, out var now) && now.Pid != endpoint.Pid && connection.IsConnected);
        Assert.Equal("value", (string?)await connection.GetDatabase().StringGetAsync("key"));
        await guard.StopAsync(TestContext.Current.CancellationToken);
    }
}
