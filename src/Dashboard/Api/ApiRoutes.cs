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
        var api = new GuardedRoutes(endpoints.MapGroup("/api/v1"));

        api.Get("/agents", fleet.ListAsync);
        api.Post("/agents", fleet.SpawnAsync);
        api.RefuseOtherMethods("/agents", "GET, POST");

        api.Get("/agents/{id}", http => fleet.DescribeAsync(http, Id(http)));
        api.Delete("/agents/{id}", http => fleet.CommandAsync(http, Id(http), CommandKind.Remove));
        api.RefuseOtherMethods("/agents/{id}", "GET, DELETE");

        api.Post("/agents/{id}/crash", http => fleet.CrashAsync(http, Id(http)));
        api.RefuseOtherMethods("/agents/{id}/crash", "POST");
        var runs = services.GetRequiredService<RunsApi>();
        api.Post("/agents/{id}/heartbeat", http => runs.HeartbeatAsync(http, Id(http))).WithMetadata(Uncounted.Instance, OfRuns.Instance);
        api.RefuseOtherMethods("/agents/{id}/heartbeat", "POST");
        api.Get("/agents/{id}/checkpoint", http => runs.LoadAsync(http, Id(http))).WithMetadata(OfRuns.Instance);
        api.Put("/agents/{id}/checkpoint", http => runs.SaveAsync(http, Id(http))).WithMetadata(OfRuns.Instance);
        api.RefuseOtherMethods("/agents/{id}/checkpoint", "GET, PUT");
        api.MapOrder(fleet, "restart", CommandKind.Restart);
        api.MapOrder(fleet, "pause", CommandKind.Pause);
        api.MapOrder(fleet, "resume", CommandKind.Resume);
        api.MapOrder(fleet, "release", CommandKind.Release);

        api.Post("/commands", services.GetRequiredService<BulkApi>().CommandAsync);
        api.RefuseOtherMethods("/commands", "POST");

        api.Get("/maintenance", orders.ListAsync);
        api.Post("/maintenance", orders.PauseAsync);
        api.Delete("/maintenance", orders.ResumeAsync);
        api.RefuseOtherMethods("/maintenance", "GET, POST, DELETE");
        api.Post("/silos/{name}/drain", http => orders.DrainAsync(http, Name(http)));
        api.Delete("/silos/{name}/drain", http => orders.UndrainAsync(http, Name(http)));
        api.RefuseOtherMethods("/silos/{name}/drain", "POST, DELETE");

        api.Post("/silos/{name}/kill", http => orders.KillAsync(http, Name(http)));
        api.RefuseOtherMethods("/silos/{name}/kill", "POST");

        api.MapAlerts(services.GetRequiredService<AlertsApi>());
        api.MapRead("/actions", services.GetRequiredService<ActionsApi>().ListAsync);
        api.Get("/actions/{id}/explanation", http => fleet.ExplainAsync(http, Id(http)));
        api.RefuseOtherMethods("/actions/{id}/explanation", "GET");
        api.MapRead("/what-if", fleet.WhatIfAsync);
        api.MapRead("/overview", fleet.OverviewAsync);
        api.MapRead("/silos", fleet.SilosAsync);
        api.MapRead("/kinds", fleet.KindsAsync);
        api.MapRead("/events", events.ServeAsync);
        api.MapRead("/live", live.ServeAsync);
        api.MapRead("/history", live.HistoryAsync);

        // Of everything else below /api, so that a typing error is answered as an API answers and not by the app's pages.
        new GuardedRoutes(endpoints).Rest("/api/{**rest}", http => Problem.NotFound(
            $"There is no {Texts.Shorten(http.Request.Method)} {Texts.Shorten(http.Request.Path.Value ?? "", 120)} in this API."));
    }

    private static void MapAlerts(this GuardedRoutes api, AlertsApi alerts)
    {
        api.MapRead("/alerts", alerts.ListAsync);
        api.Post("/alerts/test", alerts.TestAsync);
        api.RefuseOtherMethods("/alerts/test", "POST");
        api.Get("/alerts/silences", alerts.SilencesAsync);
        api.Post("/alerts/silences", alerts.SilenceAsync);
        api.RefuseOtherMethods("/alerts/silences", "GET, POST");
        api.Delete("/alerts/silences/{id}", http => alerts.UnsilenceAsync(http, Id(http)));
        api.RefuseOtherMethods("/alerts/silences/{id}", "DELETE");
    }

    private static void MapRead(this GuardedRoutes api, string pattern, Func<HttpContext, Task<IResult>> read)
    {
        api.Get(pattern, read);
        api.RefuseOtherMethods(pattern, "GET");
    }

    private static void MapOrder(this GuardedRoutes api, FleetApi fleet, string verb, CommandKind kind)
    {
        var pattern = $"/agents/{{id}}/{verb}";
        api.Post(pattern, http => fleet.CommandAsync(http, Id(http), kind));
        api.RefuseOtherMethods(pattern, "POST");
    }

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static string Name(HttpContext http) => (string)http.Request.RouteValues["name"]!;
}
