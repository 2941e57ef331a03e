using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Head.Api;
using Sweeps.Head.Nightly;
using Sweeps.Results;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Nightly jobs with a head, over real HTTP, and with workers that are real processes.</summary>
public sealed class NightlyTests : IDisposable
{
    private const string Schedule = "schedule: {cron: \"0 2 1 1 *\", timezone: Europe/Paris}\n"; // far away, so that only what is asked for happens

    private readonly TestHome home = TestHome.Create();

    public void Dispose() => home.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task A_posted_job_is_run_judged_and_reported_and_its_alert_is_sent()
    {
        var alerted = home.Path("alerted file");
        // A shell would take the quotes and the semicolon of the message apart.
        var yaml = TestHome.Yaml() + $"\n{Schedule}alert: {{on: [completed], command: [cp, --, \"{home.Path("a; b")}\", \"{alerted}\"]}}\n";
        File.WriteAllText(home.Path("a; b"), "words");
        File.WriteAllText(home.Path("job.yaml"), yaml);
        await using var head = await home.StartAsync(continueSweeps: true);
        using var http = new HttpClient { BaseAddress = head.Url };

        var added = await http.PostAsync($"/api/nightly?file={Uri.EscapeDataString(home.Path("job.yaml"))}", new StringContent(yaml));
        Assert.Equal((HttpStatusCode.Created, "/api/nightly/script"), (added.StatusCode, added.Headers.Location!.ToString()));
        Assert.True((await ReadAsync<NightlyAdded>(added)).RunsAlert);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync($"/api/nightly?file={Uri.EscapeDataString(home.Path("job.yaml"))}", new StringContent(yaml))).StatusCode);
        var job = Assert.Single((await http.GetFromJsonAsync<Page<NightlyJobView>>("/api/nightly", Json.Options))!.Items);
        Assert.Equal(("script", "0 2 1 1 *", "Europe/Paris", 14, false), (job.Name, job.Cron, job.Timezone, job.ComparedWith, job.IsPaused));
        Assert.Equal((1, 1, 2), (job.Next!.Value.Day, job.Next.Value.Month, job.Next.Value.Hour));
        Assert.Equal([NightEvent.Completed], job.AlertOn);
        Assert.Empty(job.History);

        var started = await http.PostAsync("/api/nightly/script/run", null);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var night = await UntilAsync(head, night => night is { State: NightState.Completed, Alert: not null });
        Assert.Equal(("The alert cp was sent.", "words"), (night.Alert, File.ReadAllText(alerted)));
        Assert.Equal(home.Path("nightly", "script", night.Night, "report.html"), night.Report);
        Assert.Contains("at least 3 are needed", File.ReadAllText(night.Report!));
        Assert.Contains("<svg", File.ReadAllText(home.Path("nightly", "script", night.Night, "history.svg")));
        // The worker's loss is 5 + seed/1000 - steps/100, and it trains 64 tokens a second.
        var configuration = night.Result()!.Configurations[0];
        Assert.Equal([(1, 4.401), (2, 4.402)], configuration.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([64.0, 64.0], configuration.Speeds.Values);

        var seen = await http.GetFromJsonAsync<NightlyJobView>("/api/nightly/script", Json.Options);
        Assert.Equal((NightState.Completed, 1L), (seen!.History[0].State, seen.History[0].SweepId));
        Assert.Contains("val_loss", await http.GetStringAsync("/api/nightly/script/history.svg"));
        Assert.Contains("tokens/s", await http.GetStringAsync("/api/nightly/script/history.svg?metric=speed"));
        Assert.Equal("script", (await head.Queries.FindSweepAsync(1))!.NightlyJob);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_is_paused_resumed_and_removed_and_unknown_ones_are_not_found()
    {
        await using var head = await home.StartAsync(slots: 1, continueSweeps: true);
        using var http = new HttpClient { BaseAddress = head.Url };
        await http.PostAsync("/api/nightly?name=mine&cron=0%203%20*%20*%20*&timezone=UTC", new StringContent(TestHome.Yaml()));
        Assert.Equal((true, null), await ChangedAsync("pause"));
        Assert.Equal((false, 3), await ChangedAsync("resume"));
        home.Hold();
        Assert.Equal(HttpStatusCode.Accepted, (await http.PostAsync("/api/nightly/mine/run", null)).StatusCode);
        var refused = await http.PostAsync("/api/nightly/mine/run", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("is still trained", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/api/nightly/mine")).StatusCode);
        Assert.Equal(0, (await http.GetFromJsonAsync<Page<NightlyJobView>>("/api/nightly", Json.Options))!.Total);
        foreach (var call in new[] { http.GetAsync("/api/nightly/mine"), http.DeleteAsync("/api/nightly/mine"), http.PostAsync("/api/nightly/mine/run", null), http.PostAsync("/api/nightly/mine/pause", null), http.GetAsync("/api/nightly/mine/history.svg") })
            Assert.Equal(HttpStatusCode.NotFound, (await call).StatusCode);
        home.Release();
        // Its night goes on and is judged.
        while ((await head.Queries.Nightly.NightsAsync("mine"))[0].State != NightState.Completed) await Task.Delay(20, TestContext.Current.CancellationToken);

        async Task<(bool, int?)> ChangedAsync(string what)
        {
            var view = await ReadAsync<NightlyJobView>(await http.PostAsync($"/api/nightly/mine/{what}", null));
            return (view.IsPaused, view.Next?.Hour);
        }
    }

    [Theory]
    [InlineData("", "", 422, "has no schedule: add schedule:")]
    [InlineData("?cron=0%202", "", 422, "The schedule cannot be used: a cron expression has five fields")]
    [InlineData("?cron=0%202%20*%20*%20*&name=a%20b", "", 422, "\"a b\" is not: give another one with --name")]
    [InlineData("?file=here.yaml", "schedule: {cron: 0 2 * * *}", 400, "?file=/full/path")]
    [InlineData("", "schedule: {cron: x}", 400, "The sweep file has errors.")]
    public async Task A_job_that_cannot_be_is_refused(string query, string extra, int status, string detail)
    {
        await using var head = await home.StartHeadAloneAsync();
        using var http = new HttpClient { BaseAddress = head.Url };
        var refused = await http.PostAsync("/api/nightly" + query, new StringContent(TestHome.Yaml() + "\n" + extra));
        Assert.Equal((HttpStatusCode)status, refused.StatusCode);
        Assert.Contains(detail, (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nowhere.yaml")]
    [InlineData("other.yaml")]
    public async Task The_command_of_a_file_that_does_not_lie_on_the_machine_is_not_run(string? file)
    {
        File.WriteAllText(home.Path("other.yaml"), TestHome.Yaml() + "\n" + Schedule);
        await using var head = await home.StartHeadAloneAsync();
        using var http = new HttpClient { BaseAddress = head.Url };
        var query = file is null ? "" : $"?file={Uri.EscapeDataString(home.Path(file))}";
        var added = await ReadAsync<NightlyAdded>(await http.PostAsync("/api/nightly" + query, new StringContent(TestHome.Yaml() + $"\n{Schedule}alert: {{on: [completed], command: [touch, x]}}\n")));
        Assert.False(added.RunsAlert);
        Assert.Empty(added.Job.AlertOn);
        Assert.Null((await head.Queries.Nightly.JobAsync("script"))!.AlertJson);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-0.2, NightEvent.Regression)]
    [InlineData(0.2, NightEvent.Improvement)]
    [InlineData(0.0, null)]
    public async Task A_night_is_compared_with_the_nights_that_are_stored(double before, NightEvent? expected)
    {
        await AddAsync("alert: {on: [regression, improvement], command: [touch, \"${events} ${night}\"]}\n", before);
        await using var head = await home.StartAsync(continueSweeps: true);
        await head.RunNightAsync("script");
        var night = await UntilAsync(head, night => night is { State: NightState.Completed, IsAlertDue: false });
        Assert.Equal(expected is { } one ? [one, NightEvent.Completed] : [NightEvent.Completed], night.EventList());
        Assert.Equal(expected is null ? null : "The alert touch was sent.", night.Alert);
        Assert.Equal(expected is not null, File.Exists(home.Path($"{night.Events} {night.Night}")));
        Assert.Equal(14, night.Result()!.Configurations[0].Metric!.Nights);
        if (expected == NightEvent.Regression) Assert.Contains("regressed", night.Verdict!.Split('\n')[0]);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_measures_something_else_begins_a_new_baseline_and_says_so()
    {
        await AddAsync("", -0.2, subject: "another file");
        await using var head = await home.StartAsync(continueSweeps: true);
        await head.RunNightAsync("script");
        var night = await UntilAsync(head, night => night.State == NightState.Completed);
        Assert.Equal([NightEvent.Completed], night.EventList());
        Assert.Contains("A new baseline begins: the file measures something else than in the night 2026-01-16 and those before.", night.Verdict);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_night_that_was_missed_while_no_head_ran_is_made_up_for_when_one_begins()
    {
        await AddAsync("", null, decided: DateTimeOffset.UtcNow.AddYears(-3));
        await using (await home.StartAsync()) { } // a head for one sweep alone begins no nights
        await using (var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"))) Assert.Empty(await store.Queries.Nightly.NightsAsync("script"));
        await using var head = await home.StartAsync(continueSweeps: true);
        var night = await UntilAsync(head, night => night.State == NightState.Completed);
        Assert.EndsWith("-01-01", night.Night);
        Assert.Equal($"script-{night.Night}", (await head.Queries.FindSweepAsync(1))!.Name);
        Assert.Single(await head.Queries.Nightly.NightsAsync("script"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_night_goes_on_with_the_next_head_and_is_judged_once()
    {
        await AddAsync("alert: {on: [completed], command: [sh, -c, \"echo $0 >> alerts\", \"${night}\"]}\n", null);
        home.Hold();
        await using (var head = await home.StartAsync(continueSweeps: true))
        {
            await head.RunNightAsync("script");
            await home.UntilHeldAsync("1-1");
        }
        home.Release();
        await using (var head = await home.StartAsync(continueSweeps: true)) await UntilAsync(head, night => night.Alert is not null);
        await using (var head = await home.StartAsync(continueSweeps: true))
        {
            var night = Assert.Single(await head.Queries.Nightly.NightsAsync("script"));
            Assert.Equal((NightState.Completed, false), (night.State, night.IsAlertDue));
            Assert.Equal(4, night.Result()!.Configurations.Sum(one => one.Values.Count));
            Assert.Equal([night.Night], File.ReadAllLines(home.Path("alerts")));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("[/nothing/there]", "The alert /nothing/there cannot be started: ")]
    [InlineData("[sh, -c, \"echo no mail >&2; exit 3\"]", "The alert sh failed with exit code 3: no mail")]
    [InlineData("[sh, -c, \"sleep 600 & sleep 600\"]", "The alert sh took longer than 2 s and was ended.")]
    public async Task An_alert_that_fails_is_an_event_and_nothing_else(string command, string outcome)
    {
        await AddAsync($"alert: {{on: [completed], command: {command}}}\n", null);
        await using var head = await HeadHost.StartAsync(new HeadOptions
        {
            Home = home.FullName, DataDirectory = home.Path("data"), Worker = home.Worker, Slots = Orchestration.Agents.SlotDetection.Detect(2), ContinueSweeps = true, AlertLimit = TimeSpan.FromSeconds(2),
        });
        await head.RunNightAsync("script");
        var night = await UntilAsync(head, night => night.Alert is not null);
        Assert.StartsWith(outcome, night.Alert);
        Assert.Contains(await head.Queries.EventsAsync(), one => one.Kind == "nightly.alert_failed" && one.Text.Contains(outcome, StringComparison.Ordinal));
        // The head goes on with its work.
        Assert.NotNull((await head.RunNightAsync("script")).SweepId);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_night_whose_sweep_is_cancelled_ends_without_a_result()
    {
        await AddAsync("", -0.2);
        home.Hold();
        await using var head = await home.StartAsync(continueSweeps: true);
        var start = await head.RunNightAsync("script");
        await home.UntilHeldAsync("1-1");
        await head.CancelSweepAsync(start.SweepId!.Value);
        var night = await UntilAsync(head, night => night.SweepId == start.SweepId && night.State != NightState.Running);
        Assert.Equal((NightState.Cancelled, null, null), (night.State, night.ResultJson, night.Report));
        Assert.Equal($"The sweep script-{night.Night} (1) was cancelled.", night.Verdict);
    }

    /// <summary>Stores a job as <c>sweeps nightly add</c> does without a head, and 16 nights whose losses differ from the worker's by so much.</summary>
    private async Task AddAsync(string alert, double? before, string? subject = null, DateTimeOffset? decided = null)
    {
        var yaml = TestHome.Yaml() + "\n" + Schedule + alert;
        File.WriteAllText(home.Path("job.yaml"), yaml);
        var spec = Core.SweepFiles.SweepFile.Parse(yaml, home.Path("job.yaml"));
        var job = NightlyJob.Of(spec, home.Path("job.yaml"), isLocal: true, decided ?? DateTimeOffset.UtcNow);
        await using (var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"))) await store.Nightly.AddAsync(job);
        if (before is not { } difference) return;
        foreach (var day in Enumerable.Range(1, 16))
        {
            var noise = 0.004 * Math.Sin(7 * day);
            var result = new NightResult
            {
                Metric = "val_loss", Goal = spec.Metric.Metric.Goal, SpeedUnit = "tokens/s",
                Configurations = [.. SweepPlan.Of(spec).Configurations.Select(one => new NightConfiguration
                {
                    Parameters = one.CanonicalJson, Label = one.Label,
                    Values = new Dictionary<int, double> { [1] = 4.401 + difference + noise, [2] = 4.402 + difference + noise },
                    Speeds = new Dictionary<int, double> { [1] = 64 + noise, [2] = 64 + noise },
                })],
            };
            home.Ask($"""
                INSERT INTO nightly_results (job, night, due_at, is_requested, subject, state, ended_at, events, verdict, result_json, is_alert_due)
                VALUES ('script', '2026-01-{day:00}', {1767225600000 + day * 86400000L}, 0, '{subject ?? job.Subject}', 'Completed', 0, 'completed', '', '{JsonSerializer.Serialize(result, Json.Options)}', 0)
                """);
        }
    }

    private static async Task<NightRecord> UntilAsync(HeadHost head, Func<NightRecord, bool> condition)
    {
        while (true)
        {
            if ((await head.Queries.Nightly.NightsAsync("script")).FirstOrDefault() is { SweepId: not null } night && condition(night)) return night;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response) => JsonSerializer.Deserialize<T>(await response.Content.ReadAsStringAsync(), Json.Options)!;
}
