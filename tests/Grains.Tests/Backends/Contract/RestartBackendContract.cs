using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>What every backend must keep. A backend is tested by a class of one line, whose stage supplies it.</summary>
public abstract class RestartBackendContract(Func<Task<IBackendStage>> open) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("worker-1");
    private static readonly AgentId Other = AgentId.Parse("worker-2");
    private IBackendStage _stage = null!;

    protected IBackendStage Stage => _stage;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRestartBackend Backend => _stage.Backend;

    public async ValueTask InitializeAsync() => _stage = await open();

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null)
        {
            await _stage.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Start_OfAnIncarnation_RunsThatOneAndNothingElse()
    {
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);

        await SeeAsync(Id, "1 begins");
        Assert.Empty(await _stage.HistoryAsync(Other));
    }

    [Fact]
    public async Task Start_TheSameOrderAgain_StartsNothingNewAndEndsNothing()
    {
        var order = await _stage.GrantAsync(Id);
        await Backend.StartAsync(order, Token);
        await SeeAsync(Id, "1 begins");

        await Backend.StartAsync(order, Token);
        await Backend.StartAsync(order, Token);

        Assert.Equal(["1 begins"], await _stage.HistoryAsync(Id));

        // By the next one it is known that nothing came of them later.
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins");
    }

    [Fact]
    public async Task Start_OfTheNextIncarnation_EndsTheOneBeforeFirst()
    {
        for (var incarnation = 1; incarnation <= 3; incarnation++)
        {
            await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
            await SeeAsync(Id, [.. Enumerable.Range(1, incarnation).SelectMany(i => i == incarnation ? [$"{i} begins"] : new[] { $"{i} begins", $"{i} ends" })]);
        }
    }

    [Fact]
    public async Task Start_OfAnOlderIncarnationThanTheOneThatRuns_DoesNotReplaceIt()
    {
        var first = await _stage.GrantAsync(Id);
        await Backend.StartAsync(first, Token);
        await SeeAsync(Id, "1 begins");
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins");

        // Whether it is refused or passed over in silence is the backend's own business.
        await Record.ExceptionAsync(() => Backend.StartAsync(first, Token));

        Assert.Equal(["1 begins", "1 ends", "2 begins"], await _stage.HistoryAsync(Id));
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins", "2 ends", "3 begins");
    }

    [Fact]
    public async Task Start_OfAnIncarnationThatWasNotOrderedInTurn_EndsTheOneThatRuns()
    {
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "1 begins");
        _ = await _stage.GrantAsync(Id);

        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);

        await SeeAsync(Id, "1 begins", "1 ends", "3 begins");
    }

    [Fact]
    public async Task Start_OfSeveralAgents_KeepsThemApart()
    {
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await Backend.StartAsync(await _stage.GrantAsync(Other), Token);
        await SeeAsync(Id, "1 begins");
        await SeeAsync(Other, "1 begins");

        var stopped = await _stage.GrantAsync(Id);
        await Backend.StopAsync(Stop(stopped, 1), Token);

        await SeeAsync(Id, "1 begins", "1 ends");
        Assert.Equal(["1 begins"], await _stage.HistoryAsync(Other));
    }

    [Fact]
    public async Task Stop_OfTheIncarnationThatRuns_EndsItAndAgainChangesNothing()
    {
        var order = await _stage.GrantAsync(Id);
        await Backend.StartAsync(order, Token);
        await SeeAsync(Id, "1 begins");

        await Backend.StopAsync(Stop(order, 1), Token);
        await SeeAsync(Id, "1 begins", "1 ends");
        await Backend.StopAsync(Stop(order, 1), Token);

        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins");
    }

    [Fact]
    public async Task Stop_OfWhatNeverRan_IsHarmless()
    {
        var order = await _stage.GrantAsync(Id);

        await Backend.StopAsync(Stop(order, 1), Token);
        await Backend.StopAsync(Stop(order, 1) with { AgentId = AgentId.Parse("nobody") }, Token);

        Assert.Empty(await _stage.HistoryAsync(Id));
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "2 begins");
    }

    [Fact]
    public async Task Stop_OfAnOlderIncarnation_LeavesANewerOneAlone()
    {
        var order = await _stage.GrantAsync(Id);
        await Backend.StartAsync(order, Token);
        await SeeAsync(Id, "1 begins");
        var next = await _stage.GrantAsync(Id);
        await Backend.StartAsync(next, Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins");

        await Backend.StopAsync(Stop(order, 1), Token);

        Assert.Equal(["1 begins", "1 ends", "2 begins"], await _stage.HistoryAsync(Id));
        await Backend.StopAsync(Stop(next, 2), Token);
        await SeeAsync(Id, "1 begins", "1 ends", "2 begins", "2 ends");
    }

    [Fact]
    public async Task Start_OfWhatIsNotThere_FailsAndNamesIt()
    {
        var (order, named) = await _stage.GrantMissingAsync(Id);

        Assert.Contains(named, await _stage.FailureAsync(order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_ThatIsCancelled_EndsSoonAndStartsNothing()
    {
        var order = await _stage.GrantAsync(Id);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backend.StartAsync(order, cancelled.Token));

        // By the next one it is known that nothing came of it.
        await Backend.StartAsync(await _stage.GrantAsync(Id), Token);
        await SeeAsync(Id, "2 begins");
    }

    private static AgentStop Stop(AgentStart order, long incarnation) => new(order.Definition.Id, order.Definition.Kind, incarnation);

    private async Task SeeAsync(AgentId id, params string[] history)
    {
        IReadOnlyList<string> seen = [];
        await HealingCluster.UntilAsync(
            $"'{id}': {string.Join(", ", history)}",
            async () => (seen = await _stage.HistoryAsync(id)).SequenceEqual(history),
            () => string.Join(", ", seen));
    }
}
