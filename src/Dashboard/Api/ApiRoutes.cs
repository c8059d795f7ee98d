using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Live;
using OrleansHealing.Input;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>The routes of the contract.</summary>
internal static class ApiRoutes
{
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var fleet = services.GetRequiredService<FleetApi>();
        var orders = services.GetRequiredService<OrdersApi>();
        var events = services.GetRequiredService<EventStream>();
        var live = services.GetRequiredService<LiveStream>();
        var api = endpoints.MapGroup("/api/v1");

        // As delegates, since a handler of the context alone would be taken for a RequestDelegate, whose result is dropped.
        api.MapGet("/agents", (Delegate)fleet.ListAsync);
        api.MapPost("/agents", (Delegate)fleet.SpawnAsync);
        api.RefuseOtherMethods("/agents", "GET, POST");

        api.MapGet("/agents/{id}", (HttpContext http, string id) => fleet.DescribeAsync(http, id));
        api.MapDelete("/agents/{id}", (HttpContext http, string id) => fleet.CommandAsync(http, id, CommandKind.Remove));
        api.RefuseOtherMethods("/agents/{id}", "GET, DELETE");

        api.MapPost("/agents/{id}/crash", (HttpContext http, string id) => fleet.CrashAsync(http, id));
        api.RefuseOtherMethods("/agents/{id}/crash", "POST");
        api.MapPost("/agents/{id}/heartbeat", (HttpContext http, string id) => fleet.HeartbeatAsync(http, id)).WithMetadata(Uncounted.Instance);
        api.RefuseOtherMethods("/agents/{id}/heartbeat", "POST");
        api.MapOrder(fleet, "restart", CommandKind.Restart);
        api.MapOrder(fleet, "pause", CommandKind.Pause);
        api.MapOrder(fleet, "resume", CommandKind.Resume);
        api.MapOrder(fleet, "release", CommandKind.Release);

        api.MapPost("/commands", (Delegate)services.GetRequiredService<BulkApi>().CommandAsync);
        api.RefuseOtherMethods("/commands", "POST");

        api.MapGet("/maintenance", (Delegate)orders.ListAsync);
        api.MapPost("/maintenance", (Delegate)orders.PauseAsync);
        api.MapDelete("/maintenance", (Delegate)orders.ResumeAsync);
        api.RefuseOtherMethods("/maintenance", "GET, POST, DELETE");
        api.MapPost("/silos/{name}/drain", (HttpContext http, string name) => orders.DrainAsync(http, name));
        api.MapDelete("/silos/{name}/drain", (HttpContext http, string name) => orders.UndrainAsync(http, name));
        api.RefuseOtherMethods("/silos/{name}/drain", "POST, DELETE");

        api.MapPost("/silos/{name}/kill", (HttpContext http, string name) => orders.KillAsync(http, name));
        api.RefuseOtherMethods("/silos/{name}/kill", "POST");

        api.MapRead("/actions", services.GetRequiredService<ActionsApi>().ListAsync);
        api.MapGet("/actions/{id}/explanation", (HttpContext http, string id) => fleet.ExplainAsync(http, id));
        api.RefuseOtherMethods("/actions/{id}/explanation", "GET");
        api.MapRead("/what-if", fleet.WhatIfAsync);
        api.MapRead("/overview", fleet.OverviewAsync);
        api.MapRead("/silos", fleet.SilosAsync);
        api.MapRead("/kinds", fleet.KindsAsync);
        api.MapRead("/events", events.ServeAsync);
        api.MapRead("/live", live.ServeAsync);
        api.MapRead("/history", live.HistoryAsync);

        // Of everything else below /api, so that a typing error is answered as an API answers and not by the app's pages.
        endpoints.Map("/api/{**rest}", (HttpContext http) => Problem.NotFound(
            $"There is no {Texts.Shorten(http.Request.Method)} {Texts.Shorten(http.Request.Path.Value ?? "", 120)} in this API.")).ExcludeFromDescription();
    }

    private static void MapRead(this RouteGroupBuilder api, string pattern, Func<HttpContext, Task<IResult>> read)
    {
        api.MapGet(pattern, (Delegate)read);
        api.RefuseOtherMethods(pattern, "GET");
    }

    private static void MapOrder(this RouteGroupBuilder api, FleetApi fleet, string verb, CommandKind kind)
    {
        var pattern = $"/agents/{{id}}/{verb}";
        api.MapPost(pattern, (HttpContext http, string id) => fleet.CommandAsync(http, id, kind));
        api.RefuseOtherMethods(pattern, "POST");
    }

    /// <summary>An endpoint of any method ranks after those that name theirs.</summary>
    internal static void RefuseOtherMethods(this RouteGroupBuilder api, string pattern, string allowed) =>
        api.Map(pattern, (HttpContext http) =>
        {
            http.Response.Headers.Allow = allowed;
            return new Problem(
                StatusCodes.Status405MethodNotAllowed,
                "Method Not Allowed",
                $"{Texts.Shorten(http.Request.Method)} is not allowed here; allowed: {allowed}.");
        }).ExcludeFromDescription();
}
