using System.Text.Json;

namespace OrleansHealing.Input;

/// <summary>An object of members that are not known here: of one shape, or of any.</summary>
internal sealed class OpenObject(Shape? values = null) : Shape
{
    public override void Check(JsonElement value, string path, FaultList faults)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            faults.Add(path, MustBe("a JSON object", value));
            return;
        }

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
            else
            {
                (values ?? Any).Check(given.Value, Join(path, name), faults);
            }
        }
    }
}
