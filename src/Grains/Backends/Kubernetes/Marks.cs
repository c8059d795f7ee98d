using System.Globalization;
using System.Text.Json.Nodes;
using OrleansHealing.Agents;
using OrleansHealing.Agents.Processes;
using OrleansHealing.Serialization;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>
/// The annotations that are written on what may be touched. Kubernetes leaves names without a
/// prefix to people and asks programs for one; a prefix of one part is valid, and no domain that somebody else may own.
/// </summary>
internal static class Marks
{
    /// <summary>The incarnation of a pod, or of the pods that a template makes.</summary>
    public const string Incarnation = Prefix + "incarnation";

    /// <summary>The newest incarnation that a workload was stopped for.</summary>
    public const string Stopped = Prefix + "stopped";

    private const string Prefix = "orleans-healing/";
    private const int MaxFailure = 1000;

    /// <summary>What the incarnation has to know, for the annotations of its pod; what there is not is taken out.</summary>
    public static JsonObject Of(AgentStart start) => new()
    {
        [Prefix + "agent"] = start.Definition.Id.Value,
        [Incarnation] = Number(start.Incarnation),
        [Prefix + "first-incarnation"] = Number(start.FirstIncarnation),
        [Prefix + "previous-failure"] = start.PreviousFailure is { } failure ? OutputText.Clean($"{failure.Reason.ToWord()}: {failure.Message}", MaxFailure) : null,
        [Prefix + "traceparent"] = start.TraceParent,
    };

    /// <summary>A number as the value of an annotation.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The incarnation that an annotation names; 0 where there is none.</summary>
    /// <exception cref="InvalidOperationException">It is no number.</exception>
    public static long Read(IReadOnlyDictionary<string, string> annotations, string name, object of) =>
        !annotations.TryGetValue(name, out var text) ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidOperationException($"The annotation {name} of the {of} must be the number of an incarnation; take it out.");

    /// <summary>Labels or annotations, of which there may be none.</summary>
    public static IReadOnlyDictionary<string, string> Read(IDictionary<string, string>? pairs) => pairs?.AsReadOnly() ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>();

    /// <summary>Refuses what no person has given to this agent.</summary>
    /// <exception cref="InvalidOperationException">It has not the label; the message says which to add.</exception>
    public static void Require(IReadOnlyDictionary<string, string> labels, AgentId id, string of, string resource, string space)
    {
        if (labels.GetValueOrDefault(AgentLabel.Name) != id.Value)
        {
            throw new InvalidOperationException(
                $"The {of} is not this agent's to restart: its label {AgentLabel.Name} must be '{id}' (kubectl label --namespace {space} {resource} {AgentLabel.Name}={id}).");
        }
    }
}
