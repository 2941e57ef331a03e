using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sweeps.Cli.Tests;

public sealed partial class MetricTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_sweep_for_accuracy_is_run_told_and_exported_by_its_largest_values()
    {
        var file = sweeps.Write("sweep.yaml",
            """
            name: sums
            method: grid
            metric: {name: val_accuracy, goal: maximize, target: 0.01}
            parameters:
              data: {value: addition}
              digits: {value: 1}
              learning_rate: {values: [1e-5, 1e-2]}
              layers: {value: 1}
              attention_heads: {value: 2}
              width: {value: 32}
              batch_size: {value: 32}
              steps: {value: 150}
              warmup_steps: {value: 5}
              eval_every: {value: 50}
              eval_batches: {value: 4}
            seeds: 1
            """);
        var result = await sweeps.RunAsync("run", file);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"configuration +seeds +val_accuracy +95% interval +tokens to 0.01 +sample efficiency +standing", result.Output);
        Assert.Contains("Evidence: the final validation accuracy of one seed of each of 2 configurations.", result.Output);
        var accuracies = Done().Matches(result.Error).ToDictionary(match => match.Groups["rate"].Value, match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
        Assert.True(accuracies["0.01"] > accuracies["1E-05"], result.Error);

        var results = Path.Combine(sweeps.Directory, "results", "sums-1");
        Assert.Contains("val_accuracy", XDocument.Load(Path.Combine(results, "loss.svg")).ToString());
        Assert.Contains("Sample efficiency at accuracy 0.01", XDocument.Load(Path.Combine(results, "efficiency.svg")).ToString());
        Assert.Contains("<h2>Accuracy</h2>", File.ReadAllText(Path.Combine(results, "report.html")));
        Assert.StartsWith("learning_rate=0.01 seed 1 of sums (1), step 150, val_accuracy ", (await sweeps.RunAsync("export", "sums", "--format", "gpt2")).Error);
    }

    [GeneratedRegex(@"learning_rate=(?<rate>\S+) seed 1 is done: val_accuracy (?<value>\d\.\d{4})")]
    private static partial Regex Done();
}
