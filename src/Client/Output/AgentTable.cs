using System.Globalization;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Output;

/// <summary>Agents as rows.</summary>
internal static class AgentTable
{
    private const int LongestOnScreen = 12;

    public static Grid Of(IEnumerable<AgentView> agents, DateTimeOffset now, bool onScreen)
    {
        var grid = new Grid(
            new Column("ID", Least: 12),
            new Column("KIND", Rank: 7),
            new Column("STATUS"),
            new Column("INC", Rank: 2),
            new Column("FAILURES", Rank: 6),
            new Column("RESTARTS", Rank: 3),
            new Column("BEAT", Rank: 5),
            new Column("DEADLINE", Rank: 8),
            new Column("NEXT", Rank: 1),
            new Column("SILO", Rank: 4),
            new Column("PROGRESS", Rank: 9, Least: 16));
        foreach (var agent in agents)
        {
            grid.Add(Row(agent, now, onScreen));
        }

        return grid;
    }

    /// <summary>The columns' values, in their order.</summary>
    public static Cell[] Row(AgentView agent, DateTimeOffset now, bool onScreen) =>
    [
        agent.Id.Value,
        Printable.Clean(agent.Kind),
        Status(agent),
        agent.Incarnation.ToString(CultureInfo.InvariantCulture),
        new(agent.ConsecutiveFailures.ToString(CultureInfo.InvariantCulture), agent.ConsecutiveFailures > 0 ? Styles.Healing : Spectre.Console.Style.Plain),
        agent.TotalRestarts.ToString(CultureInfo.InvariantCulture),
        Humanize.Ago(agent.LastHeartbeatAt, now),
        new(Humanize.Until(agent.Deadline, now), agent.Deadline < now ? Styles.Healing : Spectre.Console.Style.Plain),
        new(Humanize.Until(agent.NextRestartAt ?? agent.PausedUntil, now), agent.PausedUntil is null ? Styles.Healing : Styles.Of(agent.Status)),
        agent.Silo ?? Humanize.None,
        new(Progress(agent, onScreen), Styles.Dim),
    ];

    private static Cell Status(AgentView agent) => new(Serialization.Words.ToWord(agent.Status), Styles.Of(agent.Status));

    /// <summary>What is wrong is more worth the room than how far it is.</summary>
    private static string Progress(AgentView agent, bool onScreen) => agent switch
    {
        { RecordFault: { } fault } => $"unreadable record: {Printable.Clean(fault)}",
        { Status: Supervision.AgentStatus.Quarantined or Supervision.AgentStatus.BackingOff, LastFailure: { } failure } when onScreen =>
            Printable.Clean($"{Serialization.Words.ToWord(failure.Reason)}: {failure.Message}"),
        _ => Humanize.Values(agent.Progress, onScreen ? LongestOnScreen : int.MaxValue),
    };
}
