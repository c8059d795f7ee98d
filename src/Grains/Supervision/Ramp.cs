using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>
/// Lets restarts through one first, then two, four, eight and so on, each time once all of those before have been healthy for
/// the probation. When one of them fails it begins again with one, after a wait that grows.
/// </summary>
internal sealed class Ramp(TimeSpan probation, Func<int, TimeSpan> waitAfter, TimeSpan patience)
{
    private const int MaxSize = 1 << 20;

    private readonly Dictionary<AgentId, Entry> _running = [];
    private int _size = 1;
    private int _strikes;
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _askedAt;

    /// <summary>Whether whoever enters now is the only one.</summary>
    public bool IsAlone => _size == 1;

    /// <summary>Whether it has failed since it last grew.</summary>
    public int Strikes => _strikes;

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
            var passed = _running.Values.Max(r => r.HealthyAt ?? now) + probation;
            if (passed > now)
            {
                return passed;
            }

            _running.Clear();
            _strikes = 0;
            _size = Math.Min(2 * _size, MaxSize);
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
    public void Failed(AgentId id, DateTimeOffset now)
    {
        if (_running.Remove(id))
        {
            _running.Clear();
            _size = 1;
            _closedUntil = now + waitAfter(++_strikes);
        }
    }

    /// <summary>Notes that an agent is neither healthy nor failed for this cause any more.</summary>
    public void Left(AgentId id) => _running.Remove(id);

    /// <summary>Whether nobody has asked for so long that nobody can be waiting.</summary>
    public bool IsIdle(DateTimeOffset now, TimeSpan longest) => (now - _askedAt).Duration() > longest;

    private readonly record struct Entry(DateTimeOffset EnteredAt, DateTimeOffset? HealthyAt);
}
