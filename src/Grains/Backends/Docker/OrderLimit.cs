namespace OrleansHealing.Backends.Docker;

/// <summary>How long an order may take; longer once it has to wait for a program to leave.</summary>
internal sealed class OrderLimit : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;

    public OrderLimit(TimeSpan allowed, TimeProvider time, CancellationToken cancellationToken)
    {
        (Allowed, _time, _began) = (allowed, time, time.GetTimestamp());
        _limit = new CancellationTokenSource(allowed, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
    }

    /// <summary>Cancelled when it is over, or when whoever gave the order gives it up.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>How long all of it may take.</summary>
    public TimeSpan Allowed { get; private set; }

    /// <summary>Allows for something that takes its time.</summary>
    public void Add(TimeSpan more)
    {
        Allowed += more;
        var left = Allowed - _time.GetElapsedTime(_began);
        _limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }
}
