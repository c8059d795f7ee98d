using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>What sinks that speak HTTP have in common: who takes a POST, who refuses it, and who is to be asked again.</summary>
internal abstract class HttpAlertSink(IHttpClientFactory clients, TimeProvider time) : IAlertSink
{
    private const int MostOfAnAnswer = 200;
    private const int ShortestSecret = 6;

    /// <inheritdoc/>
    public virtual TimeSpan? RepeatEvery => null;

    /// <inheritdoc/>
    public abstract Task SendAsync(AlertNotice notice, CancellationToken cancellationToken);

    /// <summary>Posts JSON; returns when it was taken.</summary>
    /// <exception cref="AlertSinkException">It was not. The address is left out of what it says: it may be a secret.</exception>
    protected async Task PostAsync(
        Uri url, JsonNode body, CancellationToken cancellationToken, Action<HttpRequestMessage, byte[]>? prepare = null, string? secret = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        prepare?.Invoke(request, bytes);
        using var client = clients.CreateClient(WebhookClient.Name);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusedAsync(url, secret, response, cancellationToken);
            }
        }
        catch (HttpRequestException e)
        {
            throw new AlertSinkException($"could not be reached: {e.HttpRequestError}", e);
        }
        catch (IOException e)
        {
            throw new AlertSinkException("broke off its answer", e);
        }
    }

    /// <summary>An address or a key that is wrong is the sink's failure; what is wrong with one notice is no other's.</summary>
    private async Task<AlertSinkException> RefusedAsync(Uri url, string? secret, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var code = (int)response.StatusCode;
        var isPassing = code >= 500 || response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.Gone or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425;
        var said = Blotted(await BeginningOfAsync(response, cancellationToken), [.. url.PathAndQuery.Split('/', '?', '&', '='), secret ?? ""]);
        said = said.Length > MostOfAnAnswer ? said[..MostOfAnAnswer] : said;
        return new AlertSinkException($"answered {code}{(said.Length > 0 ? $": {said}" : "")}")
        {
            IsRefusal = !isPassing,
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date - time.GetUtcNow(),
                _ => null,
            },
        };
    }

    /// <summary>Servers like to repeat what they were asked for; what the address holds is a secret.</summary>
    private static string Blotted(string said, IEnumerable<string> secrets)
    {
        foreach (var part in secrets.Where(p => p.Length >= ShortestSecret))
        {
            said = said.Replace(part, "…", StringComparison.OrdinalIgnoreCase).Replace(Uri.UnescapeDataString(part), "…", StringComparison.OrdinalIgnoreCase);
        }

        return said;
    }

    private static async Task<string> BeginningOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = new byte[2 * MostOfAnAnswer];
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return new string([.. Encoding.UTF8.GetString(bytes, 0, read).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The status is what counts.
            return "";
        }
    }
}
