using System.Net;
using System.Text.Json.Nodes;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Reports;
using Sweeps.Results;
using Sweeps.Results.Exports;
using Sweeps.Results.Plans;

namespace Sweeps.Head.Tests;

/// <summary>What the API tells of a sweep with two configurations, three seeds and 60 validations, whose second one needs half the operations of a step.</summary>
public sealed class StoredResultsTests(StoredResultsTests.Stored stored) : IClassFixture<StoredResultsTests.Stored>
{
    private const int Steps = 60;

    public sealed class Stored : IAsyncLifetime
    {
        private readonly TestHome home = TestHome.Create();

        public HeadHost Head { get; private set; } = null!;

        public HttpClient Http { get; private set; } = null!;

        public string Database => home.Path("sweeps.db");

        public async ValueTask InitializeAsync()
        {
            await using (var store = await ResultsStore.OpenAsync(Database))
            {
                var spec = SweepFile.Parse(TestHome.Yaml("what <is> \"it\"?".Replace("\"", ""), seeds: 3).Replace("eval_every: {value: 10}", "eval_every: {value: 1}"), "x.yaml");
                var plan = SweepPlan.Of(spec);
                await store.ImportSweepAsync(NewSweep.Of(spec, plan), [.. plan.Runs.Select(run => new MeasuredRun([.. Points(run)]))]);
            }
            Head = await home.StartHeadAloneAsync();
            Http = new HttpClient { BaseAddress = Head.Url };
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await Head.DisposeAsync();
            home.Dispose();
        }

        private static IEnumerable<MetricPoint> Points(PlannedRun run)
        {
            for (var step = 1; step <= Steps; step++)
            {
                yield return new("val_loss", step, Loss(run.Seed, step), 100L * step, step);
                // Told less often than the training loss.
                if (step % 2 == 0) yield return new(ModelFlops.Metric, step, Flops(run.ConfigurationIndex, step), 100L * step, step);
                if (step > 2) yield return new("train_loss", step, step == 31 ? 9 : Loss(run.Seed, step), 100L * step, step);
            }
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("configuration")]
    [InlineData("run")]
    public async Task Curves_are_drawn_against_operations(string by)
    {
        var curves = (await GetAsync($"/api/sweeps/1/curves?x=flops&by={by}&points=1000"))["curves"]!.AsArray();
        Assert.Equal(by == "run" ? 6 : 2, curves.Count);
        // The first step's operations are not told, those between two that are lie half way.
        Assert.All(curves, curve => Assert.Equal(Enumerable.Range(2, Steps - 1).Select(step => Flops((int)curve!["ordinal"]!, step)), Numbers(curve!["x"])));
        var other = (await GetAsync($"/api/sweeps/1/curves?x=flops&by={by}&points=1000&metric=train_loss"))["curves"]!.AsArray();
        Assert.All(other, curve => Assert.Equal(Enumerable.Range(3, Steps - 2).Select(step => Flops((int)curve!["ordinal"]!, step)), Numbers(curve!["x"])));
        Assert.All(other, curve => Assert.Equal(9, Numbers(curve!["y"])[28]));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_target_is_compared_in_operations_too()
    {
        var rows = (await GetAsync("/api/sweeps/1/efficiency"))["rows"]!.AsArray();
        Assert.Equal(2, (double)rows[0]!["flops_to_target"]! / (double)rows[1]!["flops_to_target"]!, 1e-12);
        Assert.Equal(2, (double)rows[1]!["flop_efficiency"]!["value"]!, 1e-12);
        Assert.Equal(1, (double)rows[1]!["sample_efficiency"]!["value"]!, 1e-12);
        Assert.Null(rows[0]!["flop_efficiency"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("configuration")]
    [InlineData("run")]
    public async Task A_curve_with_too_many_points_keeps_its_ends_and_its_spike(string by)
    {
        foreach (var curve in (await GetAsync($"/api/sweeps/1/curves?by={by}&points=12&metric=train_loss"))["curves"]!.AsArray())
        {
            var (x, y) = (Numbers(curve!["x"]), Numbers(curve!["y"]));
            Assert.InRange(x.Length, 6, 12);
            Assert.Equal((3, Steps), (x[0], x[^1]));
            Assert.Equal(9, y[Array.IndexOf(x, 31.0)]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Importance_is_told_in_words() =>
        Assert.Equal("Fewer than two parameters vary; there is no importance to share out.", (string)(await GetAsync("/api/sweeps/1/importance"))["words"]!);

    [Theory(Timeout = 60_000)]
    [InlineData("csv", "text/csv")]
    [InlineData("json", "application/json")]
    [InlineData("sqlite", "application/vnd.sqlite3")]
    public async Task A_sweep_is_exported_as_a_file_with_its_name(string format, string type)
    {
        using var response = await stored.Http.GetAsync($"/api/export/1.{format}");
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", $"what--is--it--1.{format}"), (disposition.DispositionType, disposition.FileName));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        if (format == "sqlite")
        {
            using var directory = TestHome.Create();
            await File.WriteAllBytesAsync(directory.Path("sweeps.db"), bytes);
            Assert.Contains("val_loss", directory.Points());
            return;
        }
        using var expected = new MemoryStream();
        await SweepExport.WriteAsync(stored.Head.Queries, 1, Enum.Parse<ExportFormat>(format, ignoreCase: true), expected);
        Assert.Equal(expected.ToArray(), bytes);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("9.csv", HttpStatusCode.NotFound, "There is no sweep 9.")]
    [InlineData("1.xlsx", HttpStatusCode.BadRequest, "'format' is csv, json or sqlite, not 'xlsx'.")]
    public async Task What_cannot_be_exported_is_refused_with_a_sentence(string file, HttpStatusCode status, string detail)
    {
        using var response = await stored.Http.GetAsync("/api/export/" + file);
        Assert.Equal((status, detail), (response.StatusCode, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_asks_at_the_same_time_gets_the_same_answer()
    {
        using var home = TestHome.Create();
        await using var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"));
        var spec = TestHome.Spec(seeds: 1);
        var id = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
        await store.BeginAttemptAsync(new(1, "here", 0, ""));
        var answers = new SweepAnswers(store);
        var last = 0.0;
        for (var step = 1; step <= 50; step++)
        {
            await store.RecordPointsAsync(1, 1, [new("val_loss", step, step, step, step)]);
            var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => answers.OfAsync(id))));
            // None is older than what was stored before it was asked for, and all who asked for the same share one.
            Assert.All(asked, answer => Assert.Equal(step, answer.Curves.Single().Points[^1].Step));
            Assert.Single(asked.Distinct(ReferenceEqualityComparer.Instance));
            Assert.True(asked[0].Curves.Single().Points[^1].Value > last);
            last = asked[0].Curves.Single().Points[^1].Value;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Results_that_come_while_an_answer_is_read_are_in_the_next()
    {
        using var home = TestHome.Create();
        await using var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"));
        var spec = TestHome.Spec(seeds: 1);
        var id = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
        await store.BeginAttemptAsync(new(1, "here", 0, ""));
        var answers = new SweepAnswers(store);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(asker => Task.Run(async () =>
        {
            for (var i = 1; i <= 40; i++)
            {
                var step = (asker * 40) + i;
                await store.RecordPointsAsync(1, 1, [new("val_loss", step, step, step, step)]);
                Assert.Contains((await answers.OfAsync(id)).Curves.Single().Points, point => point.Step == step);
            }
        })));
    }

    private static double Loss(int seed, int step) => 5 - (0.02 * step) + (0.001 * seed);

    private static double Flops(int configuration, int step) => (configuration == 0 ? 2e6 : 1e6) * step;

    private static double[] Numbers(JsonNode? list) => [.. list!.AsArray().Select(number => (double)number!)];

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await stored.Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
