using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sweeps.EndToEnd;

namespace Sweeps.Dashboard.Tests;

/// <summary>Scripts of <c>dashboards/tests</c>, which look at the dashboard with a real Chromium.</summary>
internal static class Browser
{
    private const string Question = "ask ";

    /// <summary>Longer than any script takes, however busy the machine is.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs a script to its end, which must be a good one; the test is skipped where there is no browser.</summary>
    /// <param name="script">Its name without <c>.mjs</c>.</param>
    /// <param name="url">Where the head listens.</param>
    /// <param name="facts">What the script has to know of the home, as JSON its second argument.</param>
    /// <param name="answer">Does what the script asks for with a line <c>ask WORDS</c>, and says how it went.</param>
    public static async Task RunAsync(string script, string url, object facts, Func<string, Task<string>>? answer = null)
    {
        Assert.SkipUnless(IsOnPath("node") && IsOnPath("chromium"), "node or chromium is not installed");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(new ProcessStartInfo("node", [Repository.PathOf($"dashboards/tests/{script}.mjs"), url, JsonSerializer.Serialize(facts)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = new StringBuilder();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(Question, StringComparison.Ordinal)) await process.StandardInput.WriteLineAsync(await answer!(line[Question.Length..]));
                else said.AppendLine(line);
            }
            said.Append(await errors);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{script}.mjs did not end within {Limit}:\n{said}");
        }
        Assert.True(process.ExitCode == 0, $"{script}.mjs ended with exit code {process.ExitCode}:\n{said}");
        TestContext.Current.TestOutputHelper?.WriteLine(said.ToString());
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}
