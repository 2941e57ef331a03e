using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Attempts;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;

namespace Sweeps.Dashboard.Tests;

/// <summary>A page that stays open while a sweep is trained by a real worker, is paused, and its head is killed and started again.</summary>
public sealed class LiveTests
{
    // Prints a point for each file of its name that appears; so the test decides when a point is measured.
    private const string Script =
        """
        step=$(cat "$SWEEPS_RESUME_DIR/step" 2>/dev/null || echo 0)
        trap 'exit 1' TERM
        while [ "$step" -lt 40 ]; do
            next=$((step + 10))
            if [ -e "point-$next" ]; then
                step=$next
                echo "step $step: loss $((500 - step))e-2"
                echo "$step" > "$SWEEPS_RESUME_DIR/step"
            else
                sleep 0.02
            fi
        done
        """;

    private const string Yaml =
        """
        name: watched
        program: points.sh
        command: [sh, "${program}"]
        metric: {name: loss, goal: minimize, target: 4.7}
        metrics: ["step {step}: loss {loss}"]
        method: grid
        parameters: {width: {values: [64]}}
        seeds: 1
        """;

    private const string Reporting =
        """
        name: reporting
        program: gpt
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2}
        parameters: {data: {value: grammar}, width: {values: [16, 32, 48, 64, 80, 96, 112, 128, 144, 160]}, steps: {value: 100000}}
        seeds: 5
        """;

    /// <summary>What the attempts write with; nobody else knows this head.</summary>
    private const string Token = "reporting";

    [Fact]
    public async Task Points_of_one_run_and_of_fifty_at_once_are_drawn_as_they_come_and_end_as_the_numbers_of_the_API()
    {
        await using var head = new Head();
        long sweep;
        var runs = new List<object>();
        await using (var store = await head.OpenStoreAsync())
        {
            var spec = SweepFile.Parse(Reporting, "reporting.yaml");
            sweep = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
            foreach (var path in await store.Queries.PathsAsync(sweep))
            {
                var stage = path.Stages.Single().Id;
                var attempt = (await store.BeginAttemptAsync(new AttemptClaim(stage, "elsewhere", runs.Count, AttemptToken.Hash(Token))))!;
                runs.Add(new { run = path.RunId, attempt = $"{stage}-{attempt.Number}" });
            }
        }
        await head.StartAsync(slots: 0, lease: 3600);
        await Browser.RunAsync("reporting", head.Url, new { sweep, runs, token = Token });
    }

    [Fact]
    public async Task Points_states_and_the_return_of_a_killed_head_appear_without_loading_the_page_anew()
    {
        await using var head = new Head();
        await File.WriteAllTextAsync(head.PathOf("points.sh"), Script, TestContext.Current.CancellationToken);
        await head.StartAsync(slots: 1);
        var sweep = await head.SubmitAsync(Yaml);
        var run = (long)(await head.ReadAsync($"/api/sweeps/{sweep}/runs"))["items"]![0]!["id"]!;
        await Browser.RunAsync("live", head.Url, new { sweep, run }, async words =>
        {
            switch (words.Split(' '))
            {
                case ["point", var step]:
                    await File.WriteAllTextAsync(head.PathOf($"point-{step}"), "", TestContext.Current.CancellationToken);
                    return DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
                case ["kill"]:
                    await head.KillAsync();
                    return "killed";
                case ["start"]:
                    await head.StartAsync(slots: 1);
                    return "started";
                default:
                    throw new InvalidOperationException($"What is \"{words}\"?");
            }
        });
    }
}
