using System.Text.Json;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Decides again, and says in what it differs from what was recorded.</summary>
internal static class Explanation
{
    /// <param name="action">The action to explain.</param>
    /// <param name="recorded">What the log still has of the decision, the action among it.</param>
    /// <param name="evidence">What it was decided on.</param>
    public static ActionExplanation Of(SupervisorAction action, IReadOnlyList<SupervisorAction> recorded, DecisionEvidence evidence)
    {
        var trace = new DecisionTrace();
        Decision? decision = null;
        string? failure = null;
        try
        {
            decision = evidence.ToInputs().Decide(trace);
        }
        catch (Exception e)
        {
            // A record that this version of the rules cannot work with is what the caller wants to hear of.
            failure = $"deciding it again failed: {e.Message}";
        }

        var decided = decision?.Actions ?? [];
        IReadOnlyList<string> differences = failure is null ? [.. Differences(recorded, decided)] : [failure];
        return new ActionExplanation
        {
            Action = action,
            Entry = Serialization.Words.ToWord(evidence.Entry),
            Rule = trace.RuleOf(action.Id) ?? trace.Rules.LastOrDefault(r => r.Fired)?.Rule,
            Rules = [.. trace.Rules],
            Inputs = Inputs(evidence),
            Decided = decided,
            IsSame = differences.Count == 0,
            Differences = differences,
        };
    }

    /// <summary>Every value of the record by its dotted name, whatever a version has there.</summary>
    public static IReadOnlyList<DecisionInput> Inputs(DecisionEvidence evidence)
    {
        var inputs = new List<DecisionInput>();
        foreach (var member in JsonSerializer.SerializeToElement(evidence, EvidenceJson.Default.DecisionEvidence).EnumerateObject().Where(m => m.Name is not "id"))
        {
            Flatten(member.Name, member.Value, inputs);
        }

        return inputs;
    }

    private static IEnumerable<string> Differences(IReadOnlyList<SupervisorAction> recorded, IReadOnlyList<SupervisorAction> decided)
    {
        var now = decided.ToDictionary(a => a.Id, StringComparer.Ordinal);
        foreach (var action in recorded.OrderBy(a => a.Id, StringComparer.Ordinal))
        {
            if (!now.TryGetValue(action.Id, out var again))
            {
                yield return $"'{Serialization.Words.ToWord(action.Action)}' ({action.Id}) is not decided any more";
                continue;
            }

            var (was, isNow) = (Members(action), Members(again));
            foreach (var name in was.Keys.Union(isNow.Keys).Where(n => was.GetValueOrDefault(n) != isNow.GetValueOrDefault(n)))
            {
                yield return $"{name} of {action.Id}: recorded {was.GetValueOrDefault(name, "nothing")}, now {isNow.GetValueOrDefault(name, "nothing")}";
            }
        }
    }

    /// <summary>As the log writes them, to the millisecond.</summary>
    private static Dictionary<string, string> Members(SupervisorAction action) =>
        JsonSerializer.SerializeToElement(action, StoreJson.Default.SupervisorAction).EnumerateObject().ToDictionary(m => m.Name, m => m.Value.ToString());

    private static void Flatten(string name, JsonElement value, List<DecisionInput> inputs)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten($"{name}.{member.Name}", member.Value, inputs);
                }

                break;
            case JsonValueKind.Array:
                inputs.Add(new DecisionInput(name, string.Join(", ", value.EnumerateArray().Select(item => item.ToString()))));
                break;
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String:
                inputs.Add(new DecisionInput(name, value.GetString()!));
                break;
            default:
                inputs.Add(new DecisionInput(name, value.GetRawText()));
                break;
        }
    }
}
