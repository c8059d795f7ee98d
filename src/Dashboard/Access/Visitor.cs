using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Who a request comes from, as far as keys tell: the key that it holds, or why it may not come in.</summary>
/// <param name="Key">The key.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Until">When its session is over; null without one.</param>
internal sealed record Visitor(ApiKey? Key, Problem? Refusal, DateTimeOffset? Until = null)
{
    /// <summary>The agent whose process it is, when it came with that one's token.</summary>
    public AgentId? Agent { get; init; }

    /// <summary>The incarnation that the token is of.</summary>
    public long? Run { get; init; }

    /// <summary>What it is called; null when all that is known is where it comes from.</summary>
    public string? Name => Agent is { } agent ? $"agent:{agent}" : Key?.Name;
}
