using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Client.Verbs;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class KillSiloVerbTests
{
    private static readonly DateTimeOffset Started = Samples.Silo("silo-1", 41).ProcessStartedAt;
    private readonly ConsoleHarness _console = new();

    public KillSiloVerbTests() => _console.Fleet.Silos.AddRange(
        [Samples.Silo("silo-1", 41), Samples.Silo("silo-2", 42, SiloState.Dead), Samples.Silo("silo-3", 43) with { Machine = "far" }]);

    [Fact]
    public async Task KillSilo_ThatIsProvablyIt_KillsTheProcess()
    {
        _console.Processes[41] = new ProcessFacts(Started.AddSeconds(1.9), "/opt/OrleansHealing.Silo --demo");

        Assert.Equal(0, await _console.RunAsync("kill-silo", "silo-1"));

        Assert.Equal([41], _console.Killed);
        Assert.Equal("silo-1 (process 41, 4 agents) was killed. See them move: healing events -f\n", _console.Out);
    }

    [Theory]
    [InlineData("silo-2", 1, "silo-2 is dead already.")]
    [InlineData("silo-3", 1, "silo-3 lives on far, this is box. Run it there: healing kill-silo silo-3")]
    [InlineData("silo-1", 1, "silo-1's process 41 is not there any more")]
    [InlineData("silo-9", 5, "There is no silo 'silo-9'. Did you mean silo-1 or silo-2 or silo-3?")]
    public async Task KillSilo_ThatIsNotHere_KillsNothing(string name, int code, string expected)
    {
        Assert.Equal(code, await _console.RunAsync("kill-silo", name));

        Assert.Empty(_console.Killed);
        Assert.StartsWith(expected, _console.Error);
    }

    [Fact]
    public async Task KillSilo_SeveralLivingOnesOfTheName_KillsNothingAndSaysHowToNameOne()
    {
        AddNamesake();

        Assert.Equal(1, await _console.RunAsync("kill-silo", "silo-1"));

        Assert.Empty(_console.Killed);
        Assert.Equal(
            "2 living silos are called silo-1; nothing was killed. Say which, by its address or process id:\n"
            + "  healing kill-silo 127.0.0.1:11111@1   (process 41 on box)\n"
            + "  healing kill-silo 127.0.0.1:11112@2   (process 44 on box)\n",
            _console.Error);
    }

    [Theory]
    [InlineData("127.0.0.1:11112@2")]
    [InlineData("44")]
    public async Task KillSilo_ByAddressOrPid_KillsThatOne(string which)
    {
        AddNamesake();

        Assert.Equal(0, await _console.RunAsync("kill-silo", which));

        Assert.Equal([44], _console.Killed);
        Assert.StartsWith("silo-1 (process 44, 4 agents) was killed. ", _console.Out);
    }

    [Fact]
    public async Task KillSilo_NameOfADeadAndALivingOne_KillsTheLivingOne()
    {
        _console.Fleet.Silos.Insert(0, Samples.Silo("silo-1", 40, SiloState.Dead) with { Address = "127.0.0.1:11111@0" });
        _console.Processes[41] = new ProcessFacts(Started, "OrleansHealing.Silo");

        Assert.Equal(0, await _console.RunAsync("kill-silo", "silo-1"));

        Assert.Equal([41], _console.Killed);
    }

    [Theory]
    [InlineData(2.1, "OrleansHealing.Silo", "it is another process now. Nothing was killed.")]
    [InlineData(-2.1, "OrleansHealing.Silo", "it is another process now. Nothing was killed.")]
    [InlineData(0, "/usr/bin/postgres", "does not look like a silo. Nothing was killed.")]
    public async Task KillSilo_PidWasGivenToAnother_KillsNothing(double secondsApart, string program, string expected)
    {
        _console.Processes[41] = new ProcessFacts(Started.AddSeconds(secondsApart), program);

        Assert.Equal(1, await _console.RunAsync("kill-silo", "silo-1"));

        Assert.Empty(_console.Killed);
        Assert.Contains(expected, _console.Error);
    }

    [Fact]
    public async Task KillSilo_HostOfYourOwn_IsKilledWhenAskedFor()
    {
        _console.Processes[41] = new ProcessFacts(Started, "/opt/my-host");

        Assert.Equal(0, await _console.RunAsync("kill-silo", "silo-1", "--any-program"));

        Assert.Equal([41], _console.Killed);
    }

    private void AddNamesake()
    {
        _console.Fleet.Silos.Add(Samples.Silo("silo-1", 44) with { Address = "127.0.0.1:11112@2" });
        _console.Processes[41] = new ProcessFacts(Started, "OrleansHealing.Silo");
        _console.Processes[44] = new ProcessFacts(Started, "OrleansHealing.Silo");
    }
}
