using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Sweeps.Core.Nightly;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

/// <summary>Nights of a job that begins at 02:30 in Paris, over a real database; the test says what time it is.</summary>
public sealed class NightlyTests : IDisposable
{
    private const string Job = "job";

    // Two runs that are the same up to step 30.
    private const string Yaml =
        """
        name: job
        method: grid
        parameters:
          untie_at: {values: [never, 0.5]}
          steps: {value: 60}
          data: {value: grammar}
        baseline: {untie_at: never}
        """;

    private readonly TestDirectory directory = new();
    private readonly TestClock clock = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_night_begins_at_its_time_and_once()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        await head.Store.Nightly.AddAsync(New());
        await LookAsync(head, "2026-01-15T01:29:59Z");
        Assert.Empty(await NightsAsync(head));
        await LookAsync(head, "2026-01-15T01:30Z");
        await LookAsync(head, "2026-01-15T01:31Z");
        var night = Assert.Single(await NightsAsync(head));
        Assert.Equal(("2026-01-15", NightState.Running, Time("2026-01-15T01:30Z"), false), (night.Night, night.State, night.DueAt, night.IsRequested));
        var sweep = (await head.Store.Queries.FindSweepAsync(night.SweepId!.Value))!;
        Assert.Equal(("job-2026-01-15", Job, Yaml, SweepState.Running), (sweep.Name, sweep.NightlyJob, sweep.FileText, sweep.State));
        // Its stages are there for who asks.
        Assert.Single((await head.SyncAsync(free: [0, 1])).Start);
    }

    [Fact]
    public async Task Missed_nights_are_made_up_for_by_one()
    {
        await using (var head = await StartAsync("2026-01-14T12:00Z")) await head.Store.Nightly.AddAsync(New());
        await using (var head = await StartAsync("2026-02-20T09:00Z"))
        {
            await head.Job(Job).Schedule();
            await head.Job(Job).Look();
            var night = Assert.Single(await NightsAsync(head));
            Assert.Equal(("2026-02-20", Time("2026-02-20T01:30Z")), (night.Night, night.DueAt));
        }
        // A restart does not begin it again.
        await using (var head = await StartAsync("2026-02-20T10:00Z"))
        {
            await head.Job(Job).Schedule();
            Assert.Single(await NightsAsync(head));
        }
    }

    // Clocks go from 02:00 to 03:00 on 29 March and from 03:00 to 02:00 on 25 October 2026, both at 01:00 UTC.
    [Theory]
    [InlineData("2026-03-27T12:00Z", "2026-03-28", "2026-03-29", "2026-03-30")]
    [InlineData("2026-10-23T12:00Z", "2026-10-24", "2026-10-25", "2026-10-26")]
    public async Task Every_date_has_one_night_also_where_clocks_are_changed(string begin, params string[] dates)
    {
        await using var head = await StartAsync(begin);
        await head.Store.Nightly.AddAsync(New(now: Time(begin)));
        for (var time = Time(begin); time < Time(begin).AddDays(3); time += TimeSpan.FromMinutes(30))
        {
            clock.SetTo(time);
            await head.Job(Job).Look();
            foreach (var night in await NightsAsync(head))
                if (night.SweepId is { } id) await head.Store.CancelSweepAsync(id);
        }
        Assert.Equal(dates, (await NightsAsync(head)).Select(night => night.Night).Reverse());
        Assert.All(await NightsAsync(head), night => Assert.NotNull(night.SweepId));
    }

    [Fact]
    public async Task A_night_whose_predecessor_is_still_trained_is_skipped_and_says_so()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        await head.Store.Nightly.AddAsync(New());
        await LookAsync(head, "2026-01-15T01:30Z");
        await LookAsync(head, "2026-01-16T01:30Z");
        await head.Store.PauseSweepAsync(1);
        await LookAsync(head, "2026-01-17T01:30Z");
        var nights = await NightsAsync(head);
        Assert.Equal([NightState.Skipped, NightState.Skipped, NightState.Running], nights.Select(night => night.State));
        Assert.Equal("Skipped: the sweep job-2026-01-15 (1) is still trained.", nights[1].Verdict);
        Assert.Equal("Skipped: the sweep job-2026-01-15 (1) is paused.", nights[0].Verdict);
        Assert.Equal([NightEvent.Skipped], nights[0].EventList());
        await head.Store.CancelSweepAsync(1);
        await LookAsync(head, "2026-01-18T01:30Z");
        Assert.Equal("job-2026-01-18", (await head.Store.Queries.FindSweepAsync(2))!.Name);
    }

    [Fact]
    public async Task With_overlap_queue_one_night_waits_and_begins_when_the_other_has_ended()
    {
        await using (var head = await StartAsync("2026-01-14T12:00Z"))
        {
            await head.Store.Nightly.AddAsync(New(NightOverlap.Queue));
            await LookAsync(head, "2026-01-15T01:30Z");
            await LookAsync(head, "2026-01-16T01:30Z");
            await LookAsync(head, "2026-01-17T01:30Z");
            Assert.Equal([NightState.Skipped, NightState.Waiting, NightState.Running], (await NightsAsync(head)).Select(night => night.State));
            await head.Store.CancelSweepAsync(1);
        }
        await using (var head = await StartAsync("2026-01-17T05:00Z"))
        {
            await head.Job(Job).Schedule();
            Assert.Equal([NightState.Skipped, NightState.Running, NightState.Running], (await NightsAsync(head)).Select(night => night.State));
            Assert.Equal("job-2026-01-16", (await head.Store.Queries.FindSweepAsync(2))!.Name);
        }
    }

    [Fact]
    public async Task A_night_goes_on_from_no_stage_of_another_but_shares_its_own()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        await head.Store.Nightly.AddAsync(New());
        await LookAsync(head, "2026-01-15T01:30Z");
        await TrainAsync(head);
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(1))!.State);
        await LookAsync(head, "2026-01-16T01:30Z");
        await TrainAsync(head);
        foreach (var id in new[] { 1, 2 })
        {
            var overview = (await head.Store.Queries.SweepAsync(id))!;
            Assert.Equal((0, 90, 120), (overview.Sweep.ReusedSteps, overview.StepsDone, overview.StepsWithoutSharing));
        }
    }

    [Fact]
    public async Task A_night_of_a_file_that_runs_by_hand_is_a_sweep_of_its_own()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        await head.Store.Nightly.AddAsync(New());
        await LookAsync(head, "2026-01-15T01:30Z");
        Assert.Null(await head.Store.Queries.FindUnfinishedAsync(Yaml));
    }

    [Fact]
    public async Task Nights_of_a_paused_job_are_not_missed()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        await head.Store.Nightly.AddAsync(New());
        Assert.True(await head.Job(Job).Pause());
        await LookAsync(head, "2026-01-18T09:00Z");
        Assert.True(await head.Job(Job).Resume());
        Assert.Empty(await NightsAsync(head));
        await LookAsync(head, "2026-01-19T01:30Z");
        Assert.Equal("2026-01-19", Assert.Single(await NightsAsync(head)).Night);
        Assert.Equal((false, false, false), (await head.Job("other").Pause(), await head.Job("other").Resume(), await head.Job("other").Remove()));
    }

    [Fact]
    public async Task A_night_that_is_asked_for_begins_at_once_and_does_not_replace_that_of_the_schedule()
    {
        await using var head = await StartAsync("2026-01-14T23:30Z");
        await head.Store.Nightly.AddAsync(New());
        Assert.Equal(new NightStart(1, false, null), await head.Job(Job).RunNow());
        var refused = await head.Job(Job).RunNow();
        Assert.Null(refused.SweepId);
        Assert.Equal("A night is under way: the sweep job-2026-01-15 (1) is still trained; see it with `sweeps watch 1`, or end it with `sweeps cancel 1`.", refused.Why);
        await head.Store.PauseSweepAsync(1);
        Assert.Equal(new NightStart(1, true, null), await head.Job(Job).RunNow());
        Assert.Equal(SweepState.Running, (await head.Store.Queries.FindSweepAsync(1))!.State);
        await head.Store.CancelSweepAsync(1);
        await LookAsync(head, "2026-01-15T01:30Z");
        Assert.Equal([("2026-01-15", false), ("2026-01-15", true)], (await NightsAsync(head)).Select(night => (night.Night, night.IsRequested)));
        Assert.Equal("job-2026-01-15-2", (await head.Store.Queries.FindSweepAsync(2))!.Name);
        Assert.False((await head.Job("other").RunNow()).Exists);
    }

    [Fact]
    public async Task A_file_that_this_version_does_not_accept_fails_its_nights()
    {
        await using var head = await StartAsync("2026-01-14T12:00Z");
        var job = New();
        await head.Store.Nightly.AddAsync(new NightlyJobRecord
        {
            Name = Job, FilePath = job.FilePath, FileText = "metod: grid", Subject = job.Subject, Cron = job.Cron, TimeZone = job.TimeZone, AddedAt = job.AddedAt, DecidedUntil = job.DecidedUntil,
            AlertJson = """{"on":["failed"],"command":["true"]}""",
        });
        await LookAsync(head, "2026-01-15T01:30Z");
        await LookAsync(head, "2026-01-15T01:31Z");
        var night = Assert.Single(await NightsAsync(head));
        Assert.Equal((NightState.Failed, true), (night.State, night.IsAlertDue));
        Assert.Contains("This version of sweeps does not accept the file: /files/job.yaml:1:1:", night.Verdict);
    }

    // A clock that runs 600 times as fast: minutes are a tenth of a second.
    [Fact(Timeout = 60_000)]
    public async Task The_reminder_wakes_the_job_without_any_call()
    {
        await using var store = await ResultsStore.OpenAsync(directory.Path("sweeps.db"));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var fast = new FastClock(Time("2026-01-14T12:00Z"));
        builder.Services.AddSingleton(store).AddSingleton<TimeProvider>(fast).AddSingleton(new LeaseOptions());
        builder.UseOrleans(silo => silo.UseLocalhostClustering().UseInMemoryReminderService());
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await store.Nightly.AddAsync(New(cron: "*/10 * * * *", now: fast.GetUtcNow()), TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<INightlyGrain>(Job).Schedule();
        while ((await store.Queries.Nightly.NightsAsync(Job)).Count < 2) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal([NightState.Skipped, NightState.Running], (await store.Queries.Nightly.NightsAsync(Job)).Reverse().Take(2).Reverse().Select(night => night.State));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static NightlyJobRecord New(NightOverlap overlap = NightOverlap.Skip, string cron = "30 2 * * *", DateTimeOffset? now = null) => new()
    {
        Name = Job, FilePath = "/files/job.yaml", FileText = Yaml, Subject = NightlySubject.Of(SweepFile.Parse(Yaml, "job.yaml")), Cron = cron, TimeZone = "Europe/Paris", Overlap = overlap,
        AddedAt = now ?? Time("2026-01-14T12:00Z"), DecidedUntil = now ?? Time("2026-01-14T12:00Z"),
    };

    private Task<TestHead> StartAsync(string time)
    {
        clock.SetTo(Time(time));
        return TestHead.StartAsync(directory.Path("sweeps.db"), clock);
    }

    private async Task LookAsync(TestHead head, string time)
    {
        clock.SetTo(Time(time));
        await head.Job(Job).Look();
    }

    /// <summary>Trains all that is there to train.</summary>
    private static async Task TrainAsync(TestHead head)
    {
        while ((await head.SyncAsync(free: [0])).Start is [var order]) await head.CompleteAsync(order);
    }

    private static Task<IReadOnlyList<NightRecord>> NightsAsync(TestHead head) => head.Store.Queries.Nightly.NightsAsync(Job);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private sealed class FastClock(DateTimeOffset start) : TimeProvider
    {
        private const int Speed = 600;

        private readonly long began = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => start + Speed * System.GetElapsedTime(began);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

        private static TimeSpan Scaled(TimeSpan time) => time <= TimeSpan.Zero ? time : time / Speed < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : time / Speed;
    }
}
