using System.Text.Json;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Tests;

/// <summary>A run that needs more memory than its worker may have.</summary>
public sealed class MemoryTests : IDisposable
{
    // The scores of attention, 32 x 8 x 512 x 512 numbers of 4 bytes, are what takes the memory: 256 MiB each.
    private const string Large =
        """
        name: large
        method: grid
        metric: {name: val_loss, goal: minimize}
        parameters:
          data: {value: grammar}
          device: {value: cpu}
          layers: {value: 2}
          attention_heads: {value: 8}
          width: {value: 32}
          context: {value: 512}
          batch_size: {value: 32}
          steps: {value: 1}
          eval_every: {value: 1}
          eval_batches: {value: 1}
        retries: {oom: 4}
        """;

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact, Trait("Speed", "Slow")]
    public async Task A_run_that_runs_out_of_memory_is_trained_in_smaller_parts_with_the_numbers_of_its_plan()
    {
        var file = sweeps.Write("large.yaml", Large);
        var whole = await LossAsync("run", file, "--json", "--home", "whole");
        sweeps.MemoryLimit = 1000;
        var divided = await LossAsync("run", file, "--json");
        Assert.Equal(whole, divided, 1e-4);

        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        var attempts = await queries.AttemptsAsync(1);
        Assert.True(attempts.Count > 1, "the limit leaves room for the whole batch");
        Assert.All(attempts.SkipLast(1), attempt => Assert.Equal(AttemptOutcome.OutOfMemory, attempt.Outcome));
        var events = await queries.EventsAsync();
        Assert.Contains(events, one => one.Kind == "stage.smaller"
            && one.Text == "Stage 1 is tried again with accumulation 2, batches in parts of 16 sequences instead of 32: the same steps in less memory.");

        // Bit for bit it is not what a run with the whole batch would be.
        Assert.Contains("come from sweep large (1); 0 steps are left to train.", (await sweeps.RunAsync("plan", file, "--home", "whole")).Output);
        Assert.DoesNotContain("come from sweep", (await sweeps.RunAsync("plan", file)).Output);
    }

    private async Task<double> LossAsync(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement.GetProperty("configurations")[0].GetProperty("mean").GetDouble();
    }
}
