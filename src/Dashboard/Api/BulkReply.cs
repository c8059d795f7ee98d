using System.Text.Json.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>The answer to an order to many agents.</summary>
/// <param name="Done">How many carried it out.</param>
/// <param name="Failed">Who did not, in the order of the request.</param>
internal sealed record BulkReply(int Done, IReadOnlyList<BulkFailure> Failed);

/// <summary>One agent that an order was not carried out on.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Status">What its own route would have answered.</param>
/// <param name="Message">Why.</param>
internal sealed record BulkFailure(string Id, int Status, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BulkReply))]
internal sealed partial class BulkReplyJson : JsonSerializerContext;
