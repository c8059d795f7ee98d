using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.Healing;

/// <summary>Whoever stops a silo while it starts gets a silo that stopped, not the wreck of its start.</summary>
public sealed class EarlyStopTests
{
    [Fact]
    public async Task Stop_BeforeItIsUp_EndsWith0AndSaysNothing()
    {
        await using var sandbox = new StoreSandbox { Linger = TimeSpan.FromSeconds(1) };
        Directory.CreateDirectory(sandbox.Root);
        var silo = SiloProcess.Start(SiloExecutable.Command.With(
            ["--with-parent", "--demo", "--store-directory", sandbox.Root, "--Healing:EmbeddedStore:Linger=00:00:01", "--Logging:LogLevel:OrleansHealing=Warning"]));

        silo.OrderStop();

        Assert.Equal(0, await silo.EndedAsync());
        Assert.Equal("", silo.Output);
    }
}
