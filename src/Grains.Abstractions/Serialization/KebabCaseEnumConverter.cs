using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansHealing.Serialization;

/// <summary>Enum values as kebab-case words (<c>backing-off</c>); numbers are refused.</summary>
public sealed class KebabCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
