using System.Text.Json;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Tests;

/// <summary>Sweeps that add seeds until their comparisons are decided, by the real command with real workers.</summary>
public sealed class AddedSeedsTests : IDisposable
{
    // b is obviously better than a; c differs by noise alone.
    private const string Script =
        """
        case ${1#--kind=}-$SWEEPS_SEED in
            a-*) echo "{\"step\": 10, \"loss\": 300}" ;;
            b-1) echo "{\"step\": 10, \"loss\": 200}" ;;
            b-*) echo "{\"step\": 10, \"loss\": $((200 + SWEEPS_SEED % 2))}" ;;
            c-*) echo "{\"step\": 10, \"loss\": $((300 + 7 * SWEEPS_SEED * SWEEPS_SEED % 11 - 5))}" ;;
        esac
        """;

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task An_obvious_difference_is_decided_with_the_first_seeds_and_an_absent_one_takes_all()
    {
        sweeps.Write("noise.sh", Script);
        var file = sweeps.Write("sweep.yaml", """
            name: noise
            program: noise.sh
            command: ["sh", "${program}", "${args}"]
            method: grid
            metric: {name: loss, goal: minimize}
            parameters: {kind: {values: [a, b, c]}}
            seeds: {min: 3, max: 5, until: "p < 0.05"}
            """);
        var plan = await sweeps.RunAsync("plan", file);
        Assert.Contains("3 configurations x 3 to 5 seeds = 9 to 15 runs.\n", plan.Output);
        Assert.Contains("\nWhen 3 seeds have ended, each configuration that is not told from the baseline gets one more, and so does the baseline, up to 5; the error rate over all looks and comparisons (2) is 5%.\n", plan.Output);

        var run = await sweeps.RunAsync("run", file, "--slots", "2");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith("Sweep 1 (noise): 9 runs to begin with, on 2 cpu slots of 1 thread.\n", run.Error);
        Assert.EndsWith("  13 of 13 runs\n", run.Error);
        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        Assert.Equal([("kind=a", 5), ("kind=b", 3), ("kind=c", 5)], (await queries.RunsAsync(1)).GroupBy(one => one.Label).Select(runs => (runs.Key, runs.Count())));
        Assert.Contains("Better than the baseline: kind=b.", run.Output);
        Assert.Contains("looked at after each of 3 to 5 seeds; the error rate over all looks and all 2 comparisons is 5%.", run.Output);
        Assert.Contains("Not enough seeds to tell kind=c from the baseline", run.Output);
        Assert.Matches(@"kind=b +3 +200\.3 ", run.Output);
        Assert.Contains("(level", run.Output);

        var summary = JsonDocument.Parse((await sweeps.RunAsync("show", "1", "--json")).Output).RootElement;
        Assert.Equal((3, 5, 0.05), (summary.GetProperty("until").GetProperty("least").GetInt32(), summary.GetProperty("until").GetProperty("most").GetInt32(), summary.GetProperty("until").GetProperty("alpha").GetDouble()));
        var verdict = await sweeps.RunAsync("verdict", "noise");
        Assert.Equal(summary.GetProperty("verdict").GetString() + "\n", verdict.Output);
        Assert.Contains("seeds were added until loss was decided", (await sweeps.RunAsync("verdict", "noise", "--metric", "other")).Refusal(ExitCode.BadInput));
        Assert.Contains("the seeds of this sweep follow from its results", (await sweeps.RunAsync("extend", "1", "--seeds", "9")).Refusal(ExitCode.BadInput));
        Assert.Contains("holds for the looks that it was planned with, so it cannot be extended", (await sweeps.RunAsync("extend", "1", file)).Refusal(ExitCode.BadInput));
    }

    [Fact(Timeout = 300_000)]
    public async Task Seeds_that_an_earlier_sweep_added_are_not_trained_again()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace("seeds: 2", "seeds: {min: 2, max: 3, until: p < 1e-6}", StringComparison.Ordinal));
        var first = await AnswerOf("run", file, "--json");
        Assert.Equal((6, 120), (first.GetProperty("runs_completed").GetInt32(), first.GetProperty("steps_trained").GetInt32()));
        var second = await AnswerOf("run", file, "--json");
        Assert.Equal((2, 6, 0, 120), (second.GetProperty("id").GetInt32(), second.GetProperty("runs_completed").GetInt32(), second.GetProperty("steps_trained").GetInt32(), second.GetProperty("steps_reused").GetInt32()));
        Assert.Equal(first.GetProperty("configurations").GetRawText(), second.GetProperty("configurations").GetRawText());
        Assert.Equal(120, (await AnswerOf("run", file, "--json", "--no-share")).GetProperty("steps_trained").GetInt32());
        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        Assert.All(await queries.StagesAsync(3), stage => Assert.Null(stage.ParentId));
        Assert.Equal(SweepState.Completed, (await queries.FindSweepAsync(3))!.State);
    }

    private async Task<JsonElement> AnswerOf(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
