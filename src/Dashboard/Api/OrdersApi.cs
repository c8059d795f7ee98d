using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Input;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Orders that stand: over a silo, and over many agents at once.</summary>
internal sealed class OrdersApi(IGrainFactory grains, Commands commands, IOptions<HealingDashboardOptions> options)
{
    private const int LongestName = 256;
    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    public async Task<IResult> DrainAsync(HttpContext http, string silo)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var reason = await Bodies.ReasonAsync(http.Request, _maxBodyBytes);
        return FleetApi.Reply(await commands.DrainAsync(http, Texts.Shorten(silo, LongestName), reason));
    }

    public async Task<IResult> UndrainAsync(HttpContext http, string silo)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return FleetApi.Reply(await commands.DrainAsync(http, Texts.Shorten(silo, LongestName), undo: true));
    }

    public async Task<IResult> KillAsync(HttpContext http, string silo)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return options.Value.AllowKillingSilos
            ? FleetApi.Reply(await commands.KillSiloAsync(http, Texts.Shorten(silo, LongestName)))
            : Problem.Forbidden("Silos can be killed in development only (HealingDashboardOptions.AllowKillingSilos; of a silo --demo, or Healing:Dashboard:AllowKillingSilos). To stop one in good order, drain it first.");
    }

    public async Task<IResult> ListAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Page(await grains.GetFleet().MaintenanceAsync(), HealingJson.Default.PageMaintenanceOrder);
    }

    public async Task<IResult> PauseAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var (labels, reason, span) = await Bodies.MaintenanceAsync(http.Request, _maxBodyBytes);
        return FleetApi.Reply(await commands.MaintainAsync(http, labels, reason, span, end: false));
    }

    public async Task<IResult> ResumeAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "all", "label");
        var labels = read.Scope("all", "label");
        read.ThrowIfWrong();
        return FleetApi.Reply(await commands.MaintainAsync(http, labels, null, null, end: true));
    }
}
