using Docker.DotNet.Models;

namespace OrleansHealing.Backends.Docker;

/// <summary>A container as Docker last said.</summary>
internal sealed record DockerContainer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The agent that it may be; null when it has no such label.</summary>
    public string? Agent { get; init; }

    /// <summary>When it was last started, in Docker's own words: it is compared with what was said before, and with no clock.</summary>
    public string StartedAt { get; init; } = "";

    /// <summary>When it last ended, likewise.</summary>
    public string EndedAt { get; init; } = "";

    /// <summary>Whether it has a process, be it frozen.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Frozen by <c>docker pause</c>.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Half removed: it cannot be started any more.</summary>
    public bool IsGoing { get; init; }

    public long ExitCode { get; init; }

    public bool IsOutOfMemory { get; init; }

    /// <summary>Docker's own restart policy, where it restarts at all.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Removed by Docker as soon as it ends (<c>--rm</c>).</summary>
    public bool IsThrownAway { get; init; }

    public static DockerContainer Of(ContainerInspectResponse seen)
    {
        var state = seen.State;
        var policy = seen.HostConfig?.RestartPolicy?.Name;
        return new DockerContainer
        {
            Id = seen.ID,
            Name = seen.Name.TrimStart('/'),
            Agent = seen.Config?.Labels?.TryGetValue(AgentLabel.Name, out var agent) is true ? agent : null,
            StartedAt = state?.StartedAt ?? "",
            EndedAt = state?.FinishedAt ?? "",
            IsRunning = state is { Running: true } or { Paused: true } or { Restarting: true },
            IsPaused = state is { Paused: true },
            IsGoing = state is { Dead: true } or { Status: "removing" },
            ExitCode = state?.ExitCode ?? 0,
            IsOutOfMemory = state is { OOMKilled: true },
            RestartPolicy = policy switch
            {
                RestartPolicyKind.Always => "always",
                RestartPolicyKind.UnlessStopped => "unless-stopped",
                RestartPolicyKind.OnFailure => "on-failure",
                _ => null,
            },
            IsThrownAway = seen.HostConfig is { AutoRemove: true },
        };
    }
}
