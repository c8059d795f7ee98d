using Akka.Actor;

namespace OrleansHealing.BenchmarkNode.Akka;

/// <summary>Beats each second. What it throws restarts it at once, as Akka's supervision does by default.</summary>
internal sealed class Worker : ReceiveActor, IWithTimers
{
    private readonly PeerStore _store;
    private readonly string _worker;
    private readonly string _body;

    public Worker(string worker, PeerStore store)
    {
        (_worker, _store, _body) = (worker, store, store.NewBody());
        Receive<Tick>(_ => _store.Beat(_worker, _body));
        Receive<Spawn>(_ => Sender.Tell(true));
        Receive<Crash>(_ => throw new InvalidOperationException("Asked to crash."));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _store.Begin(_worker, _body);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, PeerStore.Heartbeat);
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
