namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Lets the faults of <see cref="LongFaultTests"/> happen all at once: nothing is to be done while they last, and one after the
/// other would take minutes.
/// </summary>
public sealed class LongFaults : IAsyncLifetime
{
    private readonly Dictionary<StoreKind, Story> _ofFrozenSilo = Enum.GetValues<StoreKind>().ToDictionary(k => k, k => new Story(s => FrozenSilo.PlayAsync(s, k)));

    internal Story OfLostStore { get; } = new(LostStore.PlayAsync);

    internal Story OfFrozenSilo(StoreKind store) => _ofFrozenSilo[store];

    public async ValueTask InitializeAsync() => await Task.WhenAll(_ofFrozenSilo.Values.Append(OfLostStore).Select(s => s.PlayAsync()));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A fault from its beginning to what is left of it, with all that is asserted of it. It is played before its test, which tells how it went.</summary>
    internal sealed class Story(Func<Story, Task> play)
    {
        private Task _played = Task.CompletedTask;

        /// <summary>Where it happens, as soon as that is there.</summary>
        public SiloCluster? Cluster { get; set; }

        /// <summary>Never throws.</summary>
        public Task PlayAsync() => Task.WhenAny(_played = play(this));

        public async Task SeeAsync()
        {
            try
            {
                await _played;
            }
            finally
            {
                Cluster?.ShowOutput();
            }
        }
    }
}
