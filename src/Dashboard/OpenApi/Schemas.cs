using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>The schemas of what is answered, made of the types that are: they cannot fall behind them. Those of what is sent stand beside.</summary>
internal static class Schemas
{
    /// <summary>What answers are read and written by, under the name of their schema.</summary>
    public static IReadOnlyDictionary<string, JsonTypeInfo> Answers { get; } = new Dictionary<string, JsonTypeInfo>(StringComparer.Ordinal)
    {
        ["AgentPage"] = HealingJson.Default.PageAgentView,
        ["AgentView"] = HealingJson.Default.AgentView,
        ["AgentDetails"] = HealingJson.Default.AgentDetails,
        ["AgentDefinition"] = HealingJson.Default.AgentDefinition,
        ["PolicySettings"] = HealingJson.Default.PolicySettings,
        ["SupervisionPolicy"] = HealingJson.Default.SupervisionPolicy,
        ["DesiredState"] = HealingJson.Default.DesiredState,
        ["CheckpointView"] = InfoOf<CheckpointView>(),
        ["ActionPage"] = HealingJson.Default.PageSupervisorAction,
        ["SupervisorAction"] = HealingJson.Default.SupervisorAction,
        ["ActionExplanation"] = HealingJson.Default.ActionExplanation,
        ["FleetOverview"] = HealingJson.Default.FleetOverview,
        ["SupervisorPulse"] = InfoOf<SupervisorPulse>(),
        ["FleetChange"] = HealingJson.Default.FleetChange,
        ["AgentTile"] = InfoOf<AgentTile>(),
        ["HistoryPage"] = HealingJson.Default.PageFleetSample,
        ["FleetSample"] = InfoOf<FleetSample>(),
        ["SampledTimes"] = InfoOf<SampledTimes>(),
        ["SiloPage"] = HealingJson.Default.PageSiloView,
        ["SiloView"] = InfoOf<SiloView>(),
        ["KindPage"] = HealingJson.Default.PageKindView,
        ["KindView"] = InfoOf<KindView>(),
        ["MaintenancePage"] = HealingJson.Default.PageMaintenanceOrder,
        ["MaintenanceOrder"] = InfoOf<MaintenanceOrder>(),
        ["AlertPage"] = HealingJson.Default.PageAlertView,
        ["AlertView"] = InfoOf<AlertView>(),
        ["AlertDelivery"] = InfoOf<AlertDelivery>(),
        ["AlertSilencePage"] = HealingJson.Default.PageAlertSilence,
        ["AlertSilence"] = InfoOf<AlertSilence>(),
        ["AlertTestPage"] = HealingJson.Default.PageAlertTestResult,
        ["AlertTestResult"] = InfoOf<AlertTestResult>(),
        ["WhatIfAnswer"] = HealingJson.Default.WhatIfAnswer,
        ["WhatIfKind"] = InfoOf<WhatIfKind>(),
        ["CommandReply"] = CommandReplyJson.Default.CommandReply,
        ["BulkReply"] = BulkReplyJson.Default.BulkReply,
        ["Session"] = SessionJson.Default.SessionView,
        ["State"] = HealingJson.Default.JsonText,
        ["Problem"] = ProblemJson.Default.Problem,
    };

    private static readonly Dictionary<Type, string> NameOf = Answers.Where(a => a.Value.Type != typeof(JsonText)).ToDictionary(a => a.Value.Type, a => a.Key);

    /// <summary>What is written by hand may hold nothing else; an answer may grow members, and its reader should let it.</summary>
    private static readonly Type[] Closed = [typeof(AgentDefinition), typeof(PolicySettings), typeof(BackoffSettings), typeof(AgentGroup)];

    public static JsonObject All()
    {
        var all = new JsonObject();
        foreach (var (name, type) in Answers)
        {
            all[name] = type.Type == typeof(AgentDetails) ? Details() : Of(type);
        }

        foreach (var (name, schema) in RequestSchemas.All)
        {
            all[name] = JsonNode.Parse(schema);
        }

        return all;
    }

    public static JsonObject RefTo(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static JsonTypeInfo InfoOf<T>() => HealingJson.Default.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} has no JSON.");

    private static JsonNode Of(JsonTypeInfo type) =>
        type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });

    /// <summary>The exporter cannot see into a converter; and what has a name is told by it.</summary>
    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNullable = type != context.TypeInfo.Type || context.PropertyInfo is { IsGetNullable: true };
        if (!context.Path.IsEmpty && NameOf.TryGetValue(type, out var name))
        {
            return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(RefTo(name), new JsonObject { ["type"] = "null" }) } : RefTo(name);
        }

        if (Plain(type) is { } plain)
        {
            return Typed(plain.Type, isNullable, plain.Format);
        }

        if (type == typeof(JsonText) || node is not JsonObject schema)
        {
            return new JsonObject { ["description"] = "Any JSON." };
        }

        if (type.IsEnum)
        {
            schema["type"] = isNullable ? new JsonArray("string", "null") : "string";
        }

        if (!Closed.Contains(type))
        {
            schema.Remove("additionalProperties", out var values);
            if (values is JsonObject)
            {
                schema["additionalProperties"] = values;
            }
        }

        return schema;
    }

    private static (string Type, string? Format)? Plain(Type type) =>
        type == typeof(AgentId) ? ("string", null)
        : type == typeof(DateTimeOffset) ? ("string", "date-time")
        : type == typeof(TimeSpan) ? ("number", null)
        : type == typeof(AgentSettings) ? ("object", null)
        : null;

    private static JsonObject Typed(string type, bool isNullable, string? format)
    {
        var schema = new JsonObject { ["type"] = isNullable ? new JsonArray(type, "null") : type };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }

    /// <summary>Its converter puts the members of a list's view and the closer ones beside each other.</summary>
    private static JsonObject Details() => new()
    {
        ["allOf"] = new JsonArray(RefTo("AgentView"), JsonNode.Parse(RequestSchemas.Closer)),
    };
}
