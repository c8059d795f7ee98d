using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>The strict JSON of what the store holds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(AgentDefinition))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HealthState))]
[JsonSerializable(typeof(SupervisorAction))]
[JsonSerializable(typeof(IncarnationReport))]
[JsonSerializable(typeof(Checkpoint))]
[JsonSerializable(typeof(SiloRecord))]
[JsonSerializable(typeof(SiloDrain))]
[JsonSerializable(typeof(MaintenanceOrder))]
[JsonSerializable(typeof(FleetSample))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(AlertSilence))]
internal sealed partial class StoreJson : JsonSerializerContext;
