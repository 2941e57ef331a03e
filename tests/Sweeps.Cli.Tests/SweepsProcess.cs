using System.Diagnostics;

namespace Sweeps.Cli.Tests;

/// <summary>The real <c>sweeps</c> command as a process, in a directory and with a home of its own.</summary>
public sealed class SweepsProcess : IDisposable
{
    private static readonly string Command = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sweeps.Cli", "release", "sweeps.dll"));

    private readonly DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("sweeps cli ");

    public string Directory => root.FullName;

    public string Home => Path.Combine(Directory, "home");

    public string Database => Path.Combine(Home, "sweeps.db");

    /// <summary>Extra variables of the environment.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Memory that the command and each process that it starts may have, in MiB (RLIMIT_DATA); null for no limit.</summary>
    public int? MemoryLimit { get; set; }

    /// <summary>Writes a file and returns its name.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Directory, name), text);
        return name;
    }

    /// <summary>Starts the command without waiting for its end.</summary>
    public Process Start(params string[] arguments)
    {
        string[] command = [Dotnet, Command, .. arguments];
        if (MemoryLimit is { } limit) command = ["sh", "-c", $"ulimit -d {limit * 1024} && exec \"$@\"", "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["SWEEPS_HOME"] = Home;
        start.Environment.Remove("SWEEPS_DATA");
        start.Environment.Remove("SWEEPS_DATABASE");
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs the command to its end.</summary>
    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    public void Dispose() => root.Delete(recursive: true);

    /// <summary>The host of the runtime that this test runs on, which need not be on the PATH.</summary>
    private static string Dotnet => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet"));
}

/// <summary>What a command printed and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts that the command was refused with this exit code and exactly one line on standard error.</summary>
    public string Refusal(int exitCode)
    {
        Assert.Equal((exitCode, ""), (ExitCode, Output));
        return Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
