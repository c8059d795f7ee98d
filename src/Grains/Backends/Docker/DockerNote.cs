using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Backends.Docker;

/// <summary>
/// What a container is told of the incarnation that it runs, kept in its own file system: it is there while the container is stopped, and for
/// whichever silo gives the next order.
/// </summary>
internal sealed record DockerNote
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The container for which it was written: a copy in an image made of that says nothing about another one.</summary>
    public required string Container { get; init; }

    /// <summary>The incarnation, under which it beats and saves.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The agent's first one, for idempotency keys.</summary>
    public required long FirstIncarnation { get; init; }

    /// <summary>How often it should beat.</summary>
    public required double HeartbeatSeconds { get; init; }

    /// <summary>After how long a silence it has failed.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>Within which its first beat is awaited.</summary>
    public required double StartupSeconds { get; init; }

    /// <summary>From its stop signal to SIGKILL.</summary>
    public required double StopSeconds { get; init; }

    /// <summary>When the container had last been started as this was written, in Docker's words; a later start is this incarnation's.</summary>
    public required string StartedBefore { get; init; }

    /// <summary>When it had last ended, likewise.</summary>
    public required string EndedBefore { get; init; }

    /// <summary>The labels of the agent.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Why the incarnation before it failed, if it did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DockerNoteFailure? PreviousFailure { get; init; }

    /// <summary>Where the HTTP API is, if that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    /// <summary>What it shows there instead of a key, if one is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>The span of the order, for traces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceParent { get; init; }

    /// <summary>What an order says, for a container that was last started then.</summary>
    public static DockerNote Of(AgentStart start, DockerContainer container, string? url, string? token) => new()
    {
        Agent = start.Definition.Id.Value,
        Container = container.Id,
        Incarnation = start.Incarnation,
        FirstIncarnation = start.FirstIncarnation,
        HeartbeatSeconds = start.Policy.Heartbeat.TotalSeconds,
        TimeoutSeconds = start.Policy.Timeout.TotalSeconds,
        StartupSeconds = start.Policy.StartupGrace.TotalSeconds,
        StopSeconds = DockerGrace.InSeconds(start.Policy.StopGrace.TotalSeconds),
        StartedBefore = container.StartedAt,
        EndedBefore = container.EndedAt,
        Labels = start.Definition.Labels ?? new Dictionary<string, string>(),
        PreviousFailure = start.PreviousFailure is { } failure ? new DockerNoteFailure(failure.Reason.ToWord(), failure.Message, failure.At) : null,
        Url = url,
        Token = token,
        TraceParent = start.TraceParent,
    };
}

/// <summary>A failure as a container is told of it.</summary>
internal sealed record DockerNoteFailure(string Reason, string Message, DateTimeOffset At);

/// <summary>The shape of the note.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DockerNote))]
internal sealed partial class DockerNoteJson : JsonSerializerContext;
