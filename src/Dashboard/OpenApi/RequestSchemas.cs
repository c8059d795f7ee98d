using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>Schemas of bodies that are read member by member. A test holds their members against what the readers know.</summary>
internal static class RequestSchemas
{
    private const string For = """{"type":["number","null"],"exclusiveMinimum":0,"maximum":31536000,"description":"Seconds; without it, until somebody ends it."}""";

    private static readonly string Reason =
        $$"""{"type":["string","null"],"maxLength":{{CommandRules.MaxReasonLength}},"description":"Why; shown in the action log."}""";

    private static readonly string Modes = Parameters.WordSchema<CrashMode>();

    public const string Closer =
        """
        {"type":"object","required":["definition","policy","desired","actions","checkpoints"],"properties":{
          "definition":{"anyOf":[{"$ref":"#/components/schemas/AgentDefinition"},{"type":"null"}]},
          "policy":{"anyOf":[{"$ref":"#/components/schemas/SupervisionPolicy"},{"type":"null"}]},
          "desired":{"anyOf":[{"$ref":"#/components/schemas/DesiredState"},{"type":"null"}]},
          "actions":{"type":"array","items":{"$ref":"#/components/schemas/SupervisorAction"}},
          "checkpoints":{"type":"array","items":{"$ref":"#/components/schemas/CheckpointView"}}}}
        """;

    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Order"] = Closed($$"""{"reason":{{Reason}}}"""),
        ["Pause"] = Closed($$"""{"forSeconds":{{For}},"reason":{{Reason}}}"""),
        ["Crash"] = Closed($$"""{"mode":{{Modes}}}""", "mode"),
        ["Heartbeat"] = Closed(
            """
            {"incarnation":{"type":"integer","minimum":1,"maximum":9007199254740992},"progress":{"description":"Any JSON."},
            "expectedSilenceSeconds":{"type":["number","null"],"minimum":0,"description":"By how much later the next beat may come."}}
            """,
            "incarnation"),
        ["Checkpoint"] = Closed(
            """
            {"incarnation":{"type":"integer","minimum":1,"maximum":9007199254740992},"state":{"description":"Any JSON but null."}}
            """,
            "incarnation", "state"),
        ["Maintenance"] = Closed(
            $$$"""
            {"all":{"type":["boolean","null"],"enum":[true,null],"description":"Said of the whole fleet; else labels are."},
            "labels":{"type":["object","null"],"additionalProperties":{"type":"string"}},"forSeconds":{{{For}}},"reason":{{{Reason}}}}
            """),
        ["BulkOrder"] = Closed(
            $$$"""
            {"command":{"type":"string","enum":["restart","pause","resume","release","remove","crash"]},
            "ids":{"type":"array","minItems":1,"maxItems":{{{IdList.Max}}},"uniqueItems":true,"items":{{{Parameters.IdSchema}}}},
            "reason":{{{Reason}}},"forSeconds":{{{For}}},"mode":{"anyOf":[{{{Modes}}},{"type":"null"}],"description":"Required of a crash, and taken by no other."}}
            """,
            "command", "ids"),
        ["AlertSilenceOrder"] = Closed(
            $$$"""
            {"forSeconds":{"type":"number","exclusiveMinimum":0,"maximum":{{{AlertSilenceCommand.MaxFor.TotalSeconds}}}},
            "agent":{"anyOf":[{{{Parameters.IdSchema}}},{"type":"null"}]},"condition":{"anyOf":[{{{Parameters.WordSchema<AlertCondition>()}}},{"type":"null"}]},
            "labels":{"type":["object","null"],"additionalProperties":{"type":"string"}},
            "all":{"type":["boolean","null"],"enum":[true,null],"description":"Said when no agent, condition or label is."},"reason":{{{Reason}}}}
            """,
            "forSeconds"),
        ["SignIn"] = Closed("""{"apiKey":{"type":"string","writeOnly":true}}""", "apiKey"),
    };

    private static string Closed(string properties, params string[] required) =>
        $$"""{"type":"object","additionalProperties":false,"properties":{{properties}}{{(required.Length > 0 ? $",\"required\":[\"{string.Join("\",\"", required)}\"]" : "")}}}""";
}
