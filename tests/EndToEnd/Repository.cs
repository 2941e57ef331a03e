using System.Diagnostics;

namespace Sweeps.EndToEnd;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static readonly Lazy<Task> SetUp = new(() => StartAsync("eng/setup sweeps", Root));

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Runs a shell command line in a directory, with nothing left to build for ./sweeps.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> ShellAsync(string command, string directory, params (string Name, string Value)[] environment)
    {
        await SetUp.Value;
        return await StartAsync(command, directory, environment);
    }

    private static async Task<(int ExitCode, string Output, string Error)> StartAsync(string command, string directory, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static string Find(string directory) => File.Exists(Path.Combine(directory, "Sweeps.sln"))
        ? directory : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests do not lie in a checkout."));
}
