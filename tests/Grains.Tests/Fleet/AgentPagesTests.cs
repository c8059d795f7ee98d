using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>Healthy agents <c>a-00000</c> and on, some of which missed their deadline and show as stale.</summary>
public sealed class AgentPagesTests
{
    private readonly StoreClock _clock = new(new FakeTimeProvider(), NullLogger<StoreClock>.Instance);
    private readonly List<int> _reads = [];

    public AgentPagesTests() => _clock.Observe(Given.Now, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>The page is full long before the last agent was looked at; what is left is not read one by one.</summary>
    [Theory]
    [InlineData(AgentStatus.Stale)]
    [InlineData(AgentStatus.Healthy)]
    public async Task Find_PageIsFullAndNoMoreMatch_ReadsTheRestInBatches(AgentStatus status)
    {
        var page = await FindAsync(new AgentQuery { Status = status, Limit = 10 }, 2_000, n => n < 10 == status is AgentStatus.Stale);

        Assert.Equal(10, page.Items.Count);
        Assert.All(page.Items, a => Assert.Equal(status, a.Status));
        Assert.Null(page.NextCursor);
        Assert.InRange(_reads.Count, 1, 45);
    }

    [Fact]
    public async Task Find_WithoutAFilter_ReadsWhatIsWantedAndOneMore()
    {
        var page = await FindAsync(new AgentQuery { Limit = 3 }, 2_000, _ => false);

        Assert.Equal(["a-00000", "a-00001", "a-00002"], page.Items.Select(a => a.Id.Value));
        Assert.Equal("a-00002", page.NextCursor);
        Assert.Equal([4], _reads.Distinct());
    }

    [Fact]
    public async Task Find_PageAfterPage_GivesEveryMatchOnce()
    {
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await FindAsync(new AgentQuery { Status = AgentStatus.Stale, Limit = 7, Cursor = cursor }, 1_000, n => n % 9 == 0);
            found.AddRange(page.Items.Select(a => a.Id.Value));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 1_000).Where(n => n % 9 == 0).Select(n => $"a-{n:D5}"), found);
    }

    private Task<Page<AgentView>> FindAsync(AgentQuery query, int agents, Func<int, bool> isLate)
    {
        var ids = Enumerable.Range(0, agents).Select(n => AgentId.Parse($"a-{n:D5}")).ToList();
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.Partitions), _ => 1),
            (nameof(IHeartbeatStore.IdsAsync), args =>
            {
                _reads.Add((int)args[3]!);
                return Task.FromResult<IReadOnlyList<AgentId>>(args[1] is AgentStatus.Healthy
                    ? [.. ids.Where(id => string.CompareOrdinal(id.Value, (string?)args[2]) > 0).Take((int)args[3]!)]
                    : []);
            }
        ),
            (nameof(IHeartbeatStore.LoadAsync), args => Task.FromResult<IReadOnlyList<AgentSnapshot>>(
                [.. ((IReadOnlyList<AgentId>)args[1]!).Select(id => Given.Alive() with
                {
                    Id = id,
                    Deadline = Given.Now.AddSeconds(isLate(ids.IndexOf(id)) ? -1 : 3),
                })])));
        return new AgentPages(store, _clock).FindAsync(query, new Dictionary<string, string>());
    }
}
