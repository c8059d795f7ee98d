namespace OrleansHealing.Heartbeats;

/// <summary>Which faults of the store were told of already: one bad record is read many times, and is one fault all the same.</summary>
internal sealed class KnownFaults
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Key, string? Field), int> _texts = [];

    /// <summary>Whether nothing was told yet of this text in this place.</summary>
    public bool IsNew(string key, string? field, string? text)
    {
        var hash = text?.GetHashCode(StringComparison.Ordinal) ?? 0;
        lock (_lock)
        {
            if (_texts.TryGetValue((key, field), out var known) && known == hash)
            {
                return false;
            }

            if (_texts.Count >= Most)
            {
                // So many that it hardly matters any more which of them are told again.
                _texts.Clear();
            }

            _texts[(key, field)] = hash;
            return true;
        }
    }
}
