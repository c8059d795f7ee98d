using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>Who may do what: the administrator all, a service account what a RoleBinding of the namespace gives it.</summary>
internal sealed class Rbac(ObjectStore store)
{
    public const string Administrator = "kubernetes-admin";

    public void Check(string user, string verb, ResourceType type, string? subresource, string? space, string? name)
    {
        var resource = subresource is null ? type.Plural : $"{type.Plural}/{subresource}";
        if (user is not Administrator && !(space is not null && RulesOf(user, space).Any(r => Has(r, "verbs", verb) && Has(r, "apiGroups", type.Group) && Has(r, "resources", resource)
            && (r["resourceNames"] is not JsonArray names || names.Any(n => (string?)n == name)))))
        {
            throw new ApiFault(
                403, "Forbidden",
                $"{type.Qualified}{(name is null ? "" : $" \"{name}\"")} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{type.Group}\" in the namespace \"{space}\"");
        }
    }

    private static bool Has(JsonNode rule, string list, string value) => rule[list] is JsonArray values && values.Any(v => (string?)v == value || (string?)v is "*");

    private IEnumerable<JsonNode> RulesOf(string user, string space) =>
        from binding in store.List(ResourceType.RoleBindings, space)
        where (binding["subjects"] as JsonArray ?? []).Any(s => $"system:serviceaccount:{(string?)s!["namespace"] ?? space}:{(string?)s["name"]}" == user)
        where (string?)binding["roleRef"]!["kind"] is "Role"
        let role = store.Find(ResourceType.Roles, space, (string)binding["roleRef"]!["name"]!)
        where role is not null
        from rule in role["rules"] as JsonArray ?? []
        select rule;
}
