namespace OrleansHealing.Input;

/// <summary>Foreign text in messages of ours.</summary>
internal static class Texts
{
    /// <summary>At most <paramref name="max"/> characters, control characters replaced, so that it is safe in a message or a log.</summary>
    public static string Shorten(string text, int max = 40)
    {
        var clean = string.Create(Math.Min(text.Length, max), text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            }
        });
        return text.Length > max ? clean + "…" : clean;
    }
}
