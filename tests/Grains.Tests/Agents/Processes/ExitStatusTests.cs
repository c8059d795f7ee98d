using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Tests.Agents.Processes;

public sealed class ExitStatusTests
{
    [Theory]
    [InlineData(1, null, "exited with code 1")]
    [InlineData(78, null, "exited with code 78")]
    [InlineData(127, null, "exited with code 127")]
    [InlineData(128, null, "exited with code 128")]
    [InlineData(129, null, "was killed by SIGHUP (status 129)")]
    [InlineData(134, null, "was killed by SIGABRT (status 134)")]
    [InlineData(137, 10L, "was killed by SIGKILL (status 137): by somebody, or by the kernel for want of memory")]
    [InlineData(143, null, "was killed by SIGTERM (status 143)")]
    [InlineData(152, null, "was killed by SIGXCPU (status 152)")]
    [InlineData(152, 10L, "used up its 10 s of processor time (SIGXCPU, status 152)")]
    [InlineData(159, null, "was killed by SIGSYS (status 159)")]
    [InlineData(162, null, "was killed by signal 34 (status 162)")]
    [InlineData(192, null, "was killed by signal 64 (status 192)")]
    [InlineData(193, null, "exited with code 193")]
    [InlineData(255, null, "exited with code 255")]
    public void Describe_AnyStatus_SaysItInTheWordsOfAShell(int status, long? cpuSeconds, string words) => Assert.Equal(words, ExitStatus.Describe(status, cpuSeconds));
}
