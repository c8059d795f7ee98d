using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class WhatIfVerbTests
{
    private static readonly WhatIfKind Steady = new()
    {
        Kind = "data-processing",
        PresentTimeoutSeconds = 5,
        Since = Samples.Now.AddHours(-3),
        Gaps = 12_345,
        LongestGapSeconds = 1.05,
        FalseRestarts = 0,
        FalseRestartsAtMost = 0,
        FalseRestartsPerHour = 0,
        Silences = 2,
        Mistakes = 1,
        MeanSilenceSeconds = 5.2,
        FoundLaterSeconds = 3,
        ExtraDowntimeSeconds = 6,
    };

    private readonly FakeFleet _fleet = new()
    {
        OnWhatIf = (timeout, kind) => kind is "zzz" ? null : new WhatIfAnswer
        {
            TimeoutSeconds = timeout.TotalSeconds,
            Kinds =
            [
                Steady,
                Steady with
                {
                    Kind = "flaky", Gaps = 40, LongestGapSeconds = 9.25, FalseRestarts = 3, FalseRestartsAtMost = 5, FalseRestartsPerHour = 1, Silences = 0,
                    Mistakes = null, FoundLaterSeconds = -1.5, ExtraDowntimeSeconds = 0,
                },
            ],
            Unknown = ["Nobody knows."],
        },
    };

    [Fact]
    public async Task WhatIf_Piped_IsATableAndWhatNobodyKnows()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("what-if", "--timeout", "8s"));

        Assert.Equal(
            """
            With a timeout of 8 s:

            KIND              NOW   RECORDED   GAPS     LONGEST GAP    FALSE RESTARTS   AN HOUR   SILENT   MISTAKEN   FOUND           DOWNTIME
            data-processing   5 s   for 3 h    12,345   under 1.05 s   0                0         2        1          3 s later       6 s more
            flaky             5 s   for 3 h    40       under 9.25 s   3 to 5           1         0        ?          1.5 s earlier   -

            - Nobody knows.

            """,
            console.Out);
    }

    [Theory]
    [InlineData("what-if --timeout 1m30s -o json", "{\n  \"timeoutSeconds\": 90,\n")]
    [InlineData("what-if --timeout 1m30s -o name", "data-processing\nflaky\n")]
    public async Task WhatIf_ForScripts_IsWhatTheyAskFor(string line, string expected)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.StartsWith(expected, console.Out);
    }

    [Fact]
    public async Task WhatIf_NothingRecorded_SaysSo()
    {
        var console = new ConsoleHarness { Fleet = new FakeFleet { OnWhatIf = (_, _) => new WhatIfAnswer { TimeoutSeconds = 8, Kinds = [], Unknown = [] } } };

        Assert.Equal(0, await console.RunAsync("what-if", "--timeout", "8"));

        Assert.StartsWith("No heartbeats are recorded yet", console.Out);
    }

    [Fact]
    public async Task WhatIf_UnknownKind_Is5()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(5, await console.RunAsync("what-if", "--timeout", "8s", "--kind", "zzz"));

        Assert.Equal("There is no kind 'zzz'. See: healing kinds\n", console.Error);
    }
}
