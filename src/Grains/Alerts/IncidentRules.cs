namespace OrleansHealing.Alerts;

/// <summary>How an incident goes on, and what a sink is to be told of it. Pure.</summary>
internal static class IncidentRules
{
    /// <summary>An incident that is over is remembered so long at least: one that comes back by then is the same.</summary>
    public static readonly TimeSpan LeastMemory = TimeSpan.FromMinutes(10);

    /// <summary>After so long nobody wants to hear any more of what is over.</summary>
    public static readonly TimeSpan MostMemory = TimeSpan.FromDays(1);

    /// <summary>The longest that a sink is left alone when it asks for it.</summary>
    public static readonly TimeSpan MostPatience = TimeSpan.FromHours(1);

    private const int MostDoublings = 16;
    private static readonly TimeSpan LongestHoldOff = TimeSpan.FromMinutes(30);

    /// <summary>The condition holds.</summary>
    public static Incident Raise(Incident? known, Signal signal, DateTimeOffset now)
    {
        if (known is null)
        {
            return new Incident
            {
                Key = signal.Key,
                Condition = signal.Condition,
                Severity = signal.Severity,
                Summary = signal.Summary,
                Details = signal.Details,
                AgentId = signal.AgentId,
                Labels = signal.Labels,
                Count = signal.Count,
                Causes = signal.Causes,
                BeganAt = now,
                Revision = 1,
            };
        }

        // Receivers know it by whom it is about, and sinks are chosen by that: it changes only once nobody has an open alert of it.
        var isBack = known.OverAt is not null;
        var isOpenSomewhere = known.EndedAt is null || known.Told.Values.Any(t => t.State is AlertState.Firing);
        var said = known with
        {
            Summary = signal.Summary,
            Details = signal.Details,
            AgentId = isOpenSomewhere ? known.AgentId : signal.AgentId,
            Labels = isOpenSomewhere ? known.Labels : signal.Labels,
            Count = signal.Count,
            Causes = IsSame(known.Causes, signal.Causes) ? known.Causes : signal.Causes,
            OverAt = null,
            EndedAt = null,
            Returns = known.Returns + (isBack ? 1 : 0),
        };
        if (known.EndedAt is not null)
        {
            // Whoever was told the end is told anew; whoever was not has an open alert still, which goes on.
            said = said with
            {
                BeganAt = now,
                Told = known.Told.Where(t => t.Value.State is not AlertState.Resolved).ToDictionary(t => t.Key, t => t.Value),
            };
        }

        var isNew = said.EndedAt != known.EndedAt || said.Summary != known.Summary || said.Details != known.Details || said.Count != known.Count;
        return isNew ? said with { Revision = known.Revision + 1 } : said;
    }

    private static bool IsSame(IReadOnlyDictionary<string, long>? one, IReadOnlyDictionary<string, long>? other) =>
        one?.Count == other?.Count && (one is null || one.All(c => other!.TryGetValue(c.Key, out var count) && count == c.Value));

    /// <summary>It ended while nobody was to hear of it: whoever was not told its beginning is told nothing of it any more.</summary>
    public static Incident Hush(Incident incident, IEnumerable<string> sinks) => incident with
    {
        Told = sinks.ToDictionary(
            sink => sink,
            sink => incident.Told.GetValueOrDefault(sink) is { State: AlertState.Firing } told ? told : new Telling { State = AlertState.Resolved, Revision = incident.Revision }),
    };

    /// <summary>The condition does not hold any more.</summary>
    public static Incident Over(Incident incident, DateTimeOffset now) => incident.OverAt is null ? incident with { OverAt = now } : incident;

    /// <summary>What time alone changes.</summary>
    public static Incident Settle(Incident incident, TimeSpan resolveAfter, DateTimeOffset now)
    {
        // What lies ahead was noted before the store's clock was set back.
        var over = incident.OverAt > now ? now : incident.OverAt;
        var began = incident.BeganAt > now ? now : incident.BeganAt;
        var settled = incident with { OverAt = over, BeganAt = began, EndedAt = incident.EndedAt > now ? now : incident.EndedAt };
        if (incident.Told.Values.Any(t => t.At > now || t.NotBefore - now > MostPatience))
        {
            settled = settled with
            {
                Told = incident.Told.ToDictionary(t => t.Key, t => t.Value with
                {
                    At = t.Value.At > now ? now : t.Value.At,
                    NotBefore = t.Value.NotBefore - now > MostPatience ? now : t.Value.NotBefore,
                }),
            };
        }

        return settled is { OverAt: { } at, EndedAt: null } && now - at >= HoldOff(incident, resolveAfter)
            ? settled with { EndedAt = now, Revision = incident.Revision + 1 }
            : settled;
    }

    /// <summary>How long it must be over until that is told: longer each time that it came back.</summary>
    public static TimeSpan HoldOff(Incident incident, TimeSpan resolveAfter)
    {
        var grown = resolveAfter * Math.Pow(2, Math.Min(incident.Returns, MostDoublings));
        var most = resolveAfter > LongestHoldOff ? resolveAfter : LongestHoldOff;
        return grown < most ? grown : most;
    }

    /// <summary>What a sink is to be told now; null when nothing.</summary>
    public static AlertState? NextFor(Incident incident, string sink, AlertRoute route, AlertTimes times, bool isSilenced, DateTimeOffset now) =>
        incident.Told.GetValueOrDefault(sink)?.NotBefore > now ? null : WantedBy(incident, sink, route, times, isSilenced, now);

    /// <summary>What a sink is to be told, now or when it is tried again; null when nothing.</summary>
    public static AlertState? WantedBy(Incident incident, string sink, AlertRoute route, AlertTimes times, bool isSilenced, DateTimeOffset now)
    {
        // A sink that was told of it hears of its end, also if it would not be told of it now.
        var told = incident.Told.GetValueOrDefault(sink);
        if (told?.State is not AlertState.Firing && !route.Takes(incident))
        {
            return null;
        }

        if (told is { State: AlertState.Firing } && !(told.At < incident.BeganAt && !route.SendResolved))
        {
            var age = now - told.At;
            var isDue = (told.Revision < incident.Revision && age >= times.UpdateEvery && !isSilenced) || age >= times.RepeatEvery;
            return incident.EndedAt is not null
                ? (route.SendResolved ? AlertState.Resolved : null)
                : isDue ? AlertState.Firing : null;
        }

        // What is over before it was told is told all the same, and its end after it: unless it was not to be told, or not so soon.
        var lasted = (incident.OverAt ?? now) - incident.BeganAt;
        return told?.State is not AlertState.Resolved && !isSilenced && lasted >= route.After ? AlertState.Firing : null;
    }

    /// <summary>Whether nothing is left to be told or to be remembered.</summary>
    public static bool IsForgotten(Incident incident, bool isWantedBySomebody, TimeSpan resolveAfter, DateTimeOffset now)
    {
        if (incident.EndedAt is not { } ended)
        {
            return false;
        }

        var memory = 2 * HoldOff(incident, resolveAfter);
        return now - ended >= (isWantedBySomebody ? MostMemory : memory > LeastMemory ? memory : LeastMemory);
    }
}
