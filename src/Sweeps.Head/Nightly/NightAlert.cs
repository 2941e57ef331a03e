using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Nightly;
using Sweeps.Core.Protocol;
using Sweeps.Results.Nightly;

namespace Sweeps.Head.Nightly;

/// <summary>Starts an alert's command: the program itself, without a shell, in the directory of the sweep file.</summary>
internal static class NightAlert
{
    private const int MostWords = 300;

    /// <summary>Runs it to its end.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="job">The job.</param>
    /// <param name="night">The night, which has ended.</param>
    /// <param name="limit">The command is killed, with all that it has started, when it takes longer.</param>
    /// <returns>What became of it, one sentence, and whether that is a failure.</returns>
    public static async Task<(string Outcome, bool HasFailed)> RunAsync(AlertSpec alert, NightlyJobRecord job, NightRecord night, TimeSpan limit)
    {
        var command = AlertMacros.Expand(alert.Command, Values(night));
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(HeadHttp.TokenVariable);
        if (Directory.Exists(Path.GetDirectoryName(job.FilePath))) start.WorkingDirectory = Path.GetDirectoryName(job.FilePath)!;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            // Read as it comes, so that a command with much to say does not wait for a reader; only its beginning is kept.
            var (_, said) = (BeginningAsync(process.StandardOutput), BeginningAsync(process.StandardError));
            using var time = new CancellationTokenSource(limit);
            try
            {
                await process.WaitForExitAsync(time.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return ($"The alert {command[0]} took longer than {limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s and was ended.", true);
            }
            if (process.ExitCode == 0) return ($"The alert {command[0]} was sent.", false);
            // What it has left running may hold its output open for long.
            await Task.WhenAny(said, Task.Delay(TimeSpan.FromSeconds(1)));
            var words = said.IsCompletedSuccessfully ? said.Result.ReplaceLineEndings(" ").Trim() : "";
            return ($"The alert {command[0]} failed with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}{(words.Length > 0 ? $": {words}" : ".")}", true);
        }
        catch (Win32Exception exception)
        {
            return ($"The alert {command[0]} cannot be started: {exception.Message}", true);
        }
    }

    /// <summary>One sentence that says it all.</summary>
    public static string Message(NightRecord night)
    {
        var events = string.Join(", ", night.EventList().Where(one => one != NightEvent.Completed).Select(one => one.ToString().ToLowerInvariant()));
        return $"{night.Job} {night.Night}: {(events.Length > 0 ? events : "nothing new")}. {night.Verdict?.Split('\n')[0]}";
    }

    private static Dictionary<string, string> Values(NightRecord night) => new()
    {
        ["message"] = Message(night), ["verdict"] = night.Verdict ?? "", ["job"] = night.Job, ["night"] = night.Night, ["events"] = night.Events,
        ["sweep"] = night.SweepId?.ToString(CultureInfo.InvariantCulture) ?? "", ["report"] = night.Report ?? "",
    };

    private static async Task<string> BeginningAsync(StreamReader reader)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[1024];
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var count)
                if (kept.Length < MostWords) kept.Append(buffer, 0, Math.Min(count, MostWords - kept.Length));
        }
        catch (ObjectDisposedException)
        {
            // It was given up.
        }
        return kept.ToString();
    }
}
