namespace Sweeps.Cli;

/// <summary>The parts of the program beside the command itself.</summary>
public static class Installation
{
    private const string WorkerName = "Sweeps.Worker";

    /// <summary>
    /// The worker's assembly: <c>SWEEPS_WORKER</c>, else the one in <c>worker/</c> beside the command, else the one that was built with
    /// it (<c>artifacts/bin/Sweeps.Worker/release</c> beside <c>artifacts/bin/Sweeps.Cli/release</c>); null when there is none.
    /// </summary>
    public static string? Worker
    {
        get
        {
            if (Environment.GetEnvironmentVariable("SWEEPS_WORKER") is { Length: > 0 } chosen) return File.Exists(chosen) ? Path.GetFullPath(chosen) : null;
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            string?[] places =
            [
                Path.Combine(here.FullName, "worker"),
                here.Parent?.Parent is { } bin ? Path.Combine(bin.FullName, WorkerName, here.Name) : null,
            ];
            return places.OfType<string>().Select(place => Path.Combine(place, WorkerName + ".dll")).FirstOrDefault(File.Exists);
        }
    }

    /// <summary>The worker's assembly.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static string RequireWorker() => Worker ?? throw new CommandFailure(ExitCode.Installation,
        $"the worker {WorkerName}.dll was not found beside this command: build it with ./sweeps, or name it in SWEEPS_WORKER.");

    /// <summary>The <c>dotnet</c> that runs this program, as another machine with the same files finds it.</summary>
    public static string Dotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>The command line of this process, ready to be pasted into a shell; ./sweeps says how it was called.</summary>
    public static string ThisCommand => string.Join(' ',
        Environment.GetCommandLineArgs().Skip(1).Prepend(Environment.GetEnvironmentVariable("SWEEPS_COMMAND") ?? "sweeps").Select(Quoted));

    /// <summary>An argument as a shell takes it.</summary>
    internal static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,+@%".Contains(letter))
            ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
