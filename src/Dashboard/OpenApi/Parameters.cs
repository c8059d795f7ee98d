using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>Parameters that several routes take.</summary>
internal static class Parameters
{
    public const string IdSchema = """{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9._:-]*$"}""";
    private const string Text = """{"type":"string","maxLength":256}""";

    public static Parameter Id { get; } = new("id", IdSchema, $"The agent's id: it {AgentId.Rule}.", "path", IsRequired: true, Example: "\"reader-1\"");

    public static Parameter Silo { get; } = new("name", """{"type":"string"}""", "The silo's name or address.", "path", IsRequired: true, Example: "\"silo-1\"");

    public static Parameter Action { get; } = new("id", """{"type":"string"}""", "The action's id.", "path", IsRequired: true, Example: "\"019aa3b2c41-7f00000000-0\"");

    public static Parameter Agent { get; } = new("agent", IdSchema, "Of this agent alone; its log reaches further back than the fleet's.");

    public static Parameter Limit { get; } = new("limit", $$"""{"type":"integer","minimum":1,"maximum":{{AgentQuery.MaxLimit}},"default":100}""", "How many, at most.");

    public static Parameter Cursor { get; } = new("cursor", Text, "The nextCursor of the page before, as it came.");

    public static Parameter IfNoneMatch { get; } = new("If-None-Match", """{"type":"string"}""", "The ETag of an answer: the same again is answered with 304.", "header");

    public static Parameter IfIncarnation { get; } = new(
        "If-Incarnation", """{"type":"integer","minimum":1,"maximum":9007199254740992}""",
        "Only if the agent is at this incarnation, else 412: with it a request can be sent again when its answer was lost.", "header", Example: "7");

    public static Parameter Label(string description) =>
        new("label", """{"type":"array","items":{"type":"string","pattern":"^[^=]+=.*$"}}""", $"{description} NAME=VALUE, each once or more often with different names.");

    public static Parameter Of(string name, string description) => new(name, Text, description);

    public static Parameter Word<T>(string name, string description)
        where T : struct, Enum => new(name, WordSchema<T>(), description);

    public static string WordSchema<T>()
        where T : struct, Enum => $$"""{"type":"string","enum":["{{string.Join("\",\"", Enum.GetValues<T>().Select(v => v.ToWord()))}}"]}""";
}
