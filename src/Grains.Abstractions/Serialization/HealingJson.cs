using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Serialization;

/// <summary>
/// The JSON of every contract type: camelCase, ISO-8601 times in UTC, durations in seconds, unknown and missing members
/// refused. The same for the store, the HTTP API and the console.
/// </summary>
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
[JsonSerializable(typeof(AgentView))]
[JsonSerializable(typeof(AgentDetails))]
[JsonSerializable(typeof(SupervisionPolicy))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(IReadOnlyList<SupervisorAction>))]
[JsonSerializable(typeof(IReadOnlyList<CheckpointView>))]
[JsonSerializable(typeof(FleetOverview))]
[JsonSerializable(typeof(Page<AgentView>))]
[JsonSerializable(typeof(Page<SupervisorAction>))]
[JsonSerializable(typeof(Page<SiloView>))]
[JsonSerializable(typeof(Page<KindView>))]
[JsonSerializable(typeof(Page<DoctorFinding>))]
[JsonSerializable(typeof(Page<MaintenanceOrder>))]
[JsonSerializable(typeof(FleetChange))]
[JsonSerializable(typeof(Page<FleetSample>))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(ActionExplanation))]
[JsonSerializable(typeof(WhatIfAnswer))]
[JsonSerializable(typeof(Page<AlertView>))]
[JsonSerializable(typeof(Page<AlertSilence>))]
[JsonSerializable(typeof(Page<AlertTestResult>))]
public sealed partial class HealingJson : JsonSerializerContext;
