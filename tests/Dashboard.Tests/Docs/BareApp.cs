using Microsoft.AspNetCore.Builder;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Docs;

/// <summary>What docs/API.md says of an app of one's own, compiled.</summary>
internal static class BareApp
{
    public static WebApplication Create(WebApplicationBuilder builder)
    {
        // <docs>
        builder.Services.AddHealingDashboard();
        var app = builder.Build();
        app.MapHealing();
        // </docs>
        return app;
    }
}
