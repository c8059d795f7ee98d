using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace OrleansHealing.Dashboard.Pages;

/// <summary>The page and what it loads, all out of this assembly.</summary>
internal static class PageRoutes
{
    /// <summary>Scripts, styles and calls to this host only; nothing inline, no frames, no forms.</summary>
    internal const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = ["GET", "HEAD"];

    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAsset("/", "index.html", "text/html; charset=utf-8");
        endpoints.MapAsset("/healing.js", "healing.js", "text/javascript; charset=utf-8");
        endpoints.MapAsset("/healing.css", "healing.css", "text/css; charset=utf-8");
    }

    private static void MapAsset(this IEndpointRouteBuilder endpoints, string pattern, string name, string contentType)
    {
        var content = Load(name);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
        endpoints.MapMethods(pattern, Methods, (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            http.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(content, contentType, entityTag: tag);
        }).ExcludeFromDescription();
    }

    private static byte[] Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}'.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
