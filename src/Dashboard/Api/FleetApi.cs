using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What each route does: read the request, ask the fleet, write the answer.</summary>
internal sealed class FleetApi(IGrainFactory grains, Commands commands, IOptions<HealingDashboardOptions> options)
{
    private const int DefaultLimit = 100;
    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    private IFleetGrain Fleet => grains.GetFleet();

    public async Task<IResult> ListAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "status", "search", "label", "limit", "cursor");
        var query = new AgentQuery
        {
            Status = read.Word<AgentStatus>("status"),
            Search = read.Text("search"),
            Labels = read.Labels("label"),
            Limit = read.Limit("limit", AgentQuery.MaxLimit, DefaultLimit),
            Cursor = read.Token("cursor", "must be the nextCursor of the page before, as it came", text => AgentId.TryParse(text, out _)),
        };
        read.ThrowIfWrong();
        return ApiJson.Tagged(await Fleet.ListAsync(query), HealingJson.Default.PageAgentView);
    }

    public async Task<IResult> SpawnAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var input = await Bodies.DefinitionAsync(http.Request, _maxBodyBytes);
        var fleet = Fleet;
        if (input.Definition is not { } definition)
        {
            return Problem.Invalid(await AllFaultsAsync(fleet, input, http.RequestAborted));
        }

        var result = await commands.SpawnAsync(http, definition);
        if (result.Outcome is not CommandOutcome.Ok)
        {
            return Reply(result);
        }

        // Gone again already: somebody else removed it between the two calls.
        return await fleet.DescribeAsync(definition.Id) is { } details ? ApiJson.Created(http, details.Agent) : Reply(result);
    }

    public async Task<IResult> DescribeAsync(HttpContext http, string id)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var agent = ParseId(id);
        return await Fleet.DescribeAsync(agent) is { } details
            ? ApiJson.Ok(details, HealingJson.Default.AgentDetails)
            : Reply(CommandResult.NotFound(agent.Value));
    }

    public async Task<IResult> CommandAsync(HttpContext http, string id, CommandKind kind)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var agent = ParseId(id);
        var incarnation = Preconditions.Incarnation(http.Request);
        var (reason, span) = kind is CommandKind.Pause
            ? await Bodies.PauseAsync(http.Request, _maxBodyBytes)
            : (await Bodies.ReasonAsync(http.Request, _maxBodyBytes), null);
        return Reply(await commands.CommandAsync(http, agent, kind, reason, span, incarnation), incarnation);
    }

    public async Task<IResult> CrashAsync(HttpContext http, string id)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var agent = ParseId(id);
        var incarnation = Preconditions.Incarnation(http.Request);
        var mode = await Bodies.CrashModeAsync(http.Request, _maxBodyBytes);
        return Reply(await commands.CrashAsync(http, agent, mode, incarnation), incarnation);
    }

    public async Task<IResult> ExplainAsync(HttpContext http, string id)
    {
        var read = new QueryReader(http.Request, "agent");
        var agent = read.Agent("agent");
        read.ThrowIfWrong();
        return await Fleet.ExplainAsync(id, agent) is { } explanation
            ? ApiJson.Ok(explanation, HealingJson.Default.ActionExplanation)
            : Problem.NotFound($"There is no action '{Texts.Shorten(id)}' in the log{(agent is null ? "; that of its agent reaches further back: ?agent=ID" : $" of agent '{agent}'")}.");
    }

    public async Task<IResult> WhatIfAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "timeoutSeconds", "kind");
        var timeout = read.Seconds("timeoutSeconds", WhatIfAnswer.LeastSeconds, WhatIfAnswer.MostSeconds);
        var kind = read.Text("kind");
        read.ThrowIfWrong();
        return await Fleet.WhatIfAsync(TimeSpan.FromSeconds(timeout), kind) is { } answer
            ? ApiJson.Ok(answer, HealingJson.Default.WhatIfAnswer)
            : Problem.NotFound($"There is no kind '{Texts.Shorten(kind ?? "")}'.");
    }

    public async Task<IResult> OverviewAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Tagged(await Fleet.OverviewAsync(), HealingJson.Default.FleetOverview);
    }

    public async Task<IResult> SilosAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Page(await Fleet.SilosAsync(), HealingJson.Default.PageSiloView);
    }

    public async Task<IResult> KindsAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Page(await Fleet.KindsAsync(), HealingJson.Default.PageKindView);
    }

    /// <summary>What is known here, and what the fleet says of the parts that can be read.</summary>
    private static async Task<IReadOnlyList<Fault>> AllFaultsAsync(IFleetGrain fleet, DefinitionInput input, CancellationToken aborted)
    {
        try
        {
            input.Add(input.Readable is { } readable ? await fleet.CheckAsync(readable) : []);
        }
        catch (Exception e) when (OutOfReach.Is(e, aborted))
        {
            // It is wrong whatever the fleet would say.
        }

        return input.Faults;
    }

    internal static AgentId ParseId(string text) => AgentId.TryParse(text, out var id)
        ? id
        : throw new ProblemException(Problem.Invalid("id", $"{AgentId.Rule} (it is '{Texts.Shorten(text)}')"));

    internal static IResult Reply(CommandResult result, long? ifIncarnation = null) =>
        (IResult?)Refusal(result, ifIncarnation) ?? ApiJson.Ok(new CommandReply(result.Message, result.Incarnation), CommandReplyJson.Default.CommandReply);

    /// <summary>Why a command was not carried out; null when it was.</summary>
    internal static Problem? Refusal(CommandResult result, long? ifIncarnation = null) => result.Outcome switch
    {
        CommandOutcome.Ok => null,
        CommandOutcome.Conflict when ifIncarnation is not null && result.Incarnation is { } now && now != ifIncarnation => Problem.PreconditionFailed(result.Message),
        CommandOutcome.NotFound => Problem.NotFound(result.Message),
        CommandOutcome.Conflict => Problem.Conflict(result.Message),
        _ => result.Faults.Count > 0 ? Problem.Invalid(result.Faults) : new Problem(StatusCodes.Status400BadRequest, "Bad Request", result.Message),
    };
}
