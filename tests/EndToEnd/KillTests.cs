using System.Diagnostics;
using System.Text.RegularExpressions;
using Sweeps.Results.Queries;

namespace Sweeps.EndToEnd;

/// <summary>Nothing is lost and nothing is doubled, whichever process is killed.</summary>
public sealed partial class KillTests : IDisposable
{
    // Losses, tokens and learning rates must be the same to the last bit; seconds, speed and memory are those of the machine.
    private static readonly string[] Exact = ["train_loss", "objective", "gradient_norm", "learning_rate", "val_loss"];

    private const string Sweep =
        """
        name: killed
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {value: 2}
          untie_at: {values: [never, 0.5]}
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          batch_size: {value: 8}
          steps: {value: 800}
          eval_every: {value: 50}
          eval_batches: {value: 2}
          log_every: {value: 10}
          checkpoint_every: {value: 40}
        seeds: 2
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps kill ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Killed_workers_leave_the_numbers_of_an_undisturbed_sweep()
    {
        var undisturbed = await PointsAsync("undisturbed", _ => { });
        var killed = 0;
        var disturbed = await PointsAsync("disturbed", line =>
        {
            // Two at different places of the sweep, each while at least one checkpoint is there.
            if (killed < 2 && StepsDone(line) > 300 * (killed + 1) && Kill(Worker("disturbed"))) killed++;
        });
        Assert.Equal(2, killed);
        Assert.Equal(undisturbed, disturbed);
    }

    [Fact]
    public async Task A_killed_head_leaves_the_numbers_of_an_undisturbed_sweep_when_its_command_is_given_again()
    {
        var undisturbed = await PointsAsync("undisturbed", _ => { });
        using (var head = Start("disturbed"))
        {
            while (await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (StepsDone(line) > 500) break;
            head.Kill();
            await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(undisturbed, await PointsAsync("disturbed", _ => { }));
        Assert.Null(Worker("disturbed"));
    }

    // Runs the sweep to its end in a home of its own; returns every point that must be exact, in order.
    private async Task<IReadOnlyList<string>> PointsAsync(string home, Action<string> onLine)
    {
        using (var process = Start(home))
        {
            var error = new List<string>();
            while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                error.Add(line);
                onLine(line);
            }
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, string.Join('\n', error));
        }
        var queries = await ResultsQueries.OpenAsync(Path.Combine(directory.FullName, home, "sweeps.db"));
        var points = new List<string>();
        foreach (var metric in Exact)
            foreach (var run in await queries.CurvesAsync(1, metric))
                points.AddRange(run.Points.Select(p => FormattableString.Invariant($"{metric} run {run.RunId} seed {run.Seed} step {p.Step}: {p.Value:R} at {p.Tokens} tokens")));
        // 4 runs, each with 80 train losses, objectives, gradient norms and rates, and 17 validations; their first halves are trained once a seed.
        Assert.Equal(4 * (4 * 80 + 17), points.Count);
        return points;
    }

    private Process Start(string home)
    {
        File.WriteAllText(Path.Combine(directory.FullName, "sweep.yaml"), Sweep);
        var command = Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [command, "run", "sweep.yaml", "--home", home, "-o", home + "-results"])
        {
            WorkingDirectory = directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    // A worker of that home: its only argument is its assignment there.
    private Process? Worker(string home)
    {
        var assignments = Path.Combine(directory.FullName, home, "agents") + "/";
        foreach (var process in Process.GetProcessesByName("dotnet"))
        {
            try
            {
                var arguments = File.ReadAllText($"/proc/{process.Id}/cmdline").Split('\0');
                if (arguments.Any(a => a.StartsWith(assignments, StringComparison.Ordinal) && a.EndsWith(".json", StringComparison.Ordinal))) return process;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
            process.Dispose();
        }
        return null;
    }

    private static bool Kill(Process? worker)
    {
        if (worker is null) return false;
        using (worker)
        {
            worker.Kill();      // SIGKILL
            worker.WaitForExit();
        }
        return true;
    }

    private static int StepsDone(string line) =>
        Progress().Match(line) is { Success: true } match ? int.Parse(match.Groups["done"].Value.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(?<done>[\d,]+) of 2,400 steps")]
    private static partial Regex Progress();
}
