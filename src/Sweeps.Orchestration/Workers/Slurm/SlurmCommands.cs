using System.ComponentModel;
using System.Diagnostics;
using Sweeps.Core.Protocol;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>What one of Slurm's commands answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it complained about.</param>
public sealed record SlurmAnswer(int ExitCode, string Output, string Error)
{
    private const string NoConfiguration = "Could not establish a configuration source";

    // What passes by itself: the controller is away or busy, or the user has as many jobs as he may have at a time.
    private static readonly string[] Passing =
    [
        "Unable to contact slurm controller", "Socket timed out", "Connection refused", "Connection reset", "Zero Bytes were transmitted", "Transport endpoint",
        "temporarily unable", "temporarily unavailable", "Unexpected message received", "Communication connection failure", "Plugin initialization failed", "Address already in use",
        "MaxSubmitJob", "job submit limit", "Job violates accounting/QOS policy", "did not answer", NoConfiguration,
    ];

    /// <summary>Whether it did what it was asked to do.</summary>
    public bool IsGood => ExitCode == 0;

    /// <summary>Whether the same may go well later.</summary>
    public bool IsPassing => !IsGood && Array.Exists(Passing, words => Error.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether there is no <c>slurm.conf</c>; a controller that hands it out may be away, too.</summary>
    public bool HasNoConfiguration => !IsGood && Error.Contains(NoConfiguration, StringComparison.OrdinalIgnoreCase);

    /// <summary>The complaint as one line.</summary>
    public string Complaint => string.Join(' ', Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) is { Length: > 0 } text ? text : $"exit code {ExitCode}";
}

/// <summary>Slurm's commands: the only way by which this program talks to it, because they fit every version and every site's set-up.</summary>
public static class SlurmCommands
{
    // Commands wait for a controller that is away by themselves, by default about 10 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="name"><c>sbatch</c>, <c>squeue</c>, <c>sacct</c> or <c>scancel</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads, or null.</param>
    /// <exception cref="WorkerLaunchException">There is no such command.</exception>
    public static async Task<SlurmAnswer> RunAsync(string name, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // A job has its attempt's token; the agent's own must not lie in the controller's spool.
        start.Environment.Remove(HeadHttp.TokenVariable);
        using var process = Start(start);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading; it says why.
        }
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return new SlurmAnswer(-1, "", $"{name} did not answer within {Patience.TotalSeconds:0} s.");
        }
        return new SlurmAnswer(process.ExitCode, await output, await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new WorkerLaunchException($"{start.FileName} cannot be started ({exception.Message}): --launcher slurm needs Slurm's commands on this machine.", exception);
        }
    }
}
