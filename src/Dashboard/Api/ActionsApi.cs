using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>The action log, page by page.</summary>
internal sealed class ActionsApi(IGrainFactory grains)
{
    private const int DefaultLimit = 100;

    /// <summary>
    /// Newest first. The cursor is the id of the page's last action: ids sort by time, so it stays right while new actions come and old
    /// ones leave the log. What can be paged through is what the fleet hands out of a log, its newest 1,000.
    /// </summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "agent", "action", "reason", "limit", "cursor");
        var agent = read.Agent("agent");
        var action = read.Word<ActionKind>("action");
        var reason = read.Text("reason");
        var limit = read.Limit("limit", AgentQuery.MaxLimit, DefaultLimit);
        var cursor = read.Token("cursor", "must be the nextCursor of the page before, as it came", IsId);
        read.ThrowIfWrong();

        var isPlain = action is null && reason is null && cursor is null;
        var log = await grains.GetFleet().ActionsAsync(agent, isPlain ? Math.Min(limit + 1, AgentQuery.MaxLimit) : AgentQuery.MaxLimit);
        var found = log
            .Where(a => (action is null || a.Action == action) && (reason is null || a.Reason == reason) && (cursor is null || string.CompareOrdinal(a.Id, cursor) < 0))
            .OrderByDescending(a => a.Id, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return ApiJson.Tagged(
            found.Count > limit ? new Page<SupervisorAction>(found[..limit], found[limit - 1].Id) : new Page<SupervisorAction>(found, null),
            HealingJson.Default.PageSupervisorAction);
    }

    private static bool IsId(string text) => text.Length <= 64 && text.All(c => char.IsAsciiHexDigitLower(c) || c is '-');
}
