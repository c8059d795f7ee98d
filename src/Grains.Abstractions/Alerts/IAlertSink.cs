namespace OrleansHealing.Alerts;

/// <summary>
/// Tells people, or what tells people. Called by each partition for one notice at a time, and so by several at once. Whatever it throws, the notice stays in the outbox and is
/// given to it again: after a wait that grows from one second to a minute, or the one that it asks for by <see cref="AlertSinkException"/>.
/// A notice may come twice, after a crash between its delivery and the note of it.
/// </summary>
public interface IAlertSink
{
    /// <summary>After how long an alert that goes on is to be told again, for receivers that forget; null for never.</summary>
    TimeSpan? RepeatEvery => null;

    /// <summary>Returns when it is told for certain. Idempotent by <see cref="AlertNotice.MessageId"/> where the receiver allows it.</summary>
    /// <exception cref="AlertSinkException">It was not taken; says whether it ever will be, and when to ask again.</exception>
    Task SendAsync(AlertNotice notice, CancellationToken cancellationToken);
}
