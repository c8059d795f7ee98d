using System.Text.Json;
using System.Text.Unicode;

namespace OrleansHealing.Input;

/// <summary>Reads what people write as one JSON value.</summary>
internal static class JsonInput
{
    /// <summary>
    /// A definition needs 4 levels; what is stored is shown again inside of other objects, which must stay under a reader's
    /// usual 64.
    /// </summary>
    public const int MaxDepth = 32;

    /// <summary>The value, or null when it is none and <paramref name="faults"/> says why.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options, FaultList faults)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            faults.Add(Shape.Root, "must be JSON in UTF-8 (it holds bytes that are no UTF-8)");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            // The library hangs the position on its sentence, in its own way of counting.
            var where = FormattableString.Invariant($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            var what = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            faults.Add(Shape.Root, $"must be one JSON value ({where}: {what})");
            return null;
        }
    }
}
