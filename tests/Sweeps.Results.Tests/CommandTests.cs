using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Tests;

/// <summary>Sweeps of programs that alone know how many steps they make and where they go on.</summary>
public abstract class CommandTests(TestServer server)
{
    private static readonly CommandSpec Command = new() { Program = "train.py", Metrics = ["step {step} {val_loss}"], Groups = ["model"], NeedsMetric = true, Directory = "/here" };

    [Fact]
    public async Task The_command_and_the_goal_are_kept_with_the_sweep_and_given_to_its_attempts()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Plan() with { Goal = MetricGoal.Maximize });
        var sweep = (await store.Queries.FindSweepAsync(id))!;
        Assert.Equal((MetricGoal.Maximize, CommandText.Write(Command)), (sweep.Goal, sweep.CommandJson));
        Assert.Equivalent(Command, CommandText.Read(sweep.CommandJson));
        var start = (await store.BeginAttemptAsync(TestDatabase.Claim(2)))!;
        Assert.Equal(new CommandStart(2, sweep.CommandJson!), start.Command);
    }

    [Fact]
    public async Task The_same_file_in_another_directory_is_another_sweep()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Plan());
        var text = (await store.Queries.FindSweepAsync(id))!.FileText;
        Assert.Equal(id, (await store.Queries.FindUnfinishedAsync(text, Command))!.Id);
        Assert.Null(await store.Queries.FindUnfinishedAsync(text, Command with { Directory = "/there" }));
        Assert.Null(await store.Queries.FindUnfinishedAsync(text));
    }

    [Fact]
    public async Task An_attempt_that_completes_needs_no_checkpoint_and_its_last_step_is_the_runs_end()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Plan());
        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(0, 4), Point(70, 3)]);
        Assert.True((await store.Queries.SweepAsync(id))!.IsOpenEnded);
        Assert.Equal((70, 0), ((await store.Queries.RunningStagesAsync(id))[0].StepsDone, (await store.Queries.RunningStagesAsync(id))[0].ToStep));
        await store.EndAttemptAsync(1, 1, new AttemptEnd(AttemptOutcome.Completed, 70, null, StageState.Completed));
        var run = (await store.Queries.RunsAsync(id))[0];
        Assert.Equal((RunState.Completed, 70, 70, 3.0), (run.State, run.Steps, run.StepsDone, run.Last));
        Assert.Equal((StageState.Completed, 70), ((await store.Queries.StageAsync(1))!.State, (await store.Queries.StageAsync(1))!.ToStep));
        Assert.Equal((1, 70L, 70L), await OverviewAsync(store, id));
    }

    [Fact]
    public async Task A_program_that_reports_nothing_can_complete()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Plan());
        foreach (var stage in new[] { 1, 2 })
        {
            await store.BeginAttemptAsync(TestDatabase.Claim(stage));
            await store.EndAttemptAsync(stage, 1, new AttemptEnd(AttemptOutcome.Completed, 0, null, StageState.Completed));
        }
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task Points_from_the_first_step_of_a_new_attempt_on_replace_those_of_the_dead_one_and_seconds_go_on()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Plan());
        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(0, 9, seconds: 1), Point(10, 8, seconds: 2), Point(20, 7, seconds: 3), Point(30, 6, seconds: 4), new MetricPoint("rate", 25, 1, 0, 3.5)]);
        await LoseAsync(store, 1);

        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        Assert.Equal((30, "0 10 20 30"), ((await store.Queries.StageAsync(1))!.StepsDone, await StepsAsync(store)));
        await store.RecordPointsAsync(1, 2, [Point(20, 7.5, seconds: 1)]);
        Assert.Equal((20, "0 10 20"), ((await store.Queries.StageAsync(1))!.StepsDone, await StepsAsync(store)));
        Assert.Empty(await store.Queries.CurveAsync(1, "rate"));
        // The batch comes again, then a later one, one with a step that is there already, and one with an earlier one.
        await store.RecordPointsAsync(1, 2, [Point(20, 7.5, seconds: 1)]);
        await store.RecordPointsAsync(1, 2, [Point(30, 6.5, seconds: 2), Point(30, 99, seconds: 2.5)]);
        await store.RecordPointsAsync(1, 2, [Point(5, 8.5, seconds: 3)]);
        var curve = await store.Queries.CurveAsync(1, "val_loss");
        Assert.Equal([(0L, 9.0, 1.0), (5, 8.5, 5), (10, 8, 2), (20, 7.5, 3), (30, 6.5, 4)], curve.Select(point => (point.Step, point.Value, point.Seconds)));
        var attempt = (await store.Queries.AttemptAsync(1, 2))!;
        Assert.Equal((20, 2.0), (attempt.FirstStep!.Value, attempt.SecondsBefore));
    }

    [Fact]
    public async Task A_new_attempt_from_the_beginning_replaces_all_and_one_that_reports_nothing_leaves_all()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Plan());
        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(0, 9), Point(10, 8)]);
        await LoseAsync(store, 1);
        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, 2, []);
        await LoseAsync(store, 2);
        Assert.Equal("0 10", await StepsAsync(store));
        await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, 3, [Point(0, 5, seconds: 7)]);
        Assert.Equal([(0L, 5.0, 7.0)], (await store.Queries.CurveAsync(1, "val_loss")).Select(point => (point.Step, point.Value, point.Seconds)));
        Assert.Equal(AttemptStanding.Fenced, await store.RecordPointsAsync(1, 1, [Point(20, 1)]));
    }

    private static Plans.NewSweep Plan() => TestDatabase.Separate(2, 1, 0) with { Program = "train.py", Command = Command };

    private static MetricPoint Point(long step, double value, double seconds = 0) => new("val_loss", step, value, 0, seconds);

    private static Task LoseAsync(ResultsStore store, int number) =>
        store.EndAttemptAsync(1, number, new AttemptEnd(AttemptOutcome.Lost, 0, "It was killed.", StageState.Ready));

    private static async Task<string> StepsAsync(ResultsStore store) => string.Join(' ', (await store.Queries.CurveAsync(1, "val_loss")).Select(point => point.Step));

    private static async Task<(int, long, long)> OverviewAsync(ResultsStore store, long id)
    {
        var overview = (await store.Queries.SweepAsync(id))!;
        return (overview.RunsCompleted, overview.StepsDone, overview.StepsPlanned);
    }
}

public sealed class CommandSqliteTests() : CommandTests(TestServer.File);

public sealed class CommandPostgresTests(PostgresTestServer server) : CommandTests(server);
