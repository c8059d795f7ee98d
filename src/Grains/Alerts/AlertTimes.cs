namespace OrleansHealing.Alerts;

/// <summary>How often a sink hears of an alert that goes on.</summary>
/// <param name="UpdateEvery">At most, when it has changed.</param>
/// <param name="RepeatEvery">Also when nothing has; null for never.</param>
internal readonly record struct AlertTimes(TimeSpan UpdateEvery, TimeSpan? RepeatEvery);
