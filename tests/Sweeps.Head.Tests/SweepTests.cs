using System.Diagnostics;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Whole sweeps through a real head, with real worker processes over HTTP.</summary>
public sealed class SweepTests
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_sweep_file_goes_in_and_curves_and_a_verdict_come_out()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartAsync();
        var submission = await head.SubmitAsync(TestHome.Spec());
        Assert.False(submission.IsResumed);
        var end = await head.WaitAsync(submission.SweepId);

        Assert.Equal(SweepState.Completed, end.Overview.Sweep.State);
        Assert.Empty(end.Running);
        Assert.Equal((4, 4, 240L, 240L), (end.Overview.Runs, end.Overview.RunsCompleted, end.Overview.StepsDone, end.Overview.StepsPlanned));
        Assert.Equal([("heads=1", 1), ("heads=1", 2), ("heads=2", 1), ("heads=2", 2)], end.Runs.Select(run => (run.Label, run.Seed)));
        Assert.Equal([4.401, 4.402, 4.401, 4.402], end.Runs.Select(run => run.Last!.Value));
        var curve = (await head.Queries.CurvesAsync(submission.SweepId, "val_loss"))[1];
        Assert.Equal([.. Enumerable.Range(1, 6).Select(i => new CurvePoint(10 * i, (5000 - (100 * i) + 2) / 1000.0, 640 * i, 10 * i))], curve.Points);

        var answer = await head.AnswerAsync(submission.SweepId);
        Assert.NotEmpty(answer.Summary.Verdict);
        Assert.Equal(answer.Summary.Verdict, (await head.Queries.FindSweepAsync(submission.SweepId))!.Verdict);
        Assert.Equal(4.4015, answer.Summary.Configurations[0].Mean!.Value, 9);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_worker_leaves_the_same_numbers_as_an_undisturbed_sweep()
    {
        using var calm = TestHome.Create();
        await using (var head = await calm.StartAsync()) await head.WaitAsync((await head.SubmitAsync(TestHome.Spec())).SweepId);

        using var disturbed = TestHome.Create();
        disturbed.Hold();
        await using (var head = await disturbed.StartAsync())
        {
            var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
            await disturbed.UntilHeldAsync("1-1");
            Process.GetProcessById(disturbed.PidOf("1-1")).Kill();
            await disturbed.UntilHeldAsync("1-2");
            disturbed.Release();
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
            var attempts = await head.Queries.AttemptsAsync(1);
            Assert.Equal([AttemptOutcome.Lost, AttemptOutcome.Completed], attempts.Select(attempt => attempt.Outcome!.Value));
            Assert.Equal(20, attempts[1].ResumedFrom);
        }
        Assert.Equal(calm.Points(), disturbed.Points());
    }

    [Fact(Timeout = Limit)]
    public async Task Only_the_ends_of_runs_are_left_of_the_checkpoints()
    {
        using var home = TestHome.Create();
        await using (var head = await home.StartAsync()) await head.WaitAsync((await head.SubmitAsync(TestHome.Spec())).SweepId);
        Assert.Equal(["1/60", "2/60", "3/60", "4/60"], home.Checkpoints());
    }

    [Fact(Timeout = Limit)]
    public async Task A_head_removes_the_discarded_checkpoints_that_another_left_and_no_file_elsewhere()
    {
        using var home = TestHome.Create();
        string[] paths = [home.Path("checkpoints", "1", "20"), home.Path("elsewhere")];
        await using (var store = await ResultsStore.OpenAsync(home.Path("sweeps.db")))
        {
            var plan = NewSweep.Of(TestHome.Spec(), SweepPlan.Of(TestHome.Spec()));
            await store.CreateSweepAsync(plan);
            await store.BeginAttemptAsync(new AttemptClaim(1, "here", 0, "hash"));
            foreach (var (path, step) in paths.Append(home.Path("checkpoints", "1", "60")).Zip([20, 40, 60]))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, "weights");
                await store.RecordCheckpointAsync(1, 1, new CheckpointNotice(step, path, "00", 7));
            }
        }
        await using (var head = await home.StartAsync())
        {
            await TestHome.UntilAsync(() => !File.Exists(paths[0]));
            await TestHome.UntilAsync(() => head.Queries.DiscardedCheckpointsAsync().Result.Count == 0);
        }
        Assert.Equal(["1/60"], home.Checkpoints());
        Assert.True(File.Exists(home.Path("elsewhere")));
    }

    [Fact(Timeout = Limit)]
    public async Task Checkpoints_that_no_attempt_can_register_any_more_are_removed_and_no_other_file()
    {
        using var home = TestHome.Create();
        string[] left = [home.Path("checkpoints", "1", "1", "20"), home.Path("checkpoints", "1", "1", "40.4711.tmp")];
        string[] kept = [home.Path("checkpoints", "1", "1", "30"), home.Path("checkpoints", "1", "2", "40"), home.Path("checkpoints", "9", "1", "20"), home.Path("checkpoints", "1", "notes")];
        await using (var store = await ResultsStore.OpenAsync(home.Path("sweeps.db")))
        {
            await store.CreateSweepAsync(NewSweep.Of(TestHome.Spec(), SweepPlan.Of(TestHome.Spec())));
            await store.BeginAttemptAsync(new AttemptClaim(1, "far", 0, "hash"));
            foreach (var path in left.Concat(kept))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, "weights");
            }
            await store.RecordCheckpointAsync(1, 1, new CheckpointNotice(30, kept[0], "00", 7));
            await store.EndAttemptAsync(1, 1, _ => new AttemptEnd(AttemptOutcome.Lost, 30, "killed", StageState.Ready));
            // The second attempt is at work: it may be about to register what it has written.
            await store.BeginAttemptAsync(new AttemptClaim(1, "far", 0, "hash"));
        }
        await using (await home.StartHeadAloneAsync()) await TestHome.UntilAsync(() => !left.Any(File.Exists));
        Assert.All(kept, path => Assert.True(File.Exists(path), path));
    }

    [Fact(Timeout = Limit)]
    public async Task A_paused_sweep_is_resumed_by_its_file_and_trains_only_what_is_left()
    {
        using var calm = TestHome.Create();
        await using (var head = await calm.StartAsync()) await head.WaitAsync((await head.SubmitAsync(TestHome.Spec())).SweepId);

        using var home = TestHome.Create();
        home.Hold();
        long id;
        await using (var head = await home.StartAsync())
        {
            id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
            await home.UntilHeldAsync("1-1");
            await home.UntilHeldAsync("2-1");
            await head.PauseSweepAsync(id);
            var stopped = await head.ProgressAsync(id);
            Assert.Equal((SweepState.Paused, 60L), (stopped.Overview.Sweep.State, stopped.Overview.StepsDone));
            Assert.True(stopped.IsOver);
        }
        home.Release();
        await using (var head = await home.StartAsync())
        {
            Assert.Equal(new Submission(id, IsResumed: true), await head.SubmitAsync(TestHome.Spec()));
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
            Assert.Equal([0, 30], (await head.Queries.AttemptsAsync(1)).Select(attempt => attempt.ResumedFrom));
            Assert.False((await head.SubmitAsync(TestHome.Spec())).IsResumed);
        }
        Assert.StartsWith(calm.Points(), home.Points());
    }

    [Fact(Timeout = Limit)]
    public async Task A_head_that_ends_leaves_its_sweep_to_the_next_one_that_continues_sweeps()
    {
        using var home = TestHome.Create();
        home.Hold();
        long id;
        await using (var head = await home.StartAsync())
        {
            id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
            await home.UntilHeldAsync("1-1");
        }
        home.Release();
        await using (var head = await home.StartAsync(continueSweeps: true))
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
    }

    [Fact(Timeout = Limit)]
    public async Task A_head_for_one_sweep_leaves_the_others_paused()
    {
        using var home = TestHome.Create();
        home.Hold();
        long other;
        await using (var head = await home.StartAsync(slots: 1))
        {
            other = (await head.SubmitAsync(TestHome.Spec("other"))).SweepId;
            await home.UntilHeldAsync("1-1");
        }
        home.Release();
        await using (var head = await home.StartAsync())
        {
            var id = (await head.SubmitAsync(TestHome.Spec("mine", seeds: 1))).SweepId;
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
            Assert.Equal(SweepState.Paused, (await head.ProgressAsync(other)).Overview.Sweep.State);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_sweep_ends_its_workers_and_stays_cancelled()
    {
        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartAsync(slots: 1);
        var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
        await home.UntilHeldAsync("1-1");
        await head.CancelSweepAsync(id);
        var progress = await head.ProgressAsync(id);
        Assert.Equal(SweepState.Cancelled, progress.Overview.Sweep.State);
        Assert.Equal(AttemptOutcome.Stopped, (await head.Queries.AttemptAsync(1, 1))!.Outcome);
        Assert.False((await head.SubmitAsync(TestHome.Spec())).IsResumed);
    }

    [Fact(Timeout = Limit)]
    public async Task A_full_disk_ends_the_wait_with_its_sentence_and_loses_nothing()
    {
        using var calm = TestHome.Create();
        await using (var head = await calm.StartAsync()) await head.WaitAsync((await head.SubmitAsync(TestHome.Spec())).SweepId);

        var mount = Directory.CreateTempSubdirectory("sweeps-full-").FullName;
        Assert.SkipUnless(TestHome.Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount) == 0, "Mounting a file system needs root.");
        try
        {
            using var home = TestHome.In(Path.Combine(mount, "home"));
            home.Hold();
            var ballast = Path.Combine(mount, "ballast");
            await using (var head = await home.StartAsync())
            {
                var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
                await home.UntilHeldAsync("1-1");
                await home.UntilHeldAsync("2-1");
                TestHome.Run("dd", "if=/dev/zero", $"of={ballast}", "bs=4096");
                home.Release();
                var exception = await Assert.ThrowsAsync<ResultsException>(() => head.WaitAsync(id));
                Assert.Equal(ResultsFailure.DiskFull, exception.Failure);
                Assert.Contains(home.Path("sweeps.db") + " is full", exception.Message);
            }
            File.Delete(ballast);
            await using (var head = await home.StartAsync())
            {
                var submission = await head.SubmitAsync(TestHome.Spec());
                Assert.True(submission.IsResumed);
                Assert.Equal(SweepState.Completed, (await head.WaitAsync(submission.SweepId)).Overview.Sweep.State);
            }
            Assert.Equal(calm.Points(), home.Points());
        }
        finally
        {
            TestHome.Run("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_head_on_the_same_home_is_refused()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartAsync();
        var exception = await Assert.ThrowsAsync<ResultsException>(() => home.StartAsync());
        Assert.Contains($"(pid {Environment.ProcessId})", exception.Message);
    }
}
