using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Fleet;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What is answered when a request was not carried out, as RFC 9457 has it: a sentence in <c>detail</c>, every fault in <c>errors</c>.</summary>
internal sealed record Problem(int Status, string Title, string Detail) : IResult
{
    /// <summary>JSON path or parameter to the rules that it breaks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }

    public static Problem Invalid(IReadOnlyList<Fault> faults) =>
        new(StatusCodes.Status400BadRequest, "Bad Request", string.Join("; ", faults) + ".")
        {
            Errors = faults.GroupBy(f => f.Property, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Select(f => f.Rule).ToArray(), StringComparer.Ordinal),
        };

    public static Problem Invalid(string property, string rule) => Invalid([new Fault(property, rule)]);

    public static Problem Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "Forbidden", detail);

    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not Found", detail);

    public static Problem Conflict(string detail) => new(StatusCodes.Status409Conflict, "Conflict", detail);

    public static Problem PreconditionFailed(string detail) => new(StatusCodes.Status412PreconditionFailed, "Precondition Failed", detail);

    public static Problem TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, "Content Too Large", FormattableString.Invariant($"The body must be at most {maxBytes:N0} bytes."));

    public static Problem MediaType(string? was) => new(
        StatusCodes.Status415UnsupportedMediaType,
        "Unsupported Media Type",
        $"The body must be application/json in UTF-8 (Content-Type is {(string.IsNullOrEmpty(was) ? "missing" : $"'{Texts.Shorten(was)}'")}).");

    public static Problem Unavailable(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", detail) { RetryAfterSeconds = 2 };

    public static Problem TooMany(string detail, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, "Too Many Requests", detail) { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(this, ProblemJson.Default.Problem);
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
