namespace OrleansHealing.Alerts;

/// <summary>A sink of one's own, as it was registered.</summary>
internal sealed record AlertSinkRegistration(string Name, Type Type, AlertRoute Route);
