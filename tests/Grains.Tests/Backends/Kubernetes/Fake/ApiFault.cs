using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>A request that is answered with a Status object.</summary>
internal sealed class ApiFault(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = reason,
        ["details"] = details?.DeepClone() ?? new JsonObject(),
        ["code"] = code,
    };

    public static ApiFault NotFound(ResourceType type, string name) => new(404, "NotFound", $"{type.Qualified} \"{name}\" not found");

    public static ApiFault Modified(ResourceType type, string name) => new(
        409, "Conflict", $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": the object has been modified; please apply your changes to the latest version and try again");

    public static ApiFault Invalid(ResourceType type, string name, string field, string why) => new(
        422, "Invalid", $"{type.Kind}{(type.Group.Length > 0 ? "." + type.Group : "")} \"{name}\" is invalid: {field}: {why}",
        new JsonObject
        {
            ["name"] = name,
            ["group"] = type.Group,
            ["kind"] = type.Kind,
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = why, ["field"] = field }),
        });
}
