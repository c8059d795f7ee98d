using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansHealing.BenchmarkNode.Akka;

/// <summary>
/// Akka.NET Cluster Sharding with remembered entities, as its documentation sets it up: distributed data as the store, split-brain
/// resolver as by default. Nothing is kept on disk, since no benchmark stops the whole cluster, which costs it less.
/// </summary>
internal static class AkkaNode
{
    private const string InMemory = "akka.cluster.sharding.distributed-data.durable.keys = []";

    /// <summary>As quick as a local network allows: a second's pause is a death, and it is acted on three seconds later.</summary>
    private const string Quick = """
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 1s
        akka.cluster.split-brain-resolver.stable-after = 3s
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var given = PeerArguments.Read(arguments);
        var store = await PeerStore.ConnectAsync(given);
        var builder = PeerHost.CreateBuilder();
        builder.Services.AddAkka("peers", akka =>
        {
            if (given.IsTuned)
            {
                akka.AddHocon(Quick, HoconAddMode.Prepend);
            }

            akka.AddHocon(InMemory, HoconAddMode.Prepend)
                .WithRemoting("127.0.0.1", given.Port)
                .WithClustering(new ClusterOptions { SeedNodes = [$"akka.tcp://peers@127.0.0.1:{given.FirstPort}"] })
                .WithShardRegion<Worker>("worker", worker => Props.Create(() => new Worker(worker, store)), new WorkerMessages(), new ShardOptions
                {
                    RememberEntities = true,
                    StateStoreMode = StateStoreMode.DData,
                    RememberEntitiesStore = RememberEntitiesStore.DData,
                });
        });
        var app = builder.Build();
        var region = new Lazy<IActorRef>(() => app.Services.GetRequiredService<ActorRegistry>().Get<Worker>());
        await PeerHost.RunAsync(app, given.Name, worker => region.Value.Ask<bool>(new Spawn(worker)), worker =>
        {
            region.Value.Tell(new Crash(worker));
            return Task.CompletedTask;
        });
        return 0;
    }
}
