using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>What can be asked.</summary>
internal static class ReadOperations
{
    private const string Members =
        """
        "id":"reader-1","kind":"data-processing","status":"healthy","incarnation":7,"consecutiveFailures":0,"totalRestarts":6,"lastHeartbeatAt":"2026-03-04T05:06:07.890Z","deadline":"2026-03-04T05:06:12.890Z","nextRestartAt":null,"silo":"silo-1","progress":{"lines":1200},"lastFailure":{"reason":"crashed","message":"The disk is full.","at":"2026-03-04T05:01:00.000Z"},"labels":{"team":"blue"}
        """;

    private const string Action =
        """
        {"id":"019aa3b2c41-7f00000000-0","at":"2026-03-04T05:06:07.890Z","agentId":"reader-1","action":"failed","incarnation":7,"reason":"crashed","details":"The disk is full.; failure 1 of 8 in a row","consecutiveFailures":1,"detectSeconds":0.01,"silo":"silo-1"}
        """;

    private const string Policy =
        """
        {"restart":"permanent","maxRestarts":8,"heartbeatSeconds":1,"timeoutSeconds":5,"progressTimeoutSeconds":null,"stableSeconds":60,"startupSeconds":15,"stopSeconds":5,"maxExpectedSilenceSeconds":3600,"failuresPerCheckpoint":3,"backoff":{"baseSeconds":2,"factor":2,"maxSeconds":60,"jitter":0.1}}
        """;

    /// <summary>An agent as a list shows it.</summary>
    public const string Agent = "{" + Members + "}";

    public static IReadOnlyList<Operation> All { get; } =
    [
        new("GET", "/api/v1/agents", "listAgents", "agents", "A page of agents, in the order of their ids")
        {
            Parameters =
            [
                Parameters.Word<AgentStatus>("status", "Of this status alone."), Parameters.Of("search", "With this text in id, kind or labels; case does not count."),
                Parameters.Label("With all of these labels:"), Parameters.Limit, Parameters.Cursor,
            ],
            Answer = new("AgentPage", $$"""{"items":[{{Agent}}],"nextCursor":"reader-1"}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/agents/{id}", "describeAgent", "agents", "One agent: state, definition, policy, checkpoints, and its last actions")
        {
            Parameters = [Parameters.Id],
            Answer = new("AgentDetails", $$$"""{{{{Members}}},"definition":{"id":"reader-1","kind":"data-processing","settings":{"path":"/data/book.txt"}},"policy":{{{Policy}}},"desired":{"mode":"run","actor":"ada","at":"2026-03-04T05:00:00.000Z"},"actions":[{{{Action}}}],"checkpoints":[{"incarnation":7,"sequence":3,"at":"2026-03-04T05:06:00.000Z","length":120}]}"""),
            Problems = [404],
        },
        new("GET", "/api/v1/actions", "listActions", "actions", "What the supervisor did and why, newest first")
        {
            Description = "Ids sort by time. A log can be paged through as far as it is kept (ActionsKept). A filter is looked for in 10,000 actions at a time, so that a page may hold few or none and still have a next one.",
            Parameters = [Parameters.Agent, Parameters.Word<ActionKind>("action", "Of this sort alone."), Parameters.Of("reason", "With this reason alone."), Parameters.Limit, Parameters.Cursor],
            Answer = new("ActionPage", $$"""{"items":[{{Action}}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/actions/{id}/explanation", "explainAction", "actions", "Why an action came about, decided again on what was recorded")
        {
            Parameters = [Parameters.Action, Parameters.Agent],
            Answer = new("ActionExplanation", $$"""{"action":{{Action}},"entry":"judge","rule":"report","rules":[{"rule":"report","fired":true,"details":"failed (crashed)"}],"inputs":[{"name":"circumstances.random","value":"0.5"}],"decided":[{{Action}}],"isSame":true,"differences":[]}"""),
            Problems = [404],
        },
        new("GET", "/api/v1/events", "followActions", "actions", "Actions as they happen, as server-sent events")
        {
            Description = "Each event's id is that of its action, and its data the action as JSON. Goes on after the action of the Last-Event-ID header, or of the parameter.",
            Parameters =
            [
                Parameters.Agent, new("after", """{"type":"string","maxLength":256}""", "Starts after this action."),
                new("Last-Event-ID", """{"type":"string","maxLength":128}""", "Starts after this action.", "header"),
            ],
            Answer = new("SupervisorAction") { Type = "text/event-stream" },
        },
        new("GET", "/api/v1/live", "watchFleet", "fleet", "The whole fleet and what changes in it, as server-sent events")
        {
            Description = "What the page lives on: an event 'snapshot', then 'delta' events, each a FleetChange; 'stale' with a sentence while the cluster cannot be read. Goes on after the event of the Last-Event-ID header where this silo still has what came after it, and with a snapshot elsewhere.",
            Parameters = [new("Last-Event-ID", """{"type":"string"}""", "The last event that was had.", "header")],
            Answer = new("FleetChange") { Type = "text/event-stream" },
        },
        new("GET", "/api/v1/history", "history", "fleet", "What the fleet did lately, oldest first, in stretches of about ten seconds")
        {
            Parameters = [new("minutes", """{"type":"integer","minimum":1,"maximum":180,"default":60}""", "How far back.", Example: "10")],
            Answer = new("HistoryPage", """{"items":[{"at":"2026-03-04T05:06:07.890Z","seconds":10.2,"byStatus":{"healthy":3},"failures":2,"restarts":1,"beats":30,"recover":{"count":1,"mean":0.25,"max":0.25}}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/overview", "overview", "fleet", "The fleet in numbers")
        {
            Answer = new("FleetOverview", """{"agents":1,"byStatus":{"healthy":1},"restarts":6,"failures":6,"mttrSeconds":0.4,"malformedRecords":0,"supervisors":[{"partition":0,"silo":"silo-1","lastRoundAgeSeconds":0.25,"rounds":40}],"maintenance":[]}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/silos", "listSilos", "fleet", "The silos that are there, and those that died lately")
        {
            Answer = new("SiloPage", """{"items":[{"name":"silo-1","url":"http://127.0.0.1:8080","pid":4711,"status":"active","agents":1,"startedAt":"2026-03-04T05:00:00.000Z","machine":"box","address":"127.0.0.1:11111@1","processStartedAt":"2026-03-04T05:00:00.000Z"}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/kinds", "listKinds", "fleet", "The kinds that can be spawned, and their settings")
        {
            Answer = new("KindPage", """{"items":[{"name":"data-processing","settings":[{"name":"path","type":"file","description":"What to read.","isRequired":true,"min":null,"max":null}]}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/what-if", "whatIf", "fleet", "What another timeout would have meant, by the recorded heartbeats and failures")
        {
            Parameters =
            [
                new("timeoutSeconds", $$"""{"type":"number","minimum":{{WhatIfAnswer.LeastSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"maximum":{{WhatIfAnswer.MostSeconds}}}""", "The timeout to ask about.", IsRequired: true, Example: "8"),
                Parameters.Of("kind", "Of this kind alone."),
            ],
            Answer = new("WhatIfAnswer", """{"timeoutSeconds":8,"kinds":[{"kind":"data-processing","presentTimeoutSeconds":5,"since":"2026-03-04T05:00:00.000Z","gaps":1000,"longestGapSeconds":1.05,"falseRestarts":0,"falseRestartsAtMost":0,"falseRestartsPerHour":0,"silences":2,"mistakes":null,"meanSilenceSeconds":5.1,"foundLaterSeconds":3,"extraDowntimeSeconds":6}],"unknown":[]}"""),
            Problems = [404],
        },
        new("GET", "/api/v1/maintenance", "listMaintenance", "fleet", "The standing pauses")
        {
            Answer = new("MaintenancePage", """{"items":[{"labels":{"team":"blue"},"actor":"ada","reason":"upgrade","at":"2026-03-04T05:00:00.000Z","until":"2026-03-04T07:00:00.000Z"}],"nextCursor":null}"""),
            IsTagged = true,
        },
        new("GET", "/api/v1/session", "session", "session", "Whether a key is needed, and who the caller is")
        {
            Answer = new("Session", """{"required":true,"signedIn":true,"readOnly":false,"mayKillSilos":false,"actor":"ada","orleansDashboard":"orleans"}"""),
            IsOpen = true,
        },
    ];
}
