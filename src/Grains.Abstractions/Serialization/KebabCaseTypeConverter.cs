using System.ComponentModel;
using System.Globalization;

namespace OrleansHealing.Serialization;

/// <summary>Enum values in configuration: as the words that people see everywhere (<c>agent-quarantined</c>), or as they are named in code.</summary>
public sealed class KebabCaseTypeConverter(Type type) : EnumConverter(type)
{
    /// <inheritdoc/>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value)
    {
        // Without this the framework takes any number, and several names apart by commas.
        if (value is string text && !Array.Exists(Enum.GetNames(EnumType), n => n.Equals(Joined(text), StringComparison.OrdinalIgnoreCase)))
        {
            throw new FormatException($"must be one of {string.Join(", ", Enum.GetNames(EnumType).Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName))} (it is '{text}')");
        }

        return base.ConvertFrom(context, culture, value is string word ? Joined(word) : value);
    }

    private static string Joined(string text) => text.Replace("-", "", StringComparison.Ordinal).Trim();
}
