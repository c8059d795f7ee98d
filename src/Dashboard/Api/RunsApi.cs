using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What comes from the processes that agents run, and from agents outside the cluster: heartbeats and checkpoints.</summary>
internal sealed class RunsApi(IGrainFactory grains, IOptions<HealingDashboardOptions> options)
{
    public const string IncarnationHeader = "Healing-Incarnation";
    public const string SequenceHeader = "Healing-Sequence";

    /// <summary>What the fleet takes by default, and room for what is around it.</summary>
    private const int LeastCheckpointBytes = (1024 * 1024) + (64 * 1024);

    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    public async Task<IResult> HeartbeatAsync(HttpContext http, string id)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var agent = FleetApi.ParseId(id);
        var beat = await Bodies.HeartbeatAsync(http.Request, _maxBodyBytes);
        return OfAnother(http, beat.Incarnation) ?? FleetApi.Reply(await grains.GetFleet().HeartbeatAsync(agent, beat));
    }

    public async Task<IResult> SaveAsync(HttpContext http, string id)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var agent = FleetApi.ParseId(id);
        var checkpoint = await Bodies.CheckpointAsync(http.Request, Math.Max(_maxBodyBytes, LeastCheckpointBytes));
        return OfAnother(http, checkpoint.Incarnation) ?? FleetApi.Reply(await grains.GetFleet().SaveCheckpointAsync(agent, checkpoint));
    }

    /// <summary>The state as it was saved, so that a script needs no parser for what is around it.</summary>
    public async Task<IResult> LoadAsync(HttpContext http, string id)
    {
        var read = new QueryReader(http.Request, "incarnation");
        var incarnation = read.Incarnation("incarnation");
        read.ThrowIfWrong();
        var agent = FleetApi.ParseId(id);
        if (incarnation is { } asking && OfAnother(http, asking) is { } refusal)
        {
            return refusal;
        }

        var reply = await grains.GetFleet().LoadCheckpointAsync(agent, incarnation);
        if (FleetApi.Refusal(reply.Result) is { } problem)
        {
            return problem;
        }

        if (reply.Checkpoint is not { } checkpoint)
        {
            return TypedResults.NoContent();
        }

        http.Response.Headers[IncarnationHeader] = FormattableString.Invariant($"{checkpoint.Incarnation}");
        http.Response.Headers[SequenceHeader] = FormattableString.Invariant($"{checkpoint.Sequence}");
        return ApiJson.Ok(checkpoint.State, HealingJson.Default.JsonText);
    }

    /// <summary>A token is of one incarnation: it opens nothing for another, whatever the request says.</summary>
    private static Problem? OfAnother(HttpContext http, long incarnation) => http.Features.Get<Access.Visitor>()?.Run is { } run && run != incarnation
        ? Problem.Conflict(FormattableString.Invariant($"The token is of incarnation {run}, and the request says {incarnation}; it was refused."))
        : null;
}
