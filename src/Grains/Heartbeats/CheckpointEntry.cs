using OrleansHealing.Agents;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>One checkpoint to save.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Record">The <see cref="Checkpoint"/> as it is stored.</param>
/// <param name="IsRepeat">Whether it was sent before, and may be there.</param>
internal sealed record CheckpointEntry(AgentId Id, long Incarnation, RedisValue Record, bool IsRepeat);
