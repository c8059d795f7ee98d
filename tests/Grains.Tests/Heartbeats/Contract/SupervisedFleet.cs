using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>One agent of a real store under the real judge, in a time of its own: bodies beat as long as they are accepted.</summary>
internal sealed class SupervisedFleet : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly string _connectionString;
    private readonly AgentId _id;
    private readonly Bodies _bodies;
    private readonly ServiceProvider _services;
    private readonly Func<Judge> _createJudge;
    private Judge _judge;

    private SupervisedFleet(string connectionString, AgentId id, TestStore records)
    {
        _connectionString = connectionString;
        _id = id;
        Records = records;
        Definition = new AgentDefinition { Id = id, Kind = "test" };
        _bodies = new Bodies(records) { IsStillIt = IsStillItAsync };
        _services = new ServiceCollection().AddSingleton(_bodies).BuildServiceProvider();

        // Its hosts are no silos and its bodies no grains, so neither the membership nor the grain factory is ever asked.
        var backends = new RestartBackends([new BackendRegistration("test", typeof(Bodies))], _services, null!);
        var dispatcher = new BackendDispatcher(
            backends, records.Store, records.Clock, new SupervisorNudge(null!, null!, 1, records.Time), null!, new RunningHost(), records.Time,
            NullLogger<BackendDispatcher>.Instance);
        Silences = new SilenceRecorder(records.Clock, 1);
        _createJudge = () => new Judge(
            0, records.Store, records.Clock, new AgentKinds([], Options.Create(records.Options)), dispatcher,
            new SiloDirectory(null!, records.Store, new LocalSilo("here", "here"), NullLogger<SiloDirectory>.Instance), records.Meters, records.Options, new Random(1), NullLogger<Judge>.Instance)
        {
            Silences = Silences,
        };
        _judge = _createJudge();
    }

    public TestStore Records { get; }

    public SilenceRecorder Silences { get; }

    public AgentDefinition Definition { get; }

    public Circumstances Circumstances => Given.At(Records.Clock.Now);

    public IReadOnlyList<long> LiveBodies => [.. _bodies.Live.Keys.Order()];

    public static async Task<SupervisedFleet> OpenAsync(string connectionString, AgentId id)
    {
        var records = await TestStore.OpenAsync(connectionString);
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        return new SupervisedFleet(connectionString, id, records);
    }

    public async Task SpawnClaimedAsync()
    {
        var incarnation = (await Records.SpawnAsync(_id)).State.Value!.Incarnation;
        _bodies.Live[incarnation] = "run-1";
    }

    public async Task SpawnHealthyAsync()
    {
        await SpawnClaimedAsync();
        await RunAsync(2 * Step);
        Assert.Equal(AgentStatus.Healthy, (await Records.LoadAsync(_id)).State.Value!.Status);
    }

    public async Task CrashAsync(FailureReason reason)
    {
        var incarnation = LiveBodies[^1];
        var report = new IncarnationReport
        {
            Incarnation = incarnation,
            Kind = ReportKind.Failed,
            Reason = reason,
            Message = "it broke",
            At = Records.Clock.Now,
        };
        Assert.True(await Records.Store.ReportAsync(_id, report, (await Records.LoadAsync(_id)).Claim, null));
        _bodies.Live.TryRemove(incarnation, out _);
    }

    /// <summary>The body beats no more, and its deadline passes.</summary>
    public void Hang()
    {
        _bodies.Live.Clear();
        Pass(TimeSpan.FromSeconds(10));
    }

    /// <summary>The body beats no more; its deadline is still to come.</summary>
    public void Die() => _bodies.Live.Clear();

    /// <summary>The store's clock is set back, and this silo notices.</summary>
    public void SetClockBack(TimeSpan span) =>
        Records.Clock.Observe(Records.Clock.Now - span, Records.Clock.Monotonic, Records.Clock.Monotonic);

    /// <summary>Its deadline is gone, and whose beat was refused has told the supervisor to look.</summary>
    public async Task LoseDeadlineAsync()
    {
        await Records.Database.KeyDeleteAsync(Records.Keys.Deadlines);
        await Records.Database.SortedSetAddAsync(Records.Keys.Looks, _id.Value, 0);
    }

    /// <summary>Time passes and no supervisor looks.</summary>
    public void Pass(TimeSpan span, bool stillBeating = false)
    {
        Records.Time.Advance(span);
        if (stillBeating)
        {
            _bodies.BeatAsync(_id).GetAwaiter().GetResult();
        }
    }

    /// <summary>Commits as a store that dies after so many writes of the script; false when there are no more, so that it was not broken off.</summary>
    public async Task<bool> CommitBrokenAsync(Decision decision, AgentSnapshot before, int writes)
    {
        var mark = $"broken:{Records.Options.KeyPrefix}";
        var script = $$"""
            local real, left = redis, {{writes}}
            local isRead = { HGET = true, HMGET = true, ZSCORE = true, TYPE = true }
            local redis = { call = function(name, ...)
              if not isRead[name] then
                if left == 0 then
                  real.call('SET', '{{mark}}', '1')
                  return 0
                end
                left = left - 1
              end
              return real.call(name, ...)
            end }

            """ + Scripts.Commit;
        await using var broken = await TestStore.OpenAsync(_connectionString, prefix: Records.Options.KeyPrefix, commitScript: script);
        Assert.Equal(CommitOutcome.Done, await broken.CommitAsync(before, decision, before.State.Text is null ? Definition : null));
        return await Records.Database.KeyDeleteAsync(mark);
    }

    /// <summary>A person's order.</summary>
    public async Task OrderAsync(AgentCommand command)
    {
        var result = await _judge.ObeyAsync(_id, command);
        Assert.True(result.Outcome is CommandOutcome.Ok, result.Message);
        if (command.Kind is CommandKind.Pause)
        {
            _bodies.Live.Clear();
        }
    }

    /// <summary>Another agent comes.</summary>
    public Task<CommandResult> SpawnAsync(AgentId id) => _judge.SpawnAsync(new AgentDefinition { Id = id, Kind = "test" }, "anna");

    /// <summary>The supervisor dies, and another one comes up.</summary>
    public void ReplaceSupervisor() => _judge = _createJudge();

    /// <summary>A body that nobody else knows of says that it runs.</summary>
    public void Appear(long incarnation) => _bodies.Live[incarnation] = "run-of-its-own";

    public async Task<BodyVerdict> AdoptAsync(RunningBody body) => (await _judge.AdoptAsync([body]))[0];

    public RunningBody Body(long incarnation) => new(Definition, incarnation, StoreKeys.Claim(Given.Host, _bodies.Live.GetValueOrDefault(incarnation, "run-1")), 1);

    /// <summary>That the body of an incarnation is the only one; that it was accepted stands in the store a moment before it knows.</summary>
    public async Task SeeLiveAsync(long incarnation)
    {
        var watch = Stopwatch.StartNew();
        while (!LiveBodies.SequenceEqual([incarnation]))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited incarnation {incarnation} alone at work; seen: {string.Join(", ", LiveBodies)}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The supervisor looks once.</summary>
    public Task RoundAsync() => _judge.RoundAsync(100);

    /// <summary>
    /// <see cref="RunAsync"/> until the state has been the same for <paramref name="calm"/>, which is longer than whoever falls silent
    /// stays unseen, and nothing is on its way; or until <paramref name="most"/> has passed.
    /// </summary>
    public async Task SettleAsync(TimeSpan calm, TimeSpan most)
    {
        var (seen, same) = ("", TimeSpan.Zero);
        for (var passed = TimeSpan.Zero; passed < most && same < calm; passed += Step)
        {
            await RunAsync(Step);
            var state = (await Records.LoadAsync(_id)).State;
            var isOnItsWay = state.Value is { Status: not (AgentStatus.Healthy or AgentStatus.Paused or AgentStatus.Quarantined) };
            var now = $"{state.Text} {string.Join(' ', LiveBodies)}";
            same = isOnItsWay || now != seen ? TimeSpan.Zero : same + Step;
            seen = now;
        }
    }

    /// <summary>Bodies beat and the supervisor looks, step by step.</summary>
    public async Task RunAsync(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
        {
            await _bodies.BeatAsync(_id);
            var before = await Records.LoadAsync(_id);
            await _judge.RoundAsync(100);
            await OrderArrivesAsync(before);
            Records.Time.Advance(Step);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Records.DisposeAsync();
    }

    /// <summary>What a run does when the store refuses its beat.</summary>
    private async Task<bool> IsStillItAsync(long incarnation)
    {
        var body = Body(incarnation);
        return !SupervisorDecision.IsFenced(await Records.LoadAsync(_id), body)
            && await AdoptAsync(body) is BodyVerdict.GoesOn
            && await Records.Store.ClaimAsync(_id, Given.Beat(Records.Clock.Now, incarnation), _bodies.Live[incarnation], Records.Clock.Now.AddSeconds(5));
    }

    /// <summary>What was ordered in a round is carried out off its turn; time waits for it here.</summary>
    private async Task OrderArrivesAsync(AgentSnapshot before)
    {
        var after = await Records.LoadAsync(_id);

        // Also one that is claimed already: its body is at work only a moment after its claim stands in the store.
        var isOrdered = after.State.Text != before.State.Text
            && after.State.Value is { Status: AgentStatus.Starting or AgentStatus.Restarting };
        if (!isOrdered || (await Records.Store.ActionsAsync(0, _id, 1)) is [{ Action: ActionKind.Repaired } action] && action.At == Records.Clock.Now)
        {
            return;
        }

        var incarnation = after.State.Value!.Incarnation;
        var watch = Stopwatch.StartNew();
        while (!_bodies.Tried.ContainsKey(incarnation))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited the order to start incarnation {incarnation}; seen: {string.Join(", ", _bodies.Tried.Keys)}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A backend whose bodies do nothing but claim and beat.</summary>
    private sealed class Bodies(TestStore records) : IRestartBackend
    {
        /// <summary>Incarnation to run.</summary>
        public ConcurrentDictionary<long, string> Live { get; } = new();

        public required Func<long, Task<bool>> IsStillIt { get; init; }

        public ConcurrentDictionary<long, bool> Tried { get; } = new();

        public async Task StartAsync(AgentStart start, CancellationToken cancellationToken)
        {
            var now = records.Clock.Now;
            var beat = Given.Beat(now, start.Incarnation);
            var run = $"run-{Guid.NewGuid():N}";
            var isAccepted = await records.Store.ClaimAsync(start.Definition.Id, beat, run, now.AddSeconds(5));
            if (isAccepted)
            {
                Live[start.Incarnation] = run;
            }

            Tried[start.Incarnation] = isAccepted;
        }

        /// <summary>A stop is an order that can get lost: the fence alone has to do.</summary>
        public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task BeatAsync(AgentId id)
        {
            foreach (var incarnation in Live.Keys)
            {
                if (!await records.BeatAsync(id, incarnation, records.Clock.Now.AddSeconds(5)) && !await IsStillIt(incarnation))
                {
                    Live.TryRemove(incarnation, out _);
                }
            }
        }
    }

    /// <summary>A host that is not stopping.</summary>
    private sealed class RunningHost : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
