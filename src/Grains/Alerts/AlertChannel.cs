namespace OrleansHealing.Alerts;

/// <summary>A sink under its name, with what it is given.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is, for people and metrics.</param>
/// <param name="Sink">The sink.</param>
/// <param name="Route">Which alerts it is given.</param>
/// <param name="Timeout">After how long an attempt is given up.</param>
internal sealed record AlertChannel(string Name, string Kind, IAlertSink Sink, AlertRoute Route, TimeSpan Timeout)
{
    /// <summary>Returns when the sink has taken it.</summary>
    /// <exception cref="AlertSinkException">It has not, for whatever reason.</exception>
    public async Task DeliverAsync(AlertNotice notice, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await Sink.SendAsync(notice, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlertSinkException($"no answer within {Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OperationCanceledException and not AlertSinkException)
        {
            // A sink of somebody's own may throw anything; its alerts stay in the outbox.
            throw new AlertSinkException($"{e.GetType().Name}: {e.Message}", e);
        }
    }
}
