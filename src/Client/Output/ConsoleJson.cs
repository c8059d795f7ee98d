using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Output;

/// <summary>The contracts as JSON: indented documents for one answer, one line a value for streams.</summary>
internal static class ConsoleJson
{
    // What goes to a terminal or jq is never put into HTML, so sentences stay readable.
    private static readonly JsonSerializerOptions Compact = new(HealingJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(HealingJson.Default, ClientJson.Default),
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };

    public static string Document<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Indented.GetTypeInfo(typeof(T)));

    public static string List<T>(IReadOnlyList<T> items, string? nextCursor = null) => Document(new Page<T>(items, nextCursor));

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Compact.GetTypeInfo(typeof(T)));
}
