using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sweeps.Head.Access;
using Sweeps.Results;
using Sweeps.Results.Access;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Where a head listens, and under which names.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly TestHome home = TestHome.Create();

    public void Dispose() => home.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    public async Task A_head_that_wants_tokens_does_not_start_before_there_is_one(string address)
    {
        var refusal = await Assert.ThrowsAsync<ResultsException>(() => StartAsync(address));
        Assert.Contains("`sweeps token create --role submitter` makes one", refusal.Message);
        var token = await TokenAsync(TokenRole.Viewer);
        home.Ask("UPDATE tokens SET expires_at = 1");
        await Assert.ThrowsAsync<ResultsException>(() => StartAsync(address));
        home.Ask("UPDATE tokens SET expires_at = null");
        await using var head = await StartAsync(address);
        using var http = new HttpClient { BaseAddress = head.Url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/sweeps")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/sweeps")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Beyond_the_loopback_interface_a_head_is_known_by_addresses_and_the_names_that_it_was_given()
    {
        await TokenAsync(TokenRole.Viewer);
        await using var head = await StartAsync("0.0.0.0", options => options with { HostNames = ["head.example.org"] });
        Assert.Equal(("127.0.0.1", "0.0.0.0"), (head.Url.Host, head.PublicUrl.Host));
        foreach (var (name, isKnown) in new[] { ("head.example.org", true), ("localhost", true), (Environment.MachineName, true), ("10.1.2.3", true), ("evil.example", false), ("head.example.org.evil.example", false) })
            Assert.Equal((name, isKnown ? HttpStatusCode.OK : HttpStatusCode.BadRequest), (name, await HealthAsync(head, name)));
    }

    [Fact(Timeout = 60_000)]
    public async Task On_the_loopback_interface_no_address_of_another_machine_is_a_name()
    {
        await using var head = await StartAsync("127.0.0.1", options => options with { RequireToken = false });
        Assert.Equal(HttpStatusCode.BadRequest, await HealthAsync(head, "10.1.2.3"));
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(head, "[::1]"));
    }

    [Fact(Timeout = 60_000)]
    public async Task With_a_certificate_others_are_served_over_HTTPS_and_workers_of_this_machine_over_HTTP()
    {
        var (certificate, authority) = Certificates();
        var token = await TokenAsync(TokenRole.Submitter);
        await using var head = await StartAsync("127.0.0.1", options => options with { Certificate = ServerCertificate.Read(certificate, null) });
        Assert.Equal(("http", "https"), (head.Url.Scheme, head.PublicUrl.Scheme));
        using var handler = new SocketsHttpHandler { UseCookies = false, SslOptions = { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } } };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        using var http = new HttpClient(handler) { BaseAddress = head.PublicUrl };
        var login = await http.PostAsync("/api/session", new StringContent($$"""{"token":"{{token}}"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.StartsWith($"__Host-sweeps-{head.PublicUrl.Port}=", login.Headers.GetValues("Set-Cookie").Single());
        Assert.Contains("; secure; ", login.Headers.GetValues("Set-Cookie").Single());
        Assert.StartsWith("max-age=", login.Headers.GetValues("Strict-Transport-Security").Single());
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsync("/api/sweeps", new StringContent(TestHome.Yaml()))).StatusCode);
        Assert.Equal(SweepState.Completed, (await head.WaitAsync(1)).Overview.Sweep.State);
        using var unknowing = new HttpClient { BaseAddress = head.PublicUrl };
        await Assert.ThrowsAsync<HttpRequestException>(() => unknowing.GetAsync("/healthz"));
    }

    private static async Task<HttpStatusCode> HealthAsync(HeadHost head, string name)
    {
        using var http = new HttpClient { BaseAddress = head.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { Host = name } };
        return (await http.SendAsync(request)).StatusCode;
    }

    private async Task<string> TokenAsync(TokenRole role)
    {
        await using var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"));
        return (await store.Tokens.CreateAsync(role, null, null)).Token;
    }

    private Task<HeadHost> StartAsync(string address, Func<HeadOptions, HeadOptions>? change = null) =>
        home.StartAsync(slots: 1, change: options => (change ?? (same => same))(options with { Listen = IPAddress.Parse(address), RequireToken = true }));

    /// <summary>An authority, and a certificate with its key that it has made out for 127.0.0.1.</summary>
    private (string Certificate, string Authority) Certificates()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=head", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12), [1]);
        File.WriteAllText(home.Path("head.pem"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(home.Path("authority.pem"), authority.ExportCertificatePem());
        return (home.Path("head.pem"), home.Path("authority.pem"));
    }
}
