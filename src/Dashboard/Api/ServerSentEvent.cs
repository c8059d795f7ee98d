using System.Text;
using System.Text.Json;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>An action as an event. It has no name, so a browser's <c>onmessage</c> gets it; compact JSON is one line.</summary>
internal static class ServerSentEvent
{
    public static byte[] Of(SupervisorAction action) => Encoding.UTF8.GetBytes(
        $"id: {action.Id}\ndata: {JsonSerializer.Serialize(action, HealingJson.Default.SupervisorAction)}\n\n");
}
