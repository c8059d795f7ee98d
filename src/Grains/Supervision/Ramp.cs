using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>
/// Lets restarts through one first, and more and more once all of those before have been healthy for a while. When one of them
/// fails it begins again with one, after a wait that grows.
/// </summary>
/// <param name="probation">How long one that is alone must be healthy.</param>
/// <param name="waitAfter">How long nobody is let through after a failure, by how many there were since it last grew.</param>
/// <param name="patience">How long one that was let through may take until it is healthy; then it is forgotten.</param>
internal sealed class Ramp(TimeSpan probation, Func<int, TimeSpan> waitAfter, TimeSpan patience)
{
    private const int MaxSize = 1 << 20;

    private readonly Dictionary<AgentId, Entry> _running = [];
    private int _size = 1;
    private int _strikes;
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _askedAt;

    /// <summary>How long those must be healthy that are not alone.</summary>
    public required TimeSpan Step { get; set; }

    /// <summary>How many times as many follow; 1 lets them through one by one.</summary>
    public required int Growth { get; set; }

    /// <summary>Whether whoever enters now is the only one.</summary>
    public bool IsAlone => _size == 1;

    /// <summary>Nobody enters before this.</summary>
    public void CloseUntil(DateTimeOffset until) => _closedUntil = until > _closedUntil ? until : _closedUntil;

    /// <summary>Asks to be started.</summary>
    /// <returns>Null when it may; otherwise when to ask again, at the earliest.</returns>
    public DateTimeOffset? Enter(AgentId id, DateTimeOffset now)
    {
        _askedAt = now;
        foreach (var (lost, _) in _running.Where(r => r.Value.HealthyAt is null && now - r.Value.EnteredAt > patience).ToList())
        {
            // Somebody else's decision came first, or a person's: it is not on its way any more.
            _running.Remove(lost);
        }

        if (_running.ContainsKey(id))
        {
            return null;
        }

        if (now < _closedUntil)
        {
            return _closedUntil;
        }

        if (_running.Count >= _size)
        {
            var atLeast = IsAlone ? probation : Step;
            var passed = _running.Values.Max(r => r.HealthyAt ?? now) + atLeast;
            if (passed > now || _running.Values.Any(r => r.HealthyAt is null))
            {
                return passed > now ? passed : now + atLeast;
            }

            _running.Clear();
            _strikes = 0;
            _size = Math.Min(Growth * _size, MaxSize);
        }

        _running[id] = new Entry(now, null);
        return null;
    }

    /// <summary>Notes that an agent beats.</summary>
    public void Recovered(AgentId id, DateTimeOffset now)
    {
        if (_running.TryGetValue(id, out var entry))
        {
            _running[id] = entry with { HealthyAt = entry.HealthyAt ?? now };
        }
    }

    /// <summary>Notes that an agent failed for the cause that this is about.</summary>
    /// <returns>Whether it was one that was let through lately.</returns>
    public bool Failed(AgentId id, DateTimeOffset now)
    {
        if (!_running.Remove(id))
        {
            return false;
        }

        _running.Clear();
        _size = 1;
        _closedUntil = now + waitAfter(++_strikes);
        return true;
    }

    /// <summary>Begins again with one, where nobody is on trial: what was proven before says nothing any more.</summary>
    public void BeginAnew(DateTimeOffset now)
    {
        _size = 1;
        foreach (var (id, _) in _running.Where(r => r.Value.HealthyAt + probation <= now).ToList())
        {
            _running.Remove(id);
        }
    }

    /// <summary>Notes that an agent is neither healthy nor failed for this cause any more.</summary>
    public void Left(AgentId id) => _running.Remove(id);

    /// <summary>Whether nobody has asked for so long that nobody can be waiting.</summary>
    public bool IsIdle(DateTimeOffset now, TimeSpan longest) => (now - _askedAt).Duration() > longest;

    private readonly record struct Entry(DateTimeOffset EnteredAt, DateTimeOffset? HealthyAt);
}
