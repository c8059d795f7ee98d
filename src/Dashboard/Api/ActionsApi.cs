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

    // A rare one is looked for in so many reads of a thousand; a page that is not full by then says where to go on.
    private const int MaxReads = 10;

    /// <summary>
    /// Newest first, as far back as the log goes. The cursor is the id of the last action that was looked at: ids sort by time, so it
    /// stays right while new actions come and old ones leave the log.
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

        var fleet = grains.GetFleet();
        var size = action is null && reason is null ? Math.Min(limit + 1, AgentQuery.MaxLimit) : AgentQuery.MaxLimit;
        var found = new List<SupervisorAction>();
        var isMore = true;
        for (var reads = 0; reads < MaxReads && isMore && found.Count <= limit; reads++)
        {
            var log = (await fleet.ActionsAsync(agent, size, cursor)).OrderByDescending(a => a.Id, StringComparer.Ordinal).ToList();
            found.AddRange(log.Where(a => (action is null || a.Action == action) && (reason is null || a.Reason == reason)));
            isMore = log.Count == size;
            cursor = isMore ? log[^1].Id : null;
        }

        return ApiJson.Tagged(
            found.Count > limit ? new Page<SupervisorAction>(found[..limit], found[limit - 1].Id) : new Page<SupervisorAction>(found, cursor),
            HealingJson.Default.PageSupervisorAction);
    }

    private static bool IsId(string text) => text.Length <= 64 && text.All(c => char.IsAsciiHexDigitLower(c) || c is '-');
}
