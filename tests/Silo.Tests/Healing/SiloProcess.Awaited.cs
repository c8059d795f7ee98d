namespace OrleansHealing.Silo.Healing;

/// <summary>How tests wait for one.</summary>
internal sealed partial class SiloProcess
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    /// <summary>Until it says where its dashboard is.</summary>
    public async Task ReadyAsync()
    {
        try
        {
            await Ready.WaitAsync(StartPatience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Awaited for {StartPatience.TotalSeconds} s: the silo to be up. Seen: {Output}");
        }
    }

    /// <summary>Until it has ended by itself.</summary>
    public async Task<int> EndedAsync()
    {
        try
        {
            await Ended(TestContext.Current.CancellationToken).WaitAsync(EndPatience);
        }
        catch (TimeoutException)
        {
            await KillAsync();
            Assert.Fail($"Awaited for {EndPatience.TotalSeconds} s: the silo to end by itself. Seen: {Output}");
        }

        return ExitCode;
    }

    /// <summary>SIGTERM, and its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await OrderTerminationAsync();
        return await EndedAsync();
    }
}
