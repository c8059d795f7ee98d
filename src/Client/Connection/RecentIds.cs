namespace OrleansHealing.Client.Connection;

/// <summary>The last <paramref name="limit"/> ids that were seen.</summary>
internal sealed class RecentIds(int limit)
{
    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _order = [];

    public bool Contains(string id) => _ids.Contains(id);

    /// <returns>Whether it is new.</returns>
    public bool Add(string id)
    {
        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue(id);
        if (_order.Count > limit)
        {
            _ids.Remove(_order.Dequeue());
        }

        return true;
    }
}
