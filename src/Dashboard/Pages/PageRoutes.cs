using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Api;

namespace OrleansHealing.Dashboard.Pages;

/// <summary>The page and what it loads, all out of this assembly.</summary>
internal static class PageRoutes
{
    private const string Folder = "page/";
    private const string Start = "index.html";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".LICENSE"] = "text/plain; charset=utf-8",
    };

    public static void MapPage(this GuardedRoutes open, AccessGuard access, OtherOrigins origins)
    {
        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)))
        {
            var path = resource[Folder.Length..];
            open.MapAsset(
                path is Start ? "/" : $"/{path}",
                Load(resource),
                ContentTypes[Path.GetExtension(path)],

                // Who has no key yet learns nothing of the cluster.
                async http => path is Start && access.LetsIn(http) ? await origins.FindAsync() : []);
        }
    }

    /// <summary>
    /// Scripts, styles and calls to this host only; nothing inline, no frames, no forms. The page may besides ask other silos
    /// whether they are alive, to go on there when its own is gone.
    /// </summary>
    internal static string PolicyOf(IReadOnlyCollection<string> others) =>
        $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {string.Join(' ', others.Prepend("'self'"))}; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static void MapAsset(this GuardedRoutes open, string pattern, byte[] content, string contentType, Func<HttpContext, Task<IReadOnlyCollection<string>>> others)
    {
        var digest = SHA256.HashData(content);
        open.Page(pattern, async http =>
        {
            var policy = PolicyOf(await others(http));
            http.Response.Headers.ContentSecurityPolicy = policy;
            http.Response.Headers.CacheControl = "no-cache";

            // A page that is known already stays under the policy that it came with, so one under another policy is another page.
            var tag = SHA256.HashData([.. digest, .. Encoding.UTF8.GetBytes(policy)]);
            return TypedResults.Bytes(content, contentType, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(tag.AsSpan(0, 8))}\""));
        });
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
