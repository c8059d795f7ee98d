using System.Buffers;
using System.Text.Json;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>One agent in JSON: the fields that a list shows of it, then what only a closer look does.</summary>
internal static class AgentDetailsJson
{
    public static byte[] Write(AgentDetails details)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in JsonSerializer.SerializeToElement(details.Agent, HealingJson.Default.AgentView).EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WritePropertyName("definition");
            JsonSerializer.Serialize(json, details.Definition, HealingJson.Default.AgentDefinition!);
            json.WritePropertyName("policy");
            JsonSerializer.Serialize(json, details.Policy is { } policy ? InSeconds(policy) : null, HealingJson.Default.PolicySettings!);
            json.WritePropertyName("desired");
            JsonSerializer.Serialize(json, details.Desired, HealingJson.Default.DesiredState!);
            json.WritePropertyName("actions");
            JsonSerializer.Serialize(json, details.Actions, HealingJson.Default.IReadOnlyListSupervisorAction);
            json.WritePropertyName("checkpoints");
            JsonSerializer.Serialize(json, details.Checkpoints, HealingJson.Default.IReadOnlyListCheckpointView);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A settled policy in the shape that a definition's has, so that it can be copied from the one to the other.</summary>
    internal static PolicySettings InSeconds(SupervisionPolicy policy) => new()
    {
        Restart = policy.Restart,
        MaxRestarts = policy.MaxRestarts,
        HeartbeatSeconds = policy.Heartbeat.TotalSeconds,
        TimeoutSeconds = policy.Timeout.TotalSeconds,
        ProgressTimeoutSeconds = policy.ProgressTimeout?.TotalSeconds,
        StableSeconds = policy.Stable.TotalSeconds,
        StartupSeconds = policy.StartupGrace.TotalSeconds,
        StopSeconds = policy.StopGrace.TotalSeconds,
        Backoff = new BackoffSettings
        {
            BaseSeconds = policy.Backoff.Base.TotalSeconds,
            Factor = policy.Backoff.Factor,
            MaxSeconds = policy.Backoff.Max.TotalSeconds,
            Jitter = policy.Backoff.Jitter,
        },
    };
}
