namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>What can be ordered of agents.</summary>
internal static class AgentOperations
{
    private const string Done = """{"message":"Agent 'reader-1': restart is under way.","incarnation":8}""";

    public static IReadOnlyList<Operation> All { get; } =
    [
        new("POST", "/api/v1/agents", "spawnAgent", "agents", "Spawns an agent from a definition")
        {
            Description = "Sent again it answers 409 and changes nothing.",
            Body = new(
                "AgentDefinition",
                """{"id":"reader-1","kind":"data-processing"}""",
                """{"id":"reader-1","kind":"data-processing","settings":{"path":"/data/book.txt"},"labels":{"team":"blue"},"policy":{"restart":"transient","maxRestarts":5,"backoff":{"baseSeconds":1}},"group":{"name":"readers","restart":"one-for-all"}}"""),
            Status = 201,
            Answer = new("AgentView", ReadOperations.Agent),
            Problems = [409],
        },
        new("DELETE", "/api/v1/agents/{id}", "removeAgent", "agents", "Stops an agent and forgets it, checkpoints included")
        {
            Description = "Sent again it answers 404.",
            Parameters = [Parameters.Id, Parameters.IfIncarnation],
            Answer = new("CommandReply", Done),
            Body = new("Order", """{"reason":"moved to another fleet"}"""),
            IsBodyOptional = true,
            Problems = [404, 409, 412],
        },
        Order("restart", "restartAgent", "Grants the next incarnation now; no failure is counted", "Sent again it restarts again, unless If-Incarnation is given."),
        Order("pause", "pauseAgent", "Stops it and lets it rest until it is resumed, or the time is over", "Sent again, the last word counts.") with
        {
            Body = new("Pause", "{}", """{"forSeconds":7200,"reason":"upgrade"}"""),
        },
        Order("resume", "resumeAgent", "Ends a pause", "Sent again it answers 409: only a paused agent can be resumed."),
        Order("release", "releaseAgent", "Lets it out of quarantine, with its failures forgotten", "Sent again it answers 409: only a quarantined agent can be released."),
        Order("crash", "crashAgent", "Forces a failure, to see it heal", "Sent again it crashes the next incarnation, unless If-Incarnation is given.") with
        {
            Body = new("Crash", """{"mode":"exception"}""", """{"mode":"hang"}"""),
            IsBodyOptional = false,
        },
        new("POST", "/api/v1/agents/{id}/heartbeat", "heartbeat", "agents", "A heartbeat of an agent that lives outside the cluster, or of the process that one runs")
        {
            Description = "409 says that this incarnation is fenced: whoever sent it must stop. Counts against no limit. The token of the process (HEALING_TOKEN) opens it as a key does.",
            Parameters = [Parameters.Id],
            Body = new("Heartbeat", """{"incarnation":7}""", """{"incarnation":7,"progress":{"done":40},"expectedSilenceSeconds":300}"""),
            Answer = new("CommandReply", """{"message":"It is heard.","incarnation":7}"""),
            Problems = [404, 409],
        },
        new("GET", "/api/v1/agents/{id}/checkpoint", "loadCheckpoint", "agents", "The state that was saved last, or that the incarnation has to begin with")
        {
            Description = "204 where there is none. The headers Healing-Incarnation and Healing-Sequence say which it is. 409 says that the incarnation which asks is fenced: it must stop. The token of the process (HEALING_TOKEN) opens it as a key does.",
            Parameters = [Parameters.Id, new("incarnation", """{"type":"integer","minimum":1,"maximum":9007199254740992}""", "Who asks; without it, somebody who only looks.", Example: "7")],
            Answer = new("State", """{"done":40}"""),
            Problems = [404, 409],
        },
        new("PUT", "/api/v1/agents/{id}/checkpoint", "saveCheckpoint", "agents", "Saves the state of an agent that lives outside the cluster, or of the process that one runs")
        {
            Description = "409 says that this incarnation is fenced: nothing was saved, and whoever sent it must stop. Sent again it saves the same again. The body may be 1,114,112 bytes at least. The token of the process (HEALING_TOKEN) opens it as a key does.",
            Parameters = [Parameters.Id],
            Body = new("Checkpoint", """{"incarnation":7,"state":{"done":40}}""", """{"incarnation":7,"state":40}"""),
            Answer = new("CommandReply", """{"message":"The checkpoint of agent 'reader-1' was saved.","incarnation":7}"""),
            Problems = [404, 409],
        },
        new("POST", "/api/v1/commands", "commandAgents", "agents", "Carries one command out on many agents, some at a time")
        {
            Description = "Answers 200 also where some or all failed. The body may be 163,840 bytes at least.",
            Body = new(
                "BulkOrder",
                """{"command":"restart","ids":["reader-1","reader-2"],"reason":"new version"}""",
                """{"command":"pause","ids":["reader-1"],"forSeconds":7200}""",
                """{"command":"crash","ids":["reader-1"],"mode":"exit"}"""),
            Answer = new("BulkReply", """{"done":1,"failed":[{"id":"reader-2","status":404,"message":"There is no agent 'reader-2'."}]}"""),
        },
    ];

    private static Operation Order(string verb, string id, string summary, string again) =>
        new("POST", $"/api/v1/agents/{{id}}/{verb}", id, "agents", summary)
        {
            Description = again,
            Parameters = [Parameters.Id, Parameters.IfIncarnation],
            Body = new("Order", "{}", """{"reason":"upgrade"}"""),
            IsBodyOptional = true,
            Answer = new("CommandReply", Done),
            Problems = [404, 409, 412],
        };
}
