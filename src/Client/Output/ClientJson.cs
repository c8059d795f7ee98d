using System.Text.Json.Serialization;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Output;

/// <summary>JSON of what only the console says; the contracts' own is <see cref="HealingJson"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Page<OrderReport>))]
[JsonSerializable(typeof(OrderReport))]
internal sealed partial class ClientJson : JsonSerializerContext;
