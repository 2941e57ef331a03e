using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

public sealed class MachinePlanTests
{
    [Fact]
    public void What_runs_as_it_should_is_left_alone()
    {
        var plan = MachinePlan.Of([Open(1)], Report(running: [new(1, 1)]));
        Assert.Empty(plan.Ended);
        Assert.Empty(plan.Stop);
        Assert.Empty(plan.Unknown);
    }

    [Fact]
    public void A_worker_that_ended_without_telling_the_head_is_explained_by_its_exit_code()
    {
        var plan = MachinePlan.Of([Open(1)], Report(ended: [new(new(1, 1), 128 + 9, false, "step 40\n")]));
        var (sweep, ending) = Assert.Single(plan.Ended);
        Assert.Equal(7, sweep);
        Assert.Equal((AttemptOutcome.Lost, false), (ending.Outcome, ending.IsNobodysFault));
        Assert.Equal("The worker was ended by signal 9 (SIGKILL): step 40", ending.Error);
    }

    [Fact]
    public void A_worker_that_ended_after_telling_the_head_needs_nothing_more()
    {
        var plan = MachinePlan.Of([], Report(ended: [new(new(1, 1), 0, false, "")]));
        Assert.Empty(plan.Ended);
        Assert.Empty(plan.Unknown);
    }

    [Fact]
    public void An_attempt_that_the_agent_does_not_know_is_lost_by_nobodys_fault()
    {
        var (_, ending) = Assert.Single(MachinePlan.Of([Open(1)], Report()).Ended);
        Assert.Equal((AttemptOutcome.Lost, true), (ending.Outcome, ending.IsNobodysFault));
    }

    [Theory]
    [InlineData(SweepState.Paused, StageState.Running)]
    [InlineData(SweepState.Cancelled, StageState.Cancelled)]
    [InlineData(SweepState.Running, StageState.Cancelled)]
    public void Workers_of_what_was_stopped_or_cancelled_are_asked_to_end(SweepState sweep, StageState stage)
    {
        var plan = MachinePlan.Of([Open(1, sweep, stage), Open(2)], Report(running: [new(1, 1), new(2, 1)]));
        Assert.Equal([new AttemptKey(1, 1)], plan.Stop);
        Assert.Empty(plan.Ended);
    }

    [Fact]
    public void A_worker_whose_attempt_is_not_under_way_is_unknown()
    {
        var plan = MachinePlan.Of([Open(1, number: 2)], Report(running: [new(1, 1), new(1, 2)]));
        Assert.Equal([new AttemptKey(1, 1)], plan.Unknown);
        Assert.Empty(plan.Ended);
    }

    [Theory]
    [InlineData(WorkerExitCode.Stopped, false, AttemptOutcome.Stopped, null)]
    [InlineData(WorkerExitCode.Completed, false, AttemptOutcome.Lost, "The worker ended without reporting its completion.")]
    [InlineData(WorkerExitCode.Fenced, false, AttemptOutcome.Lost, "The worker ended because the head refused it.")]
    [InlineData(WorkerExitCode.HeadUnreachable, false, AttemptOutcome.Lost, "The worker did not reach the head for too long.")]
    [InlineData(WorkerExitCode.UserError, false, AttemptOutcome.UserError, "There is no data set x.")]
    [InlineData(WorkerExitCode.OutOfMemory, false, AttemptOutcome.OutOfMemory, "There is no data set x.")]
    [InlineData(WorkerExitCode.DamagedCheckpoint, false, AttemptOutcome.DamagedCheckpoint, "There is no data set x.")]
    [InlineData(WorkerEnding.Unwatched, false, AttemptOutcome.Lost, "The worker ended while its agent could not see how: There is no data set x.")]
    [InlineData(1, false, AttemptOutcome.UserError, "The worker ended with exit code 1: There is no data set x.")]
    [InlineData(143, false, AttemptOutcome.Lost, "The worker was ended by signal 15 (SIGTERM): There is no data set x.")]
    [InlineData(143, true, AttemptOutcome.Stopped, null)]
    [InlineData(137, true, AttemptOutcome.Stopped, null)]
    [InlineData(WorkerEnding.NotStarted, false, AttemptOutcome.Lost, "There is no data set x.")]
    public void Exit_codes_mean_what_the_protocol_says(int exitCode, bool asked, AttemptOutcome outcome, string? error)
    {
        var ending = WorkerExit.Explain(new WorkerEnding(new(3, 2), exitCode, asked, "loading\nThere is no data set x.\n\n"));
        Assert.Equal(new AttemptEnding(3, 2, outcome, -1, error), ending);
    }

    [Theory]
    [InlineData(137, true, false, "", AttemptOutcome.OutOfMemory, "The worker was killed by the kernel: memory ran out.")]
    [InlineData(137, false, false, "", AttemptOutcome.Lost, "The worker was ended by signal 9 (SIGKILL).")]
    [InlineData(137, true, true, "", AttemptOutcome.Stopped, null)]
    [InlineData(134, false, false, "Out of memory.", AttemptOutcome.OutOfMemory, "The worker ended because memory ran out: Out of memory.")]
    [InlineData(134, false, false, "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc", AttemptOutcome.OutOfMemory,
        "The worker ended because memory ran out: what():  std::bad_alloc")]
    [InlineData(134, true, false, "free(): invalid pointer", AttemptOutcome.Lost, "The worker was ended by signal 6 (SIGABRT): free(): invalid pointer")]
    public void A_worker_that_could_not_say_so_has_run_out_of_memory_where_the_kernel_or_its_last_words_do(
        int exitCode, bool memoryRanOut, bool asked, string lastWords, AttemptOutcome outcome, string? error) =>
        Assert.Equal(new AttemptEnding(3, 2, outcome, -1, error), WorkerExit.Explain(new WorkerEnding(new(3, 2), exitCode, asked, lastWords, memoryRanOut)));

    [Fact]
    public void A_worker_without_last_words_is_explained_without_them() =>
        Assert.Equal("The worker ended with exit code 3.", WorkerExit.Explain(new WorkerEnding(new(1, 1), 3, false, "")).Error);

    private static OpenAttempt Open(long stage, SweepState sweepState = SweepState.Running, StageState state = StageState.Running, int number = 1) =>
        new(7, sweepState, stage, state, number, 0);

    private static MachineReport Report(AttemptKey[]? running = null, WorkerEnding[]? ended = null) => new("[]", [], running ?? [], ended ?? [], "life", 1);
}
