using System.Diagnostics;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.EndToEnd;

/// <summary>A run that shares its beginning with others is, to the last bit, the run that is trained alone.</summary>
public sealed class SharingTests : IDisposable
{
    // Seconds, speed and memory are those of the machine.
    private static readonly string[] Exact = ["train_loss", "objective", "gradient_norm", "learning_rate", "val_loss"];

    private const string Model =
        """
        name: shared
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          heads: {value: 2}
          eval_batches: {value: 2}
          eval_every: {value: 25}
          log_every: {value: 5}
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps share ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact, Trait("Speed", "Slow")]
    public async Task Runs_that_untie_or_change_their_loss_weights_at_different_steps_are_those_trained_alone()
    {
        const string Sweep = Model + """

              steps: {value: 120}
              batch_size: {value: 8}
              checkpoint_every: {value: 20}
              loss_weights: {values: ["[1, 0.5]", "[1, 0.5] @ 1/2 -> [1, 0.5->0]"]}
              untie_at: {values: [never, 0.75]}
            seeds: 2
            """;
        await Equal(Sweep, stages: 14, steps: 2 * (60 + 2 * 30 + 4 * 30), without: 8 * 120);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Runs_of_different_lengths_and_batch_sizes_are_those_trained_alone()
    {
        // 80 steps end between two validations: the last of them has one that the longer run has not.
        const string Sweep = Model + """

              steps: {values: [80, 120]}
              decay_steps: {value: 200}
              warmup_steps: {value: 10}
              optimizer: {value: muon}
              adam_every: {value: 2}
              checkpoint_every: {value: 0}
              batch_size: {values: ["4 -> 8", "4 @ 0.25 -> 8", 8]}
            """;
        await Equal(Sweep, stages: 10, steps: 310 + 79 + 1 + 41, without: 600);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Runs_that_go_on_from_an_earlier_sweep_are_those_trained_alone()
    {
        // The first 60 steps of all are those of the earlier sweep, which ends there.
        File.WriteAllText(Path.Combine(directory.FullName, "text.txt"), string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i * i % 97} is {i % 89}. ")));
        var model = Model.Replace("grammar", "\"file:text.txt\"").Replace("eval_every: {value: 25}", "eval_every: {value: 20}") + """

              warmup_steps: {value: 10}
              decay_steps: {value: 200}
              adam_every: {value: 2}
              batch_size: {value: 4}
            seeds: 2
            """;
        var earlier = With("steps: {value: 60}", "loss_weights: {value: \"[1, 0.5]\"}");
        var later = With("steps: {value: 120}", "loss_weights: {values: [\"[1, 0.5]\", \"[1, 0.5] -> [1]\"]}", "untie_at: {values: [never, 90]}");
        var alone = await TrainAsync(later, "alone", sweepId: 1, "--no-share");
        await TrainAsync(earlier, "reused");
        var reused = await TrainAsync(later, "reused", sweepId: 2);
        Assert.Equal((2 * 60L, 2 * 2 * 90L, 8 * 120L), (reused.Overview.Sweep.ReusedSteps, reused.Overview.StepsDone, reused.Overview.StepsWithoutSharing));
        Assert.Equal(alone.Points, reused.Points);

        // Another text, of the same name.
        File.AppendAllText(Path.Combine(directory.FullName, "text.txt"), "The end.");
        var other = await TrainAsync(later + "\n# on another text", "reused", sweepId: 3);
        Assert.Equal(0, other.Overview.Sweep.ReusedSteps);
        Assert.NotEqual(alone.Points, other.Points);

        string With(params string[] parameters) => model.Replace("parameters:", "parameters:" + string.Concat(parameters.Select(parameter => $"\n  {parameter}")));
    }

    private async Task Equal(string sweep, int stages, long steps, long without)
    {
        var (alone, together) = (await TrainAsync(sweep, "alone", sweepId: 1, "--no-share"), await TrainAsync(sweep, "together"));
        Assert.Equal((without, without), (alone.Overview.StepsDone, alone.Overview.StepsWithoutSharing));
        Assert.Equal((steps, steps, without), (together.Overview.StepsDone, together.Overview.StepsPlanned, together.Overview.StepsWithoutSharing));
        Assert.Equal(stages, together.Stages);
        Assert.Equal(alone.Points, together.Points);
    }

    private async Task<(SweepOverview Overview, int Stages, IReadOnlyList<string> Points)> TrainAsync(string sweep, string home, long sweepId = 1, params string[] options)
    {
        File.WriteAllText(Path.Combine(directory.FullName, "sweep.yaml"), sweep);
        var command = Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll");
        using (var process = Process.Start(new ProcessStartInfo("dotnet", [command, "run", "sweep.yaml", "--home", home, "-o", home + "-results", .. options])
        {
            WorkingDirectory = directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
        })!)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await output;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, error);
        }
        var queries = await ResultsQueries.OpenAsync(Path.Combine(directory.FullName, home, "sweeps.db"));
        var stages = await queries.StagesAsync(sweepId);
        foreach (var stage in stages)
        {
            var attempt = Assert.Single(await queries.AttemptsAsync(stage.Id));
            Assert.Equal((StageState.Completed, AttemptOutcome.Completed, stage.FromStep), (stage.State, attempt.Outcome!.Value, attempt.ResumedFrom));
        }
        var points = new List<string>();
        var labels = (await queries.RunsAsync(sweepId)).ToDictionary(run => run.Id, run => run.Label);
        foreach (var metric in Exact)
            foreach (var run in await queries.CurvesAsync(sweepId, metric))
                points.AddRange(run.Points.Select(p => FormattableString.Invariant($"{metric} of {labels[run.RunId]} seed {run.Seed} step {p.Step}: {p.Value:R} at {p.Tokens} tokens")));
        Assert.Equal(Exact, points.Select(point => point[..point.IndexOf(' ')]).Distinct());
        return ((await queries.SweepAsync(sweepId))!, stages.Count, points);
    }
}
