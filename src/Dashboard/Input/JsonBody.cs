using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Input;

/// <summary>Reads the body of a request as one JSON value, and never more of it than is allowed.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = JsonInput.MaxDepth };

    /// <summary>The value, or null when there is no body.</summary>
    /// <exception cref="ProblemException">The body is no JSON (400), too large (413) or of another type (415).</exception>
    public static async Task<JsonElement?> ReadAsync(HttpRequest request, int maxBytes)
    {
        var hasType = !string.IsNullOrEmpty(request.ContentType);
        if (hasType && !IsJson(request.ContentType!))
        {
            throw new ProblemException(Problem.MediaType(request.ContentType));
        }

        if (request.ContentLength > maxBytes)
        {
            throw new ProblemException(Problem.TooLarge(maxBytes));
        }

        var bytes = await ReadBytesAsync(request.BodyReader, maxBytes, request.HttpContext.RequestAborted);
        if (bytes.Length is 0)
        {
            return null;
        }

        return hasType ? Parse(bytes) : throw new ProblemException(Problem.MediaType(null));
    }

    private static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<byte[]> ReadBytesAsync(PipeReader reader, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                // A read that is left open would cost the connection, and with it the next request.
                reader.AdvanceTo(read.Buffer.End);
                throw new ProblemException(Problem.TooLarge(maxBytes));
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        var faults = new FaultList();
        return JsonInput.Parse(bytes, Strict, faults) ?? throw new ProblemException(Problem.Invalid(faults.Items));
    }
}
