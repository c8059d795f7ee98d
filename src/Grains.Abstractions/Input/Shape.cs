using System.Text.Json;

namespace OrleansHealing.Input;

/// <summary>What a JSON value may look like. Unlike a serializer, which stops at the first fault, it finds all of them.</summary>
internal abstract class Shape
{
    /// <summary>The path of the whole that is checked, in faults; its members' paths do not repeat it.</summary>
    public const string Root = "body";

    /// <summary>Any text.</summary>
    public static readonly Shape Text = new Leaf(value => TextOf(value) is null ? MustBe("text", value) : null);

    /// <summary>A number that a double holds.</summary>
    public static readonly Shape Number = new Leaf(value =>
        value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? null : MustBe("a number", value));

    /// <summary>A whole number that an int holds.</summary>
    public static readonly Shape WholeNumber = new Leaf(value =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out _) ? null : MustBe("a whole number", value));

    /// <summary>The word true, for what is either said or left out.</summary>
    public static readonly Shape True = new Leaf(value => value.ValueKind is JsonValueKind.True ? null : MustBe("true", value));

    /// <summary>A value of any kind.</summary>
    public static readonly Shape Any = new AnyValue();

    /// <summary>A value of any kind that is one.</summary>
    public static readonly Shape AnyButNull = new AnyValue(orNull: false);

    /// <summary>An object of any members; only what no object may have is a fault.</summary>
    public static readonly Shape AnyObject = new OpenObject();

    /// <summary>Adds every fault of <paramref name="value"/>, which stands at <paramref name="path"/>.</summary>
    public abstract void Check(JsonElement value, string path, FaultList faults);

    /// <summary>Text that keeps a rule: null when it does, else the rule.</summary>
    public static Shape TextThat(Func<string, string?> rule) =>
        new Leaf(value => TextOf(value) is { } text ? rule(text) : MustBe("text", value));

    /// <summary>A whole number from 1 to <paramref name="max"/>.</summary>
    public static Shape PositiveTo(long max) => new Leaf(value =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 1 && number <= max
            ? null
            : MustBe(FormattableString.Invariant($"a whole number from 1 to {max}"), value));

    /// <summary>A number that is not negative.</summary>
    public static Shape NotNegative() => new Leaf(value =>
        value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0
            ? null
            : MustBe("a number, 0 or more", value));

    /// <summary>A number over 0 and at most <paramref name="max"/>.</summary>
    public static Shape OverZeroTo(double max) => new Leaf(value =>
        value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && number > 0 && number <= max
            ? null
            : MustBe(FormattableString.Invariant($"a number over 0 and at most {max}"), value));

    /// <summary>An object whose members all have one shape.</summary>
    public static Shape MapOf(Shape values) => new OpenObject(values);

    /// <summary>An object of these members and no other.</summary>
    public static Shape Object(params Member[] members) => new ClosedObject(members);

    /// <summary>The rule that <paramref name="value"/> is no <paramref name="what"/>, with what it is.</summary>
    protected static string MustBe(string what, JsonElement value) => $"must be {what} (it is {Describe(value)})";

    /// <summary>The path of a member, readable also when its name is no identifier.</summary>
    protected static string Join(string path, string name)
    {
        var isPlain = name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        var step = isPlain ? name : $"['{Texts.Shorten(name)}']";
        return path is Root ? step : isPlain ? $"{path}.{step}" : path + step;
    }

    /// <summary>The text of a string; null when it is none, or escapes half a surrogate pair.</summary>
    protected static string? TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? Unicode(value.GetString) : null;

    /// <summary>The name of a member; null when it escapes half a surrogate pair.</summary>
    internal static string? NameOf(JsonProperty member) => Unicode(() => member.Name);

    private static string? Unicode(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // The one way to learn that an escaped text is no Unicode; the caller makes a fault of it.
            return null;
        }
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => Texts.Shorten(value.GetRawText()),
        JsonValueKind.String => TextOf(value) is { } text ? $"the text '{Texts.Shorten(text)}'" : "no valid Unicode",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };

    private sealed class Leaf(Func<JsonElement, string?> rule) : Shape
    {
        public override void Check(JsonElement value, string path, FaultList faults)
        {
            if (rule(value) is { } broken)
            {
                faults.Add(path, broken);
            }
        }
    }
}
