using System.Diagnostics;
using System.Text.RegularExpressions;
using Sweeps.Results.Queries;

namespace Sweeps.EndToEnd;

/// <summary>A search with the real trainer: its choices follow from its results, whatever is killed in between.</summary>
public sealed partial class SearchTests : IDisposable
{
    private const string Model = """
        parameters:
          learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-1}
          dropout: {min: 0.0, max: 0.5}
          data: {value: grammar}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 16}
          context: {value: 16}
          batch_size: {value: 4}
          steps: {value: 40}
          warmup_steps: {value: 2}
          eval_every: {value: 10}
          eval_batches: {value: 2}
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps search ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact, Trait("Speed", "Slow")]
    public async Task A_killed_head_goes_on_with_the_choices_of_an_undisturbed_search()
    {
        const string Sweep = $"name: search\nmethod: tpe\nrun_cap: 13\n{Model}";
        var undisturbed = await TrainAsync(Sweep, "undisturbed");
        // The eleventh is the first that is chosen by scores.
        using (var head = Start(Sweep, "disturbed"))
        {
            while (await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (TenRuns().IsMatch(line)) break;
            head.Kill();
            await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(undisturbed, await TrainAsync(Sweep, "disturbed"));
        Assert.Equal(13, undisturbed.Count);
    }

    private async Task<IReadOnlyList<string>> TrainAsync(string sweep, string home)
    {
        using (var process = Start(sweep, home))
        {
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, error);
        }
        var queries = await ResultsQueries.OpenAsync(Path.Combine(directory.FullName, home, "sweeps.db"));
        var curves = (await queries.CurvesAsync(1, "val_loss")).ToDictionary(curve => curve.RunId);
        return [.. (await queries.RunsAsync(1)).Select(run =>
            FormattableString.Invariant($"{run.Label} {run.State} {string.Join(' ', curves[run.Id].Points.Select(point => $"{point.Step}:{point.Value:R}"))}"))];
    }

    private Process Start(string sweep, string home)
    {
        File.WriteAllText(Path.Combine(directory.FullName, "sweep.yaml"), sweep);
        var command = Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [command, "run", "sweep.yaml", "--slots", "1", "--home", home, "-o", home + "-results"])
        {
            WorkingDirectory = directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    [GeneratedRegex(@", 10 of 1\d runs")]
    private static partial Regex TenRuns();
}
