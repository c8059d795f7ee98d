namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>The embedded store did not come up; the message says what its log said last.</summary>
internal sealed class EmbeddedStoreException(string message) : Exception(message);
