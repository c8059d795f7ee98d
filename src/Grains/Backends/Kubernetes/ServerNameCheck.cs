using System.Net.Security;
using k8s;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>
/// Has the client look at the name in the server's certificate. With an authority of a cluster's own, which is nearly always, the library looks at the authority
/// alone, so that whoever has any certificate of the cluster could be given the token.
/// </summary>
internal sealed class ServerNameCheck : DelegatingHandler
{
    /// <summary>The client of a configuration.</summary>
    /// <exception cref="InvalidOperationException">The library is made otherwise than it was, and the name would not be looked at.</exception>
    public static k8s.Kubernetes CreateClient(KubernetesClientConfiguration configuration)
    {
        var check = new ServerNameCheck();
        var client = new k8s.Kubernetes(configuration, check);
        if (!configuration.SkipTlsVerify)
        {
            var tls = (check.InnerHandler as SocketsHttpHandler)?.SslOptions ?? throw new InvalidOperationException("The certificate of the server could not be checked.");
            if (tls.RemoteCertificateValidationCallback is { } library)
            {
                tls.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
                    !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && library(sender, certificate, chain, errors);
            }
        }

        return client;
    }
}
