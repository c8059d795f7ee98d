namespace OrleansHealing.Tests.Simulation;

/// <summary>Violated a guarantee: the simulation found a bug.</summary>
internal sealed class ViolationException(string guarantee, string what) : Exception($"{guarantee}: {what}")
{
    public string Guarantee { get; } = guarantee;
}

/// <summary>
/// Everything that is to happen, in the order of time. Whatever waits for an answer lets the world go on meanwhile, so what
/// others do falls between any two steps of a supervisor.
/// </summary>
internal sealed class World(int seed)
{
    private const int MaxEvents = 200_000;
    private readonly PriorityQueue<Event, (long At, long Order)> _events = new();
    private long _order;
    private int _count;
    private ViolationException? _violation;

    public Random Random { get; } = new(seed);

    public SimTime Time { get; } = new();

    public TimeSpan Now => Time.Elapsed;

    /// <summary>Called after each event.</summary>
    public Action Happened { private get; set; } = () => { };

    /// <summary>Events that have happened.</summary>
    public int Count => _count;

    /// <summary>The last things that happened, for whoever looks for the reason of a violation.</summary>
    public Queue<string> Story { get; } = new();

    public void Tell(string what)
    {
        Story.Enqueue($"{Now.TotalSeconds,9:0.000} {what}");
        if (Story.Count > 400)
        {
            Story.Dequeue();
        }
    }

    /// <summary>Makes something happen later. What belongs to a silo happens only while it lives, and waits while it is frozen.</summary>
    public void In(TimeSpan delay, SimSilo? on, Action act) =>
        _events.Enqueue(new Event(on, act), ((Now + delay).Ticks, _order++));

    /// <summary>A guarantee does not hold; the world ends. The first one counts: what comes after it may be its consequence.</summary>
    public void Violate(string guarantee, string what) => _violation ??= new ViolationException(guarantee, what);

    /// <summary>Lets the world go on until this time.</summary>
    public void RunUntil(TimeSpan until)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= until.Ticks)
        {
            RunOne();
        }

        Time.Elapsed = until > Now ? until : Now;
    }

    /// <summary>The next event.</summary>
    public void RunOne()
    {
        if (_violation is not null)
        {
            // Also from inside of what catches it: nothing happens any more until it has come up.
            throw _violation;
        }

        var happening = _events.TryDequeue(out var e, out var at) ? e : throw new InvalidOperationException("Nothing is to happen any more.");
        if (++_count > MaxEvents)
        {
            Violate("G20 bounded", $"more than {MaxEvents} events: something goes round in circles");
        }

        Time.Elapsed = at.At > Now.Ticks ? TimeSpan.FromTicks(at.At) : Now;
        if (happening.On is { IsKilled: true })
        {
            return;
        }

        if (happening.On is { IsFrozen: true } frozen)
        {
            frozen.Deferred.Add(happening.Act);
            return;
        }

        happening.Act();
        Happened();
    }

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public TimeSpan Between(double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (Random.NextDouble() * (toSeconds - fromSeconds)));

    public T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    private readonly record struct Event(SimSilo? On, Action Act);
}
