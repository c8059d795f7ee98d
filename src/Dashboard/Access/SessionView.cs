using System.Text.Json.Serialization;

namespace OrleansHealing.Dashboard.Access;

/// <summary>What a page has to know before it asks for more.</summary>
/// <param name="Required">Whether callers need a key.</param>
/// <param name="SignedIn">Whether this one has shown one, or is known to the app's own authentication.</param>
/// <param name="ReadOnly">Whether nothing can be changed.</param>
/// <param name="MayKillSilos">Whether silos can be killed here, which is for development.</param>
/// <param name="Actor">The name that the action log would show.</param>
/// <param name="OrleansDashboard">Where the Orleans Dashboard is: a URL, or a path relative to the page's; null where there is none.</param>
internal sealed record SessionView(bool Required, bool SignedIn, bool ReadOnly, bool MayKillSilos, string Actor, string? OrleansDashboard);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionView))]
internal sealed partial class SessionJson : JsonSerializerContext;
