using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Alerts;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Input;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What people were told of, and what they do not want to hear of.</summary>
internal sealed class AlertsApi(IGrainFactory grains, Commands commands, IOptions<HealingDashboardOptions> options)
{
    private const int LongestName = 64;
    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    public async Task<IResult> ListAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Page(await grains.GetAlerts().ListAsync(), HealingJson.Default.PageAlertView);
    }

    public async Task<IResult> TestAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "sink");
        var sink = read.Text("sink");
        read.ThrowIfWrong();
        var results = await commands.TestAlertsAsync(http, sink);
        return results.Count > 0 || sink is null
            ? ApiJson.Page(results, HealingJson.Default.PageAlertTestResult)
            : Problem.NotFound($"There is no sink '{Texts.Shorten(sink)}'.");
    }

    public async Task<IResult> SilencesAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return ApiJson.Page(await grains.GetAlerts().SilencesAsync(), HealingJson.Default.PageAlertSilence);
    }

    public async Task<IResult> SilenceAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return FleetApi.Reply(await commands.SilenceAlertsAsync(http, await SilenceOrder.ReadAsync(http.Request, _maxBodyBytes, Caller.Of(http))));
    }

    public async Task<IResult> UnsilenceAsync(HttpContext http, string id)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return FleetApi.Reply(await commands.UnsilenceAlertsAsync(http, Texts.Shorten(id, LongestName)));
    }
}
