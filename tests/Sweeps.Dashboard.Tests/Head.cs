using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sweeps.EndToEnd;
using Sweeps.Orchestration.Attempts;
using Sweeps.Results;

namespace Sweeps.Dashboard.Tests;

/// <summary>A home and its head, the real <c>sweeps serve</c> as a process, which can be killed and started again on the same port.</summary>
internal sealed class Head : IAsyncDisposable
{
    private static readonly string Command = Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll");

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("sweeps-dashboard-");
    private readonly int port = TcpProxy.FixedPort();
    private readonly HttpClient http;
    private Process? process;

    public Head()
    {
        http = new HttpClient { BaseAddress = new Uri(Url) };
        Directory.CreateDirectory(Home);
    }

    public string Url => $"http://127.0.0.1:{port}";

    public string Home => PathOf("home");

    /// <summary>A file beside the home, where sweep files lie.</summary>
    public string PathOf(string name) => Path.Combine(root.FullName, name);

    /// <summary>The home's database, while no head has it.</summary>
    public Task<ResultsStore> OpenStoreAsync() => ResultsStore.OpenAsync(Path.Combine(Home, "sweeps.db"));

    /// <summary>Starts the head and waits until it answers.</summary>
    /// <param name="slots">Slots of its own machine.</param>
    /// <param name="options">Further options of the command.</param>
    public Task StartAsync(int slots, params string[] options) => StartAsync(slots, lease: null, options);

    /// <inheritdoc cref="StartAsync(int, string[])"/>
    /// <param name="slots">Slots of its own machine.</param>
    /// <param name="lease">Seconds that a silent machine keeps its attempts; null for the usual ones.</param>
    /// <param name="options">Further options of the command.</param>
    public async Task StartAsync(int slots, int? lease, params string[] options)
    {
        string[] agent = slots == 0 ? ["--no-agent"] : ["--slots", $"{slots}"];
        // The output goes to a file: workers outlive a head that is killed, and a pipe would not.
        process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", PathOf("head.log"), "dotnet", Command, "serve", "--port", $"{port}", "--home", Home, .. agent, .. options])
        {
            WorkingDirectory = root.FullName, Environment = { [LeaseOptions.DurationVariable] = lease?.ToString(CultureInfo.InvariantCulture) },
        })!;
        while (true)
        {
            if (process.HasExited) Assert.Fail($"The head ended:\n{File.ReadAllText(PathOf("head.log"))}");
            try
            {
                using var answer = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGKILL to the head alone.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        process = null;
    }

    /// <summary>Submits a sweep file with the real command.</summary>
    /// <returns>The sweep's id.</returns>
    public async Task<long> SubmitAsync(string yaml)
    {
        var file = PathOf("sweep.yaml");
        await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
        using var submit = Process.Start(new ProcessStartInfo("dotnet", [Command, "submit", file, "--home", Home]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = root.FullName })!;
        var error = submit.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await submit.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await submit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(submit.ExitCode == 0, await error);
        return long.Parse(output.Split(' ')[1]);
    }

    /// <summary>Runs a command on the home to its end.</summary>
    public async Task RunAsync(params string[] arguments)
    {
        using var command = Process.Start(new ProcessStartInfo("dotnet", [Command, .. arguments, "--home", Home]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = command.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await command.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await command.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(command.ExitCode == 0, error);
    }

    /// <summary>What the API says.</summary>
    public async Task<JsonNode> ReadAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;

    /// <summary>Waits until a sweep has ended.</summary>
    public async Task UntilEndedAsync(long sweep)
    {
        while ((string)(await ReadAsync($"/api/sweeps/{sweep}"))["state"]! is "running" or "paused") await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process?.Dispose();
        // Workers that outlived a head that was killed end when nobody answers them; they are not waited for.
        foreach (var file in Directory.EnumerateFiles(Home, "*.pid", SearchOption.AllDirectories)) Kill(file);
        root.Delete(recursive: true);
    }

    // A process id is used again: only one that was given this attempt's file is its worker.
    private static void Kill(string file)
    {
        try
        {
            var id = int.Parse(File.ReadAllText(file));
            if (!File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(Path.ChangeExtension(file, ".json"))) return;
            using var worker = Process.GetProcessById(id);
            worker.Kill(entireProcessTree: true);
            worker.WaitForExit();
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or InvalidOperationException or FormatException)
        {
            // It has ended.
        }
    }
}
