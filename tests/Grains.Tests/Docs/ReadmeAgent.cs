// <readme>
using OrleansHealing.Agents;

namespace Example;

public sealed class MailPoller(HttpClient http) : IWorkerAgent
{
    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        // From where the last incarnation was, whoever and wherever it was.
        var next = await context.Checkpoints.LoadAsync<int>(cancellationToken);
        while (true)
        {
            using (context.ExpectSilence(TimeSpan.FromMinutes(2)))
            {
                using var answer = await http.GetAsync($"{context.Settings.GetString("url")}?from={next}", cancellationToken);
                answer.EnsureSuccessStatusCode();
            }

            await context.Checkpoints.SaveAsync(++next, cancellationToken);
            context.Beat(new { fetched = next });
        }
    }
}
// </readme>
