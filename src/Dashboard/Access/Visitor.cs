using OrleansHealing.Dashboard.Api;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Who a request comes from, as far as keys tell: the key that it holds, or why it may not come in.</summary>
internal sealed record Visitor(ApiKey? Key, Problem? Refusal);
