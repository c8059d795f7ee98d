using System.Collections.Immutable;

namespace OrleansHealing.Chaos.Faults;

/// <summary>All faults of a run, with their ends as they come. Safe for any number of writers and readers.</summary>
internal sealed class FaultLog(RunClock clock)
{
    private ImmutableList<Fault> _faults = [];
    private int _last;

    public IReadOnlyList<Fault> All => _faults;

    /// <summary>Notes that a fault begins.</summary>
    public Fault Begin(FaultKind kind, string? silo = null, int? pid = null, string? agent = null, string? mode = null)
    {
        var fault = new Fault(Interlocked.Increment(ref _last), kind, clock.Now) { Silo = silo, Pid = pid, Agent = agent, Mode = mode };
        ImmutableInterlocked.Update(ref _faults, (all, added) => all.Add(added), fault);
        return fault;
    }

    /// <summary>Notes that it is over.</summary>
    public void End(Fault fault) => Change(fault, f => f with { To = clock.Now });

    /// <summary>Notes which incarnation took an order.</summary>
    public void Taken(Fault fault, long incarnation) => Change(fault, f => f with { Incarnation = incarnation });

    /// <summary>Notes one that is over already.</summary>
    public void Add(FaultKind kind, TimeSpan from, TimeSpan to) => ImmutableInterlocked.Update(
        ref _faults, (all, added) => all.Add(added), new Fault(Interlocked.Increment(ref _last), kind, from) { To = to });

    private void Change(Fault fault, Func<Fault, Fault> change) => ImmutableInterlocked.Update(
        ref _faults, (all, change) => all.ConvertAll(f => f.Number == fault.Number ? change(f) : f), change);
}
