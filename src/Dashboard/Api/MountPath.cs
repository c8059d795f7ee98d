using Microsoft.AspNetCore.Http;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Where on a host the page and the API are mapped.</summary>
internal static class MountPath
{
    /// <summary>The path before a route that was called, <c>/</c> for none.</summary>
    public static string Of(HttpRequest request, string route)
    {
        var path = $"{request.PathBase}{request.Path}".TrimEnd('/');
        return path.Length > route.Length ? path[..^route.Length] : "/";
    }
}
