using System.Text.Json;

namespace OrleansHealing.Input;

/// <summary>An object of members that are not known here: of one shape, or of any.</summary>
internal sealed class OpenObject(Shape? values = null) : Shape
{
    public override void Check(JsonElement value, string path, FaultList faults)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            CheckMembers(value, path, faults);
        }
        else
        {
            faults.Add(path, MustBe("a JSON object", value));
        }
    }

    private void CheckMembers(JsonElement value, string path, FaultList faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in value.EnumerateObject())
        {
            if (NameOf(given) is not { } name)
            {
                faults.Add(path, "has a member whose name is no valid Unicode");
            }
            else if (!seen.Add(name))
            {
                faults.Add(Join(path, name), "must be given once (it is there again)");
            }
            else if (values is not null)
            {
                values.Check(given.Value, Join(path, name), faults);
            }
            else
            {
                CheckAny(given.Value, Join(path, name), faults);
            }
        }
    }

    private void CheckAny(JsonElement value, string path, FaultList faults)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckMembers(value, path, faults);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    CheckAny(item, FormattableString.Invariant($"{path}[{index++}]"), faults);
                }

                break;
            case JsonValueKind.String when TextOf(value) is null:
                faults.Add(path, MustBe("text", value));
                break;
        }
    }
}
