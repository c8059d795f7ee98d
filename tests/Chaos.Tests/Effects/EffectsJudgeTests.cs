using System.Diagnostics;
using OrleansHealing.Chaos.Checking;

namespace OrleansHealing.Chaos.Effects;

/// <summary>Traces of bodies that should not have been there.</summary>
public sealed class EffectsJudgeTests
{
    private readonly EffectsJudge _judge = new();

    [Fact]
    public void Judge_OneAfterTheOther_FindsNothing() => Assert.Empty(Judge(
        Trace(1, 11, EffectKind.Loaded, 0, 0), Trace(1, 11, EffectKind.Step, 5, 1), Trace(1, 11, EffectKind.Saved, 5, 2),
        Trace(2, 12, EffectKind.Loaded, 5, 3), Trace(2, 12, EffectKind.Step, 6, 4)));

    [Fact]
    public void Judge_TwoBodiesOfOneIncarnation_IsSeen()
    {
        var violation = Assert.Single(Judge(Trace(1, 11, EffectKind.Step, 1, 0), Trace(1, 12, EffectKind.Step, 1, 0)));

        Assert.Equal(("G1 one body of an incarnation", "incarnation 1 had the bodies 1-11 in 11, 1-12 in 12"), (violation.Rule, violation.Evidence));
    }

    [Fact]
    public void Judge_OlderBodyAtWorkForLong_IsSeen()
    {
        var violation = Assert.Single(Judge(
            Trace(1, 11, EffectKind.Loaded, 0, 0), Trace(2, 12, EffectKind.Loaded, 0, 1), Trace(1, 11, EffectKind.Step, 9, 12)));

        Assert.Equal(("G1 no two at work", "incarnation 1 in 11 was at work for 11.0 s after 2 in 12 began"), (violation.Rule, violation.Evidence));
    }

    [Fact]
    public void Judge_OlderBodyFrozenMeanwhile_CountsFromItsThaw()
    {
        Assert.Empty(Judge(
            [Trace(1, 11, EffectKind.Loaded, 0, 0), Trace(2, 12, EffectKind.Loaded, 0, 1), Trace(1, 11, EffectKind.Step, 9, 12)],
            pid => pid == 11 ? [At(11)] : []));
        Assert.Equal((TimeSpan.FromSeconds(1), "a"), _judge.Longest);
    }

    [Fact]
    public void Judge_SavedCheckpointThatTheNextDoesNotKnow_IsSeen()
    {
        var violation = Assert.Single(Judge(
            Trace(1, 11, EffectKind.Loaded, 0, 0), Trace(1, 11, EffectKind.Saved, 5, 1), Trace(2, 12, EffectKind.Loaded, 0, 2)));

        Assert.Equal(("no checkpoint lost", "incarnation 2 went on from 0, and 1 had saved 5"), (violation.Rule, violation.Evidence));
    }

    [Fact]
    public void ReadAll_AfterAWriteThatWasCutOff_ReadsTheWholeLines()
    {
        var directory = Directory.CreateTempSubdirectory("healing-effects-").FullName;
        try
        {
            using (var file = new EffectFile(directory, "a", 3))
            {
                file.Write(EffectKind.Loaded, 7);
                file.Write(EffectKind.Step, 8);
            }

            File.AppendAllText(Directory.GetFiles(directory)[0], "Step 9");

            Assert.Equal(
                [("a", 3L, Environment.ProcessId, EffectKind.Loaded, 7L), ("a", 3L, Environment.ProcessId, EffectKind.Step, 8L)],
                EffectFile.ReadAll(directory).Select(e => (e.Agent, e.Incarnation, e.Pid, e.Kind, e.Number)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private IReadOnlyList<Violation> Judge(params Effect[] effects) => Judge(effects, _ => []);

    private IReadOnlyList<Violation> Judge(Effect[] effects, Func<int, IReadOnlyList<long>> thawed) => _judge.Judge(effects, thawed, _ => false, TimeSpan.Zero);

    private static Effect Trace(long incarnation, int pid, EffectKind kind, long number, double atSeconds) =>
        new("a", incarnation, pid, $"{incarnation}-{pid}", kind, number, At(atSeconds));

    private static long At(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
