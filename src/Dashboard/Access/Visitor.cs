using OrleansHealing.Dashboard.Api;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Who a request comes from, as far as keys tell: the key that it holds, or why it may not come in.</summary>
/// <param name="Key">The key.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Until">When its session is over; null without one.</param>
internal sealed record Visitor(ApiKey? Key, Problem? Refusal, DateTimeOffset? Until = null);
