using Example;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Hosting;

namespace OrleansHealing.Docs;

/// <summary>What the README says of a silo of one's own, compiled.</summary>
internal static class ReadmeSilo
{
    public static void Configure(ISiloBuilder silo)
    {
        // <readme>
        silo.AddHealing(options => options.ConnectionString = "localhost:6379")
            .AddAgent<MailPoller>("mail-poller");
        // </readme>
    }

    public static void AddServices(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient();
        builder.Services.AddHealingDashboard();
    }

    public static void Map(WebApplication app) => app.MapHealing();
}
