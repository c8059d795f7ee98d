namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>What can be ordered of silos and of the fleet, and how to sign in.</summary>
internal static class FleetOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("POST", "/api/v1/maintenance", "orderMaintenance", "fleet", "Pauses the fleet or all agents with some labels, also those that come meanwhile")
        {
            Description = "In place of a standing pause of the same scope.",
            Body = new("Maintenance", """{"all":true,"forSeconds":3600,"reason":"upgrade"}""", """{"labels":{"team":"blue"}}"""),
            Answer = new("CommandReply", """{"message":"The whole fleet rests.","incarnation":null}"""),
            Problems = [409],
        },
        new("DELETE", "/api/v1/maintenance", "endMaintenance", "fleet", "Ends a standing pause")
        {
            Parameters =
            [
                new("all", """{"type":"string","enum":["true"]}""", "The one of the whole fleet.", Example: "\"true\""),
                Parameters.Label("The one of these labels:"),
            ],
            Answer = new("CommandReply", """{"message":"The pause is over.","incarnation":null}"""),
            Problems = [404, 409],
        },
        new("POST", "/api/v1/silos/{name}/drain", "drainSilo", "fleet", "Moves a silo's agents away, one after the other, and gives it no other")
        {
            Description = "Sent again it changes nothing.",
            Parameters = [Parameters.Silo],
            Body = new("Order", """{"reason":"reboot"}"""),
            IsBodyOptional = true,
            Answer = new("CommandReply", """{"message":"Silo 'silo-1' is drained.","incarnation":null}"""),
            Problems = [404, 409],
        },
        new("DELETE", "/api/v1/silos/{name}/drain", "undrainSilo", "fleet", "Takes that back")
        {
            Parameters = [Parameters.Silo],
            Answer = new("CommandReply", """{"message":"Silo 'silo-1' takes agents again.","incarnation":null}"""),
            Problems = [404, 409],
        },
        new("POST", "/api/v1/silos/{name}/kill", "killSilo", "fleet", "Kills a silo's process, to see its agents come back on another")
        {
            Description = "For development: answered with 403 unless AllowKillingSilos is set. The process ends a moment after the answer.",
            Parameters = [Parameters.Silo],
            Answer = new("CommandReply", """{"message":"Silo 'silo-1' (process 4711) is being killed. See its agents move: healing events -f","incarnation":null}"""),
            Problems = [403, 404, 409],
        },
        new("POST", "/api/v1/session", "signIn", "session", "Signs a browser in: answers with a cookie that is as good as the key")
        {
            Body = new("SignIn", """{"apiKey":"0123456789abcdef"}"""),
            Answer = new("Session", """{"required":true,"signedIn":true,"readOnly":false,"mayKillSilos":false,"actor":"ada","orleansDashboard":"orleans"}"""),
            Problems = [401, 409, 429],
            IsOpen = true,
        },
        new("DELETE", "/api/v1/session", "signOut", "session", "Signs a browser out")
        {
            Description = "The cookie is taken back. A copy of it would be good until its expiry; a key that is withdrawn ends its sessions.",
            Status = 204,
            IsOpen = true,
        },
    ];
}
