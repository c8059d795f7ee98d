using System.Text.Json;

namespace OrleansHealing.Input;

/// <summary>A value of any kind; only what no JSON of ours may hold is a fault: a name given twice, and text that is no Unicode.</summary>
/// <param name="orNull">Whether it may be null; within it, null may always be.</param>
internal sealed class AnyValue(bool orNull = true) : Shape
{
    public override void Check(JsonElement value, string path, FaultList faults)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AnyObject.Check(value, path, faults);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Any.Check(item, FormattableString.Invariant($"{path}[{index++}]"), faults);
                }

                break;
            case JsonValueKind.String when TextOf(value) is null:
                faults.Add(path, MustBe("text", value));
                break;
            case JsonValueKind.Null when !orNull:
                faults.Add(path, MustBe("a value", value));
                break;
        }
    }
}
