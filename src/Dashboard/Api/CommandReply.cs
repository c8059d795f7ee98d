using System.Text.Json.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>The answer to an order that was carried out.</summary>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Incarnation">The incarnation that it was about or granted.</param>
internal sealed record CommandReply(string Message, long? Incarnation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CommandReply))]
internal sealed partial class CommandReplyJson : JsonSerializerContext;
