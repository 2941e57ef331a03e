using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Sweeps.EndToEnd;

/// <summary>What docs/deploy.md shows works; systemd accepts the units, and the compose file says what the command understands.</summary>
public sealed partial class DeploymentTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-deploy-");
    private readonly Stack<Process> staying = [];

    public static TheoryData<string> Units => [.. Directory.GetFiles(Repository.PathOf("systemd")).Select(path => Path.GetFileName(path)!)];

    private static string Page => File.ReadAllText(Repository.PathOf("docs/deploy.md"));

    private static Dictionary<object, object> Compose => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Repository.PathOf("docker/compose.yaml")));

    public void Dispose()
    {
        foreach (var process in staying) process.Kill(entireProcessTree: true);
        directory.Delete(recursive: true);
    }

    [Theory, MemberData(nameof(Units))]
    public async Task Systemd_accepts_a_unit(string unit)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf($"systemd/{unit}"), TestContext.Current.CancellationToken);
        // The program must be there.
        await File.WriteAllTextAsync(PathOf(unit), text.Replace("/opt/sweeps/", Repository.Root + "/", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (exitCode, output, error) = await Repository.ShellAsync($"command -v systemd-analyze > /dev/null || exit 42; systemd-analyze verify --man=no ./{unit}", directory.FullName);
        Assert.SkipWhen(exitCode == 42, "systemd-analyze is not installed.");
        Assert.SkipWhen(error.Contains("Failed to initialize manager", StringComparison.Ordinal), "systemd-analyze does not work here: " + error);
        // Of other units of the machine it may say something, too.
        Assert.True(exitCode == 0 && !(output + error).Contains("sweeps", StringComparison.Ordinal), output + error);
    }

    [Fact]
    public async Task What_units_and_containers_start_the_command_understands()
    {
        var commands = Units.Select(unit => ExecStart().Match(File.ReadAllText(Repository.PathOf($"systemd/{unit.Data}"))).Groups["arguments"].Value.Split(' '))
            .Concat(Services().Select(service => service.Value).Where(service => service.ContainsKey("command")).Select(service => Words(service["command"])))
            .Concat(Shown().Select(line => SweepsCommand().Match(line)).Where(match => match.Success).Select(match => match.Groups["arguments"].Value.Split(' ')))
            .ToArray();
        Assert.True(commands.Length >= 6);
        foreach (var command in commands)
        {
            var name = string.Join(' ', command.TakeWhile(word => char.IsLetter(word[0])).Take(command[0] == "token" ? 2 : 1));
            var (exitCode, help, error) = await Repository.ShellAsync($"dotnet '{Programs.Sweeps}' {name} --help", directory.FullName);
            Assert.True(exitCode == 0, error);
            Assert.All(command.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Matches($@"\s{Regex.Escape(option)}\b", help));
        }
    }

    [Fact]
    public void The_compose_file_declares_what_its_services_use_and_gives_them_no_secret_but_as_a_file()
    {
        var secrets = Names(Compose["secrets"]);
        var volumes = Names(Compose["volumes"]);
        Assert.Equal(["database", "gpu", "head"], Services().Keys.Order(StringComparer.Ordinal));
        foreach (var (name, service) in Services())
        {
            Assert.Subset(secrets, Words(service["secrets"]).ToHashSet());
            Assert.Subset(volumes, Words(service["volumes"]).Select(volume => volume.Split(':')[0]).Where(source => !source.StartsWith('.')).ToHashSet());
            if (service.TryGetValue("environment", out var environment))
                foreach (var (variable, value) in (Dictionary<object, object>)environment)
                    if (SecretWord().IsMatch($"{variable}")) Assert.True($"{variable}".EndsWith("_FILE", StringComparison.Ordinal) && $"{value}".StartsWith("/run/secrets/", StringComparison.Ordinal), $"{name}: {variable}");
            var common = service.TryGetValue("<<", out var merged) ? (Dictionary<object, object>)merged : service;
            Assert.Equal("true", common["read_only"]);
            Assert.Equal("unless-stopped", common["restart"]);
            if (name != "database") Assert.Equal("1654:1654", common["user"]);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Every_command_that_the_page_shows_works()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var name in new[] { "sweeps", "experiments" }) File.CreateSymbolicLink(PathOf(name), Repository.PathOf(name));
        MakeCertificate();
        var port = TcpProxy.FixedPort();
        var commands = Markdown.Commands(Page);
        Assert.Contains("./sweeps submit experiments/quickstart.yaml", commands);
        foreach (var shown in commands)
        {
            var command = shown.Replace("head.example.org:7071", $"localhost:{port}", StringComparison.Ordinal);
            if (command.Split(' ') is [_, "serve" or "agent", ..])
            {
                await StartAsync(command.Contains(" serve ", StringComparison.Ordinal) ? $"{command} --port {port}" : $"SWEEPS_HOME='{PathOf("agent")}' {command} --slots 1");
                continue;
            }
            var (exitCode, output, error) = await Repository.ShellAsync(command, directory.FullName, ("SWEEPS_HOME", PathOf("home")));
            Assert.True(exitCode == 0, $"{command} ended with exit code {exitCode}:\n{error}\n{output}");
        }
        var (_, counted, _) = await Repository.ShellAsync("sqlite3 sweeps-backup.db 'SELECT name FROM sweeps'", directory.FullName);
        Assert.Equal("quickstart\n", counted);
        await ContainersFindTheHeadWellAsync(port);
        while (staying.TryPop(out var process))
        {
            using (process)
            {
                Assert.Equal(0, SendSignal(process.Id, 15));
                var error = await process.StandardError.ReadToEndAsync(token);
                await process.WaitForExitAsync(token);
                Assert.True(process.ExitCode == 0, error);
            }
        }
    }

    /// <summary>The health check of the compose file's head, at the port at which a head without a certificate listens on this machine.</summary>
    private async Task ContainersFindTheHeadWellAsync(int publicPort)
    {
        var check = Words(((Dictionary<object, object>)Services()["head"]["healthcheck"])["test"]);
        Assert.Equal(["CMD", "bash", "-c"], check[..3]);
        var address = await File.ReadAllTextAsync(Path.Combine(PathOf("home"), "head.json"), TestContext.Current.CancellationToken);
        var port = LoopbackPort().Match(address).Groups["port"].Value;
        Assert.NotEqual($"{publicPort}", port);
        foreach (var (at, exit) in new[] { (port, 0), ("1", 1) })
        {
            using var process = Process.Start(new ProcessStartInfo("bash", ["-c", check[3].Replace("7071", at, StringComparison.Ordinal)]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(exit, process.ExitCode);
        }
    }

    private void MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(PathOf("head.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("head.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task StartAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command.StartsWith("SWEEPS_HOME", StringComparison.Ordinal) ? $"export {command.Replace("' ./", "'; exec ./", StringComparison.Ordinal)}" : $"exec {command}"])
        {
            WorkingDirectory = directory.FullName, RedirectStandardError = true,
        };
        start.Environment["SWEEPS_HOME"] = PathOf("home");
        var process = Process.Start(start)!;
        staying.Push(process);
        var said = "";
        while (!said.Contains("Head of ", StringComparison.Ordinal) && !said.Contains("Agent ", StringComparison.Ordinal))
            said += (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"{command}: {said}")) + "\n";
    }

    private static Dictionary<string, Dictionary<object, object>> Services() =>
        ((Dictionary<object, object>)Compose["services"]).ToDictionary(service => (string)service.Key, service => (Dictionary<object, object>)service.Value);

    private static string[] Words(object list) => [.. ((IEnumerable<object>)list).Cast<string>()];

    private static HashSet<string> Names(object map) => [.. ((Dictionary<object, object>)map).Keys.Cast<string>()];

    /// <summary>Lines of the page that no test can run: those for systemd and containers.</summary>
    private static IEnumerable<string> Shown() => new[] { "systemd", "docker" }.SelectMany(language => Markdown.Blocks(Page, language)).SelectMany(block => block.Split('\n'));

    private string PathOf(string name) => Path.Combine(directory.FullName, name);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);

    [GeneratedRegex(@"^ExecStart=/opt/sweeps/sweeps (?<arguments>.+)$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex(@"(/opt/sweeps/sweeps|sweeps\.dll|-T head) (?<arguments>(token|submit)[^>]*)")]
    private static partial Regex SweepsCommand();

    [GeneratedRegex("(?i)password|token|secret|key")]
    private static partial Regex SecretWord();

    [GeneratedRegex(@"127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex LoopbackPort();
}
