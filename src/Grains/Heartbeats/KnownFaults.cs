namespace OrleansHealing.Heartbeats;

/// <summary>Which faults of the store were told of already: one bad record is read many times, and is one fault all the same.</summary>
internal sealed class KnownFaults
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Key, string Field), int> _texts = [];

    /// <summary>Whether there is nothing to forget, which is nearly always so.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _texts.Count is 0;
            }
        }
    }

    /// <summary>What stands in this place is right, or nothing does: a fault there is a new one, also of the same text.</summary>
    public void Forget(string key, string field)
    {
        lock (_lock)
        {
            _texts.Remove((key, field));
        }
    }

    /// <summary>Whether nothing was told yet of this text in this place.</summary>
    public bool IsNew(string key, string? field, string? text)
    {
        var hash = text?.GetHashCode(StringComparison.Ordinal) ?? 0;

        // The entries of a list have no place of their own, so there each text is one.
        field ??= hash.ToString(System.Globalization.CultureInfo.InvariantCulture);
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
