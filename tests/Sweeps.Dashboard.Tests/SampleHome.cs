using System.Text.Json.Nodes;
using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Nightly;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Dashboard.Tests;

/// <summary>
/// A home with something for every view, and its head: a measured sweep with two parameters and a target, a nightly job whose last night was worse, a
/// sweep that real workers trained with shared stages, and one whose texts attack the page.
/// </summary>
public sealed class SampleHome : IAsyncLifetime
{
    /// <summary>Texts that would do something if they were taken for more than texts: set a variable of the page, end an element, be a template or turn the reading direction.</summary>
    public static readonly string[] Attacks = ["<img src=x onerror=\"window.hacked=1\">", "\"><script>window.hacked=1</script>", "${window.hacked=1}", "\u202Egnp.exe \u0627\u0644\u0639\u0631\u0628\u064A\u0629"];

    /// <summary>Two future-token heads, untied or not, on a tiny grammar: runs share their first half.</summary>
    public const string Trained =
        """
        name: trained
        description: Does untying the head half way do anything in twenty steps?
        method: grid
        metric: {name: val_loss, goal: minimize}
        parameters:
          heads: {values: [1, 2]}
          untie_at: {values: [never, 0.5]}
          loss_weights: {value: "[1, 0.5]"}
          data: {value: grammar}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 16}
          context: {value: 16}
          batch_size: {value: 4}
          steps: {value: 20}
          warmup_steps: {value: 2}
          eval_every: {value: 2}
          eval_batches: {value: 2}
        seeds: 2
        baseline: {heads: 1, untie_at: never}
        """;

    private const string Measured =
        """
        name: learning-rates
        description: Which learning rate reaches the loss first, and does the width change that?
        program: import
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.2}
        parameters:
          learning_rate: {values: [1e-4, 3e-4, 1e-3, 3e-3]}
          width: {values: [64, 128, 256]}
        seeds: 4
        baseline: {learning_rate: 1e-4, width: 64}
        """;

    private const string Job =
        """
        name: every-night
        program: gpt
        method: grid
        metric: {name: val_loss, goal: minimize}
        parameters: {data: {value: grammar}, heads: {values: [1, 2]}, steps: {value: 60}}
        seeds: 3
        baseline: {heads: 1}
        schedule: {cron: "0 2 1 1 *", timezone: Europe/Paris}
        """;

    private readonly Head head = new();

    public string Url => head.Url;

    /// <summary>What the scripts have to know: ids and names.</summary>
    public object Facts { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        long measured;
        await using (var store = await head.OpenStoreAsync())
        {
            measured = await MeasuredSweeps.ImportAsync(store, Measured, 60, (parameters, seed, step) =>
            {
                var distance = Math.Log10(parameters["learning_rate"].AsDouble!.Value / 1e-3);
                return 1.6 + (0.25 * distance * distance) - (0.0006 * parameters["width"].AsDouble!.Value) + (2.2 * Math.Exp(-step / 220.0)) + (0.015 * Math.Sin((7 * seed) + (step / 50.0)));
            });
            await AddNightsAsync(store);
        }
        await head.StartAsync(slots: 2);
        File.WriteAllText(head.PathOf("attack.sh"), Attack);
        var trained = await head.SubmitAsync(Trained);
        var hostile = await head.SubmitAsync(Hostile);
        await head.UntilEndedAsync(trained);
        await head.UntilEndedAsync(hostile);
        Facts = new
        {
            measured, trained, hostile, job = "every-night", attacks = Attacks,
            trainedRun = await RunOfAsync(trained, "completed"), hostileRun = await RunOfAsync(hostile, "completed"), failedRun = await RunOfAsync(hostile, "failed"), yaml = Trained.Replace("name: trained", "name: submitted"),
        };
    }

    public ValueTask DisposeAsync() => head.DisposeAsync();

    public Task<JsonNode> ReadAsync(string path) => head.ReadAsync(path);

    // Prints what would hurt a careless page, and fails for one seed with such a message.
    private static string Attack =>
        $"""
        cat <<'END'
        {string.Join('\n', Attacks)}
        END
        echo "step 1: loss 1.5"
        echo "step 2: loss 1.25"
        [ "$SWEEPS_SEED" = 2 ] && echo '{Attacks[0]}' >&2 && exit 3
        exit 0
        """;

    private static string Hostile =>
        $$"""
        name: '<img src=x onerror="window.hacked=1"><b>bold'
        description: '{{string.Join(" ", Attacks)}}'
        program: attack.sh
        command: [sh, "${program}"]
        method: grid
        metric: {name: loss, goal: minimize, target: 1.3}
        metrics: ["step {step}: loss {loss}"]
        parameters:
          prompt: {values: [plain, {{string.Join(", ", Attacks.Select(text => $"'{text}'"))}}]}
        seeds: 2
        retries: {user: 0}
        baseline: {prompt: plain}
        """;

    private async Task<long> RunOfAsync(long sweep, string state) => (long)(await head.ReadAsync($"/api/sweeps/{sweep}/runs?state={state}"))["items"]!.AsArray().Last()!["id"]!;

    /// <summary>Ten nights of two configurations; in the last one the second is worse by much more than the noise of the nights.</summary>
    private static async Task AddNightsAsync(ResultsStore store)
    {
        var spec = SweepFile.Parse(Job, "every-night.yaml");
        var plan = SweepPlan.Of(spec);
        var subject = NightlySubject.Of(spec);
        await store.Nightly.AddAsync(new NightlyJobRecord
        {
            Name = spec.Name, FilePath = "/experiments/every-night.yaml", FileText = Job, Subject = subject, Cron = "0 2 1 1 *", TimeZone = "Europe/Paris", AddedAt = DateTimeOffset.UtcNow, DecidedUntil = DateTimeOffset.UtcNow,
        });
        var before = new List<NightResult>();
        for (var night = 1; night <= 10; night++)
        {
            var due = new DateTimeOffset(2026, 3, night, 1, 0, 0, TimeSpan.Zero);
            var sweep = await store.Nightly.BeginAsync(new NightRecord { Job = spec.Name, Night = $"2026-03-{night:00}", DueAt = due, Subject = subject }, NewSweep.Of(spec, plan));
            double LossOf(long heads, int seed) => 1.5 - (0.1 * heads) + (0.002 * seed) + (0.003 * Math.Sin(night * heads)) + (night == 10 && heads == 2 ? 0.2 : 0);
            foreach (var stage in await store.Queries.StagesAsync(sweep)) await TrainAsync(store, stage, step => LossOf(stage.Parameters["heads"].AsLong!.Value, stage.Seed) + (2 * Math.Exp(-step / 10.0)));
            var result = new NightResult
            {
                Metric = "val_loss", Goal = MetricGoal.Minimize, SpeedUnit = "tokens/s",
                Configurations = [.. plan.Configurations.Select((configuration, index) => new NightConfiguration
                {
                    Parameters = configuration.CanonicalJson, Label = configuration.Label, IsBaseline = index == 0,
                    Values = Enumerable.Range(1, 3).ToDictionary(seed => seed, seed => LossOf(index + 1, seed)),
                    Speeds = Enumerable.Range(1, 3).ToDictionary(seed => seed, seed => 52_000.0 + (300 * Math.Cos(night + seed)) - (9_000 * index)),
                })],
            }.ComparedWith("validation loss", before);
            before.Add(result);
            var stored = (await store.Queries.Nightly.NightOfSweepAsync(sweep))!;
            await store.Nightly.EndAsync(stored.Id, NightState.Completed, result.Verdict, result, result.Events(), null);
        }
        Assert.Contains(NightEvent.Regression, before[^1].Events());
    }

    /// <summary>What a worker tells of a stage, from its beginning to its end.</summary>
    private static async Task TrainAsync(ResultsStore store, StageRecord stage, Func<long, double> loss)
    {
        var start = (await store.BeginAttemptAsync(new AttemptClaim(stage.Id, "night-machine", 0, ResultsStore.Hash("token"))))!;
        await store.RecordPointsAsync(stage.Id, start.Number, [.. Enumerable.Range(1, stage.ToStep / 10).Select(part => new MetricPoint("val_loss", 10 * part, loss(10 * part), 640 * part, 0.1 * part))]);
        await store.RecordCheckpointAsync(stage.Id, start.Number, new CheckpointNotice(stage.ToStep, $"/checkpoints/{stage.Id}", "00", 1 << 20));
        await store.EndAttemptAsync(stage.Id, start.Number, _ => new AttemptEnd(AttemptOutcome.Completed, stage.ToStep, null, StageState.Completed));
    }
}
