using System.Net;
using System.Text.Json;
using k8s.Autorest;
using k8s.Models;
using OrleansHealing.Input;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>What a request is about, for messages: <c>patch</c> of the <c>deployments</c> of the group <c>apps</c>.</summary>
/// <param name="Verb">As a Role names it.</param>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Resource">As a Role names it.</param>
/// <param name="Namespace">Where.</param>
/// <param name="Name">Which; null for a list.</param>
internal sealed record ApiTarget(string Verb, string Group, string Resource, string Namespace, string? Name)
{
    private const int MaxSaid = 300;

    private string What => Name is null ? $"{Resource} in namespace '{Namespace}'" : $"{Resource.TrimEnd('s')} '{Name}' in namespace '{Namespace}'";

    /// <summary>Does a request, whose failure is told in words.</summary>
    /// <exception cref="ApiException">It failed.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (HttpOperationException e) when (e.Response is { } response)
        {
            throw Told(response);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException($"Kubernetes could not be reached: {e.HttpRequestError}", null, isPassing: true);
        }
        catch (IOException)
        {
            throw new ApiException("the connection to Kubernetes broke off", null, isPassing: true);
        }
        catch (JsonException)
        {
            throw new ApiException($"The {Verb} of {What} was answered with what Kubernetes does not say; is it Kubernetes?", null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A plug-in for credentials may have failed, and what it says may hold a part of them.
            throw new ApiException($"The {Verb} of {What} could not be asked for ({e.GetType().Name.Replace(nameof(Exception), "", StringComparison.Ordinal)}).", null);
        }
    }

    private ApiException Told(HttpResponseMessageWrapper response)
    {
        var said = Said(response.Content) is { Length: > 0 } text ? $" Kubernetes says: {Texts.Shorten(text, MaxSaid)}" : "";
        var code = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new("Kubernetes does not take the credentials (401).", response.StatusCode),
            HttpStatusCode.Forbidden => new(
                $"The {Verb} of {What} is forbidden: a Role there has to allow the verb '{Verb}' on '{Resource}' of the apiGroup '{Group}'.{said}", response.StatusCode),
            HttpStatusCode.NotFound => new(Name is null ? $"There are no {What} to be had (404)." : $"There is no {What}.", response.StatusCode),
            HttpStatusCode.Conflict => new($"the {What} was changed by somebody else meanwhile", response.StatusCode, isPassing: true),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new($"the {Verb} of {What} was answered with {code}", response.StatusCode, isPassing: true) { RetryAfter = RetryAfter(response) },
            _ => new($"The {Verb} of {What} was answered with {code}.{said}", response.StatusCode),
        };
    }

    private static string? Said(string? content)
    {
        try
        {
            return content is { Length: > 0 } ? JsonSerializer.Deserialize<V1Status>(content)?.Message : null;
        }
        catch (JsonException)
        {
            // Something before Kubernetes has answered: what it says is not Kubernetes's.
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessageWrapper response) =>
        response.Headers.FirstOrDefault(h => h.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault() is { } text
        && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
}
