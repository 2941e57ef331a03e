using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Retries;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(AttemptOutcome.UserError, 1)]
    [InlineData(AttemptOutcome.OutOfMemory, 2)]
    [InlineData(AttemptOutcome.Lost, 5)]
    public void Each_cause_is_forgiven_as_often_as_its_own_budget_says(AttemptOutcome outcome, int retries)
    {
        var budget = new RetryBudget(User: 1, Memory: 2, Machine: 5);
        var failures = new FailureCounts();
        for (var i = 0; i < retries; i++)
        {
            Assert.Equal(StageState.Ready, RetryPolicy.Next(budget, failures, outcome));
            failures = outcome switch
            {
                AttemptOutcome.UserError => failures with { User = failures.User + 1 },
                AttemptOutcome.OutOfMemory => failures with { Memory = failures.Memory + 1 },
                _ => failures with { Machine = failures.Machine + 1 },
            };
        }
        Assert.Equal(StageState.Failed, RetryPolicy.Next(budget, failures, outcome));
    }

    [Theory]
    [InlineData(AttemptOutcome.UserError)]
    [InlineData(AttemptOutcome.OutOfMemory)]
    [InlineData(AttemptOutcome.Lost)]
    public void Failures_of_other_causes_do_not_count(AttemptOutcome outcome)
    {
        var others = new FailureCounts(
            User: outcome == AttemptOutcome.UserError ? 0 : 99, Memory: outcome == AttemptOutcome.OutOfMemory ? 0 : 99,
            Machine: outcome == AttemptOutcome.Lost ? 0 : 99);
        Assert.Equal(StageState.Ready, RetryPolicy.Next(new RetryBudget(1, 1, 1), others, outcome));
    }

    [Fact]
    public void A_loss_by_nobodys_fault_is_always_forgiven() =>
        Assert.Equal(StageState.Ready, RetryPolicy.Next(new RetryBudget(0, 0, 0), new FailureCounts(9, 9, 9), AttemptOutcome.Lost, isNobodysFault: true));

    [Fact]
    public void A_stopped_stage_goes_on_later() =>
        Assert.Equal(StageState.Ready, RetryPolicy.Next(new RetryBudget(0, 0, 0), new FailureCounts(9, 9, 9), AttemptOutcome.Stopped));

    [Fact]
    public void Completion_is_completion_however_often_it_failed_before() =>
        Assert.Equal(StageState.Completed, RetryPolicy.Next(new RetryBudget(), new FailureCounts(9, 9, 9), AttemptOutcome.Completed));
}
