using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>Watching without a screen: the agents once, then a line for each that changed, until Ctrl+C.</summary>
internal sealed class AgentChanges(VerbContext context, FleetSession session)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private readonly Dictionary<AgentId, (AgentStatus, long, int)> _shown = [];

    public async Task<int> RunAsync(AgentQuery query, int limit, CancellationToken cancellationToken)
    {
        var isFirst = true;
        try
        {
            while (true)
            {
                var page = await session.ListAsync(query, limit, cancellationToken);
                var changed = page.Items.Where(IsChanged).ToList();
                if (isFirst || changed.Count > 0)
                {
                    Print(changed, isFirst);
                }

                isFirst = false;
                await Task.Delay(Between, context.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl+C is how watching ends.
            return ExitCodes.Ok;
        }
    }

    private bool IsChanged(AgentView agent)
    {
        var now = (agent.Status, agent.Incarnation, agent.ConsecutiveFailures);
        var isChanged = !_shown.TryGetValue(agent.Id, out var before) || before != now;
        _shown[agent.Id] = now;
        return isChanged;
    }

    private void Print(List<AgentView> agents, bool withHeader)
    {
        if (context.Format is OutputFormat.Table)
        {
            foreach (var line in AgentTable.Of(agents, session.Now, onScreen: false).Lines(null).Skip(withHeader ? 0 : 1))
            {
                context.Output.Write(line);
            }

            context.Output.Out.Flush();
            return;
        }

        foreach (var agent in agents)
        {
            context.Output.WriteLine(context.Format is OutputFormat.Json ? ConsoleJson.Line(agent) : agent.Id.Value);
        }

        context.Output.Out.Flush();
    }
}
