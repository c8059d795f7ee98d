using System.Text.Json;

namespace OrleansHealing.Chaos.Checking;

/// <summary>Who completes has the totals of one clean pass, whatever happened on the way: no checkpoint was lost, none taken twice.</summary>
internal sealed class TotalsRule : IRule
{
    private const string Name = "exact totals";
    private static readonly string[] Totals = ["lines", "words", "bytes", "sha256"];

    public int Completed { get; private set; }

    public IEnumerable<Violation> See(View view)
    {
        foreach (var (agent, state) in view.Now.States)
        {
            if (state.Status is not "completed"
                || (view.Before?.States.GetValueOrDefault(agent) is { Status: "completed" } before && before.Incarnation == state.Incarnation)
                || view.Limits.TotalsOf(agent) is not { } expected)
            {
                continue;
            }

            Completed++;
            var progress = view.Now.Beats.GetValueOrDefault(agent)?.Progress;
            var found = progress is { } p ? Say(p) : "nothing";
            if (found != expected)
            {
                yield return view.Broken(Name, agent, $"it completed with {found}; one clean pass gives {expected}");
            }
        }
    }

    private static string Say(JsonElement progress) => progress.ValueKind is JsonValueKind.Object
        ? string.Join(' ', Totals.Select(n => progress.TryGetProperty(n, out var value) ? value.ToString() : "?"))
        : progress.ToString();
}
