using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>A type of objects that the API has, and what discovery says of it.</summary>
internal sealed record ResourceType(string Group, string Plural, string Kind, bool HasScale = false)
{
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

    public static ResourceType Pods { get; } = new("", "pods", "Pod");

    public static ResourceType Deployments { get; } = new("apps", "deployments", "Deployment", HasScale: true);

    public static ResourceType StatefulSets { get; } = new("apps", "statefulsets", "StatefulSet", HasScale: true);

    public static ResourceType ReplicaSets { get; } = new("apps", "replicasets", "ReplicaSet", HasScale: true);

    public static ResourceType Roles { get; } = new("rbac.authorization.k8s.io", "roles", "Role");

    public static ResourceType RoleBindings { get; } = new("rbac.authorization.k8s.io", "rolebindings", "RoleBinding");

    private static readonly ResourceType[] All =
    [
        Pods, Deployments, StatefulSets, ReplicaSets, Roles, RoleBindings,
        new("", "serviceaccounts", "ServiceAccount"), new("", "secrets", "Secret"), new("", "services", "Service"),
    ];

    public string ApiVersion => Group.Length is 0 ? "v1" : $"{Group}/v1";

    public string Qualified => Group.Length is 0 ? Plural : $"{Plural}.{Group}";

    public static ResourceType? Find(string group, string plural) => Array.Find(All, t => t.Group == group && t.Plural == plural);

    /// <summary>What a path of discovery is answered with; null where it is none.</summary>
    public static JsonObject? Discover(string path) => path.Trim('/').Split('/') switch
    {
        ["version"] => new() { ["major"] = "1", ["minor"] = "32", ["gitVersion"] = "v1.32.0", ["platform"] = "linux/amd64" },
        ["api"] => new() { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1"), ["serverAddressByClientCIDRs"] = new JsonArray() },
        ["apis"] => new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. All.Where(t => t.Group.Length > 0).Select(t => t.Group).Distinct().Select(g => new JsonObject
            {
                ["name"] = g,
                ["versions"] = new JsonArray(Version(g)),
                ["preferredVersion"] = Version(g),
            })]),
        },
        ["api", "v1"] => Resources(""),
        ["apis", var group, "v1"] when Array.Exists(All, t => t.Group == group) => Resources(group),
        _ => null,
    };

    private static JsonObject Version(string group) => new() { ["groupVersion"] = $"{group}/v1", ["version"] = "v1" };

    private static JsonObject Resources(string group) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length is 0 ? "v1" : $"{group}/v1",
        ["resources"] = new JsonArray([.. All.Where(t => t.Group == group).SelectMany(t => t.Describe())]),
    };

    private IEnumerable<JsonNode> Describe()
    {
        yield return new JsonObject
        {
            ["name"] = Plural,
            ["singularName"] = Kind.ToLowerInvariant(),
            ["namespaced"] = true,
            ["kind"] = Kind,
            ["verbs"] = new JsonArray([.. Verbs.Select(v => JsonValue.Create(v))]),
        };
        if (HasScale)
        {
            yield return new JsonObject
            {
                ["name"] = $"{Plural}/scale",
                ["singularName"] = "",
                ["namespaced"] = true,
                ["group"] = "autoscaling",
                ["version"] = "v1",
                ["kind"] = "Scale",
                ["verbs"] = new JsonArray("get", "patch", "update"),
            };
        }
    }
}
