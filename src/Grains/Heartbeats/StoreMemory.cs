namespace OrleansHealing.Heartbeats;

/// <summary>
/// What this host remembers of the store apart from the store: enough to notice that it lost writes. Without it a wiped store
/// would look like a new one.
/// </summary>
internal sealed class StoreMemory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (StoreMark Mark, int Losses)> _partitions = [];

    /// <summary>The partition's mark as it was last seen; null before the first look.</summary>
    public StoreMark? Known(int partition)
    {
        lock (_lock)
        {
            return _partitions.TryGetValue(partition, out var known) ? known.Mark : null;
        }
    }

    /// <summary>How often the partition was seen to have lost writes.</summary>
    public int Losses(int partition)
    {
        lock (_lock)
        {
            return _partitions.TryGetValue(partition, out var known) ? known.Losses : 0;
        }
    }

    /// <summary>A number was granted in a store of this generation, which has so many grants by that.</summary>
    public void Granted(int partition, string generation, long grants)
    {
        lock (_lock)
        {
            // The keeper may have seen it, and more, before who granted it had the answer.
            if (_partitions.TryGetValue(partition, out var known) && known.Mark.Generation == generation && grants > known.Mark.Grants)
            {
                _partitions[partition] = (known.Mark with { Grants = grants }, known.Losses);
            }
        }
    }

    /// <summary>
    /// Looks whether the store still is what is remembered, and if it is not has it grant no number again that can have been. One
    /// round trip.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="isLost">Whether something else shows that writes were lost.</param>
    public async Task<StoreRecall> RecallAsync(IHeartbeatStore store, int partition, DateTimeOffset now, bool isLost = false)
    {
        var known = Known(partition);
        var recall = await store.RecallAsync(partition, known, StoreMark.FloorAfterLoss(known, now), isLost);
        Learn(partition, recall);
        return recall;
    }

    /// <summary>Takes in an answer.</summary>
    public void Learn(int partition, StoreRecall recall)
    {
        lock (_lock)
        {
            var (mark, losses) = _partitions.GetValueOrDefault(partition);
            var isNewer = mark is null || recall.IsLost || mark.Generation == recall.Mark.Generation;
            if (isNewer)
            {
                // Answers can overtake one another, and what was once seen of a store stays so.
                var isSame = mark?.Generation == recall.Mark.Generation;
                _partitions[partition] = (
                    isSame ? recall.Mark with { Grants = Math.Max(mark!.Grants, recall.Mark.Grants), Floor = Math.Max(mark.Floor, recall.Mark.Floor) } : recall.Mark,
                    losses + (recall.IsLost ? 1 : 0));
            }
        }
    }
}
