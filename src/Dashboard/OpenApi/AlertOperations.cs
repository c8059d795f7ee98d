namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>What people are told of, and what they do not want to hear of.</summary>
internal static class AlertOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("GET", "/api/v1/alerts", "listAlerts", "alerts", "The alerts that are open or were lately, newest first, and what each sink was told")
        {
            Answer = new("AlertPage", """{"items":[{"key":"agent-quarantined/doomed","condition":"agent-quarantined","severity":"error","state":"firing","summary":"Agent 'doomed' was given up on (crashed)","details":"The disk is full.","agentId":"doomed","beganAt":"2026-03-04T05:06:07.890Z","deliveries":[{"sink":"pager","told":"firing","at":"2026-03-04T05:06:08.000Z"}]}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("POST", "/api/v1/alerts/test", "testAlerts", "alerts", "Sends a test alert and its end to each sink, and says how they took it")
        {
            Parameters = [Parameters.Of("sink", "This sink alone.")],
            Answer = new("AlertTestPage", """{"items":[{"sink":"pager","kind":"pager-duty","seconds":0.21},{"sink":"chat","kind":"slack","error":"answered 404: no_service","seconds":0.1}],"nextCursor":null}"""),
            Problems = [404],
        },
        new("GET", "/api/v1/alerts/silences", "listSilences", "alerts", "The silences that are not over")
        {
            Answer = new("AlertSilencePage", """{"items":[{"id":"9f2c01ab","condition":"agent-quarantined","labels":{"team":"blue"},"actor":"ada","reason":"known","at":"2026-03-04T05:00:00.000Z","until":"2026-03-04T07:00:00.000Z"}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("POST", "/api/v1/alerts/silences", "silenceAlerts", "alerts", "Begins a silence: of an agent, a condition, some labels, or all of these together")
        {
            Description = "What is open when it expires is told then. What was told before it is told the end of.",
            Body = new("AlertSilenceOrder", """{"forSeconds":7200,"condition":"agent-quarantined","labels":{"team":"blue"},"reason":"known"}""", """{"forSeconds":600,"all":true}"""),
            Answer = new("CommandReply", """{"message":"Silence 9f2c01ab: agent-quarantined, team=blue, until 2026-03-04 07:00:00Z.","incarnation":null}"""),
            Problems = [409],
        },
        new("DELETE", "/api/v1/alerts/silences/{id}", "unsilenceAlerts", "alerts", "Ends a silence before its time")
        {
            Parameters = [new("id", """{"type":"string","maxLength":64}""", "The silence.", "path", IsRequired: true, Example: "\"9f2c01ab\"")],
            Answer = new("CommandReply", """{"message":"Silence 9f2c01ab is over.","incarnation":null}"""),
            Problems = [404],
        },
    ];
}
