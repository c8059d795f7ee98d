using k8s;
using Microsoft.Extensions.Options;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>
/// The one client of a silo, made at the first order, so that a silo starts whether or not Kubernetes is there. How it failed is told
/// without what is in a kubeconfig.
/// </summary>
internal sealed class KubernetesConnection(IOptions<KubernetesAgentOptions> options) : IDisposable
{
    private const string DefaultNamespace = "default";
    private readonly Lock _lock = new();
    private Task<(k8s.Kubernetes Client, IReadOnlyList<string> Namespaces)>? _opening;

    /// <summary>The client, and the namespaces that agents may be in, the default one first.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to reach Kubernetes by, or it cannot be used.</exception>
    public async Task<(IKubernetes Client, IReadOnlyList<string> Namespaces)> OpenAsync(CancellationToken cancellationToken)
    {
        Task<(k8s.Kubernetes Client, IReadOnlyList<string> Namespaces)> opening;
        lock (_lock)
        {
            if (_opening is null or { IsFaulted: true })
            {
                // A plug-in of the kubeconfig may take its time, or hang: it holds one thread, whoever waits for it.
                _opening = Task.Run(Create, CancellationToken.None);
            }

            opening = _opening;
        }

        return await opening.WaitAsync(cancellationToken);
    }

    /// <summary>Has the next order read the credentials again, since a kubeconfig is written anew when they change.</summary>
    /// <param name="client">Whose are no longer taken. Other orders may still be using it.</param>
    public void Forget(IKubernetes client)
    {
        lock (_lock)
        {
            if (_opening is { IsCompletedSuccessfully: true } opened && ReferenceEquals(opened.Result.Client, client))
            {
                _opening = null;
            }
        }
    }

    public void Dispose()
    {
        if (_opening is { IsCompletedSuccessfully: true } opened)
        {
            opened.Result.Client.Dispose();
        }
    }

    private (k8s.Kubernetes Client, IReadOnlyList<string> Namespaces) Create()
    {
        var configuration = Read();
        if (HasSecret(configuration) && !configuration.Host.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException("The server of the kubeconfig has no https://, and a token or password would go there for all to read.");
        }

        return (
            Guarded(() => ServerNameCheck.CreateClient(configuration)),
            options.Value.Namespaces is { Count: > 0 } some ? [.. some] : [configuration.Namespace is { Length: > 0 } own ? own.Trim() : DefaultNamespace]);
    }

    private KubernetesClientConfiguration Read()
    {
        var (path, context) = (options.Value.KubeConfig, options.Value.Context);
        if (path is null && context is null && KubernetesClientConfiguration.IsInCluster())
        {
            return Guarded(KubernetesClientConfiguration.InClusterConfig);
        }

        var file = path ?? DefaultPath();
        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"There is nothing to reach Kubernetes by: no kubeconfig at {file}{(path is null ? ", and this is no pod with a service account" : "")}.");
        }

        var config = Guarded(() => KubernetesClientConfiguration.LoadKubeConfig(file));
        return context is null || config.Contexts?.Any(c => c.Name == context) is true
            ? Guarded(() => KubernetesClientConfiguration.BuildConfigFromConfigObject(config, context))
            : throw new InvalidOperationException($"The kubeconfig has no context '{context}'.");
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            // What a parser or a plug-in for credentials says may hold a part of them.
            var sort = e.GetType().Name.Replace(nameof(Exception), "", StringComparison.Ordinal);
            throw new InvalidOperationException($"The credentials for Kubernetes cannot be used ({sort}); kubectl says more of it.");
        }
    }

    // kubectl leaves them out on such a way; the client library does not.
    private static bool HasSecret(KubernetesClientConfiguration configuration) =>
        configuration.TokenProvider is not null || !string.IsNullOrEmpty(configuration.AccessToken) || !string.IsNullOrEmpty(configuration.Password);

    private static string DefaultPath() =>
        Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()
        ?? KubernetesClientConfiguration.KubeConfigDefaultLocation;
}
