using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What every store must keep. A store is tested by a class of one line below.</summary>
public abstract partial class HeartbeatStoreContract(StoreServer server) : IAsyncLifetime
{
    private static readonly AgentId A = AgentId.Parse("reader-1");
    private static readonly AgentId B = AgentId.Parse("reader-2");
    private static readonly DateTimeOffset Now = Given.Now;

    private TestStore _fleet = null!;

    private HeartbeatStore Store => _fleet.Store;

    public async ValueTask InitializeAsync() => _fleet = await TestStore.OpenAsync(await server.ConnectionStringAsync());

    public async ValueTask DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class GarnetHeartbeatStoreTests(GarnetStore store) : HeartbeatStoreContract(store);

public sealed class RedisHeartbeatStoreTests(RedisStore store) : HeartbeatStoreContract(store);
