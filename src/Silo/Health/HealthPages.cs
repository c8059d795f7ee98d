using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansHealing.Serialization;

namespace OrleansHealing.Silo.Health;

/// <summary><c>/alive</c>: the process answers, whatever else is broken. <c>/health</c>: it can do its work.</summary>
internal static class HealthPages
{
    public static void MapHealthPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/alive", () => Results.Text("alive"));
        routes.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToWord(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToWord(), message = e.Value.Description, figures = e.Value.Data }),
    });
}
