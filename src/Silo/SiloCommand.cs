namespace OrleansHealing.Silo;

/// <summary>What the command line said.</summary>
/// <param name="Silos">How many silos are wanted: more than one makes this process their launcher.</param>
/// <param name="Demo">Whether a demo fleet is to be spawned.</param>
/// <param name="Urls">The HTTP addresses, divided by semicolons; null for the first free port from 8080.</param>
/// <param name="StoreDirectory">The directory of the embedded store; null for the configured one or the user's own.</param>
/// <param name="SiloName">The name that a launcher gave; null when there is none.</param>
/// <param name="WithParent">Whether the end of standard input is the order to stop.</param>
/// <param name="Configuration">What is left, <c>--Section:Key=value</c>, for the configuration of the host.</param>
internal sealed record SiloCommand(
    int Silos,
    bool Demo,
    string? Urls,
    string? StoreDirectory,
    string? SiloName,
    bool WithParent,
    IReadOnlyList<string> Configuration);
