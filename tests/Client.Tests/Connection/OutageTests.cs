using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Tests.Connection;

/// <summary>The store is away, or a silo stops in the middle of a call: neither is the verb's fault nor the person's wish to leave.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeFleet _fleet = new();

    public OutageTests() => _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());

    public static TheoryData<Exception, string, string> Outages { get; } = new()
    {
        { new StoreUnavailableException("The store does not answer."), "the store does not answer", "The silos answer, but their store does not; gave up after 0 s." },
        { new TaskCanceledException(), "a silo stopped", "The cluster stopped answering; gave up after 0 s (a silo stopped)." },
        { new OperationCanceledException(), "a silo stopped", "The cluster stopped answering; gave up after 0 s (a silo stopped)." },
    };

    public static TheoryData<Exception> Passing => [.. Outages.Select(row => row.Data.Item1)];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Order_DuringAnOutage_Is4(Exception outage, string said, string _)
    {
        _fleet.Outage = outage;
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(4, await console.RunAsync("restart", "books"));

        Assert.StartsWith($"books: No answer came ({said}), so it is not known whether it was done.", console.Error);
    }

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Read_DuringAnOutage_Is4OnceTheTimeIsUp(Exception outage, string _, string said)
    {
        _fleet.Outage = outage;
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(4, await console.RunAsync("wait", "books", "--timeout", "0.1"));

        Assert.StartsWith(said, console.Error);
    }

    [Theory]
    [MemberData(nameof(Passing), DisableDiscoveryEnumeration = true)]
    public async Task Read_OutageThatPasses_IsAnswered(Exception outage)
    {
        _fleet.Failures.Enqueue(outage);
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("ps", "-o", "name"));

        Assert.Equal("books\n", console.Out);
    }

    [Fact]
    public async Task Run_CancelledByNobodyHere_Is4AndNot130()
    {
        var console = new ConsoleHarness { ConnectFailure = new OperationCanceledException() };

        Assert.Equal(4, await console.RunAsync("ps"));

        Assert.Equal("The connection to the cluster broke (a silo stopped).\nLook whether silos are alive: healing doctor\n", console.Error);
    }

    [Fact]
    public async Task Run_CtrlC_Is130()
    {
        using var interrupt = new CancellationTokenSource();
        await interrupt.CancelAsync();
        var console = new ConsoleHarness { ConnectFailure = new OperationCanceledException(interrupt.Token) };

        Assert.Equal(130, await console.RunAsync(interrupt.Token, "ps"));

        Assert.Equal("", console.Error);
    }

    [Fact]
    public async Task Follow_OutagesInBetween_LosesAndDoublesNothing()
    {
        _fleet.Log.Add(Samples.Action(1));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var session = new FleetSession(new FakeConnection(_fleet), TimeProvider.System);
        var seen = new List<string>();
        Append(2);

        await foreach (var action in session.FollowAsync(null, "000001", limit.Token))
        {
            seen.Add(action.Id);
            if (seen.Count is 6)
            {
                break;
            }

            _fleet.Failures.Enqueue(seen.Count % 2 is 0 ? new StoreUnavailableException("away") : new TaskCanceledException());
            Append(seen.Count + 2);
        }

        Assert.Equal(["000002", "000003", "000004", "000005", "000006", "000007"], seen);
    }

    [Fact]
    public async Task Follow_OlderActionWrittenWhileTheStreamIsDown_IsShown()
    {
        _fleet.Log.Add(Samples.Action(10));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var session = new FleetSession(new FakeConnection(_fleet), TimeProvider.System);
        var seen = new List<string>();
        Append(11);

        await foreach (var action in session.FollowAsync(null, "000010", limit.Token))
        {
            seen.Add(action.Id);
            if (seen.Count is 3)
            {
                break;
            }

            if (seen.Count is 1)
            {
                // The partition that decided first writes last, and the stream that would have told of it is gone.
                Append(13, 12);
                _fleet.Failures.Enqueue(new StoreUnavailableException("away"));
            }
        }

        Assert.Equal(["000011", "000012", "000013"], seen.Order(StringComparer.Ordinal));
    }

    private void Append(params int[] numbers)
    {
        lock (_fleet.Log)
        {
            _fleet.Log.AddRange(numbers.Select(n => Samples.Action(n)));
        }
    }
}
