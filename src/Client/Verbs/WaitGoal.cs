using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>What <c>wait</c> waits for: a status, or that the agent is gone.</summary>
/// <param name="Status">Null: gone.</param>
internal sealed record WaitGoal(AgentStatus? Status)
{
    public const string Gone = "gone";

    public static string Words => $"{Serialization.Words.List<AgentStatus>()}, {Gone}";

    public static bool TryParse(string word, out WaitGoal goal)
    {
        goal = new WaitGoal(Serialization.Words.TryParse<AgentStatus>(word, out var status) ? status : null);
        return goal.Status is not null || word is Gone;
    }

    /// <summary>
    /// Whether it is so now, or was so at an action after <paramref name="afterId"/>: a status that lasts shorter than the time
    /// between two looks counts as well.
    /// </summary>
    public bool IsMet(AgentDetails? details, long incarnation, string? afterId)
    {
        if (details is null || Status is null)
        {
            return details is null && Status is null;
        }

        if (details.Agent.Status == Status && details.Agent.Incarnation >= incarnation)
        {
            return true;
        }

        return afterId is not null && details.Actions
            .TakeWhile(a => a.Id != afterId)
            .Any(a => StatusAfter(a.Action) == Status && a.Incarnation >= incarnation);
    }

    public override string ToString() => Status?.ToWord() ?? Gone;

    private static AgentStatus? StatusAfter(ActionKind action) => action switch
    {
        ActionKind.Spawned => AgentStatus.Starting,
        ActionKind.BackingOff => AgentStatus.BackingOff,
        ActionKind.Restarting => AgentStatus.Restarting,
        ActionKind.Recovered => AgentStatus.Healthy,
        ActionKind.Quarantined => AgentStatus.Quarantined,
        ActionKind.Paused => AgentStatus.Paused,
        ActionKind.Stopped => AgentStatus.Stopped,
        ActionKind.Completed => AgentStatus.Completed,
        _ => null,
    };
}
