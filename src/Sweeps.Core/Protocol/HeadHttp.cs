using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Sweeps.Core.Protocol;

/// <summary>How agents, workers and commands reach a head over HTTP.</summary>
public static class HeadHttp
{
    /// <summary>Variable that names a PEM file with the certificates of authorities that are trusted for the head instead of the system's; workers inherit it.</summary>
    public const string AuthorityVariable = "SWEEPS_CA";

    /// <summary>Variable with a token; workers and programs of users do not inherit it.</summary>
    public const string TokenVariable = "SWEEPS_TOKEN";

    /// <summary>A handler that goes to the head alone: no proxy, no cookies, no redirections, and of certificates those that <see cref="AuthorityVariable"/> allows.</summary>
    /// <exception cref="IOException">The file that it names cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificate.</exception>
    public static HttpMessageHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        var head = new Reaching(handler);
        if (Environment.GetEnvironmentVariable(AuthorityVariable) is not { Length: > 0 } file) return head;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        return head;
    }

    /// <summary>SocketsHttpHandler lets a socket's own exception through when a connection breaks just as it is made; here it is as any other that did not reach the head.</summary>
    private sealed class Reaching(SocketsHttpHandler handler) : DelegatingHandler(handler)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                throw new HttpRequestException(exception.Message, exception);
            }
        }
    }
}
