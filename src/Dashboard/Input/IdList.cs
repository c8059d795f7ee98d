using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Input;

/// <summary>Agents by their ids, each once.</summary>
internal sealed class IdList : Shape
{
    public const int Max = 1000;

    public override void Check(JsonElement value, string path, FaultList faults)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            faults.Add(path, MustBe("an array of ids", value));
            return;
        }

        if (value.GetArrayLength() is 0 or > Max)
        {
            faults.Add(path, FormattableString.Invariant($"must hold 1 to {Max} ids (it holds {value.GetArrayLength()})"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = FormattableString.Invariant($"{path}[{index++}]");
            if (TextOf(item) is not { } id)
            {
                faults.Add(at, MustBe("text", item));
            }
            else if (!AgentId.TryParse(id, out _))
            {
                faults.Add(at, $"{AgentId.Rule} (it is '{Texts.Shorten(id)}')");
            }
            else if (!seen.Add(id))
            {
                faults.Add(at, $"must name an agent once ('{Texts.Shorten(id)}' is there again)");
            }
        }
    }
}
