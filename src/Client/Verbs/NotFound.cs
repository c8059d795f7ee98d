using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Verbs;

/// <summary>Says that an agent is not there, and which ones may have been meant.</summary>
internal static class NotFound
{
    public static async Task<string> MessageAsync(FleetSession session, AgentId id, CancellationToken cancellationToken)
    {
        var page = await session.ReadAsync(fleet => fleet.ListAsync(new AgentQuery { Limit = AgentQuery.MaxLimit }), cancellationToken);
        var near = Near.Of(id.Value, page.Items.Select(a => a.Id.Value));
        var hint = near switch
        {
            { Count: > 0 } => $" Did you mean {string.Join(" or ", near)}?",
            _ when page.Items.Count is 0 => " There are no agents at all.",
            _ => " See: healing ps",
        };
        return $"There is no agent '{id}'.{hint}";
    }
}
