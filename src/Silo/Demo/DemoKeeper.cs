using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>
/// Keeps the demo worth watching. First it spawns the fleet, anew where a run before has left an agent at its end or with a text that lay
/// somewhere else; then whoever has completed starts over after a rest. Agents without the demo's label are left alone, whatever their names. Several silos
/// may do this at once: whoever is second finds nothing left to do.
/// </summary>
internal sealed partial class DemoKeeper(IFleetGrain fleet, IReadOnlyList<AgentDefinition> definitions, TimeProvider time, ILogger logger)
{
    /// <summary>For how long a completed agent can be looked at before it starts over.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private const string Actor = "demo";
    private readonly Dictionary<AgentId, (long Incarnation, long Since)> _completed = [];
    private bool _hasBegun;
    private bool _isFailing;

    /// <summary>One look at the fleet, with what it makes necessary.</summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_hasBegun ? LookAsync() : BeginAsync()).WaitAsync(cancellationToken);
            _hasBegun = true;
            _isFailing = false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The demo is no reason to stop a silo; the next look may do better.
            if (!_isFailing)
            {
                LogFailed(logger, e.Message);
            }

            _isFailing = true;
        }
    }

    private async Task BeginAsync()
    {
        var ended = (await FindAsync(AgentStatus.Completed)).Concat(await FindAsync(AgentStatus.Quarantined)).Select(a => a.Id).ToHashSet();
        foreach (var definition in definitions)
        {
            await (ended.Contains(definition.Id) || await IsOfAnotherCopyAsync(definition) ? StartOverAsync(definition) : SpawnAsync(definition));
        }
    }

    /// <summary>Whether it was spawned by a copy of the program elsewhere, whose texts may be gone: the store outlives the directory of a build.</summary>
    private async Task<bool> IsOfAnotherCopyAsync(AgentDefinition definition) => await fleet.DescribeAsync(definition.Id) is { Definition: { } there }
        && there.Labels?.ContainsKey(DemoDefinitions.Label) is true
        && there.Settings?.GetString("path") != definition.Settings?.GetString("path");

    private async Task LookAsync()
    {
        var completed = (await FindAsync(AgentStatus.Completed)).ToDictionary(a => a.Id, a => a.Incarnation);
        foreach (var definition in definitions)
        {
            if (!completed.TryGetValue(definition.Id, out var incarnation))
            {
                _completed.Remove(definition.Id);
            }
            else if (!_completed.TryGetValue(definition.Id, out var seen) || seen.Incarnation != incarnation)
            {
                _completed[definition.Id] = (incarnation, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(seen.Since) >= Rest)
            {
                await StartOverAsync(definition);
                _completed.Remove(definition.Id);
            }
        }
    }

    private async Task<IEnumerable<AgentView>> FindAsync(AgentStatus status)
    {
        var page = await fleet.ListAsync(new AgentQuery { Status = status, Search = $"{DemoDefinitions.Label}=", Limit = AgentQuery.MaxLimit });
        return page.Items.Where(a => a.Labels.ContainsKey(DemoDefinitions.Label));
    }

    /// <summary>Removed first: its checkpoint is that of a text that was read to the end.</summary>
    private async Task StartOverAsync(AgentDefinition definition)
    {
        await fleet.CommandAsync(definition.Id, new AgentCommand(CommandKind.Remove, Actor, "The demo starts it over."));
        await SpawnAsync(definition);
    }

    private async Task SpawnAsync(AgentDefinition definition)
    {
        var result = await fleet.SpawnAsync(definition, Actor);
        if (result.Outcome is not (CommandOutcome.Ok or CommandOutcome.Conflict))
        {
            LogRefused(logger, definition.Id, result.Message);
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "The demo agent {AgentId} could not be spawned: {Reason}")]
    private static partial void LogRefused(ILogger logger, AgentId agentId, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "The demo fleet could not be looked after: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
