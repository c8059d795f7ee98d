using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class BeatSlotTests
{
    private int _refused;
    private readonly BeatSlot _slot;

    public BeatSlotTests() => _slot = new BeatSlot(Given.Id, 0, Given.Incarnation, () => _refused++);

    [Fact]
    public void Offer_SeveralBeforeASend_KeepsTheNewestAndItsLastRecord()
    {
        var record = Given.Beat(Given.Now);

        Assert.True(_slot.Offer(100, record));
        Assert.False(_slot.Offer(200, null));

        Assert.True(_slot.TryTake(out var beat));
        Assert.Equal(new BeatEntry(Given.Id, 7, 200, record) { Member = beat.Member }, beat);
        Assert.Equal("reader-1#7", beat.Member);
        Assert.False(_slot.TryTake(out _));
    }

    [Fact]
    public void Offer_SameDeadlineAsSentAndNoRecord_IsNoNews()
    {
        _slot.Offer(100, null);
        _slot.TryTake(out _);

        Assert.False(_slot.Offer(100, null));
        Assert.True(_slot.Offer(101, null));
    }

    [Fact]
    public void PutBack_NothingNewer_IsOfferedAgain()
    {
        var record = Given.Beat(Given.Now);
        _slot.Offer(100, record);
        _slot.TryTake(out var beat);

        Assert.True(_slot.PutBack(beat));
        Assert.True(_slot.TryTake(out var again));
        Assert.Equal(beat, again);
    }

    [Fact]
    public void PutBack_NewerBeatCameMeanwhile_KeepsItsDeadlineAndTheUnsentRecord()
    {
        var record = Given.Beat(Given.Now);
        _slot.Offer(100, record);
        _slot.TryTake(out var beat);
        Assert.True(_slot.Offer(200, null));

        Assert.False(_slot.PutBack(beat));
        Assert.True(_slot.TryTake(out var next));
        Assert.Equal((200L, record), (next.Deadline, next.Record));
    }

    [Fact]
    public void PutBack_NewerRecordCameMeanwhile_IsNotOverwritten()
    {
        var (older, newer) = (Given.Beat(Given.Now), Given.Beat(Given.Now.AddSeconds(1)));
        _slot.Offer(100, older);
        _slot.TryTake(out var beat);
        _slot.Offer(200, newer);
        _slot.PutBack(beat);
        _slot.TryTake(out var next);

        Assert.Same(newer, next.Record);
    }

    [Fact]
    public void Close_WithABeatWaiting_SendsNothingMore()
    {
        _slot.Offer(100, null);
        _slot.Close();

        Assert.False(_slot.TryTake(out var beat));
        Assert.False(_slot.Offer(200, null));
        Assert.False(_slot.PutBack(beat));
        Assert.Equal(0, _refused);
    }

    [Fact]
    public void Refuse_Open_TellsItsOwnerWhoMayGoOn()
    {
        _slot.Refuse();

        Assert.Equal(1, _refused);
        Assert.True(_slot.Offer(100, Given.Beat(Given.Now)));
    }

    [Fact]
    public void Refuse_Closed_TellsNobody()
    {
        _slot.Close();
        _slot.Refuse();

        Assert.Equal(0, _refused);
    }
}
