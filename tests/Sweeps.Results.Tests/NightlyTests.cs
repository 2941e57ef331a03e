using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Results.Tests;

public abstract class NightlyTests(TestServer server)
{
    private static readonly DateTimeOffset Now = new(2026, 1, 14, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_job_is_there_for_the_next_process_as_it_was_added()
    {
        await using var database = server.New();
        await using (var store = await database.OpenAsync())
        {
            Assert.Equal(NightlyAddition.New, await store.Nightly.AddAsync(Job("a", alert: """{"on":["regression","skipped"],"command":["mail","${message}"]}""")));
            await store.Nightly.AddAsync(Job("b"));
        }
        await using var next = await database.OpenAsync();
        var jobs = await next.Queries.Nightly.JobsAsync();
        Assert.Equal(["a", "b"], jobs.Select(job => job.Name));
        Assert.Equal(("0 2 * * *", "Europe/Paris", 14, NightOverlap.Queue, Now, false), (jobs[0].Cron, jobs[0].TimeZone, jobs[0].Nights, jobs[0].Overlap, jobs[0].DecidedUntil, jobs[0].IsPaused));
        Assert.Equal([NightEvent.Regression, NightEvent.Skipped], jobs[0].Alert()!.On);
        Assert.Null(jobs[1].Alert());
        // Its nights have its dates, not those of Greenwich.
        Assert.Equal("2026-01-15", jobs[0].NightOf(new DateTimeOffset(2026, 1, 14, 23, 30, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task Another_subject_under_the_same_name_is_a_new_baseline_also_after_the_job_was_removed()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.Nightly.AddAsync(Job());
        await MeasuredAsync(store, "2026-01-15", 1.8);
        Assert.Equal(NightlyAddition.Same, await store.Nightly.AddAsync(Job(cron: "0 3 * * *")));
        Assert.Equal("0 3 * * *", (await store.Queries.Nightly.JobAsync("job"))!.Cron);
        Assert.True(await store.Nightly.RemoveAsync("job"));
        Assert.False(await store.Nightly.RemoveAsync("job"));
        Assert.Single(await store.Queries.Nightly.NightsAsync("job"));
        Assert.Equal(NightlyAddition.Same, await store.Nightly.AddAsync(Job()));
        Assert.Equal(NightlyAddition.NewBaseline, await store.Nightly.AddAsync(Job(subject: "other")));
    }

    [Fact]
    public async Task A_night_is_compared_with_the_last_ones_of_its_job_and_subject_that_measured_something()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.Nightly.AddAsync(Job());
        await MeasuredAsync(store, "2026-01-10", 9, subject: "other");
        foreach (var day in Enumerable.Range(11, 5)) await MeasuredAsync(store, $"2026-01-{day}", day);
        await store.Nightly.RecordAsync(Night("2026-01-16"), NightState.Skipped, "Skipped.", NightEvent.Skipped);
        await MeasuredAsync(store, "2026-01-16", 9, job: "another");
        var tonight = await MeasuredAsync(store, "2026-01-17", 17);
        Assert.Equal(["2026-01-15", "2026-01-14", "2026-01-13"], (await store.Queries.Nightly.BeforeAsync(tonight, 3)).Select(night => night.Night));
        Assert.Equal(15, (await store.Queries.Nightly.BeforeAsync(tonight, 3))[0].Result()!.Configurations[0].Values[1]);
        Assert.Equal(5, (await store.Queries.Nightly.BeforeAsync(tonight, 14)).Count);
        var first = (await store.Queries.Nightly.NightsAsync("job")).Single(night => night.Night == "2026-01-11");
        Assert.Equal("2026-01-10", (await store.Queries.Nightly.LastBeforeAsync(first))!.Night);
    }

    [Fact]
    public async Task An_alert_is_due_for_what_it_was_asked_for_until_it_was_sent()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.Nightly.AddAsync(Job(alert: """{"on":["regression","skipped"],"command":["mail"]}"""));
        await MeasuredAsync(store, "2026-01-11", 1.8, NightEvent.Slower, NightEvent.Completed);
        Assert.Empty(await store.Queries.Nightly.AlertsDueAsync());
        await MeasuredAsync(store, "2026-01-12", 1.8, NightEvent.Regression, NightEvent.Completed);
        await store.Nightly.RecordAsync(Night("2026-01-13"), NightState.Skipped, "Skipped.", NightEvent.Skipped);
        Assert.Equal(["2026-01-12", "2026-01-13"], (await store.Queries.Nightly.AlertsDueAsync()).Select(night => night.Night));
        foreach (var night in await store.Queries.Nightly.AlertsDueAsync()) await store.Nightly.AlertedAsync(night.Id, "It was sent.", hasFailed: false);
        Assert.Empty(await store.Queries.Nightly.AlertsDueAsync());
        Assert.Equal(2, (await store.Queries.EventsAsync()).Count(one => one is { Kind: "nightly.alerted" }));
    }

    [Fact]
    public async Task A_night_is_judged_once_and_a_waiting_one_ends_with_its_job()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.Nightly.AddAsync(Job());
        var night = await MeasuredAsync(store, "2026-01-11", 1.8);
        await store.Nightly.EndAsync(night.Id, NightState.Failed, "again", null, [NightEvent.Failed], null);
        Assert.Equal((NightState.Completed, "fine"), ((await store.Queries.Nightly.NightAsync(night.Id))!.State, (await store.Queries.Nightly.NightAsync(night.Id))!.Verdict));
        await store.Nightly.RecordAsync(Night("2026-01-12"), NightState.Waiting, "Waits.", null);
        await store.Nightly.RemoveAsync("job");
        Assert.Equal([NightState.Cancelled, NightState.Completed], (await store.Queries.Nightly.NightsAsync("job")).Select(one => one.State));
    }

    private static NightlyJobRecord Job(string name = "job", string cron = "0 2 * * *", string subject = "subject", string? alert = null) => new()
    {
        Name = name, FilePath = "/files/job.yaml", FileText = "name: job", Subject = subject, Cron = cron, TimeZone = "Europe/Paris", Overlap = NightOverlap.Queue, AlertJson = alert,
        AddedAt = Now, DecidedUntil = Now,
    };

    private static NightRecord Night(string date, string job = "job", string subject = "subject") => new() { Job = job, Night = date, DueAt = Now, Subject = subject };

    /// <summary>A night that was trained and measured one value.</summary>
    private static async Task<NightRecord> MeasuredAsync(ResultsStore store, string date, double value, string job = "job", string subject = "subject", NightEvent[]? events = null)
    {
        var id = await store.Nightly.BeginAsync(Night(date, job, subject), TestDatabase.Separate(1, 1, 10));
        var night = (await store.Queries.Nightly.NightOfSweepAsync(id))!;
        var result = new NightResult
        {
            Metric = "val_loss", Goal = MetricGoal.Minimize, SpeedUnit = "tokens/s",
            Configurations = [new() { Parameters = "{}", Label = "a", Values = new Dictionary<int, double> { [1] = value }, Speeds = new Dictionary<int, double> { [1] = 100 } }],
        };
        await store.Nightly.EndAsync(night.Id, NightState.Completed, "fine", result, events ?? [NightEvent.Completed], null);
        return night;
    }

    private static Task<NightRecord> MeasuredAsync(ResultsStore store, string date, double value, params NightEvent[] events) => MeasuredAsync(store, date, value, "job", "subject", events);
}

public sealed class NightlySqliteTests() : NightlyTests(TestServer.File);

public sealed class NightlyPostgresTests(PostgresTestServer server) : NightlyTests(server);
