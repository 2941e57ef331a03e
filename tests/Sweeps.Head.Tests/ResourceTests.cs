using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Api;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Head.Tests;

/// <summary>What the API says of sweeps that have ended: lists, filters, results, pictures.</summary>
public sealed class ResourceTests(ResourceTests.Finished finished) : IClassFixture<ResourceTests.Finished>
{
    private const string Hostile = "<script>alert('1') %_ \u202E";

    private readonly HttpClient http = finished.Http;

    /// <summary>A head with three sweeps: one that was trained, one with a hostile name that was cancelled, and one that waits.</summary>
    public sealed class Finished : IAsyncLifetime
    {
        private readonly TestHome home = TestHome.Create();
        private HeadHost head = null!;

        public HttpClient Http { get; private set; } = null!;

        public ResultsQueries Queries => head.Queries;

        public async ValueTask InitializeAsync()
        {
            head = await home.StartAsync(slots: 2);
            Http = new HttpClient { BaseAddress = head.Url };
            await head.WaitAsync((await head.SubmitAsync(TestHome.Spec("trained"))).SweepId);
            while ((await head.Queries.FindSweepAsync(1))!.SummaryJson is null) await Task.Delay(10);
            home.Hold();
            var hostile = await head.SubmitAsync(SweepFile.Parse(TestHome.Yaml($"\"{Hostile}\"").Replace("[1, 2]", "[3, 4]").Replace("heads: 1}", "heads: 3}"), "x.yaml"));
            await head.CancelSweepAsync(hostile.SweepId);
            var paused = await head.SubmitAsync(SweepFile.Parse(TestHome.Yaml("waits").Replace("[1, 2]", "[5, 6]").Replace("heads: 1}", "heads: 5}") + "\ndescription: 100% of it", "x.yaml"));
            await head.PauseSweepAsync(paused.SweepId);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            home.Release();
            await head.DisposeAsync();
            home.Dispose();
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("", "3 2 1")]
    [InlineData("?order=asc", "1 2 3")]
    [InlineData("?sort=name&order=asc", "2 1 3")]
    [InlineData("?state=paused", "3")]
    [InlineData("?state=paused&state=completed", "3 1")]
    [InlineData("?search=RAIN", "1")]
    [InlineData("?search=%25", "3 2")]
    [InlineData("?search=%25_", "2")]
    [InlineData("?search=nothing", "")]
    [InlineData("?limit=1", "3")]
    [InlineData("?limit=1&offset=2", "1")]
    [InlineData("?offset=3", "")]
    [InlineData("?sort=finished", "3 2 1")]
    public async Task Sweeps_are_sorted_filtered_and_paged(string query, string ids)
    {
        var page = await GetAsync("/api/sweeps" + query);
        Assert.Equal(ids, string.Join(' ', page["items"]!.AsArray().Select(sweep => (long)sweep!["id"]!)));
        if (!query.Contains("search") && !query.Contains("state")) Assert.Equal(3, (int)page["total"]!);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("configuration", "steps", "1:30")]
    [InlineData("configuration", "tokens", "1:30&since=2:50")]
    [InlineData("run", "steps", "4:60")]
    [InlineData("run", "seconds", "1:0&since=2:0&since=3:0&since=4:0")]
    public async Task The_ends_of_curves_are_what_the_whole_curves_end_with(string by, string x, string since)
    {
        var whole = (await GetAsync($"/api/sweeps/1/curves?by={by}&x={x}"))["curves"]!.AsArray();
        var ends = (await GetAsync($"/api/sweeps/1/curves?by={by}&x={x}&since={since}"))["curves"]!.AsArray();
        Assert.NotEmpty(ends);
        foreach (var end in ends)
        {
            var curve = whole.Single(one => (long)one!["configuration_id"]! == (long)end!["configuration_id"]! && (long?)one["run_id"] == (long?)end["run_id"])!;
            foreach (var list in new[] { "x", "y", "low", "high" })
                Assert.Equal(curve[list]?.AsArray().TakeLast(end!["x"]!.AsArray().Count).Select(value => value?.ToJsonString()), end![list]?.AsArray().Select(value => value?.ToJsonString()));
            Assert.True(JsonNode.DeepEquals(curve["label"], end!["label"]) && JsonNode.DeepEquals(curve["is_range"], end["is_range"]) && JsonNode.DeepEquals(curve["seed"], end["seed"]));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_comparison_has_the_numbers_of_the_command()
    {
        var compared = await GetAsync("/api/compare?sweeps=1&sweeps=1");
        // What `sweeps compare 1 --json` prints.
        var printed = JsonSerializer.SerializeToNode(SweepComparison.Of([await SweepAnswer.ReadAsync(finished.Queries, 1)], target: null), Json.Options)!;
        Assert.Equal(2, printed["rows"]!.AsArray().Count);
        Assert.Equal(printed["rows"]!.AsArray().Select(row => row!.ToJsonString()), compared["rows"]!.AsArray().Select(row => row!["found"]!.ToJsonString()));
        Assert.Equal([0, 1], compared["rows"]!.AsArray().Select(row => (int)row!["ordinal"]!));
        Assert.Equal("paired", (string)compared["rows"]![1]!["found"]!["test"]!);
        Assert.NotNull(compared["rows"]![1]!["found"]!["to_target"]![0]!["ratio"]!["value"]);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/compare?sweeps=1&sweeps=99")).StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/api/sweeps?limit=10001", "'limit' is a whole number from 1 to 10000, not '10001'.")]
    [InlineData("/api/sweeps?limit=x", "'limit' is a whole number from 1 to 10000, not 'x'.")]
    [InlineData("/api/sweeps?offset=-1", "'offset' is a whole number from 0 to 2147483647, not '-1'.")]
    [InlineData("/api/sweeps?state=Running", "'state' is running, paused, completed, failed or cancelled, not 'Running'.")]
    [InlineData("/api/sweeps?sort=1", "'sort' is created, finished, name, state or priority, not '1'.")]
    [InlineData("/api/sweeps?ordre=asc", "There is no parameter 'ordre' here; did you mean 'order'?")]
    [InlineData("/api/sweeps?order=asc&order=desc", "'order' is given 2 times; give it once.")]
    [InlineData("/api/sweeps/1?x=1", "There is no parameter 'x' here; this resource has none.")]
    [InlineData("/api/sweeps/1/runs?configuration=x", "'configuration' is a whole number from 0 to 9223372036854775807, not 'x'.")]
    [InlineData("/api/sweeps/1/curves?x=hours", "'x' is tokens, steps, seconds or flops, not 'hours'.")]
    [InlineData("/api/sweeps/1/curves?since=3", "'since' is RUN:STEP, the number of a run and a step, such as 12:250, not '3'.")]
    [InlineData("/api/sweeps/1/curves?since=1:10&since=2:-1", "'since' is RUN:STEP, the number of a run and a step, such as 12:250, not '2:-1'.")]
    [InlineData("/api/sweeps/1/curves?since=1:10&x=flops", "Curves against floating-point operations are read whole: leave out 'since'.")]
    [InlineData("/api/compare", "'sweeps' is given once for each sweep to compare, 1 to 20 of them, not 0.")]
    [InlineData("/api/compare?sweeps=x", "'sweeps' is a whole number from 0 to 9223372036854775807, not 'x'.")]
    [InlineData("/api/sweeps/1/curves?points=3", "'points' is a whole number from 10 to 10000, not '3'.")]
    [InlineData("/api/sweeps/1/charts/pie.svg", "'chart' is loss, efficiency, targets or parameters, not 'pie'.")]
    [InlineData("/api/sweeps/1/charts/parameters.svg?parameter=seeds", "'parameter' is one that varies in this sweep (heads), not 'seeds'.")]
    [InlineData("/api/runs/1/metrics?names=x", "'names' are metrics of the run (val_loss), not 'x'.")]
    [InlineData("/api/runs/1/log?attempt=9", "'attempt' is from 1 to 1, as stage 1 has no more, not 9.")]
    [InlineData("/api/machines?alive=yes", "'alive' is true or false, not 'yes'.")]
    public async Task What_cannot_be_meant_is_refused_with_what_can(string path, string detail)
    {
        using var response = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(detail, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_listed_sweep_shows_its_best_configuration_and_its_cost()
    {
        var sweep = await GetAsync("/api/sweeps/1");
        Assert.Equal((4, 4, 240, 240), ((int)sweep["runs"]!, (int)sweep["runs_completed"]!, (int)sweep["steps_done"]!, (int)sweep["steps_planned"]!));
        var verdict = (await GetAsync("/api/sweeps/1/verdict"))["summary"]!["configurations"]!.AsArray();
        Assert.Equal(verdict.Min(one => (double)one!["mean"]!), (double)sweep["best"]!["mean"]!);
        Assert.Equal(2, (int)sweep["best"]!["n"]!);
        Assert.True((double)sweep["machine_seconds"]! > 0);
        Assert.Null(sweep["seconds_left"]);
        Assert.Equal(Hostile, (string)(await GetAsync("/api/sweeps/2"))["name"]!);
        Assert.Contains("heads: {values: [1, 2]}", await http.GetStringAsync("/api/sweeps/1/file"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Runs_are_sorted_filtered_and_paged()
    {
        Assert.Equal("1 1|1 2|2 1|2 2", await RunsAsync(""));
        Assert.Equal("1 1|2 1|1 2|2 2", await RunsAsync("?sort=seed"));
        Assert.Equal("1 2|2 2|1 1|2 1", await RunsAsync("?sort=last&order=desc"));
        Assert.Equal("2 2", await RunsAsync("?offset=3&limit=10"));
        Assert.Equal("2 1|2 2", await RunsAsync("?configuration=2&state=completed"));
        Assert.Equal("", await RunsAsync("?state=failed"));

        async Task<string> RunsAsync(string query) => string.Join('|', (await GetAsync("/api/sweeps/1/runs" + query))["items"]!.AsArray()
            .Select(run => $"{run!["configuration_id"]} {run["seed"]}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_stage_tree_names_the_runs_that_share_a_stage()
    {
        var stages = (await GetAsync("/api/sweeps/1/stages"))["items"]!.AsArray();
        Assert.All(stages, stage => Assert.Equal("completed", (string)stage!["state"]!));
        Assert.Equal([1, 2, 3, 4], stages.SelectMany(stage => stage!["runs"]!.AsArray()).Select(run => (int)run!).Distinct().Order());
        Assert.All(stages, stage => Assert.True((double)stage!["seconds"]! > 0));
        Assert.Single((await GetAsync("/api/sweeps/1/stages?limit=1&offset=1"))["items"]!.AsArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task Curves_are_means_with_bands_or_runs()
    {
        var means = await GetAsync("/api/sweeps/1/curves?x=tokens");
        var curve = means["curves"]![0]!;
        Assert.Equal([640, 1280, 1920, 2560, 3200, 3840], curve["x"]!.AsArray().Select(x => (int)x!));
        Assert.Equal(4.9015, (double)curve["y"]![0]!, 9);
        Assert.Equal((4.901, 4.902, true), ((double)curve["low"]![0]!, (double)curve["high"]![0]!, (bool)curve["is_range"]!));
        Assert.Equal(4.5, (double)means["target"]!);
        var runs = (await GetAsync("/api/sweeps/1/curves?by=run&points=10"))["curves"]!.AsArray();
        Assert.Equal([1, 2, 1, 2], runs.Select(run => (int)run!["seed"]!));
        Assert.Null(runs[0]!["low"]);
        Assert.Empty((await GetAsync("/api/sweeps/2/curves"))["curves"]!.AsArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task Efficiency_and_importance_are_those_of_the_summary()
    {
        var efficiency = await GetAsync("/api/sweeps/1/efficiency");
        var summary = (await GetAsync("/api/sweeps/1/verdict"))["summary"]!["configurations"]!.AsArray();
        Assert.Equal(summary.Select(one => one!["efficiency"]?.ToJsonString()), efficiency["rows"]!.AsArray().Select(row => row!["sample_efficiency"]?.ToJsonString()));
        var curve = Assert.Single(efficiency["curves"]!.AsArray())!;
        Assert.Equal(curve["targets"]!.AsArray().Count, curve["ratio"]!.AsArray().Count);
        Assert.Equal(2, (int)(await GetAsync("/api/sweeps/1/importance"))["configurations"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_tells_its_stages_attempts_and_checkpoints_but_no_secret()
    {
        var text = await http.GetStringAsync("/api/runs/1");
        Assert.DoesNotContain("token_hash", text);
        var run = JsonNode.Parse(text)!;
        Assert.Equal(("trained", "completed", 60), ((string)run["sweep_name"]!, (string)run["state"]!, (int)run["steps_done"]!));
        Assert.Equal(1, (int)run["configuration"]!["parameters"]!["heads"]!);
        var stage = run["stages"]!.AsArray()[^1]!;
        Assert.Equal(("completed", Environment.MachineName), ((string)stage["attempts"]![0]!["outcome"]!, (string)stage["attempts"]![0]!["machine"]!));
        Assert.Equal(60, (int)stage["checkpoints"]!.AsArray()[^1]!["step"]!);
        Assert.Equal((6, 4.401, 60), ((int)run["metrics"]![0]!["count"]!, (double)run["metrics"]![0]!["last"]!, (int)run["metrics"]![0]!["last_step"]!));
        var series = Assert.Single((await GetAsync("/api/runs/1/metrics?names=val_loss")).AsArray())!;
        Assert.Equal([10, 20, 30, 40, 50, 60], series["steps"]!.AsArray().Select(step => (int)step!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Charts_are_pictures_that_a_browser_treats_as_such()
    {
        var light = await SvgAsync("loss.svg");
        Assert.NotEqual(light, await SvgAsync("loss.svg?theme=dark"));
        Assert.NotEqual(light, await SvgAsync("loss.svg?x=seconds"));
        foreach (var name in new[] { "efficiency.svg", "targets.svg", "parameters.svg?parameter=heads" }) await SvgAsync(name);

        async Task<string> SvgAsync(string name)
        {
            using var response = await http.GetAsync("/api/sweeps/1/charts/" + name);
            Assert.Equal(("image/svg+xml", HttpStatusCode.OK), (response.Content.Headers.ContentType!.MediaType, response.StatusCode));
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
            var text = await response.Content.ReadAsStringAsync();
            Assert.Contains("<svg", text);
            return text;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_name_of_a_sweep_is_text_in_its_charts()
    {
        var svg = await http.GetStringAsync("/api/sweeps/2/charts/loss.svg");
        Assert.DoesNotContain("<script", svg);
        System.Xml.Linq.XDocument.Parse(svg);
    }

    [Fact(Timeout = 60_000)]
    public async Task Results_that_have_not_changed_are_not_sent_again()
    {
        using var first = await http.GetAsync("/api/sweeps/1/curves");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sweeps/1/curves");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal("no-store", (await http.GetAsync("/api/sweeps")).Headers.CacheControl!.ToString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_for_whoever_wants_it(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sweeps");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        using var response = await http.SendAsync(request);
        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        Assert.Equal(3, (int)(await JsonNode.ParseAsync(plain))!["total"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sweep_file_is_checked_while_it_is_written()
    {
        var wrong = await CheckAsync(TestHome.Yaml().Replace("heads: {", "haeds: {").Replace("seeds: 2", "seeds: 0"));
        Assert.Null(wrong["plan"]);
        var errors = wrong["errors"]!.AsArray();
        var typo = errors.Single(error => ((string)error!["message"]!).Contains("haeds"))!;
        Assert.Equal((6, 3, 5, "heads"), ((int)typo["line"]!, (int)typo["column"]!, (int)typo["length"]!, (string)typo["suggestion"]!));
        Assert.Contains(errors, error => ((string)error!["message"]!).Contains("seeds"));

        var good = await CheckAsync(TestHome.Yaml("trained", seeds: 3));
        Assert.Empty(good["errors"]!.AsArray());
        var plan = good["plan"]!;
        Assert.Equal((2, 3, 6, 360), ((int)plan["configurations"]!, (int)plan["seeds"]!, (int)plan["runs"]!, (int)plan["steps_without_sharing"]!));
        Assert.Equal(360, (int)plan["steps"]! + (int)plan["steps_reused"]!);
        Assert.Equal(["heads"], plan["varying"]!.AsArray().Select(name => (string)name!));
        Assert.Equal((1, 2), ((int)plan["estimate"]!["sweep_id"]!, (int)plan["estimate"]!["slots"]!));
        Assert.Equal(3, (int)(await GetAsync("/api/sweeps"))["total"]!);

        async Task<JsonNode> CheckAsync(string yaml)
        {
            using var response = await http.PostAsync("/api/check", new StringContent(yaml, Encoding.UTF8, "application/yaml"));
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Machines_are_listed_with_what_they_do()
    {
        var machine = Assert.Single((await GetAsync("/api/machines"))["items"]!.AsArray())!;
        Assert.Equal((Environment.MachineName, true, 2), ((string)machine["id"]!, (bool)machine["is_alive"]!, machine["slots"]!.AsArray().Count));
        Assert.NotNull(machine["silent_seconds"]);
        Assert.Equal(0, (int)(await GetAsync("/api/machines?alive=false"))["total"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_are_read_in_parts()
    {
        var all = (await GetAsync("/api/sweeps/1/events"))["items"]!.AsArray().Select(happened => (long)happened!["id"]!).ToArray();
        var some = await GetAsync($"/api/sweeps/1/events?after={all[0]}&limit=2");
        Assert.Equal(all[1..3], some["items"]!.AsArray().Select(happened => (long)happened!["id"]!));
        Assert.True((bool)some["has_more"]!);
        Assert.False((bool)(await GetAsync($"/api/sweeps/1/events?after={all[^1]}"))["has_more"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Monitoring_reads_counts_in_its_own_format()
    {
        using var response = await http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Matches(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=""[^""]*""(,[a-z]+=""[^""]*"")*\})? -?[0-9.E+]+)$", line));
        Assert.Contains("sweeps_sweeps{state=\"completed\"} 1", lines);
        Assert.Contains("sweeps_runs{state=\"completed\"} 4", lines);
        Assert.Contains("sweeps_sweeps{state=\"paused\"} 1", lines);
        Assert.Matches(@"^sweeps_points_stored (2[4-9]|[3-9]\d)$", lines.Single(line => line.StartsWith("sweeps_points_stored")));
        Assert.Contains($"sweeps_slots{{machine=\"{Environment.MachineName}\"}} 2", lines);
    }

    [Fact]
    public void Labels_and_help_of_monitoring_are_escaped()
    {
        var text = new PrometheusText().Add("a", "gauge", "one\ntwo\\", (double.NaN, [("l", "a\"b\\c\nd")]), (double.PositiveInfinity, [])).ToString();
        Assert.Equal("# HELP a one\\ntwo\\\\\n# TYPE a gauge\na{l=\"a\\\"b\\\\c\\nd\"} NaN\na +Inf\n", text);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
