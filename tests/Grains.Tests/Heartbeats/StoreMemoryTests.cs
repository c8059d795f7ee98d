using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class StoreMemoryTests
{
    private readonly StoreMemory _memory = new();

    [Fact]
    public void Granted_WhatTheKeeperHasSeenBefore_IsNotCountedTwice()
    {
        _memory.Learn(0, new StoreRecall(new StoreMark("g", 5, 0, 0), false));

        _memory.Granted(0, "g", 5);
        Assert.Equal(5, _memory.Known(0)!.Grants);
        _memory.Granted(0, "g", 7);
        Assert.Equal(7, _memory.Known(0)!.Grants);
        _memory.Granted(0, "another", 9);
        Assert.Equal(7, _memory.Known(0)!.Grants);
    }

    [Fact]
    public void Learn_AnswersThatOvertakeOneAnother_KeepsWhatWasSeen()
    {
        _memory.Learn(0, new StoreRecall(new StoreMark("g", 5, 3, 0), false));
        _memory.Learn(0, new StoreRecall(new StoreMark("g", 4, 2, 0), false));

        Assert.Equal((5, 3, 0), (_memory.Known(0)!.Grants, _memory.Known(0)!.Floor, _memory.Losses(0)));
    }

    [Fact]
    public void Learn_ALoss_IsCountedAndTheNewStoreIsRemembered()
    {
        _memory.Learn(0, new StoreRecall(new StoreMark("g", 5, 0, 0), false));
        _memory.Learn(0, new StoreRecall(new StoreMark("h", 5, 1000, 0), true));

        Assert.Equal((new StoreMark("h", 5, 1000, 0), 1), (_memory.Known(0), _memory.Losses(0)));
        Assert.Null(_memory.Known(1));
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(10_000_000_000, 5)]
    public void FloorAfterLoss_IsAboveTheTimeAndWhatWasGranted(long floor, long grants)
    {
        var mark = new StoreMark("g", grants, floor, 0);

        Assert.Equal(Math.Max(Given.Now.ToUnixTimeSeconds(), floor + grants) + 1000, StoreMark.FloorAfterLoss(mark, Given.Now));
    }
}
