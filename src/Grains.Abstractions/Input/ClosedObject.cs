using System.Text.Json;

namespace OrleansHealing.Input;

/// <summary>An object of known members.</summary>
internal sealed class ClosedObject(IReadOnlyList<Member> members) : Shape
{
    private readonly string _known = string.Join(", ", members.Select(m => m.Name));

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
            var name = NameOf(given);
            if (name is null)
            {
                faults.Add(path, "has a member whose name is no valid Unicode");
            }
            else if (!seen.Add(name))
            {
                faults.Add(Join(path, name), "must be given once (it is there again)");
            }
            else
            {
                CheckMember(given.Value, name, path, faults);
            }
        }

        foreach (var missing in members.Where(m => m.IsRequired && !seen.Contains(m.Name)))
        {
            faults.Add(Join(path, missing.Name), "is required");
        }
    }

    private void CheckMember(JsonElement value, string name, string path, FaultList faults)
    {
        if (members.FirstOrDefault(m => m.Name == name) is not { } member)
        {
            faults.Add(Join(path, name), $"is unknown (known: {_known})");
        }
        else if (member.IsRequired || value.ValueKind is not JsonValueKind.Null)
        {
            member.Shape.Check(value, Join(path, name), faults);
        }
    }
}
