using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>
/// A Kubernetes of one process: the routes of the API server that a restart backend and kubectl need, the controllers that make pods, and a
/// kubelet whose containers are tasks of the test. It is reached over TLS, by tokens.
/// </summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    public const string Namespace = "agents";
    public const string AdministratorsToken = "token-of-the-administrator";

    /// <summary>Of the service account that the manifest gives to silos.</summary>
    public const string SilosToken = "token-of-the-silo";
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("healing-kubernetes-");
    private readonly Controllers _controllers;
    private Uri _url = null!;

    private FakeKubernetes(WebApplication app, X509Certificate2 certificate)
    {
        (_app, _certificate) = (app, certificate);
        Kubelet = new Kubelet(Store);
        _controllers = new Controllers(Store);
    }

    public sealed record Request(string Method, string Path, string? ContentType, JsonNode? Body);

    public ObjectStore Store { get; } = new();

    public Kubelet Kubelet { get; }

    /// <summary>What was asked by silos, oldest first.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>What happens before the next request of this method is looked at, once.</summary>
    public (string Method, Func<Task> Do)? Before { get; set; }

    /// <summary>Answers every request of a silo in place of the API; null: nobody does.</summary>
    public Func<HttpContext, Task>? Otherwise { get; set; }

    /// <summary>The kubeconfig of silos.</summary>
    public string SilosConfig => Config(SilosToken, _url);

    /// <summary>The kubeconfig of the administrator.</summary>
    public string AdministratorsConfig => Config(AdministratorsToken, _url);

    /// <summary>A directory that goes with it.</summary>
    public string Home => _directory.FullName;

    public static async Task<FakeKubernetes> StartAsync()
    {
        var certificate = MakeCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var fake = new FakeKubernetes(app, certificate);
        app.Run(fake.TakeAsync);
        await app.StartAsync();
        fake._url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        fake._controllers.Begin();
        fake.Kubelet.Begin();
        return fake;
    }

    public static Func<HttpContext, Task> Status(int code, string? retryAfter = null, string? body = null) => context =>
    {
        context.Response.StatusCode = code;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync(body ?? new ApiFault(code, "Fault", "as the test wants it").ToStatus().ToJsonString());
    };

    public static Func<HttpContext, Task> BreaksOff() => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Answers the next requests of silos so, one after the other.</summary>
    public void Answer(params Func<HttpContext, Task>[] answers) => Array.ForEach(answers, _answers.Enqueue);

    /// <summary>A kubeconfig for somebody at some address.</summary>
    public string Config(string token, Uri url)
    {
        var path = Path.Combine(_directory.FullName, $"{token}-{url.Port}.kubeconfig");
        var written = Path.Combine(_directory.FullName, Path.GetRandomFileName());
        File.WriteAllText(written, $$"""
            apiVersion: v1
            kind: Config
            current-context: fake
            contexts:
            - name: fake
              context: { cluster: fake, user: someone, namespace: {{Namespace}} }
            clusters:
            - name: fake
              cluster:
                server: https://127.0.0.1:{{url.Port}}
                certificate-authority-data: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem()))}}
            users:
            - name: someone
              user: { token: {{token}} }

            """);

        // In one go: somebody may be reading the one before.
        File.Move(written, path, overwrite: true);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _controllers.DisposeAsync();
        await Kubelet.DisposeAsync();
        using (var noMore = new CancellationTokenSource(TimeSpan.Zero))
        {
            await _app.StopAsync(noMore.Token);
        }

        await _app.DisposeAsync();
        _certificate.Dispose();
        _directory.Delete(recursive: true);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=fake-kubernetes", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task TakeAsync(HttpContext context)
    {
        try
        {
            var user = context.Request.Headers.Authorization.ToString() switch
            {
                "Bearer " + AdministratorsToken => Rbac.Administrator,
                "Bearer " + SilosToken => $"system:serviceaccount:{Namespace}:healing",
                _ => throw new ApiFault(401, "Unauthorized", "Unauthorized"),
            };
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var json = body.Length > 0 ? JsonNode.Parse(body.ToArray()) : null;
            if (user is not Rbac.Administrator)
            {
                Requests.Enqueue(new Request(context.Request.Method, context.Request.Path, context.Request.ContentType?.Split(';')[0], json));
                if (Before is { } before && before.Method == context.Request.Method)
                {
                    Before = null;
                    await before.Do();
                }

                if ((_answers.TryDequeue(out var next) ? next : Otherwise) is { } answer)
                {
                    await answer(context);
                    return;
                }
            }

            await new ApiRoutes(Store).AnswerAsync(context, user, json);
        }
        catch (ApiFault e)
        {
            context.Response.StatusCode = e.Code;
            await context.Response.WriteAsJsonAsync(e.ToStatus());
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked has gone.
        }
    }
}
