using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class PanicGuardTests
{
    private readonly PanicGuard _guard = new(new HealingOptions());

    [Theory]
    [InlineData(50, 100, true)]
    [InlineData(49, 100, false)]
    [InlineData(10, 12, true)]
    [InlineData(9, 9, false)]
    public void Note_SoManyOfSoMany_IsAPanicOrNot(int silent, long promised, bool isPanic)
    {
        Assert.Equal(isPanic, _guard.Note(silent, promised, Given.Now));
        Assert.Equal(isPanic, _guard.IsOn);
    }

    [Fact]
    public void Note_AgainWhileItIsOn_IsNoNewOne()
    {
        _guard.Note(50, 100, Given.Now);

        Assert.False(_guard.Note(60, 100, Given.Now.AddSeconds(1)));
        Assert.True(_guard.IsOn);
    }

    [Fact]
    public void Note_FewForTwoTimeouts_IsTheEnd()
    {
        _guard.Note(50, 100, Given.Now);
        _guard.Note(0, 100, Given.Now.AddSeconds(10));
        Assert.True(_guard.IsOn);

        _guard.Note(0, 100, Given.Now.AddSeconds(11));
        Assert.False(_guard.IsOn);
    }

    [Fact]
    public void Take_WhileItIsOn_IsSlow() =>
        Assert.Equal([0.0, 200, 400], Enumerable.Range(0, 3).Select(_ => (_guard.Take(Given.Now) - Given.Now).TotalMilliseconds));

    [Fact]
    public void Note_SwitchedOff_IsNeverOn() =>
        Assert.False(new PanicGuard(new HealingOptions { PanicShare = 1 }).Note(100, 100, Given.Now));
}
