using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Configuration;
using Orleans.TestingHost;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Tests.Connection;

/// <summary>A real client and real silos, one of which dies. Membership is in memory: the console does not care who keeps it.</summary>
public sealed class SiloDeathTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly InProcessTestCluster _cluster = Build();

    public async ValueTask InitializeAsync()
    {
        TestFleetGrain.Store.Log.Clear();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Follow_SiloOfTheStreamDies_LosesAndDoublesNothing()
    {
        var session = Session();
        Append(1);
        var seen = new ConcurrentQueue<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var following = Task.Run(
            async () =>
            {
                await foreach (var action in session.FollowAsync(null, null, stop.Token))
                {
                    seen.Enqueue(action.Id);
                }
            },
            stop.Token);

        // The stream is open once something comes through it; what was there before it was opened is not new.
        await UntilAsync(() => seen, ids => ids.Count > 0, whileWaiting: number => Append(1 + number));
        var before = TestFleetGrain.Store.Log.Count;
        await KillHostAsync(session);
        for (var i = 1; i <= 20; i++)
        {
            Append(before + i);
        }

        var last = $"{before + 20:D6}";
        await UntilAsync(() => seen, ids => ids.Contains(last));
        var first = int.Parse(seen.First(), CultureInfo.InvariantCulture);
        var expected = Enumerable.Range(first, before + 21 - first).Select(n => $"{n:D6}");
        Assert.Equal(expected, seen);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Fact]
    public async Task Read_SiloOfTheGrainDies_IsAnsweredByAnother()
    {
        var session = Session();
        Append(1);

        var dead = await KillHostAsync(session);
        var actions = await session.ReadAsync(fleet => fleet.ActionsAsync(null, 5), TestContext.Current.CancellationToken);

        Assert.Equal("000001", Assert.Single(actions).Id);
        Assert.NotEqual(dead, await HostAsync(session));
    }

    private static InProcessTestCluster Build()
    {
        // Membership of its own, that no silo hosts: with the other test cluster it dies with the first silo.
        var builder = new InProcessTestClusterBuilder(3);
        builder.ConfigureSilo((_, silo) => silo.Configure<ClusterMembershipOptions>(NoticeDeathSoon));
        return builder.Build();
    }

    private static void NoticeDeathSoon(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 2;
    }

    private static void Append(int number)
    {
        lock (TestFleetGrain.Store.Log)
        {
            TestFleetGrain.Store.Log.Add(Samples.Action(number));
        }
    }

    private static async Task<string> HostAsync(FleetSession session) =>
        (await session.ReadAsync(fleet => fleet.SilosAsync(), TestContext.Current.CancellationToken))[0].Address;

    private static async Task UntilAsync(
        Func<IReadOnlyCollection<string>> look, Func<IReadOnlyCollection<string>, bool> isMet, Action<int>? whileWaiting = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        for (var round = 1; !isMet(look()); round++)
        {
            Assert.False(limit.IsCancellationRequested, $"Awaited more actions for {Patience.TotalSeconds} s; saw: {string.Join(' ', look())}");
            whileWaiting?.Invoke(round);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
    }

    private FleetSession Session() => new(new FakeConnection(_cluster.Client.GetGrain<IFleetGrain>(0, typeof(TestFleetGrain).FullName)), TimeProvider.System);

    private async Task<string> KillHostAsync(FleetSession session)
    {
        var host = await HostAsync(session);
        await _cluster.KillSiloAsync(_cluster.Silos.Single(s => s.SiloAddress.ToParsableString() == host));
        return host;
    }
}
