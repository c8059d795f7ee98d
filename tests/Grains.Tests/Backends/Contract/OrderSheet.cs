using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>Orders in turn, for bodies that are not asked whether they were granted.</summary>
internal sealed class OrderSheet(string kind)
{
    private readonly ConcurrentDictionary<AgentId, long> _last = [];

    public AgentStart Next(AgentId id, string settings = "{}") => new()
    {
        Definition = new AgentDefinition { Id = id, Kind = kind, Settings = AgentSettings.Parse(settings) },
        Policy = Given.Policy,
        Incarnation = _last.AddOrUpdate(id, 1, (_, last) => last + 1),
        FirstIncarnation = 1,
    };
}
