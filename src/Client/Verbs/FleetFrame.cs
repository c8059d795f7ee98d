using System.Globalization;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// The whole fleet on one screen: its numbers, its agents, its last actions. A fleet that fits is listed by id, so that rows
/// stay where they are; of a larger one those come first that are not well.
/// </summary>
internal sealed class FleetFrame(FleetSession session, TimeZoneInfo zone)
{
    private const int LastActions = 8;

    private static readonly AgentStatus[] WorstFirst =
    [
        AgentStatus.Quarantined, AgentStatus.Stale, AgentStatus.BackingOff, AgentStatus.Restarting, AgentStatus.Starting,
        AgentStatus.Healthy, AgentStatus.Paused, AgentStatus.Stopped, AgentStatus.Completed,
    ];

    public async Task<IReadOnlyList<Line>> DrawAsync(int rows, int width, TimeSpan patience, CancellationToken cancellationToken)
    {
        var overview = await session.ReadAsync(fleet => fleet.OverviewAsync(), cancellationToken, patience);
        var actions = await session.ReadAsync(fleet => fleet.ActionsAsync(null, Math.Min(LastActions, rows / 3)), cancellationToken, patience);

        // Two lines of numbers, a blank, the heading; a blank and a title before the actions.
        var room = Math.Max(1, rows - 4 - overview.Maintenance.Count - (actions.Count > 0 ? actions.Count + 2 : 0));
        var agents = await AgentsAsync(overview, room, patience, cancellationToken);
        List<Line> lines =
        [
            Numbers(overview), Supervisors(overview),
            .. overview.Maintenance.Select(o => new Line().Add($"paused: {MaintenanceLine.Of(o, session.Now)}", Styles.Of(AgentStatus.Paused))),
            new Line(),
            .. AgentTable.Of(agents, session.Now, onScreen: true).Lines(width),
        ];
        if (overview.Agents > agents.Count)
        {
            lines.Add(new Line().Add($"… and {Humanize.Count(overview.Agents - agents.Count, "more agent")}", Styles.Dim));
        }

        if (actions.Count > 0)
        {
            lines.Add(new Line());
            var agentWidth = actions.Max(a => ActionLine.About(a).Length);
            lines.AddRange(actions.Reverse().Select(a => ActionLine.Of(a, agentWidth, onScreen: true, session.Now, zone)));
        }

        return lines;
    }

    private static Line Numbers(FleetOverview overview)
    {
        var line = new Line().Add(Humanize.Count(overview.Agents, "agent"), Styles.Strong);
        foreach (var status in WorstFirst)
        {
            if (overview.ByStatus.TryGetValue(status.ToWord(), out var count) && count > 0)
            {
                line.Add("   ").Add(string.Create(CultureInfo.InvariantCulture, $"{count:N0} {status.ToWord()}"), Styles.Of(status));
            }
        }

        line.Add($"   {Humanize.Count(overview.Restarts, "restart")}", Styles.Dim);
        return overview.MttrSeconds is { } mttr
            ? line.Add(string.Create(CultureInfo.InvariantCulture, $"   healed in {mttr:0.0} s on average"), Styles.Dim)
            : line;
    }

    private static Line Supervisors(FleetOverview overview)
    {
        var line = new Line();
        foreach (var pulse in overview.Supervisors)
        {
            var age = pulse.LastRoundAgeSeconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"last round {s:0.0} s ago") : "no round yet";
            line.Add($"supervisor {pulse.Partition} on {pulse.Silo}, {age}   ", Styles.Dim);
            if (pulse.Hold is { } hold)
            {
                line.Add($"holds back: {Printable.Clean(hold)}   ", Styles.Healing);
            }
            else if (pulse.Panic is { } panic)
            {
                line.Add($"restarts slowly: {Printable.Clean(panic)}   ", Styles.Healing);
            }

            if (pulse.RestartWaitSeconds > 0)
            {
                line.Add(string.Create(CultureInfo.InvariantCulture, $"restarts wait {pulse.RestartWaitSeconds:0.0} s for their turn   "), Styles.Healing);
            }
        }

        return overview.MalformedRecords > 0
            ? line.Add(Humanize.Count(overview.MalformedRecords, "unreadable record"), Styles.Bad)
            : line;
    }

    private async Task<List<AgentView>> AgentsAsync(FleetOverview overview, int room, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (overview.Agents <= room)
        {
            return [.. await PageAsync(new AgentQuery { Limit = Clamp(room) }, patience, cancellationToken)];
        }

        var agents = new Dictionary<Agents.AgentId, AgentView>();
        foreach (var status in WorstFirst.Where(s => overview.ByStatus.GetValueOrDefault(s.ToWord()) > 0))
        {
            foreach (var agent in await PageAsync(new AgentQuery { Status = status, Limit = Clamp(room) }, patience, cancellationToken))
            {
                if (agents.Count < room - 1)
                {
                    agents.TryAdd(agent.Id, agent);
                }
            }

            if (agents.Count >= room - 1)
            {
                break;
            }
        }

        return [.. agents.Values];
    }

    private static int Clamp(int room) => Math.Clamp(room, 1, AgentQuery.MaxLimit);

    private async Task<IReadOnlyList<AgentView>> PageAsync(AgentQuery query, TimeSpan patience, CancellationToken cancellationToken) =>
        (await session.ReadAsync(fleet => fleet.ListAsync(query), cancellationToken, patience)).Items;
}
