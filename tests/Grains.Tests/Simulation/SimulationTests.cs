using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Tests.Simulation;

/// <summary>
/// The real judge and decision in a simulated world under random faults, each guarantee held against each write. A seed that
/// fails is played again with <c>SIMULATION_SEED=N</c>, which tells its story; with <c>SIMULATION_SCHEDULES=M</c> as well, so many are
/// played from that seed on. It takes all cores, so that nothing else runs meanwhile.
/// </summary>
[Collection(nameof(SimulationTests))]
[CollectionDefinition(nameof(SimulationTests), DisableParallelization = true)]
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int WildEvents = 600;
    private const int LeastEvents = 1000;

    // Unless it is said how many: so that all tests end in five minutes, fewer are played than in CI.
    private const int LeastSchedules = 1_000;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);
    private const string Again = "dotnet test tests/Grains.Tests -c Release --filter FullyQualifiedName~Play_RandomFaults --logger 'console;verbosity=detailed'";
    private static readonly int? FirstSeed = Number("SIMULATION_SEED");
    private static readonly int? Asked = Number("SIMULATION_SCHEDULES");
    private static readonly int Schedules = Asked ?? (FirstSeed is null ? 10_000 : 1);

    [Fact]
    public void Play_RandomFaults_KeepsEveryGuarantee()
    {
        var first = FirstSeed ?? 0;
        if (Schedules == 1)
        {
            Assert.Null(Play(first, PlantedBug.None, output.WriteLine));
            return;
        }

        var violations = new ConcurrentQueue<string>();
        var restarts = 0;
        var events = 0L;
        var played = 0;
        var watch = Stopwatch.StartNew();
        Parallel.For(first, first + Schedules, (number, loop) =>
        {
            if (Asked is null && watch.Elapsed > LongEnough && Volatile.Read(ref played) >= LeastSchedules)
            {
                loop.Stop();
                return;
            }

            Interlocked.Increment(ref played);
            var scenario = new Scenario(number, PlantedBug.None);
            try
            {
                scenario.Play(WildEvents, LeastEvents);
                Interlocked.Add(ref restarts, scenario.Oracle.Restarts);
                Interlocked.Add(ref events, scenario.World.Count);
            }
            catch (ViolationException e)
            {
                violations.Enqueue($"seed {number}: {e.Message}{Environment.NewLine}  its story: SIMULATION_SEED={number} {Again}");
                if (violations.Count >= 10)
                {
                    loop.Stop();
                }
            }
        });

        output.WriteLine($"{played} schedules of {Schedules}, {events} steps, {restarts} incarnations");
        Assert.True(violations.IsEmpty, $"{violations.Count} of {played} schedules violate a guarantee:{Environment.NewLine}{string.Join(Environment.NewLine, violations.Order())}");
        Assert.True(restarts > played, "hardly anything was restarted: the simulation simulates nothing");
    }

    [Fact]
    public void Play_TheSameSeed_IsTheSameStory()
    {
        List<string> Story(int seed)
        {
            var scenario = new Scenario(seed, PlantedBug.None);
            scenario.Play(WildEvents, LeastEvents);
            return [.. scenario.World.Story];
        }

        Assert.Equal(Story(7), Story(7));
    }

    /// <param name="bug">What is planted.</param>
    /// <param name="first">The seed to begin with, so that those that hundreds of schedules do not show are found soon.</param>
    /// <param name="guarantees">One of which is violated.</param>
    [Theory]
    [InlineData(nameof(PlantedBug.FenceOff), 0, "G1")]
    [InlineData(nameof(PlantedBug.AmnestyOff), 0, "G9", "G8")]
    [InlineData(nameof(PlantedBug.CommitSplitInTwo), 0, "G1", "G15")]
    [InlineData(nameof(PlantedBug.CountResetAtRestart), 0, "G6")]
    [InlineData(nameof(PlantedBug.BackoffIgnored), 0, "G8")]
    [InlineData(nameof(PlantedBug.SilenceNotRechecked), 1600, "G9")]
    [InlineData(nameof(PlantedBug.InputNotRecorded), 0, "G14")]
    [InlineData(nameof(PlantedBug.PauseWithoutAnEnd), 0, "G3")]
    [InlineData(nameof(PlantedBug.MemoryOff), 0, "G15")]
    [InlineData(nameof(PlantedBug.ClockStepIsSilence), 0, "G9")]
    [InlineData(nameof(PlantedBug.ClockBackIgnored), 0, "G2", "G3")]
    [InlineData(nameof(PlantedBug.ProgressIgnored), 0, "G2")]
    [InlineData(nameof(PlantedBug.AnnouncementIgnored), 0, "G12")]
    [InlineData(nameof(PlantedBug.StableWithoutProgress), 0, "G6")]
    [InlineData(nameof(PlantedBug.GroupMemberAlone), 0, "Groups-together")]
    [InlineData(nameof(PlantedBug.GroupOrderIgnored), 0, "Groups-in-order")]
    [InlineData(nameof(PlantedBug.GroupLimitIgnored), 0, "G8")]
    [InlineData(nameof(PlantedBug.CanaryOff), 0, "G8")]
    [InlineData(nameof(PlantedBug.PanicGuardOff), 0, "G8")]
    [InlineData(nameof(PlantedBug.LadderNotClimbed), 0, "G10")]
    [InlineData(nameof(PlantedBug.RetryAfterIgnored), 0, "G8")]
    [InlineData(nameof(PlantedBug.BreakerIgnored), 1600, "G8")]
    [InlineData(nameof(PlantedBug.FatalIsACrash), 0, "G8")]
    [InlineData(nameof(PlantedBug.TermIgnored), 0, "G1")]
    public void Play_WithAPlantedBug_FindsIt(string bug, int first, params string[] guarantees)
    {
        for (var seed = first; seed < first + 4_000; seed++)
        {
            if (Play(seed, Enum.Parse<PlantedBug>(bug), null) is { } violation)
            {
                if (!guarantees.Contains(violation.Guarantee.Split(' ')[0]))
                {
                    Play(seed, Enum.Parse<PlantedBug>(bug), output.WriteLine);
                    Assert.Fail($"seed {seed} finds something else: {violation.Message}");
                }

                output.WriteLine($"found by seed {seed}: {violation.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in 4,000 schedules");
    }

    private static ViolationException? Play(int seed, PlantedBug bug, Action<string>? tell)
    {
        var scenario = new Scenario(seed, bug);
        try
        {
            scenario.Play(WildEvents, LeastEvents);
            return null;
        }
        catch (ViolationException e)
        {
            foreach (var line in scenario.World.Story)
            {
                tell?.Invoke(line);
            }

            tell?.Invoke(e.Message);
            return e;
        }
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
