namespace OrleansHealing.Heartbeats;

/// <summary>Where a record stands that cannot be read, as the partition's <c>malformed</c> hash names it: <c>key field</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Field">The field of a hash; null for an entry of a list.</param>
internal readonly record struct MalformedPlace(string Key, string? Field)
{
    /// <summary>Neither keys nor the fields of records have a space in them; members that were set aside may look like anything.</summary>
    public static bool TryParse(string text, StoreKeys keys, out MalformedPlace place)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        place = space < 0 ? new MalformedPlace(text, null) : new MalformedPlace(text[..space], text[(space + 1)..]);
        return keys.Owns(place.Key);
    }

    public override string ToString() => Field is null ? Key : $"{Key} {Field}";
}
