using System.Globalization;

namespace OrleansHealing.Supervision;

/// <summary>Writes the actions of one decision, with ids that sort by time and never repeat.</summary>
internal sealed class ActionLog(Circumstances circumstances)
{
    private readonly List<SupervisorAction> _actions = [];

    public IReadOnlyList<SupervisorAction> Actions => _actions;

    public DecisionTrace? Trace => circumstances.Trace;

    public ActionLog Add(
        ActionKind kind, HealthState state, string reason, string details,
        TimeSpan? backoff = null, TimeSpan? detect = null, string? host = null) => Add(new SupervisorAction
        {
            Id = "",
            At = circumstances.Now,
            AgentId = state.AgentId,
            Action = kind,
            Incarnation = state.Incarnation,
            Reason = reason,
            Details = details,
            ConsecutiveFailures = state.ConsecutiveFailures,
            BackoffSeconds = Round(backoff),
            DetectSeconds = Round(detect),
            Silo = host is null ? null : circumstances.SiloNames.GetValueOrDefault(host, host),
        });

    /// <summary>An action about all of a partition.</summary>
    public ActionLog AddForAll(ActionKind kind, string reason, string details) => Add(new SupervisorAction
    {
        Id = "",
        At = circumstances.Now,
        AgentId = null,
        Action = kind,
        Incarnation = 0,
        Reason = reason,
        Details = details,
        ConsecutiveFailures = 0,
    });

    private ActionLog Add(SupervisorAction action)
    {
        // 40 random bits keep two supervisors that decide in the same millisecond apart.
        var random = (long)(circumstances.Random * (1L << 40));
        _actions.Add(action with
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{circumstances.Now.ToUnixTimeMilliseconds():x11}-{random:x10}-{_actions.Count}"),
        });
        Trace?.Wrote(_actions[^1].Id);
        return this;
    }

    /// <summary>A number of seconds for a sentence: <c>4.2 s</c>, <c>12 ms</c>.</summary>
    public static string Say(TimeSpan span) => Math.Abs(span.TotalSeconds) < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");

    private static double? Round(TimeSpan? span) => span is { } s ? Math.Round(s.TotalSeconds, 4) : null;
}
