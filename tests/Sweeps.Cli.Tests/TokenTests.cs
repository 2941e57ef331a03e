using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sweeps.Cli.Tests;

/// <summary>Tokens, and a head that is used with them from another home, as from another machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class TokenTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task A_head_beyond_the_loopback_interface_is_used_with_tokens_which_are_left_nowhere()
    {
        Assert.Contains("`sweeps token create --role submitter` makes one", (await sweeps.RunAsync("serve", "--port", "0", "--no-agent", "--listen", "0.0.0.0")).Refusal(ExitCode.BadInput));
        var submitter = await sweeps.RunAsync("token", "create", "--role", "submitter", "--expires", "1d");
        Assert.Equal(0, submitter.ExitCode);
        Assert.Matches(@"^sweeps_[A-Za-z0-9_-]{43}\n$", submitter.Output);
        Assert.Matches(@"^Token submitter has the role submitter until .+\. It is stored nowhere: keep it now\. `sweeps token revoke submitter` makes it void\.\n$", submitter.Error);

        using var head = sweeps.Start("serve", "--port", "0", "--no-agent", "--listen", "0.0.0.0");
        var url = Served().Match((await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken))!).Groups[1].Value;
        Assert.Matches(@"^Others reach it at http://0\.0\.0\.0:\d+, with a token\.$", await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("not encrypted", await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        // Commands on the head's own home need no token, and work while it runs.
        var file = Path.Combine(sweeps.Directory, "agent.token");
        var agentToken = await sweeps.RunAsync("token", "create", "--role", "agent", "--name", "far", "--output", file);
        Assert.Equal((0, ""), (agentToken.ExitCode, agentToken.Output));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains("exists", (await sweeps.RunAsync("token", "create", "--role", "agent", "--output", file)).Refusal(ExitCode.BadInput));

        using var elsewhere = new SweepsProcess();
        var sweep = elsewhere.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Contains("wants a token", (await elsewhere.RunAsync("submit", sweep, "--head", url)).Refusal(ExitCode.BadInput));
        elsewhere.Environment["SWEEPS_TOKEN"] = submitter.Output.Trim();
        var submitted = await elsewhere.RunAsync("submit", sweep, "--head", url);
        Assert.Equal("Sweep 1 (tiny): 4 runs, 80 steps. See it with: sweeps watch 1\n", submitted.Output);
        using var agent = elsewhere.Start("agent", "--name", "far", "--slots", "2", "--head", url, "--token-file", file, "--home", sweeps.Home);
        Assert.Matches("^Agent far of ", await agent.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        using (var watch = sweeps.Start("watch", "tiny"))
        {
            // While workers are at work, too.
            string[] secrets = [submitter.Output.Trim()["sweeps_".Length..], File.ReadAllText(file).Trim()["sweeps_".Length..], Key(sweeps.Home)];
            do AssertNoSecret(secrets, CommandLines());
            while (!watch.WaitForExit(50));
            Assert.Contains("4 of 4 runs completed; 80 steps trained.", await watch.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            AssertNoSecret(secrets, Files(sweeps.Home));
        }
        var list = JsonNode.Parse((await sweeps.RunAsync("token", "list", "--json")).Output)!.AsArray();
        Assert.Equal(["submitter", "far"], list.Select(token => (string)token!["name"]!));
        Assert.All(list, token => Assert.NotNull(token!["last_used_at"]));

        Assert.Equal("Token submitter is void.\n", (await sweeps.RunAsync("token", "revoke", "submitter")).Output);
        Assert.Contains("The token is wrong, revoked or expired.", (await elsewhere.RunAsync("submit", sweep, "--head", url)).Refusal(ExitCode.BadInput));
        foreach (var process in new[] { agent, head })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        // And without a head.
        Assert.Contains("revoked", (await sweeps.RunAsync("token", "list")).Output);
        Assert.Equal("Token far is void.\n", (await sweeps.RunAsync("token", "revoke", "2")).Output);
        Assert.Equal("sweeps: there is no token nobody: `sweeps token list` shows those there are.", (await sweeps.RunAsync("token", "revoke", "nobody")).Refusal(ExitCode.BadInput));
    }

    [Theory]
    [InlineData("--role is viewer, submitter, agent or admin, not root.", "token", "create", "--role", "root")]
    [InlineData("--expires is a number of days from 1d to 3650d, not tomorrow.", "token", "create", "--role", "viewer", "--expires", "tomorrow")]
    [InlineData("--listen is an address of this machine, such as 127.0.0.1, 0.0.0.0 or ::, not everywhere.", "serve", "--listen", "everywhere")]
    [InlineData("--tls-key is the key of a certificate: give that with --tls-certificate.", "serve", "--tls-key", "key.pem")]
    public async Task Wrong_options_are_told(string sentence, params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains($"sweeps: {sentence}\n", result.Error);
    }

    private static string Key(string home) => ((string)JsonNode.Parse(File.ReadAllText(Path.Combine(home, "head.json")))!["key"]!)["sweeps_".Length..];

    private static void AssertNoSecret(string[] secrets, IEnumerable<(string Place, string Text)> texts)
    {
        foreach (var (place, text) in texts)
            foreach (var secret in secrets)
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{place} holds a secret");
    }

    private static IEnumerable<(string, string)> CommandLines() =>
        Read(Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])).Select(directory => Path.Combine(directory, "cmdline")));

    private static IEnumerable<(string, string)> Files(string home) =>
        Read(Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "head.json"));

    private static IEnumerable<(string, string)> Read(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            string text;
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                text = reader.ReadToEnd();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue; // The process has ended, or the file was of one that has.
            }
            yield return (file, text);
        }
    }

    [GeneratedRegex(@"^Head of .+ at (http://127\.0\.0\.1:\d+), without an agent\.$")]
    private static partial Regex Served();
}
