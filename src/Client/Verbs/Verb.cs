using System.CommandLine;

namespace OrleansHealing.Client.Verbs;

/// <summary>One thing that the console can do.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="VerbFailure">It could not be done.</exception>
    public abstract Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken);
}
