using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents;

public sealed class PromiseTests
{
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly SupervisionPolicy Watched = Given.Policy with { ProgressTimeout = TimeSpan.FromSeconds(60) };

    // Beyond lack of progress, for the host to give the body up first: three heartbeats and the grace.
    private static readonly TimeSpan Room = TimeSpan.FromSeconds(3 + 5);

    [Fact]
    public void Next_First_GivesTheRecord()
    {
        var (deadline, record) = new Promise(7, Given.Host, Given.Policy).Next(Now);

        Assert.Equal(Now.AddSeconds(5), deadline);
        Assert.Equal(Given.Beat(Now), record);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void IsStuck_ClockStepsADay_CountsTheTimeSinceTheLastProgress(int days)
    {
        var stepped = TimeSpan.Zero;
        var promise = new Promise(7, Given.Host, Watched, () => stepped);
        promise.Next(Now);
        stepped = TimeSpan.FromDays(days);
        var then = Now.AddSeconds(1) + stepped;

        Assert.False(promise.IsStuck(then) || promise.IsStuck(then.AddSeconds(1)));
        Assert.Equal(then.AddSeconds(6), promise.Next(then.AddSeconds(1)).Deadline);
        Assert.True(promise.IsStuck(then.AddSeconds(59)) || promise.IsStuck(then.AddSeconds(60)));
    }

    [Fact]
    public void EndSilence_ClockSteppedForwardMeanwhile_ItLastsAsLongAsItWasAnnounced()
    {
        var stepped = TimeSpan.Zero;
        var promise = new Promise(7, Given.Host, Watched, () => stepped);
        promise.ExpectSilence(Now, TimeSpan.FromMinutes(5));
        stepped = TimeSpan.FromDays(1);
        var then = Now + stepped;

        Assert.Equal(then.AddMinutes(5), promise.StuckSince);
    }

    [Fact]
    public void Begin_AfterAFirstHeartbeatThatTookLong_LackOfProgressCountsFromThen()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.Next(Now);
        var then = Now.AddMinutes(10);

        promise.Begin(then);

        Assert.Equal(then.AddSeconds(5), promise.Next(then).Deadline);
        Assert.Equal(then.AddSeconds(60), promise.StuckSince);
    }

    [Fact]
    public void Next_NothingNew_MovesTheDeadlineAlone()
    {
        var promise = new Promise(7, Given.Host, Given.Policy);
        promise.Next(Now);

        var (deadline, record) = promise.Next(Now.AddSeconds(1));

        Assert.Equal((Now.AddSeconds(6), null), (deadline, record));
    }

    [Fact]
    public void Next_Forced_GivesTheRecordWithTheNextSequence()
    {
        var promise = new Promise(7, Given.Host, Given.Policy);
        promise.Next(Now);

        Assert.Equal(2, promise.Next(Now, force: true).Record!.Sequence);
    }

    [Fact]
    public void Next_AfterProgress_ShowsItOnce()
    {
        var promise = new Promise(7, Given.Host, Given.Policy);
        promise.Next(Now);
        promise.GotOn(Now, JsonText.Parse("""{"lines":3}"""));

        Assert.Equal("""{"lines":3}""", promise.Next(Now).Record!.Progress!.Value.Text);
        promise.GotOn(Now.AddSeconds(1), JsonText.Parse("""{"lines":3}"""));
        Assert.Null(promise.Next(Now.AddSeconds(1)).Record);
        promise.GotOn(Now.AddSeconds(2), null);
        Assert.Equal("""{"lines":3}""", promise.Next(Now, force: true).Record!.Progress!.Value.Text);
    }

    [Fact]
    public void Next_LackOfProgress_NeverPromisesBeyondTheProgressTimeoutAndTheLadder()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.GotOn(Now, null);

        Assert.Equal(Now.AddSeconds(55), promise.Next(Now.AddSeconds(50)).Deadline);
        Assert.Equal(Now.AddSeconds(60) + Room, promise.Next(Now.AddSeconds(66)).Deadline);
        Assert.Equal(Now.AddSeconds(60) + Room, promise.Next(Now.AddSeconds(70)).Deadline);
        promise.GotOn(Now.AddSeconds(71), null);
        Assert.Equal(Now.AddSeconds(76), promise.Next(Now.AddSeconds(71)).Deadline);
    }

    [Fact]
    public void Next_WithoutAProgressTimeout_PromisesForEver()
    {
        var promise = new Promise(7, Given.Host, Given.Policy);
        promise.GotOn(Now, null);

        Assert.Equal(Now.AddDays(1).AddSeconds(5), promise.Next(Now.AddDays(1)).Deadline);
    }

    [Fact]
    public void Next_AnnouncedSilence_LetsProgressLackUntilItEnds()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.ExpectSilence(Now, TimeSpan.FromMinutes(5));

        var (deadline, record) = promise.Next(Now.AddMinutes(4));

        Assert.Equal(Now.AddMinutes(4).AddSeconds(5), deadline);
        Assert.Equal(Now.AddMinutes(5), record!.SilentUntil);
        Assert.Equal(Now.AddMinutes(5) + Room, promise.Next(Now.AddMinutes(6)).Deadline);
    }

    [Fact]
    public void ExpectSilence_Announced_IsNoProgressUntilItEnds()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.GotOn(Now, null);

        var silence = promise.ExpectSilence(Now.AddSeconds(10), TimeSpan.FromMinutes(5));
        Assert.Equal(Now, promise.Next(Now.AddSeconds(11)).Record!.ProgressAt);

        promise.EndSilence(silence, Now.AddSeconds(20));
        Assert.Equal(Now.AddSeconds(20), promise.Next(Now.AddSeconds(21)).Record!.ProgressAt);
    }

    [Fact]
    public void Next_SilenceTakenBack_IsWatchedAgain()
    {
        var promise = new Promise(7, Given.Host, Watched);
        var silence = promise.ExpectSilence(Now, TimeSpan.FromMinutes(5));
        promise.EndSilence(silence, Now.AddMinutes(1));

        Assert.Equal(Now.AddMinutes(2) + Room, promise.Next(Now.AddMinutes(3)).Deadline);
        Assert.Null(promise.Next(Now, force: true).Record!.SilentUntil);
    }

    [Fact]
    public void EndSilence_OfOneAmongSeveral_LeavesTheLatestEnd()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.ExpectSilence(Now, TimeSpan.FromMinutes(5));
        var inner = promise.ExpectSilence(Now.AddMinutes(1), TimeSpan.FromMinutes(1));

        promise.EndSilence(inner, Now.AddMinutes(1.5));
        promise.EndSilence(inner, Now.AddMinutes(4));

        Assert.Equal(Now.AddMinutes(5) + Room, promise.Next(Now.AddMinutes(6)).Deadline);
    }

    [Fact]
    public void ExpectSilence_NeverEndedOverAndOver_StaysBounded()
    {
        var promise = new Promise(7, Given.Host, Watched);
        var first = promise.ExpectSilence(Now, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 10_000; i++)
        {
            promise.ExpectSilence(Now, TimeSpan.FromSeconds(90));
        }

        Assert.Equal(Now.AddMinutes(5), promise.Next(Now, force: true).Record!.SilentUntil);
        promise.EndSilence(first, Now);
        Assert.Equal(Now.AddSeconds(90), promise.Next(Now, force: true).Record!.SilentUntil);
    }

    [Fact]
    public void ExpectSilence_BeyondTheMost_IsCut()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.ExpectSilence(Now, TimeSpan.FromDays(3));

        Assert.Equal(Now + Watched.MaxExpectedSilence, promise.Next(Now).Record!.SilentUntil);
    }

    [Fact]
    public void Next_NoProgressYet_CountsFromTheFirstBeat()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.Next(Now);

        Assert.Equal(Now.AddSeconds(60) + Room, promise.Next(Now.AddSeconds(67)).Deadline);
    }

    [Fact]
    public void IsStuck_LackOfProgress_IsSoAtTheSecondLook()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.Next(Now);

        Assert.False(promise.IsStuck(Now.AddSeconds(59)));
        Assert.False(promise.IsStuck(Now.AddSeconds(60)));
        Assert.True(promise.IsStuck(Now.AddSeconds(61)));
        promise.GotOn(Now.AddSeconds(61), null);
        Assert.False(promise.IsStuck(Now.AddSeconds(62)));
    }

    [Fact]
    public void IsStuck_BodyThatGetsOnRightAfterAStall_IsNot()
    {
        var promise = new Promise(7, Given.Host, Watched);
        promise.Next(Now);

        Assert.False(promise.IsStuck(Now.AddMinutes(10)));
        promise.GotOn(Now.AddMinutes(10), null);
        Assert.False(promise.IsStuck(Now.AddMinutes(10).AddSeconds(1)));
    }

    [Fact]
    public void IsStuck_InAnAnnouncedSilenceOrWithoutAProgressTimeout_IsNot()
    {
        var silent = new Promise(7, Given.Host, Watched);
        silent.ExpectSilence(Now, TimeSpan.FromMinutes(5));
        var unwatched = new Promise(7, Given.Host, Given.Policy);
        unwatched.Next(Now);

        foreach (var minutes in new[] { 3, 4 })
        {
            Assert.False(silent.IsStuck(Now.AddMinutes(minutes)));
            Assert.False(unwatched.IsStuck(Now.AddMinutes(minutes)));
        }

        silent.IsStuck(Now.AddMinutes(5));
        Assert.True(silent.IsStuck(Now.AddMinutes(5.1)));
    }
}
