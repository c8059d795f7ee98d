using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Throws as soon as the file in <c>path</c> is there, so that a test needs neither the cluster nor the store to have it die.</summary>
internal sealed class ThrowsOnFile : FaultyAgent
{
    public const string Path = "path";

    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        while (!File.Exists(context.Settings.GetString(Path)))
        {
            context.Beat(new { incarnation = context.Incarnation });
            await Task.Delay(TimeSpan.FromMilliseconds(50), context.TimeProvider, cancellationToken);
        }

        throw new InvalidOperationException("the file is there");
    }
}
